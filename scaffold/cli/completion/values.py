"""What can stand for an argument or behind an option: names, looked up with as little reading as can be."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, get_args

from click.shell_completion import CompletionItem

import scaffold
from scaffold.builds.model import FRAMEWORKS
from scaffold.errors import ScaffoldError


def templates() -> Iterator[CompletionItem]:
    """Installed templates with their titles; a third party's as acme:cnn where ours has its name."""
    from scaffold.projects.catalog import OWN_DISTRIBUTION, find_folder, template_names

    for name, provider in template_names():
        title = str(manifest(find_folder(name)[0]).get("title", ""))
        by = "" if provider == OWN_DISTRIBUTION else f"by {provider}"
        yield CompletionItem(name, help=", ".join(filter(None, (title, by))))


def manifest(folder: Path) -> Mapping[str, Any]:
    """What a template says of itself, unjudged; nothing where it cannot be read."""
    from scaffold.toml import TOMLDecodeError, loads

    try:
        return loads((folder / "template.toml").read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, TOMLDecodeError):
        return {}


def versions() -> Iterator[CompletionItem]:
    """What ``update --to`` takes: of an installed template its version, of git on this machine the tags."""
    from scaffold.projects.catalog import find_folder
    from scaffold.projects.origins.git import revisions
    from scaffold.projects.origins.native import place_of
    from scaffold.projects.record import read_record
    from scaffold.system import HostSystem

    system = HostSystem()
    record = read_record(Path.cwd())
    if not record.origin:
        version = manifest(find_folder(record.qualified_template)[0]).get("version", "")
        yield from (CompletionItem(one, help="installed") for one in (version,) if isinstance(one, str))
        return
    place = place_of(system, record)
    here = Path(place.where.removeprefix("file://"))
    if place.kind != "git" or not here.is_absolute() or not here.exists():
        return  # to ask a server takes longer than anybody waits for a Tab
    tags = [
        ref.removeprefix("refs/tags/") for ref in revisions(place, system) if ref.startswith("refs/tags/")
    ]
    yield from (CompletionItem(one, help="tag") for one in reversed(tags))


def answers() -> Iterator[CompletionItem]:
    """What ``update --answers`` takes: of ours, the choices; of others' templates, what was answered."""
    from scaffold.projects.catalog import find_folder
    from scaffold.projects.model import Ide
    from scaffold.projects.record import read_record

    record = read_record(Path.cwd())
    if record.kind == "scaffold":
        layers = () if record.origin else manifest(find_folder(record.qualified_template)[0]).get("layer", ())
        has = [
            one for one in FRAMEWORKS if record.origin or any(one == row.get("framework") for row in layers)
        ]
        for framework in (*has, *(["both"] if len(has) > 1 else [])):
            yield CompletionItem(f"frameworks={framework}", help=f"now {'+'.join(record.frameworks)}")
        for ide in get_args(Ide):
            yield CompletionItem(f"ide={ide}", help=f"now {record.ide}")
    for name, said in record.answers.items():
        if isinstance(said, bool):
            yield from (CompletionItem(f"{name}={one}", help=f"now {said}") for one in ("true", "false"))
        elif isinstance(said, (str, int, float)):
            yield CompletionItem(f"{name}={said}", help="as it is now")


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
    "answers": answers,
    "checks": checks,
    "environments": environments,
    "files": files,
    "mirrors": mirrors,
    "pythons": pythons,
    "runs": runs,
    "template locations": template_locations,
    "templates": templates,
    "versions": versions,
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
