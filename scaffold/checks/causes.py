"""Which findings are consequences of which: what may go away once something else is cured.

A row says: while the cause is an error (or a warning, for warnings), findings that match are shown as its
consequences. The deepest cause wins, and a cause that is a consequence itself hands them on. Doctor never
drops a finding: a consequence stays in the answer, with ``suppressed_by``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fnmatch import fnmatchcase

from scaffold.checks.model import Finding

#: What a program says that finds no driver, or no device: it says nothing of the build or of other libraries.
_NO_DRIVER = (
    *("gpu.driver-*", "gpu.driver", "gpu.not-seen", "gpu.not-planned-for", "gpu.tf-no-gpu", "gpu.hidden"),
    *("gpu.device-nodes", "gpu.device-ordinal", "gpu.visible-devices", "gpu.container-runtime", "gpu.lost"),
    *("gpu.uvm-resume", "gpu.fabric-manager", "gpu.cuda-compat", "gpu.unsupported", "gpu.rocm", "gpu.mig"),
    *("lib.gpu-libs", "lib.tf-gpu-libs", "lib.cudnn-init", "run.*"),
)

#: CUDA's own libraries: a build for the processor asks for none.
_OF_CUDA = (
    *("lib.gpu-libs", "lib.tf-gpu-libs", "lib.tf-libdevice", "lib.cudnn-init", "lib.cudnn-shadowed"),
    *("lib.cuda-shadowed", "lib.ld-path"),
)

#: What no Python finds that nothing is installed for.
_NOT_INSTALLED = (
    *("pkg.framework", "pkg.framework-missing", "pkg.requirements", "pkg.dependency", "pkg.wrong-python"),
    "pkg.wrong-name",
)

#: What a start of a package says whose files are not those that were installed.
_NOT_STARTED = (
    "run.import-failed",
    "run.computes",
    "run.crashed",
    "run.hung",
    "run.not-started",
    "run.device",
)

#: Cause -> consequences, as patterns of ids, the deepest causes first.
CONSEQUENCES: dict[str, tuple[str, ...]] = {
    "proj.update-interrupted": ("proj.*", "pkg.requirements", "ide.run-config*"),
    "proj.update-conflicts": ("proj.record", "proj.metadata"),
    "env.pythonhome": ("env.*", "py.*", "pkg.framework-missing", "pkg.wrong-python", "run.*"),
    "env.venv-broken": (
        *("env.*", "pkg.*", "lib.*", "ext.*", "gpu.build-cpu-only", "gpu.arch-unsupported"),
        "run.*",
    ),
    # Where files are gone, what is left may be for another Python.
    "env.files": (*_NOT_STARTED, "pkg.wrong-python"),
    "env.altered": _NOT_STARTED,
    "env.metadata": ("run.import-failed", "run.computes"),
    "env.two-versions": ("pkg.duplicate-dist", "pkg.requirements", "run.import-failed"),
    "py.arch-mismatch": (
        "py.version-unsupported",
        "py.platform-unsupported",
        "gpu.mps",
        *_NOT_INSTALLED,
        "cpu.isa",
    ),
    "py.platform-unsupported": ("py.version-unsupported", "sys.glibc"),
    "py.version-unsupported": (*_NOT_INSTALLED, "gpu.build-cpu-only"),
    # WSL and a container have no driver of their own: what a program says of one is their doing.
    "gpu.wsl": _NO_DRIVER,
    "gpu.container-runtime": _NO_DRIVER,
    "gpu.device-nodes": _NO_DRIVER,
    "gpu.driver-not-loaded": _NO_DRIVER,
    "gpu.driver-lib-mismatch": _NO_DRIVER,
    "gpu.fabric-manager": (*_NO_DRIVER, "dist.*"),
    "gpu.cuda-compat": ("gpu.not-seen", "gpu.driver-too-old", "run.*"),
    "gpu.uvm-resume": ("gpu.not-seen", "run.*"),
    "gpu.lost": ("gpu.not-seen", "gpu.ecc", "gpu.device-ordinal", "dist.*", "run.*"),
    "gpu.exclusive": ("gpu.not-seen", "run.*"),
    "gpu.mig": ("gpu.not-seen", "run.*"),
    "gpu.visible-devices": ("gpu.not-seen", "gpu.device-ordinal", "dist.*", "run.*"),
    "gpu.driver-too-old": (
        *("gpu.build-cpu-only", "gpu.arch-unsupported", "gpu.not-planned-for", "gpu.not-seen"),
        *("lib.gpu-libs", "lib.tf-gpu-libs", "lib.cudnn-init", "run.*"),
    ),
    "dist.nccl-version": ("dist.nccl-p2p",),
    "gpu.tf-windows": ("gpu.tf-no-gpu", "lib.tf-gpu-libs", "lib.tf-libdevice"),
    "gpu.tf-arm": ("gpu.tf-no-gpu", "lib.tf-gpu-libs", "lib.tf-libdevice"),
    "gpu.build-cpu-only": (
        *("gpu.arch-unsupported", "gpu.not-seen", "gpu.tf-no-gpu", "net.pip-index"),
        *(*_OF_CUDA, "ext.flash-attn", "ext.bitsandbytes", "ext.torch-abi"),
    ),
    "gpu.arch-unsupported": ("ext.*", "run.*"),
    "env.user-site": ("pkg.*", "env.pip-python-mismatch", "lib.libstdcxx", "lib.gpu-libs"),
    "pkg.wrong-python": ("pkg.numpy-abi", "pkg.dependency", "ext.*", "run.*"),
    "pkg.duplicate-dist": ("pkg.*", "ext.*", "run.*"),
    "pkg.framework-missing": ("run.*",),
    "pkg.numpy-abi": ("run.*",),
    "pkg.protobuf": ("run.*",),
    "pkg.torch-family": ("run.*",),
    "pkg.keras-split": ("run.*",),
    "pkg.conda-mkl": ("run.*",),
    "pkg.dependency": ("run.*",),
    "cpu.isa": ("lib.windows-dll", "run.*"),
    "lib.tf-torch-conflict": ("lib.cudnn-shadowed", "lib.cudnn-init", "gpu.tf-no-gpu", "run.*"),
    "lib.tf-gpu-libs": ("gpu.tf-no-gpu",),
    "lib.cuda-shadowed": ("lib.gpu-libs", "lib.ld-path", "run.*"),
    "lib.cudnn-shadowed": ("lib.gpu-libs", "lib.ld-path", "run.*"),
    "lib.libstdcxx": ("run.*",),
    "lib.windows-dll": ("run.*",),
    "lib.execstack": ("run.*",),
    "ext.build-toolchain": ("ext.triton-toolchain",),
    "sys.path-separator": ("env.venv-broken",),
    "sys.read-only": ("sys.permission",),
    "sys.noexec": ("lib.missing", "lib.gpu-libs", "lib.execstack", "ext.*", "run.*"),
    "net.clock": ("net.tls",),
    "net.unreachable": ("net.hf-endpoint", "net.index"),
    "net.proxy": ("net.unreachable", "net.hf-endpoint", "net.index", "net.no-proxy"),
    "net.tls": ("net.hf-endpoint", "net.index", "net.download-broken"),
}

#: Of one cause of a finding, where that reaches less far than its id: PYTHONPATH takes nothing from Python
#: itself, it only puts other packages first.
_OF_CAUSES: dict[str, tuple[str, ...]] = {
    "update-journal-foreign": (),  # it tells of no change to this project
    "pythonpath-set": ("pkg.wrong-python", "pkg.numpy-abi", "pkg.duplicate-dist"),
}

_WEIGHT = {"error": 2, "warning": 1}


def suppressed(findings: Sequence[Finding]) -> tuple[Finding, ...]:
    """The findings, each consequence with its cause's id."""
    order = {cause: number for number, cause in enumerate(CONSEQUENCES)}
    causes = sorted(
        (one for one in findings if one.level in _WEIGHT and one.id in CONSEQUENCES),
        key=lambda one: order[one.id],
    )
    return tuple(_judged(one, causes) for one in findings)


def _consequences(cause: Finding) -> tuple[str, ...]:
    return _OF_CAUSES.get(cause.cause, CONSEQUENCES[cause.id])


def _judged(finding: Finding, causes: Sequence[Finding]) -> Finding:
    weight = _WEIGHT.get(finding.level)
    if weight is None or finding.suppressed_by is not None:
        return finding
    for cause in causes:
        if cause.id == finding.id:
            return finding  # as deep as this one: what follows in the table cannot be its cause
        if _WEIGHT[cause.level] >= weight and any(
            fnmatchcase(finding.id, pattern) for pattern in _consequences(cause)
        ):
            return replace(finding, suppressed_by=cause.id)
    return finding
