"""Whether each package is there once: no second copy, no second owner of a module, no other code."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from scaffold.checks.facts import Facts
from scaffold.checks.model import Evidence, Finding, Level, Remedy
from scaffold.checks.packages.remedies import shown
from scaffold.checks.packages.torch_kept import of_its_index
from scaffold.checks.surroundings import python_of
from scaffold.checks.versions import release
from scaffold.probing.packages.model import TENSORFLOWS, Package, PackageFacts

#: Without one of these, or with two of them, nothing trains.
KEY = frozenset(
    (
        *(
            "torch",
            "torchvision",
            "torchaudio",
            "numpy",
            "keras",
            "jax",
            "jaxlib",
            "protobuf",
            "transformers",
        ),
        *("tokenizers", "accelerate", "triton", "h5py", "scipy", "pandas", *TENSORFLOWS),
    )
)

#: Distributions that bring one and the same module. Of the first kind one needs the other, so both are right.
_ONE_NEEDS_THE_OTHER = {("tensorflow", "tensorflow-intel"), ("tensorflow", "tensorflow-macos")}
_SAME_MODULE: tuple[tuple[str, Level, tuple[str, ...]], ...] = (
    ("tensorflow", "error", tuple(one for one in TENSORFLOWS if one != "tf-nightly")),
    ("onnxruntime", "warning", ("onnxruntime-gpu", "onnxruntime", "onnxruntime-directml")),
    (
        "cv2",
        "warning",
        (
            *("opencv-python", "opencv-python-headless"),
            *("opencv-contrib-python", "opencv-contrib-python-headless"),
        ),
    ),
    ("PIL", "warning", ("pillow", "pillow-simd")),
    (
        "triton",
        "error",
        ("triton", "triton-windows", "pytorch-triton-rocm", "pytorch-triton-xpu", "triton-rocm"),
    ),
)


def each_once(facts: Facts) -> Iterator[Finding]:
    """No package is installed twice where only one copy can be meant."""
    if facts.packages is None:
        return
    for name, copies in _by_name(facts.packages).items():
        if len(copies) < 2 or name not in KEY or any(one.user_site for one in copies):
            continue  # a copy in the user's site is said where that is looked at
        if len({one.location for one in copies}) == 1:
            yield _twice(facts, name, copies)


def _by_name(packages: PackageFacts) -> dict[str, list[Package]]:
    found: dict[str, list[Package]] = defaultdict(list)
    for one in packages.packages:
        found[one.name].append(one)
    return found


def _twice(facts: Facts, name: str, copies: list[Package]) -> Finding:
    known = tuple(dict.fromkeys(one.version for one in copies if one.version))
    versions = f": {' and '.join(known)}" if known else ""
    imported = (
        facts.packages.torch.version if name == "torch" and facts.packages and facts.packages.torch else ""
    )
    said = f"; its code says {imported}" if imported else ""
    return Finding(
        id="pkg.duplicate-dist",
        level="error",
        title=f"{name} is installed {len(copies)} times{versions}",
        detail=f"the copies are duplicates that share one folder's files or hide each other{said}: which one "
        "is imported is chance, and what was compiled for the other fails",
        cause="duplicate-install",
        evidence=tuple(
            Evidence(source=one.location or name, value=f"{shown(one)}{_by(one)}") for one in copies
        ),
        remedy=_once_more(facts, name, imported or copies[-1].version),
    )


def _by(package: Package) -> str:
    return f" ({package.installer})" if package.installer else ""


def _once_more(facts: Facts, name: str, version: str) -> Remedy:
    python = python_of(facts)
    wanted: tuple[str, ...] = (f"{name}=={version.partition('+')[0]}" if version[:1].isdigit() else name,)
    if name == "torch" and version[:1].isdigit():
        wanted = of_its_index(version) or wanted
    remove = (python, "-m", "pip", "uninstall", "-y", name)
    return Remedy(
        text=f"uninstall every copy (until pip says that {name} is not installed), then install it once",
        commands=(remove, remove, (python, "-m", "pip", "install", "--no-cache-dir", *wanted)),
    )


def code_as_recorded(facts: Facts) -> Iterator[Finding]:
    """A package's code is of the version that its metadata names."""
    if facts.packages is None:
        return
    seen = set()
    for one in facts.packages.packages:
        if one.name in seen or one.name not in KEY:
            continue
        seen.add(one.name)
        says, recorded = one.code_version, one.version
        twice = len(list(facts.packages.all_of(one.name))) > 1
        if not says or one.editable or twice or release(says) == release(recorded):
            continue
        yield Finding(
            id="pkg.duplicate-dist",
            level="error",
            title=f"{one.name}'s code is version {says}, its metadata says {recorded}",
            detail="one installation lies over another: installers plan with the one, programs run the other",
            cause="duplicate-install",
            evidence=(
                Evidence(source=f"{one.location or one.name}: the code", value=says),
                Evidence(source=f"{one.location or one.name}: .dist-info", value=recorded),
            ),
            remedy=_once_more(facts, one.name, recorded),
        )


def one_owner_a_module(facts: Facts) -> Iterator[Finding]:
    """No two distributions bring the same module."""
    if facts.packages is None:
        return
    for module, level, names in _SAME_MODULE:
        found = [one for name in names if (one := facts.packages.of(name)) is not None]
        if len(found) < 2 or _meant(found) or _said_of_project(facts, module):
            continue
        kept = found[0]
        yield Finding(
            id="pkg.duplicate-dist" if module == "tensorflow" else "pkg.same-module",
            level=level,
            title=f"{' and '.join(shown(one) for one in found)} bring the same module {module}",
            detail="they lie over each other: the one installed last wins, often one without GPU support, "
            "and to uninstall one takes the other's files along",
            cause="same-module",
            evidence=tuple(Evidence(source=one.location or one.name, value=shown(one)) for one in found),
            remedy=Remedy(
                text=f"uninstall all of them, then install the one that you need, for instance {kept.name}",
                commands=(
                    (python_of(facts), "-m", "pip", "uninstall", "-y", *(one.name for one in found)),
                    (python_of(facts), "-m", "pip", "install", kept.name),
                ),
            ),
        )


def _meant(found: list[Package]) -> bool:
    """Whether one is there because the other asks for it, or they lie in places of their own."""
    names = tuple(one.name for one in found)
    return names in _ONE_NEEDS_THE_OTHER or (
        len({one.location for one in found}) == len(found) > 1 and all(one.location for one in found)
    )


def _said_of_project(facts: Facts, module: str) -> bool:
    """Said by `checks.frameworks`, of a project of ours."""
    record = facts.record
    return (
        module == "tensorflow"
        and record is not None
        and facts.environment is not None
        and ("keras" in record.frameworks)
    )


def conda_and_pip(facts: Facts) -> Iterator[Finding]:
    """No pip has replaced a framework that conda believes to own."""
    if facts.packages is None:
        return
    for conda_name, name in (("pytorch", "torch"), ("tensorflow", "tensorflow"), ("jaxlib", "jaxlib")):
        recorded, imported = facts.packages.of_conda(conda_name), facts.packages.of(name)
        if recorded is None or imported is None or imported.installer in ("", "conda"):
            continue
        if release(recorded.version) == release(imported.version):
            continue
        yield Finding(
            id="pkg.conda-and-pip",
            level="warning",
            title=f"{shown(imported)} of {imported.installer} lies over conda's {recorded.version}",
            detail="conda does not know of it: its next install or update brings its own files back, and the "
            "libraries that it keeps for its version stay beside the other's",
            cause="conda-and-pip",
            evidence=(
                Evidence(source=recorded.location, value=recorded.source or shown(recorded)),
                Evidence(
                    source=imported.location, value=f"{shown(imported)}, INSTALLER: {imported.installer}"
                ),
            ),
            remedy=Remedy(
                text="let one of them own it: a new environment, Python from conda, the rest from pip",
                commands=(("conda", "remove", conda_name),),
            ),
        )
