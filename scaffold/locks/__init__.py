"""What lock files pin, and whether a machine can run it: ``read_lock``, then ``lint``.

Readers are pure: text in, a graph of packages out. Rules are pure, too: a lock and a machine in,
findings out.
"""

from __future__ import annotations
