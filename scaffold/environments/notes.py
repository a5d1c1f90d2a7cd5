"""What stands beside an environment about it (builds, proofs) goes back where the environment goes back.

Kept as they were when an environment is put aside, forgotten when the new one is complete. An empty copy
stands for a file that was not there.
"""

from __future__ import annotations

from pathlib import Path

from scaffold.environments.layout import STATE_FOLDER

_NOTES = ("builds.json", "proofs.json")
_KEPT = ".before"


def keep_notes(root: Path) -> None:
    """Copy them; a copy of an earlier run that died is replaced."""
    for note, kept in _pairs(root):
        partial = kept.with_name(f"{kept.name}-partial")  # a full disk must not leave half of a copy
        partial.unlink(missing_ok=True)
        with partial.open("xb") as stream:  # never through a link
            stream.write(note.read_bytes() if note.is_file() else b"")
        partial.replace(kept)


def bring_back_notes(root: Path) -> None:
    """Put the copies back in their places; nothing where none were kept."""
    for note, kept in _pairs(root):
        kept.with_name(f"{kept.name}-partial").unlink(missing_ok=True)
        if not kept.is_file():
            continue
        if kept.stat().st_size:
            kept.replace(note)
        else:
            note.unlink(missing_ok=True)
            kept.unlink()


def forget_notes(root: Path) -> None:
    """The new environment is complete: what was written about it holds."""
    for _, kept in _pairs(root):
        kept.unlink(missing_ok=True)
        kept.with_name(f"{kept.name}-partial").unlink(missing_ok=True)


def _pairs(root: Path) -> list[tuple[Path, Path]]:
    folder = root / STATE_FOLDER
    return [(folder / name, folder / f"{name}{_KEPT}") for name in _NOTES]
