"""Make a project's lock files with uv: nothing of the project is written here."""

from __future__ import annotations

import contextlib
import json
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from scaffold.environments.installers.retry import Tell, persistently, silent
from scaffold.environments.installers.tools import uv_environment
from scaffold.environments.locking.copy import Workplace, workplace
from scaffold.environments.locking.files import LockFiles, LockSet
from scaffold.environments.locking.groups import Declared
from scaffold.environments.locking.model import UV_LOCK
from scaffold.environments.locking.way_out import with_way_out
from scaffold.environments.locking.write import unchanged_file
from scaffold.errors import SourceUnreachable
from scaffold.sources.model import SourceSettings
from scaffold.sources.places import comparable
from scaffold.system import Completed, System

#: Seconds; metadata of a hundred packages for every platform over a slow line.
TIME_LIMIT = 1800.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Further:
    """A further environment that is locked by itself: its name, and what it asks for (PEP 508)."""

    name: str
    requirements: tuple[str, ...]
    constraints: tuple[str, ...] = ()

    @property
    def head(self) -> Mapping[str, str]:
        """What its lock keeps of it, so that a machine that would not plan it can lock it anew."""
        return {"for": json.dumps(self.requirements), "limits": json.dumps(self.constraints)}

    @staticmethod
    def read(name: str, head: Mapping[str, str], own: Sequence[str]) -> Further:
        """The same from a lock's head; of the project's own requirements, today's count.

        A head that says nonsense asks for the project's own requirements alone.
        """
        from scaffold.environments.locking.groups import names

        asked, mine = _strings(head.get("for", "")), names(own)
        kept = tuple(one for one in asked if not names([one]) & mine)
        return Further(
            name=name,
            requirements=tuple(dict.fromkeys((*kept, *own))),
            constraints=_strings(head.get("limits", "")),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What is to be locked: all of it, or one group alone, and what may become newer."""

    group: str = ""  # "": all, and uv.lock
    upgrade: tuple[str, ...] = ()  # names; "*": everything


class UvLocker:
    """uv at work on the lock of one project."""

    def __init__(
        self,
        system: System,
        uv: Path,
        python: Path | None,
        project: Declared,
        settings: SourceSettings,
        made_with: str = "",
        announce: Tell = silent,
    ) -> None:
        self._system, self._uv, self._python, self._project = system, uv, python, project
        self._settings = _without_mirrors(settings)
        self._sources, self._announce, self._made_with = settings, announce, made_with

    def make(self, asked: Asked, further: Sequence[Further]) -> LockFiles:
        """Every file of the set; nothing else changes. Raises InstallFailed, NoBuild, SourceUnreachable."""
        made = LockSet(self._project, self._made_with)
        with tempfile.TemporaryDirectory(prefix="scaffold-") as name, self._place(Path(name)) as place:
            try:
                self._make(made, place, asked, further, Path(name))
            except SourceUnreachable as problem:
                raise with_way_out(problem, self._project, place.mirrors, group=asked.group) from problem
        return LockFiles(
            files=made.files, groups=tuple(made.groups), notices=tuple(dict.fromkeys(made.notices))
        )

    def _make(
        self, made: LockSet, place: Workplace, asked: Asked, further: Sequence[Further], folder: Path
    ) -> None:
        out = folder / "pylock.toml"
        if asked.group:
            if asked.group in self._project.groups:
                made.add(asked.group, place.canonical(self._compiled(place, asked, out)), uv_lock="")
        else:
            self._lock(place, asked)
            lock = place.canonical((place.folder / UV_LOCK).read_text(encoding="utf-8"))
            made.files[UV_LOCK] = lock
            for group in self._project.groups:
                made.add(group, place.canonical(self._exported(place, group, out)), uv_lock=lock)
        for one in further:
            if asked.group in ("", one.name):
                text = place.canonical(self._compiled_further(one, asked, folder, out))
                made.add(one.name, text, uv_lock="", more=one.head)

    @contextlib.contextmanager
    def _place(self, folder: Path) -> Iterator[Workplace]:
        """Where uv writes its lock; the project's own is put back where uv had to work in the project.

        Also after a kill: by the next run.
        """
        work = folder / "project"
        work.mkdir()
        place = workplace(self._project, self._sources, work)
        if place.folder != self._project.root:
            yield place
            return
        with unchanged_file(self._project.root, UV_LOCK):
            yield place

    def _lock(self, place: Workplace, asked: Asked) -> None:
        self._run(place.folder, "lock", *_upgrades(asked))

    def _exported(self, place: Workplace, group: str, out: Path) -> str:
        wanted = [part for one in self._project.wanted_by(group) for part in ("--group", one)]
        return self._written(
            out, place.folder, "export", "--frozen", "--quiet", "--no-default-groups", *wanted,
            "--no-emit-project", "--no-header", "--format", "pylock.toml", "--output-file", str(out),
        )  # fmt: skip

    def _compiled(self, place: Workplace, asked: Asked, out: Path) -> str:
        wanted = [part for one in self._project.wanted_by(asked.group) for part in ("--group", one)]
        return self._written(
            out, place.folder, "pip", "compile", "pyproject.toml", *wanted, *self._universal(asked, out)
        )

    def _compiled_further(self, one: Further, asked: Asked, folder: Path, out: Path) -> str:
        source = folder / f"{one.name}.in"
        source.write_text("\n".join(one.requirements) + "\n", encoding="utf-8")
        limits = folder / f"{one.name}-constraints.txt"
        limits.write_text("".join(f"{line}\n" for line in one.constraints), encoding="utf-8")
        return self._written(
            out,
            folder,
            "pip",
            "compile",
            source.name,
            "--constraints",
            limits.name,
            *self._universal(asked, out),
        )

    def _universal(self, asked: Asked, out: Path) -> list[str]:
        oldest = oldest_python(self._project.requires_python)
        return [
            "--universal", "--generate-hashes", "--quiet", "--no-header", "--no-annotate",
            "--format", "pylock.toml", "--output-file", str(out),
            *(["--python-version", oldest] if oldest else []), *_upgrades(asked),
        ]  # fmt: skip

    def _written(self, out: Path, folder: Path, *arguments: str) -> str:
        out.unlink(missing_ok=True)
        self._run(folder, *arguments)
        return out.read_text(encoding="utf-8")

    def _run(self, folder: Path, *arguments: str) -> None:
        python = ("--python", str(self._python)) if self._python else ()
        offline = ("--no-index",) if self._settings.no_index is not None else ()

        def call(afresh: tuple[str, ...]) -> Completed:
            again = [part for name in afresh for part in ("--refresh-package", name)]
            return self._system.run(
                [self._uv, *arguments, *python, *offline, *again, "--preview-features", "pylock"],
                timeout=TIME_LIMIT,
                environment=uv_environment(self._settings, self._system),
                cwd=folder,
            )

        persistently(call, "uv", doing="lock the project", tell=self._announce)


def oldest_python(requires: str) -> str:
    """``3.11`` of ``>=3.11,<3.14``; "" where no lower bound is named.

    >>> oldest_python(">=3.11,<3.14"), oldest_python("")
    ('3.11', '')
    """
    from packaging.specifiers import InvalidSpecifier, SpecifierSet

    try:
        bounds = [one.version for one in SpecifierSet(requires) if one.operator in {">=", "==", "~="}]
    except InvalidSpecifier:
        return ""
    return bounds[0].removesuffix(".*") if bounds else ""


def _strings(text: str) -> tuple[str, ...]:
    try:
        values = json.loads(text or "[]")
    except (ValueError, RecursionError):
        return ()
    return tuple(one for one in values if isinstance(one, str)) if isinstance(values, list) else ()


def _upgrades(asked: Asked) -> list[str]:
    if "*" in asked.upgrade:
        return ["--upgrade"]
    return [part for name in asked.upgrade for part in ("--upgrade-package", name)]


def _without_mirrors(settings: SourceSettings) -> SourceSettings:
    """PyTorch's mirror serves PyTorch alone: else it would bring its old copies of NumPy."""
    mirror = settings.pytorch_mirror
    if mirror is None:
        return settings
    base = comparable(mirror.value)
    extra = tuple(one for one in settings.extra_indexes if not comparable(one.value).startswith(base))
    return replace(settings, extra_indexes=extra)
