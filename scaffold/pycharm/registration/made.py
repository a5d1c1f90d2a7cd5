"""Which projects were made here, by this user: those PyCharm may trust without being asked.

A project's own record says that scaffold made it, and travels with it: a stranger's clone has one, too. So
making a project leaves the same secret word in the project, where git ignores it, and in the user's data.
The word follows from a key of the user's and the project's record: the same project made twice has the same.
"""

from __future__ import annotations

import hmac
import json
import secrets
from pathlib import Path, PurePosixPath

from scaffold.errors import ScaffoldError
from scaffold.files import replace_file
from scaffold.projects.record import RECORD
from scaffold.pycharm.registration.store import data_folder, leaves_settings
from scaffold.system import System

#: Below the project; the template's .gitignore keeps notes on one machine out of git.
WORD = PurePosixPath(".scaffold/made-here")

#: Beside the projects, whose names are absolute paths.
_KEY = "key"

_LONGEST = 100


def remember_made(system: System, root: Path) -> None:
    """Note that this user has just made the project; where no note can be kept, PyCharm will ask."""
    if leaves_settings(system):
        return
    try:
        words = _words(system)
        key = words.pop(_KEY, "") or secrets.token_hex(32)
        word = hmac.new(key.encode(), (system.read_text(root / RECORD) or "").encode(), "sha256").hexdigest()
        standing = {one: kept for one, kept in words.items() if system.exists(one)}
        content = json.dumps({_KEY: key, **standing, str(root): word}, indent=2, ensure_ascii=False)
        replace_file(_file(system), content + "\n")
        replace_file(root / WORD, word + "\n")
    except ScaffoldError:
        return


def made_here(system: System, root: Path) -> bool:
    """Whether the project at ``root`` is one that this user made there."""
    word = (system.read_text(root / WORD) or "")[:_LONGEST].strip()
    try:
        return bool(word) and secrets.compare_digest(_words(system).get(str(root), ""), word)
    except (ScaffoldError, TypeError):  # no home; a word that is none
        return False


def _file(system: System) -> Path:
    return data_folder(system) / "made.json"


def _words(system: System) -> dict[str, str]:
    """Project -> word, and the key; a file that cannot be read counts as none."""
    try:
        found = json.loads(system.read_text(_file(system)) or "{}")
    except (ValueError, RecursionError):
        return {}
    rows = found.items() if isinstance(found, dict) else ()
    return {root: word for root, word in rows if isinstance(word, str)}
