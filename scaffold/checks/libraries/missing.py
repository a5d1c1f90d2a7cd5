"""A library that is installed as a package and that a program does not look for there."""

from __future__ import annotations

import re
from collections.abc import Iterator

from scaffold.checks.facts import Facts
from scaffold.checks.model import Evidence, Finding, Remedy
from scaffold.checks.surroundings import os_is, python_of
from scaffold.checks.versions import major
from scaffold.probing.packages.model import Package

#: The loader's name of a library -> the package that holds it, and its folder below site-packages/nvidia.
_HOLDERS = (
    ("libcudnn", "cudnn"),
    ("libcublas", "cublas"),
    ("libcudart", "cuda_runtime"),
    ("libnvrtc", "cuda_nvrtc"),
)
_NAME = re.compile(r"(lib[a-z_]+)[\w.]*?\.so(?:\.(\d+))?", re.IGNORECASE)


def not_on_the_path(facts: Facts) -> Iterator[Finding]:
    """The library that the log misses lies in a package of this environment (CTranslate2, ONNX Runtime)."""
    sign = facts.log.sign("cuda-library-not-in-path", "cuda-library-missing") if facts.log else None
    if sign is None or facts.packages is None or os_is(facts, "windows", "macos"):
        return
    name = next((one for one in sign.groups if one), "")
    holder = _holder(facts, name)
    if holder is None:
        return
    package, folder = holder
    variable = (
        f"LD_LIBRARY_PATH=\"$({python_of(facts)} -c 'import nvidia, os; print(os.path.join(list(nvidia."
    )
    variable += f'__path__)[0], "{folder}", "lib"))\')"'
    yield Finding(
        id="lib.gpu-libs",
        level="error",
        title=f"{name} was not found, and {package.name} {package.version}, which holds it, is installed",
        detail=f"It lies in site-packages/nvidia/{folder}/lib. PyTorch and TensorFlow look there by "
        "themselves; "
        "CTranslate2 and other libraries ask the loader, which knows LD_LIBRARY_PATH and the "
        "system's folders "
        "only.",
        cause="cuda-library-not-on-path",
        evidence=(
            Evidence(source=package.location or "installed", value=f"{package.name} {package.version}"),
        ),
        not_the_cause=("the driver, and the CUDA toolkit",),
        remedy=Remedy(
            text=f"name the folder for this run, before Python starts: export {variable}; or import "
            "torch before "
            "that library",
        ),
    )


def _holder(facts: Facts, name: str) -> tuple[Package, str] | None:
    """The installed package that holds a library, in the major version that is asked for."""
    assert facts.packages is not None
    match = _NAME.match(name)
    if match is None:
        return None
    for family, folder in _HOLDERS:
        if not match[1].lower().startswith(family):
            continue
        names = tuple(f"nvidia-{folder.replace('_', '-')}-cu{cuda}" for cuda in (12, 11))
        package = facts.packages.of(*names)
        if package is None or major(package.version) is None:
            return None
        wanted = match[2]
        return (package, folder) if wanted in (None, str(major(package.version))) else None
    return None
