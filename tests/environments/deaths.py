"""Every operation on the file system that `create` makes, and a disaster at each of them.

    python -m tests.environments.deaths FOLDER SITUATION DISASTER

Run as a process of its own: it forks once for each operation. The installers are stand-ins that write a
dozen files in this very process, so that hundreds of runs take seconds and their operations count, too. An
audit hook (PEP 578) sees an operation before it is made: whoever dies there has made all but that one.
Prints JSON: how many operations there are, and what was wrong after which.
"""

from __future__ import annotations

import errno
import json
import os
import platform
import shutil
import signal
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from scaffold.environments.create import create, digest
from scaffold.environments.layout import Place
from scaffold.environments.model import Download, Environment, EnvironmentPlan, Progress
from scaffold.environments.state import is_ready, read_state
from scaffold.errors import ProofFailed, ScaffoldError
from scaffold.interpreters.model import Interpreter
from scaffold.sources.model import SourceSettings
from scaffold.sources.settings import DEFAULT_INDEX
from scaffold.system import Completed, HostSystem

CHANGES = {"os.mkdir", "os.rename", "os.remove", "os.rmdir", "os.symlink", "os.chmod"}
WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT


class StandIn(HostSystem):
    """virtualenv and pip that take a millisecond."""

    def run(self, argv: Any, **_: Any) -> Completed:
        command = [str(part) for part in argv]
        if "virtualenv" in command:
            make_environment(Path(command[-1]))
        else:
            requirements = Path(_["cwd"]) / command[command.index("--requirement") + 1]
            install(Path(command[command.index("pip") - 3]).parents[1], requirements.read_text())
        return Completed(argv=tuple(command), outcome="exited", status=0)


def make_environment(location: Path) -> None:
    packages = location / "lib" / "python3.12" / "site-packages"
    packages.mkdir(parents=True)
    (location / "bin").mkdir()
    (location / "bin" / "python").symlink_to(sys.executable)
    (location / "pyvenv.cfg").write_text(f"home = {Path(sys.executable).parent}\nversion_info = 3.12.1\n")


def install(location: Path, requirement: str) -> None:
    name, version = requirement.split("==")
    folder = location / "lib" / "python3.12" / "site-packages"
    metadata = folder / f"{name}-{version}.dist-info"
    metadata.mkdir()
    (folder / f"{name}.py").write_text(f"version = {version}\n")
    (metadata / "RECORD").write_text(f"{name}.py,,{len(version) + 11}\n{metadata.name}/RECORD,,\n")


def plan_of(root: Path, version: str, name: str = "") -> EnvironmentPlan:
    here = Interpreter(
        path=Path(sys.executable), version=platform.python_version(), implementation="CPython",
        machine=platform.machine(), bits=64, origin="tests",
    )  # fmt: skip
    return EnvironmentPlan(
        place=Place(root, name), interpreter=here, installer="pip", builds=(), requirements=("alpha",),
        settings=SourceSettings(index=DEFAULT_INDEX),
        downloads=(Download(name="alpha", version=version, size=1, source="tests"),),
        lock=f"alpha=={version}",
    )  # fmt: skip


@dataclass(frozen=True)
class Situation:
    """What is there, what is asked for, and how it ends where nothing comes between."""

    before: tuple[str, ...]  # versions that were made before, one after the other; "user": not by us
    name: str = ""  # of the environment
    fails: bool = False  # its proof does


SITUATIONS = {
    "first": Situation(before=()),
    "replaced": Situation(before=("1.0",)),
    "further": Situation(before=("1.0",), name="keras"),
    "fails": Situation(before=("1.0",), fails=True),
    "first fails": Situation(before=(), fails=True),
}


def silent(progress: Progress) -> None:
    """Nobody looks."""


def refuse(made: Environment) -> None:
    raise ProofFailed("it computes wrongly")


def contents(folder: Path) -> dict[str, str]:
    """Every file, folder and link; what says when it was made is left out."""
    found = {}
    for path in sorted(folder.rglob("*")):
        what = (
            f"-> {path.readlink()}" if path.is_symlink() else "folder" if path.is_dir() else path.read_text()
        )
        if path.name.startswith("environment") and path.suffix == ".json":
            what = json.dumps({**json.loads(what), "created": ""})
        if path.suffix != ".lock":
            found[str(path.relative_to(folder))] = what
    return found


def watch(strike: Callable[[int, str], None]) -> None:
    """Call ``strike`` with number and kind before each change of the file system, from now on."""
    count, striking = 0, False

    def hook(event: str, arguments: tuple[Any, ...]) -> None:
        nonlocal count, striking
        opened = event == "open" and isinstance(arguments[2], int) and arguments[2] & WRITES
        if not (opened or event in CHANGES) or striking:
            return
        count, striking = count + 1, True
        try:
            strike(count, event)
        finally:
            striking = False

    sys.addaudithook(hook)


def disaster(kind: str, at: int) -> Callable[[int, str], None]:
    """What happens at the operation number ``at``."""

    def strike(number: int, event: str) -> None:
        if number < at:
            return
        if kind == "kill" and number == at:
            os.kill(os.getpid(), signal.SIGKILL)
        if kind == "interrupt" and number == at:
            raise KeyboardInterrupt
        if kind == "full disk" and event in ("open", "os.mkdir"):  # and it stays full
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        if kind == "refused once" and number == at:
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))

    return strike


def in_a_child(work: Callable[[], object]) -> str:
    """Run it in a fork; how it ended: done, an error's code, interrupted, killed."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            work()
            said = "done"
        except ScaffoldError as problem:
            said = problem.code
        except KeyboardInterrupt:
            said = "interrupted"
        except BaseException as bug:  # noqa: BLE001 - told, and a failure of the test
            said = f"bug: {bug!r}"
        os.write(writing, said.encode())
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as stream:
        said = stream.read()
    os.waitpid(child, 0)
    return said or "killed"


class Stage:
    """One situation, set up again for each run in the same place."""

    def __init__(self, folder: Path, situation: Situation) -> None:
        self.root, self._copy, self._situation = folder / "project", folder / "copy", situation
        self._system = StandIn()
        self._copy.mkdir()
        for name in ("train.py", ".scaffold/project.json"):
            (self._copy / name).parent.mkdir(exist_ok=True)
            (self._copy / name).write_text("the user's")
        self.set_up()
        for version in situation.before:
            self.create(version)
        shutil.rmtree(self._copy)
        shutil.copytree(self.root, self._copy, symlinks=True)
        self.before = contents(self.root)
        self.create("2.0")
        self.after = contents(self.root)
        self.digest = digest(plan_of(self.root, "2.0", situation.name))

    def set_up(self) -> None:
        shutil.rmtree(self.root, ignore_errors=True)
        shutil.copytree(self._copy, self.root, symlinks=True)

    def create(self, version: str, report: Callable[[Progress], None] = silent, **more: Any) -> None:
        create(plan_of(self.root, version, self._situation.name), self._system, report, **more)

    def act(self, strike: Callable[[int, str], None] | None = None) -> str:
        """What is asked for, in a child, with a disaster."""
        finish = refuse if self._situation.fails else None

        def work() -> None:
            if strike is not None:
                watch(strike)
            self.create("2.0", finish=finish)

        return in_a_child(work)

    def operations(self) -> int:
        """How many there are when nothing goes wrong."""
        counted = self.root.parent / "count"
        self.set_up()

        def count(number: int, _: str) -> None:
            counted.write_text(str(number))

        self.act(count)
        return int(counted.read_text())

    def wrong(self) -> Iterator[str]:
        """What is not as it should be after the disaster, and after the command that comes next."""
        now = contents(self.root)
        if any(now.get(name) != "the user's" for name in ("train.py", ".scaffold/project.json")):
            yield "the user's files were touched"
        place = Place(self.root, self._situation.name)
        state = read_state(place)
        is_new = is_ready(place) and state is not None and state.digest == self.digest
        told: list[Progress] = []
        if self._situation.before and not is_new:
            self.create(self._situation.before[-1], told.append)
            if told:
                yield f"the old environment was made again: {[one.message for one in told]}"
            yield from differing("before", self.before, contents(self.root))
        self.create("2.0", told.append)
        if is_new and told:
            yield "the new environment was ready, and was made again"
        yield from differing("after", self.after, contents(self.root))


def differing(what: str, expected: dict[str, str], found: dict[str, str]) -> Iterator[str]:
    for name in sorted(expected.keys() | found.keys()):
        if expected.get(name) != found.get(name):
            yield f"{what}: {name}: {expected.get(name)!r} became {found.get(name)!r}"


def runs(kind: str, operations: int) -> Iterator[tuple[tuple[str, int], ...]]:
    """The disasters of each run. "kill twice": the run that repairs dies, too, at every third operation."""
    for number in range(1, operations + 1):
        if kind != "kill twice":
            yield ((kind, number),)
        elif number % 3 == 0:
            yield from (
                (("kill", number), ("kill", second)) for second in range(1 + number % 2, operations, 3)
            )


def main(folder: Path, situation: str, kind: str) -> dict[str, Any]:
    tempfile.tempdir = str(folder)
    stage = Stage(folder, SITUATIONS[situation])
    operations, wrong, ended = stage.operations(), dict[str, list[str]](), set[str]()
    for disasters in runs(kind, operations):
        stage.set_up()
        for one, number in disasters:
            ended.add(stage.act(disaster(one, number)))
        try:
            found = list(stage.wrong())
        except ScaffoldError as problem:
            found = [f"the next command failed: {problem.code}: {problem}"]
        if found:
            wrong[str(disasters)] = found
    return {"operations": operations, "ended": sorted(ended), "wrong": wrong}


if __name__ == "__main__":
    sys.stdout.write(json.dumps(main(Path(sys.argv[1]), sys.argv[2], sys.argv[3]), indent=1))
