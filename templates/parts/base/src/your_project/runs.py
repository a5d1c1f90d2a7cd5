"""Finding runs and making room for new ones."""

from __future__ import annotations

import shutil
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from .errors import ProjectError
from .files import read_json, write_json

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True)
class Run:
    """A run that is on disk."""

    path: Path
    job: str  # train, finetune, base
    framework: str
    started: str  # ISO 8601, UTC
    finished: str  # the same; "" = not yet

    @property
    def name(self) -> str:
        """The name of its folder, which `--run` takes."""
        return self.path.name


def now() -> str:
    """Return the time in UTC as runs record it; its order as text is its order in time."""
    seconds, rest = divmod(time.time_ns(), 10**9)
    return f"{time.strftime('%Y-%m-%dT%H:%M:%S', time.gmtime(seconds))}.{rest // 1000:06}Z"


def find(runs: Path) -> list[Run]:
    """Return the runs below a folder, oldest first; folders that are no runs are passed over."""
    found = []
    for mark in runs.glob("[!.]*/run.json"):
        try:
            found.append(read(mark.parent))
        except ProjectError:
            continue  # half-written or foreign; `--run` with its name says what is wrong with it
    return sorted(found, key=lambda run: (run.finished or run.started, run.name))


def read(path: Path) -> Run:
    """Return the run in a folder; a `ProjectError` says why there is none."""
    mark = read_json(path / "run.json")
    results = path / "metrics.json"
    finished = str(read_json(results).get("finished", "")) if results.is_file() else ""
    try:
        return Run(path, str(mark["job"]), str(mark["framework"]), str(mark["started"]), finished)
    except KeyError as missing:
        raise ProjectError(f"{path / 'run.json'} lacks {missing}") from None


def results(run: Run) -> dict[str, Any]:
    """Return the metrics of a run, nothing where it is not finished."""
    content: dict[str, Any] = read_json(run.path / "metrics.json") if run.finished else {}
    return content


def named(runs: Path, name: str) -> Run:
    """Return the run of that name; the error lists the newest ones."""
    if not (runs / checked(name) / "run.json").is_file():
        kept = [run.name for run in find(runs) if run.finished or begun(run.path)]
        there = ", ".join(kept[-5:]) or "none"
        raise ProjectError(f"there is no run {name} in {runs} (newest: {there})")
    return read(runs / name)


def newest(runs: Path, framework: str, jobs: tuple[str, ...], *, finished: bool) -> Run | None:
    """Return the newest run of a framework that is finished, or that is not yet but can be resumed."""
    fitting = [
        run
        for run in find(runs)
        if run.framework == framework
        and run.job in jobs
        and bool(run.finished) == finished
        and (finished or begun(run.path))
    ]
    return fitting[-1] if fitting else None


def begun(path: Path) -> bool:
    """Tell whether something was trained in a run's folder that a resume can go on from."""
    return any(path.glob("last.*")) or any(path.glob("*/last.*"))  # those of a search's trials lie below


def begin(runs: Path, name: str, framework: str, job: str, *, overwrite: bool = False) -> Path:
    """Make the folder of a new run and return it; without a name it gets date, time and framework.

    With `overwrite`, a run of that name is set aside; `settle` removes it or brings it back.
    """
    path = runs / checked(name) if name else _fresh(runs, framework)
    settle(path)
    if path.exists():
        if not overwrite:
            raise ProjectError(
                f"the run {path} is there already: --resume, --overwrite or another --run name"
            )
        if not (path / "run.json").is_file() and any(path.iterdir()):
            raise ProjectError(f"{path} is not a run and will not be overwritten")
        path.rename(_aside(path))  # until something is trained: see `settle`
    path.mkdir(parents=True)
    write_json(path / "run.json", {"schema": "run/1", "job": job, "framework": framework, "started": now()})
    return path


def settle(path: Path) -> None:
    """Decide between a run and the one that it was to overwrite: nothing goes before there is something new.

    The old one comes back where the new one ended, or was killed, before it had trained anything.
    """
    old = _aside(path)
    if not old.exists():
        return
    if begun(path) or (path / "metrics.json").is_file():
        shutil.rmtree(old)
    else:
        shutil.rmtree(path, ignore_errors=True)
        old.rename(path)


def _aside(path: Path) -> Path:
    return path.with_name(f".{path.name}.overwritten")


def checked(name: str) -> str:
    """Return the name of a run unless it would lead out of the folder of runs."""
    if name in {".", ".."} or any(character in name for character in '/\\:*?"<>|\0'):
        raise ProjectError(f"--run {name}: a run's name is the name of a folder, without / \\ : * ? \" < > |")
    return name


def _fresh(runs: Path, framework: str) -> Path:
    """Return a name that is free; two runs may begin in the same second."""
    stem = f"{time.strftime('%Y%m%d-%H%M%S')}-{framework}"
    names = (stem, *(f"{stem}-{number}" for number in range(2, 1000)))
    return next(runs / name for name in names if not (runs / name).exists())


def stored(path: Path, kind: type, name: str) -> Any:
    """Return the dataclass that a run keeps as JSON, without fields that only another version knew."""
    content = read_json(path / name)
    known = kind.__dataclass_fields__  # type: ignore[attr-defined]
    try:
        return kind(**{key: _tuples(value) for key, value in content.items() if key in known})
    except (TypeError, ValueError) as problem:
        raise ProjectError(f"{path / name}: {problem}") from None


def _tuples(value: Any) -> Any:
    """Turn JSON's lists into the tuples that dataclasses hold."""
    return tuple(value) if isinstance(value, list) else value
