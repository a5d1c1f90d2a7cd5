"""Fill a folder with the wheels of a lock: in portions, so that an interruption costs one of them at most."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from scaffold.environments.installers.resolve_pip import heard, uncached
from scaffold.environments.installers.retry import persistently
from scaffold.environments.installers.tools import guarded, pip_environment_for, seed_pip
from scaffold.environments.locking.model import LockedPackage
from scaffold.environments.locking.text import requirements_text
from scaffold.environments.locking.wheelhouse import contents, wanted_here
from scaffold.environments.model import EnvironmentPlan, Progress, Report
from scaffold.errors import InstallFailed, LockUnusable
from scaffold.files import not_written
from scaffold.system import Completed, System

#: A portion is at most so many bytes, or one wheel, and at most so many wheels.
PORTION = 200_000_000
WHEELS = 12

#: Lies in the folder while a portion is on its way.
UNFINISHED = ".unfinished"


def fill(
    plan: EnvironmentPlan, folder: Path, packages: Sequence[LockedPackage], system: System, report: Report
) -> tuple[str, ...]:
    """Download what the folder lacks of a lock, hashes checked; names of wheels that were replaced.

    Raises InstallFailed and its kin, NoSpace; what arrived before stays.
    """
    rows = wanted_here(packages, plan.interpreter, system)
    found = contents(folder, rows, plan.interpreter.minor)
    sizes = {one.name: one.size or 0 for one in plan.downloads}
    total, done = sum(sizes[one.name] for one in found.missing), 0
    try:
        folder.mkdir(parents=True, exist_ok=True)
        # pip takes hashes for all that it is asked for, or for none.
        hashed = [one for one in found.missing if one.hashes]
        bare = [one for one in found.missing if not one.hashes]
        for portion in (*portions(hashed, sizes), *portions(bare, sizes)):
            report(_progress(portion, done, total))
            _download(plan, folder, portion, system, report)
            done += sum(sizes[one.name] for one in portion)
        replaced = _remove_corrupt(folder, rows, plan)
    except OSError as refusal:
        raise not_written(Path(refusal.filename or folder), refusal) from refusal
    left = contents(folder, rows, plan.interpreter.minor).missing
    if left:
        raise LockUnusable(
            f"{folder} still lacks wheels of the lock",
            detail=tuple(f"missing: {one.shown}" for one in left),
            hint="the index may have withdrawn them; lock anew: scaffold env lock --upgrade",
            code="wheelhouse-incomplete",
        )
    return replaced


def portions(
    packages: Sequence[LockedPackage], sizes: Mapping[str, int], limit: int = PORTION, wheels: int = WHEELS
) -> Iterator[tuple[LockedPackage, ...]]:
    """The packages in their order, a few at a time; a large one by itself.

    >>> rows = [LockedPackage(name=name, version="1") for name in "abc"]
    >>> [[one.name for one in part] for part in portions(rows, {"a": 1, "b": 9, "c": 1}, limit=8)]
    [['a'], ['b'], ['c']]
    """
    part: list[LockedPackage] = []
    for one in packages:
        if part and (sum(sizes.get(p.name, 0) for p in (*part, one)) > limit or len(part) == wheels):
            yield tuple(part)
            part = []
        part.append(one)
    if part:
        yield tuple(part)


def _progress(portion: Sequence[LockedPackage], done: int, total: int) -> Progress:
    shown = ", ".join(one.name for one in portion[:3]) + (", ..." if len(portion) > 3 else "")
    return Progress(step="download", message=f"Downloading {shown}", done=done, total=total, unit="bytes")


def _download(
    plan: EnvironmentPlan, folder: Path, portion: Sequence[LockedPackage], system: System, report: Report
) -> None:
    """Pip puts its wheels beside, and they are moved when it has checked their hashes."""
    pip = seed_pip(plan.interpreter.minor)
    if pip is None:
        raise InstallFailed(
            f"There is no pip for Python {plan.interpreter.minor}", hint="choose a newer Python"
        )
    beside = folder / UNFINISHED
    shutil.rmtree(beside, ignore_errors=True)
    hashed = ["--require-hashes"] if all(one.hashes for one in portion) else []

    def call(afresh: tuple[str, ...]) -> Completed:
        def run(environment: Mapping[str, str]) -> Completed:
            return system.run(
                guarded(
                    [
                        str(plan.interpreter.path), "-I", str(pip / "pip"), "download", "--no-deps",
                        "--only-binary", ":all:", "--dest", str(beside), *hashed,
                        "--requirement", str(wanted), *uncached(afresh),
                    ],
                    system,
                ),
                timeout=None,
                environment=environment,
                cwd=Path(name),
            )  # fmt: skip

        return heard(run, pip_environment_for(plan, system), Path(name), system)

    with tempfile.TemporaryDirectory(prefix="scaffold-") as name:
        wanted = Path(name) / "requirements.txt"
        wanted.write_text(requirements_text(portion, (), {}), encoding="utf-8")
        persistently(call, "pip", doing="download the wheels", tell=lambda line: report(_told(line)))
    for wheel in beside.glob("*.whl"):
        wheel.replace(folder / wheel.name)
    shutil.rmtree(beside, ignore_errors=True)


def _told(line: str) -> Progress:
    return Progress(step="download", message=line)


def _remove_corrupt(folder: Path, rows: Sequence[LockedPackage], plan: EnvironmentPlan) -> tuple[str, ...]:
    """A damaged wheel under another name than the one that came for it would be in every installer's way."""
    found = contents(folder, rows, plan.interpreter.minor)
    for path in found.corrupt:
        path.unlink()
    return tuple(path.name for path in found.corrupt)
