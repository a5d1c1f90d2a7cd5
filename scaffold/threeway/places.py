"""Where an update keeps its journal below a project's root; cheap to ask for."""

from __future__ import annotations

from pathlib import PurePosixPath

#: While an update is under way, and what the last one replaced.
FOLDER, LAST = PurePosixPath(".scaffold/update"), PurePosixPath(".scaffold/updated")

#: In either: what is moved where.
JOURNAL = "journal.json"
