"""A template as its folder has it, with all that is wrong with its manifests."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from scaffold.errors import TemplateBroken
from scaffold.projects.model import Template
from scaffold.system import System


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What a folder's manifests came to."""

    folder: Path
    template: Template | None  # None: it cannot be used, and the problems say why
    problems: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """How the template is called."""
        return self.folder.name


def read(folder: Path, *, apart: bool = False) -> Reading:
    """Read a template with its parts: those beside it, and those of installed packages by name.

    With ``apart`` the prose of one that is not installed, and may be a stranger's, is rendered in a process
    of its own.
    """
    from scaffold.projects.catalog import Provider, find_providers, part_finder
    from scaffold.projects.manifest import read_template

    folder = folder.resolve()
    providers = {one.name: one for one in find_providers()}
    own = next((one for one in providers.values() if one.folder.resolve() == folder.parent), None)
    provider = own or Provider(name="", distribution=folder.parent.name, folder=folder.parent)
    find_part = part_finder(provider, {**providers, provider.name: provider})
    problems: list[TemplateBroken] = []
    try:
        template = read_template(
            folder, provider=provider.distribution, find_part=find_part, problems=problems
        )
    except TemplateBroken as problem:
        return Reading(folder=folder, template=None, problems=(_line(problem),))
    if problems:
        return Reading(folder=folder, template=None, problems=tuple(map(_line, problems)))
    return Reading(folder=folder, template=replace(template, apart=apart and own is None))


def _line(problem: TemplateBroken) -> str:
    return "; ".join((problem.message, *problem.detail))


_WHY = "and these checks are for templates in scaffold's own format"
_INSTEAD = "make a project of it, and ask scaffold doctor there"


@contextlib.contextmanager
def located(text: str, system: System, cwd: Path) -> Iterator[Path]:
    """The folder of the template that is meant, as long as the block runs; it was not read yet.

    Raises TemplateUnknown, OptionRefused for a place that is none or a template in another format, and what
    `fetched` raises where it has to be brought here.
    """
    from scaffold.projects.catalog import find_folder
    from scaffold.projects.origins.fetch import fetched
    from scaffold.projects.origins.kinds import demand_native, kind_of
    from scaffold.projects.origins.parse import parse_location

    if (cwd / text / "template.toml").is_file():  # also by a bare name, which may be an installed template's
        yield cwd / text
        return
    location = parse_location(text, cwd, system.home)
    if location.kind == "installed":
        yield find_folder(location.where)[0]  # which may be broken: it is found without reading it
    elif location.kind == "folder":  # where it lies: what must not be there shall be told by a check
        folder = Path(location.where) / location.folder
        demand_native(kind_of(folder, text), text, _WHY, hint=_INSTEAD)
        yield folder
    else:
        with fetched(location, system) as found:
            demand_native(found.kind, text, _WHY, hint=_INSTEAD)
            yield found.folder
