"""Rules about packages that cannot stand beside each other."""

from __future__ import annotations

from collections.abc import Iterator

from scaffold.builds.pairs import clash, pair_of
from scaffold.locks.case import Case, counted, finding
from scaffold.locks.frameworks import Build
from scaffold.locks.model import Locked, LockFinding
from scaffold.locks.packages import cuda_major, sharing

_APART = (
    "give each framework an environment of its own, one of them the CPU build, or a pair that is known to "
    "be clean: scaffold builds --together"
)


def same_files(case: Case) -> Iterator[LockFinding]:
    """Packages that own the same files: one finding for CUDA's libraries, one for each other kind."""
    of_cuda: list[tuple[str, tuple[Locked, ...]]] = []
    for group, there in sharing(case.rows):
        if all(one.name.startswith("nvidia-") for one in there):
            of_cuda.append((group.folder, there))
            continue
        yield finding(
            "same-files",
            "error",
            there[0],
            f"{_and(there)} own the same files in {group.folder}",
            why=(counted(there), "the one installed last wins; removing one breaks the other"),
            remedy=f"keep one of them, and lock again: {' or '.join(one.name for one in there)}",
        )
    if of_cuda:
        yield _cuda_clash(case, of_cuda)


def _cuda_clash(case: Case, groups: list[tuple[str, tuple[Locked, ...]]]) -> LockFinding:
    first = groups[0][1]
    brought = [f"{one.package.shown} wants CUDA {one.cuda}" for one in case.frameworks if one.cuda]
    folders = " and ".join(folder for folder, _ in groups)
    return finding(
        "same-files",
        "error",
        first[0],
        f"{_and(first)} own the same files in {folders}",
        why=(
            *(counted(there) for _, there in groups),
            *brought,
            "the one installed last wins; no installer says so",
        ),
        remedy=_APART,
    )


def conda_and_pip(case: Case) -> Iterator[LockFinding]:
    """A framework from conda and from PyPI at once: both own its folder."""
    for one in case.frameworks:
        other = next(
            (
                build
                for build in case.frameworks
                if build.framework == one.framework and one.package.conda and not build.package.conda
            ),
            None,
        )
        if other is not None and (one.version is None or one.version != other.version):
            yield finding(
                "same-files",
                "error",
                other.package,
                f"conda's {one.package.shown} and PyPI's {other.package.shown} own the same files",
                why=(counted((one.package, other.package)), "pip overwrites what conda installed"),
                remedy=f"keep one: {one.package.name} in conda's list, or {other.package.name} in pip's",
            )


def pairs(case: Case) -> Iterator[LockFinding]:
    """Frameworks that bring CUDA's libraries: of one major version, PyTorch and TensorFlow in some pairs."""
    bring = [one for one in case.frameworks if one.cuda and one.brings_libraries]
    if any(len({cuda_major(one) for one in there}) > 1 for _, there in sharing(case.rows)):
        return  # said already, with the very packages
    if len({one.cuda for one in bring}) > 1:
        yield _two_sets(bring)
        return
    torch = next((one for one in bring if one.framework == "torch"), None)
    tensorflow = next((one for one in bring if one.framework == "tensorflow"), None)
    if torch is None or tensorflow is None or torch.version is None or tensorflow.version is None:
        return
    ordinary = "download.pytorch.org" not in torch.package.index
    if pair_of(torch.version, torch.variant, tensorflow.version, ordinary_index=ordinary) is None:
        yield finding(
            "pair",
            "warning",
            torch.package,
            f"{torch.package.shown} and {tensorflow.package.shown}: not known to share CUDA's libraries",
            why=(torch.how, tensorflow.how, clash(torch.version, torch.variant, tensorflow.version)),
            remedy=_APART,
        )


def _two_sets(builds: list[Build]) -> LockFinding:
    newer, *_, older = sorted(builds, key=lambda one: -one.cuda)
    return finding(
        "same-files",
        "error",
        newer.package,
        f"{newer.package.shown} wants CUDA {newer.cuda}, {older.package.shown} CUDA {older.cuda}: "
        "both bring cuDNN and NCCL into the same folders",
        why=(newer.how, older.how, "the one installed last wins; no installer says so"),
        remedy=_APART,
    )


def _and(there: tuple[Locked, ...]) -> str:
    return " and ".join(one.name for one in there)
