"""ruff and mypy, run on a project with its own settings. They are programs beside us, never imported."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

from scaffold.system import Completed, System
from scaffold.template_checks.model import Check, Row, failed, judged, passed, skipped
from scaffold.template_checks.sources import placed
from scaffold.template_checks.subject import Subject, Variant, together

#: What the environment of a check has beside what the project asks for.
TOOLS = ("mypy>=1.14", "ruff>=0.9")

#: Seconds; both are done in one.
PATIENCE = 600.0


def tool(system: System, name: str, python: Path | None) -> tuple[str, ...] | None:
    """How a tool is started: of the project's environment, of ours, of PATH; None where none has it.

    ``python`` is an environment's folder or its interpreter.
    """
    own = (python.parent, python / "bin", python / "Scripts") if python else ()
    for folder in (*own, Path(sys.executable).parent):
        for program in (folder / name, folder / f"{name}.exe"):
            if program.is_file():
                return (str(program),)
    found = system.which(name)
    return (str(found),) if found else None


def ruff(system: System, check: Check, subject: Subject, python: Path | None, *arguments: str) -> Row:
    """Run ruff on all renderings, each with the settings of its own ``pyproject.toml``."""
    program = tool(system, "ruff", python)
    if program is None:
        return missing(check, "ruff")
    command = (*program, *arguments, "--no-cache", "--no-respect-gitignore", ".")
    done = system.run(command, timeout=PATIENCE, cwd=subject.scratch)
    order = list(subject.trees)
    found = [] if done.ok else sorted(_of_files(done, subject), key=lambda one: order.index(one[0]))
    return judged(check, together(found)) if found else told(check, done)


def _of_files(done: Completed, subject: Subject) -> Iterator[tuple[Variant, str]]:
    """What a program said of files of renderings, in the template's names; what it said besides is a sum."""
    whose = {f"{one.folder}/{path}": one for one in subject.trees for path in subject.tree(one)}
    names = {
        f"{one.folder}/{path}": subject.files(one).get(str(path), str(path))
        for one in subject.trees
        for path in subject.tree(one)
    }
    heading = ""
    for line in (*done.stdout.splitlines(), *done.stderr.splitlines()):
        text, path = placed(line, names)
        place = text.strip().removeprefix("--> ")
        if path:  # some releases put the place below the words
            yield whose[path], text if place == text else f"{place}: {heading}"
        elif line and not line.startswith(" "):
            heading = line


def mypy(
    system: System, check: Check, project: Path, python: Path, *, cache: Path, environment: Mapping[str, str]
) -> Row:
    """Run mypy with the project's own settings and the types of what is installed in its environment."""
    program = tool(system, "mypy", python)
    if program is None:
        return missing(check, "mypy")
    command = (*program, "--cache-dir", str(cache), "--python-executable", str(python))
    return told(check, system.run(command, timeout=PATIENCE, cwd=project, environment=environment))


def missing(check: Check, name: str) -> Row:
    """A tool that is nowhere has proved nothing."""
    return skipped(check, f"{name} is neither in the environment nor on PATH: pip install {name}")


def told(check: Check, done: Completed) -> Row:
    """A program's end as a row."""
    if done.ok:
        return passed(check)
    output = (*done.stdout.splitlines(), *done.stderr.splitlines())
    how = f"ended with status {done.status}" if done.outcome == "exited" else f"did not run: {done.outcome}"
    return failed(check, f"{Path(done.argv[0]).name} {how}", output)
