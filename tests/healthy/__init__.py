"""Machines and projects on which nothing is wrong: doctor must not find anything.

`*.json` are whole facts (``scaffold/facts/1``), as ``scaffold doctor --save`` writes them; ``python -m
tests.healthy`` makes them anew from `rows` after the form of facts has changed.
"""

from __future__ import annotations

from pathlib import Path

FOLDER = Path(__file__).parent
