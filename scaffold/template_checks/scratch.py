"""Which templates are meant, and where their projects are made."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

from scaffold.errors import OptionRefused, TargetOccupied, TemplateUnknown
from scaffold.passing import passing_folder
from scaffold.projects.refusals import explained


def wanted(named: tuple[str, ...], cwd: Path) -> tuple[str, ...]:
    """The templates that were named; else the one in a folder, else those in the folders of it.

    Raises OptionRefused for one that is named twice, TemplateUnknown where there is none.
    """
    if len(set(named)) != len(named):
        twice = next(one for one in named if named.count(one) > 1)
        raise OptionRefused(f"the template {twice} is named twice", hint="name it once")
    if named:
        return named
    if (cwd / "template.toml").is_file():
        return (str(cwd),)
    below = tuple(str(one.parent) for one in sorted(cwd.glob("*/template.toml")))
    if not below:
        raise TemplateUnknown(
            f"there is no template in {cwd}",
            detail=("neither it nor a folder in it holds template.toml",),
            hint="name one: scaffold templates check NAME|FOLDER",
        )
    return below


@contextlib.contextmanager
def scratch_folder(keep: Path | None) -> Iterator[Path]:
    """A folder that is gone after the block; ``keep`` is one that stays.

    Raises TargetOccupied, NoPermission.
    """
    if keep is None:
        with passing_folder("scaffold-check-") as folder:
            yield folder
        return
    folder = keep.absolute()
    with explained(folder):
        folder.mkdir(parents=True, exist_ok=True)
        if any(folder.iterdir()):
            raise TargetOccupied(f"{folder} is not empty", hint="name a new folder: --keep DIR")
    yield folder
