"""TensorFlow and PyTorch in one environment, each made for another generation of CUDA or cuDNN."""

from __future__ import annotations

from collections.abc import Iterator

from scaffold.checks.facts import Facts
from scaffold.checks.libraries.built import cudnn_majors, cudnn_of
from scaffold.checks.model import Evidence, Finding, Remedy
from scaffold.checks.surroundings import nvidia, os_is
from scaffold.checks.versions import major
from scaffold.probing.libraries.releases import Release, of_tensorflow

#: Signs that TensorFlow sees no GPU, whatever the reason.
NO_GPU = ("tf-gpu-not-seen", "tf-empty-gpu-list", "tf-no-cuda-runtime", "tf-no-dlopen")


def other_generation(facts: Facts) -> Iterator[Finding]:
    """TensorFlow opens another generation of CUDA or cuDNN than the one that PyTorch brings here."""
    packages = facts.packages
    if packages is None or packages.torch is None or packages.torch.cuda == "" or not nvidia(facts):
        return
    package, torch = packages.of("tensorflow", "tensorflow-gpu"), packages.torch
    row = of_tensorflow(package.version) if package is not None else None
    on_cpu = packages.tensorflow is not None and packages.tensorflow.cuda == ""
    if package is None or row is None or on_cpu or os_is(facts, "windows", "macos"):
        return
    wanted, brought = _generations(facts, row)
    if not wanted or _has_own(facts, row):
        return
    seen = facts.log is not None and facts.log.sign(*NO_GPU) is not None
    silent = bool(facts.libraries and any(one.needed_by for one in facts.libraries.missing))
    yield Finding(
        id="lib.tf-torch-conflict",
        level="error" if seen or silent else "warning",
        title=f"TensorFlow {package.version} opens {wanted}, and PyTorch {torch.version} brings "
        f"{brought} into the "
        "same environment",
        detail="Libraries of another generation have other names, and pip can install one generation "
        "of a package "
        "in an environment: TensorFlow runs on the processor, unless the system has what it opens.",
        cause="tf-torch-cuda-conflict",
        evidence=(
            Evidence(source="tensorflow", value=f"CUDA {row.cuda}, cuDNN {row.cudnn}"),
            Evidence(source="torch", value=brought),
        ),
        not_the_cause=("the driver",),
        remedy=Remedy(
            text="use a separate environment for each framework; or choose releases of both with one "
            "CUDA and "
            "cuDNN (TensorFlow 2.18 and newer: CUDA 12, cuDNN 9; PyTorch 2.4 and newer for CUDA 12: "
            "the same)",
        ),
    )


def _generations(facts: Facts, row: Release) -> tuple[str, str]:
    """What TensorFlow opens and what PyTorch brings; "" where that is one generation, or unknown."""
    assert facts.packages is not None
    assert facts.packages.torch is not None
    torch = facts.packages.torch
    ours, theirs = major(row.cuda), major(torch.cuda or "")
    if ours and theirs and ours != theirs:
        return f"CUDA {row.cuda}", f"CUDA {torch.cuda}"
    known = major(loaded_cudnn(facts)) if loaded_cudnn(facts) else None
    majors = (known,) if known else cudnn_majors(torch)
    ours = major(row.cudnn)
    if ours and majors and ours not in majors:
        return f"cuDNN {ours} (libcudnn.so.{ours})", f"cuDNN {majors[-1]}"
    return "", ""


def _has_own(facts: Facts, row: Release) -> bool:
    """The system, or LD_LIBRARY_PATH, has the cuDNN and the CUDA runtime that TensorFlow opens."""
    names = {one for one in row.names if one.startswith(("libcudnn.", "libcudart."))}
    there = {one.name for one in facts.libraries.copies if one.via != "folder"} if facts.libraries else set()
    return names <= there


def loaded_cudnn(facts: Facts) -> str:
    """The cuDNN that comes with PyTorch."""
    assert facts.packages is not None
    if facts.packages.torch is not None and facts.packages.torch.cudnn:
        return facts.packages.torch.cudnn
    installed = facts.packages.version(*(f"nvidia-cudnn-cu{one}" for one in (11, 12, 13)))
    if installed:
        return installed
    for one in facts.libraries.of("libcudnn") if facts.libraries else ():
        if one.via == "package":
            return one.version
    return cudnn_of(facts.packages.torch) if facts.packages.torch is not None and facts.told else ""
