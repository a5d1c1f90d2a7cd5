"""What can stand for an argument or behind an option: names, looked up without reading what they name."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from click.shell_completion import CompletionItem

import scaffold
from scaffold.errors import ScaffoldError


def templates() -> Iterator[CompletionItem]:
    """Installed templates, a third party's with its provider's name where ours has the same."""
    from scaffold.projects.catalog import template_names

    for name, provider in template_names():
        yield CompletionItem(name, help=provider)


def template_locations() -> Iterator[CompletionItem]:
    """What ``--template`` takes: a name, or a folder or archive."""
    yield from templates()
    yield CompletionItem("", type="file")


def runs() -> Iterator[CompletionItem]:
    """The run configurations of the project around this folder."""
    from scaffold.pycharm.reading.configurations import configurations
    from scaffold.pycharm.reading.project_files import find_root
    from scaffold.system import HostSystem

    for one in configurations(find_root(Path.cwd(), HostSystem())):
        if not one.problem:
            yield CompletionItem(one.name, help=one.kind or one.type)


def files() -> Iterator[CompletionItem]:
    """Any file."""
    yield CompletionItem("", type="file")


def environments() -> Iterator[CompletionItem]:
    """The environments of the project around this folder, by the names that `scaffold env` takes."""
    from scaffold.projects.folders import FURTHER, MAIN
    from scaffold.pycharm.reading.project_files import find_root
    from scaffold.system import HostSystem

    system = HostSystem()
    root = find_root(Path.cwd(), system)
    if system.exists(root / MAIN):
        yield CompletionItem(MAIN, help="the project's own")
    for name in system.list_folder(root / FURTHER):
        if not name.startswith("."):
            yield CompletionItem(name, help="a further one")


def pythons() -> Iterator[CompletionItem]:
    """Minor versions, those that PATH has first; which of them fit is for the command to say."""
    from scaffold.builds.model import PREFERENCE
    from scaffold.system import HostSystem

    system = HostSystem()
    there = [one for one in PREFERENCE if system.which(f"python{one}") is not None]
    for one in there:
        yield CompletionItem(one, help="on PATH")
    for one in PREFERENCE:
        if one not in there:
            yield CompletionItem(one)
    yield CompletionItem("", type="file")


def checks() -> Iterator[CompletionItem]:
    """What ``doctor`` may find, by the headers of the catalogue: its package would load every rule."""
    catalogue = Path(scaffold.__file__).parent / "checks" / "catalogue"
    for path in sorted(catalogue.glob("*.toml")):
        for name in re.findall(r'^\["([^"\n]+)"\]', path.read_text(encoding="utf-8"), re.MULTILINE):
            yield CompletionItem(name)


def mirrors() -> Iterator[CompletionItem]:
    """Where packages can come from, by name."""
    from scaffold.sources.presets import mirrors as known

    for one in known():
        yield CompletionItem(one.name, help=one.title)


_VALUES = {
    "checks": checks,
    "environments": environments,
    "files": files,
    "mirrors": mirrors,
    "pythons": pythons,
    "runs": runs,
    "template locations": template_locations,
    "templates": templates,
}


def values(what: str, incomplete: str) -> list[CompletionItem]:
    """Those of a kind that begin as what was typed; none outside a project that has them."""
    try:
        found = list(_VALUES[what]())
    except ScaffoldError:
        return []
    plain = [one for one in found if one.type == "plain" and one.value.startswith(incomplete)]
    # A shell completes files instead of words, not beside them.
    return plain or [one for one in found if one.type != "plain"]
