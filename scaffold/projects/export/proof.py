"""Whether an exported template gives what ours gives, by rendering it as the foreign engine does."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from scaffold.projects.export import cookiecutter, copier
from scaffold.projects.export.model import Answers, Exported
from scaffold.projects.export.readme import folder_of
from scaffold.projects.snapshot import Entry, Snapshot

if TYPE_CHECKING:
    from jinja2 import Environment


def difference(exported: Exported, answers: Answers, expected: Snapshot) -> str:
    """The first file that comes out otherwise, and where; "" where all are the same.

    Which files Copier leaves out is not looked at: its own matching of patterns decides about that.
    """
    made = dict(_copied(exported, answers) if exported.format == "copier" else _baked(exported, answers))
    for path, entry in expected.items():
        if path not in made:
            return f"{path} is missing"
        if made[path] != entry:
            return f"{path}, {_where(made[path].content, entry.content)}"
    return ""


def _copied(exported: Exported, answers: Answers) -> Iterator[tuple[PurePosixPath, Entry]]:
    jinja = _environment(trim_blocks=True)
    names = {
        "project_name": answers.name.distribution,
        "package_name": answers.name.package,
        "project_title": answers.name.title,
        "frameworks": list(answers.frameworks),
        "python": answers.python,
    }
    for path, entry in exported.files.items():
        if path.parts[0] != str(copier.FOLDER) or path.name == copier.ANSWERS.name:
            continue
        below = PurePosixPath(jinja.from_string(str(path.relative_to(copier.FOLDER))).render(names))
        rendered = below.suffix == copier.SUFFIX
        yield below.with_suffix("") if rendered else below, _entry(jinja, entry, names) if rendered else entry


def _baked(exported: Exported, answers: Answers) -> Iterator[tuple[PurePosixPath, Entry]]:
    import json

    jinja = _environment(trim_blocks=False)
    nested = PurePosixPath(folder_of(answers.frameworks))
    home = nested if nested / cookiecutter.CONTEXT in exported.files else PurePosixPath()
    context = json.loads(exported.files[home / cookiecutter.CONTEXT].content)
    names = {"cookiecutter": {"project_name": answers.name.distribution, "python": answers.python}}
    for key in ("__package_name", "__project_title"):
        names["cookiecutter"][key] = jinja.from_string(context[key]).render(names)
    copied = set(context["_copy_without_render"])
    folder = home / cookiecutter.FOLDER
    for path, entry in exported.files.items():
        if folder not in path.parents:
            continue
        source = path.relative_to(folder)
        target = PurePosixPath(jinja.from_string(str(source)).render(names))
        yield target, entry if cookiecutter.pattern(source) in copied else _entry(jinja, entry, names)


def _environment(*, trim_blocks: bool) -> Environment:
    from jinja2 import StrictUndefined
    from jinja2.sandbox import ImmutableSandboxedEnvironment

    return ImmutableSandboxedEnvironment(
        undefined=StrictUndefined, keep_trailing_newline=True, trim_blocks=trim_blocks, autoescape=False
    )


def _entry(jinja: Environment, entry: Entry, names: Mapping[str, Any]) -> Entry:
    text = jinja.from_string(entry.content.decode("utf-8")).render(names)
    return Entry(text.encode("utf-8"), executable=entry.executable)


def _where(found: bytes, expected: bytes) -> str:
    lines = zip(found.splitlines(), expected.splitlines(), strict=False)
    number = next((number for number, (one, other) in enumerate(lines, start=1) if one != other), 0)
    return f"line {number}" if number else "its end"
