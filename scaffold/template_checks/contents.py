"""What can be told of a rendering by its bytes alone. Each function yields problems, a line each."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import PurePosixPath

from scaffold.errors import TemplateBroken
from scaffold.projects.portable import clashes, has_odd_letters, is_device
from scaffold.projects.record import RECORD
from scaffold.projects.rename import PLACEHOLDER
from scaffold.projects.snapshot import PRISTINE, Snapshot
from scaffold.template_checks.model import Problem
from scaffold.template_checks.subject import SAMPLES, Subject, Variant, rendered, together

README = PurePosixPath("README.md")

#: Packed, or a list of everything: neither is a file that the template wrote.
_KEPT = (PRISTINE, RECORD)

#: What tools leave behind, or a person keeps to themselves, and composing does not pass over by itself.
_JUNK = re.compile(
    r"(^|/)(\.ipynb_checkpoints|\.coverage|htmlcov|\.tox|\.nox|\.hypothesis|\.env|[^/]+\.egg-info|node_modules"
    r"|[^/]+\.(log|bak))(/|$)"
)

_LONGEST_PATH = 180  # of Windows' 260, a user's own folder takes the rest

#: A home folder or a drive of the machine on which the template was written.
_MACHINE = re.compile(
    rb"(?<![\w.$])(/home/(?!me/|you/|user/)[a-z][\w.-]*/|/Users/[A-Za-z][\w.-]*/|[A-Z]:\\Users\\)"
)

_ANY_MACHINE = "take the folder from an argument or a variable, or say it from the project's folder"

_LINK = re.compile(r"\]\((?!https?:|mailto:|#)([^)#\s]+)")


def composes(subject: Subject) -> Iterator[Problem]:
    """Variants that cannot be rendered."""
    yield from together(_unrendered(subject))


def _unrendered(subject: Subject) -> Iterator[tuple[Variant, Problem]]:
    for variant in subject.variants:
        try:
            subject.tree(variant)
        except TemplateBroken as problem:
            yield variant, Problem(text="; ".join((problem.message, *problem.detail)), remedy=problem.hint)


def reproducible(subject: Subject) -> Iterator[str]:
    """Files that are others when the same answers are given again."""
    for variant, tree in tuple(subject.trees.items())[-1:]:
        again = rendered(subject.template, variant)
        for path in sorted({*tree, *again}):
            if path not in _KEPT and tree.get(path) != again.get(path):
                yield f"{variant.label}: {path} is not the same again"


def readme(subject: Subject) -> Iterator[Problem]:
    """READMEs that are missing, hold a rest of their own syntax, or lead to files that are not there."""
    yield from subject.of_each(_readme)


def _readme(_: Variant, tree: Snapshot) -> Iterator[str | Problem]:
    if README not in tree:
        yield f"there is no {README}"
        return
    text = tree[README].content.decode("utf-8", errors="replace")
    yield from (
        Problem(path=str(README), text=f" holds {rest}") for rest in ("{{", "{%", "{#") if rest in text
    )
    yield from (
        Problem(path=str(README), text=f" leads to {link}, which is not there")
        for link in dict.fromkeys(_LINK.findall(text))
        if not _leads_somewhere(link, tree)
    )


def _leads_somewhere(link: str, tree: Snapshot) -> bool:
    target = PurePosixPath(link)
    return target in tree or any(target in path.parents for path in tree)


def placeholders(subject: Subject) -> Iterator[Problem]:
    """Files that still speak of the placeholder project."""
    yield from subject.of_each(_placeholders)


def _placeholders(_: Variant, tree: Snapshot) -> Iterator[Problem]:
    words = (PLACEHOLDER.distribution, PLACEHOLDER.package)
    for path, entry in tree.items():
        if path not in _KEPT:
            said = (word for word in words if word.encode() in entry.content)
            yield from (Problem(path=str(path), text=f" still says {word}") for word in said)
            if any(word in str(path) for word in words):
                yield Problem(path=str(path), text=" still has the placeholder's name")


def portable(subject: Subject) -> Iterator[Problem]:
    """Links, paths that are not for every system, what tools left behind, folders of somebody's machine."""
    found = {
        subject.own(variant, problem)
        for variant, tree in subject.trees.items()
        for problem in _portable(tree)
    }
    yield from sorted(found, key=str)


def _portable(tree: Snapshot) -> Iterator[str | Problem]:
    for path, entry in tree.items():
        if path in _KEPT:
            continue
        if entry.kind == "link":
            yield Problem(
                path=str(path), text=" is a symbolic link", remedy="put the file itself in its place"
            )
        if any(is_device(part) or has_odd_letters(part) for part in path.parts):
            yield Problem(
                path=str(path), text=" cannot be a file's name on Windows", remedy="rename the file"
            )
        if len(str(path)) > _LONGEST_PATH:
            text = f" has more than {_LONGEST_PATH} characters in a project: too long for Windows"
            yield Problem(path=str(path), text=text, remedy="rename the file or its folders")
        if _JUNK.search(str(path)):
            text = " was left behind by a tool, or belongs to one person alone"
            yield Problem(path=str(path), text=text, remedy="remove the file")
        machine = None if b"\0" in entry.content else _MACHINE.search(entry.content)
        if machine is not None:
            line = entry.content.count(b"\n", 0, machine.start()) + 1
            text = f", line {line}, names a folder of one machine: {machine[0].decode(errors='replace')}"
            yield Problem(path=str(path), text=text, remedy=_ANY_MACHINE)
    yield from clashes(tree)


def metadata(subject: Subject) -> Iterator[Problem]:
    """Metadata that cannot be read, of another name, or that asks for a framework nobody chose."""
    yield from subject.of_each(_metadata)


def _metadata(variant: Variant, tree: Snapshot) -> Iterator[str]:
    from packaging.requirements import Requirement

    from scaffold.toml import TOMLDecodeError, loads

    text = tree[PurePosixPath("pyproject.toml")].content.decode("utf-8")
    try:
        project = loads(text)["project"]
    except TOMLDecodeError as problem:
        yield f"pyproject.toml is no valid TOML: {problem}"
        return
    if project["name"] != variant.name.distribution:
        yield f"pyproject.toml calls the project {project['name']}"
    asked = {Requirement(one).name for one in project.get("dependencies", ())}
    for framework, build in SAMPLES.items():
        if framework not in variant.frameworks and build.package in asked:
            yield f"pyproject.toml asks for {build.package}, and {framework} was not chosen"
