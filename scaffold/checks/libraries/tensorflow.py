"""What TensorFlow opens by name on a machine with an NVIDIA GPU."""

from __future__ import annotations

import re
from collections.abc import Iterator

from scaffold.checks.facts import Facts
from scaffold.checks.libraries.generations import NO_GPU, loaded_cudnn, other_generation
from scaffold.checks.model import Evidence, Finding, Remedy
from scaffold.checks.surroundings import nvidia, os_is, python_of
from scaffold.checks.versions import at_least, below, release
from scaffold.probing.libraries.names import CUDA
from scaffold.probing.libraries.releases import of_tensorflow

#: What `tensorflow[and-cuda]` and PyTorch both pin: nvidia-cudnn-cu12<10,>=9.3.0.75; extra == "and-cuda".
_CUDNN = re.compile(r"nvidia[-_]cudnn[-_]cu\d+\s*\(?\s*([<>=~!][^;)]*)")


def beside_torch(facts: Facts) -> Iterator[Finding]:
    """One cuDNN serves both PyTorch and TensorFlow, where both are installed with CUDA."""
    packages = facts.packages
    if packages is None or packages.torch is None or packages.tensorflow_package is None:
        return
    if packages.torch.cuda == "" or (packages.tensorflow is not None and packages.tensorflow.cuda == ""):
        return  # one of them runs on the processor
    if os_is(facts, "windows", "macos"):
        return
    if not facts.told and not nvidia(facts):
        return  # neither asks for cuDNN
    wanted, found, seen = _tensorflow_cudnn(facts), loaded_cudnn(facts), _in_log(facts)
    if seen:
        wanted, found = seen[1], seen[0]
    if not seen and not _too_old(wanted, found):
        yield from other_generation(facts)
        return
    yield Finding(
        id="lib.tf-torch-conflict",
        level="error",
        title=f"TensorFlow was compiled with cuDNN {wanted}, and PyTorch brings cuDNN {found} into the same "
        "environment",
        detail="A process has one cuDNN of each major version. TensorFlow needs the major version that "
        "it was "
        "compiled with and at least that minor version; PyTorch pins its own.",
        cause="tf-torch-cuda-conflict",
        evidence=(
            Evidence(source="tensorflow", value=f"cuDNN {wanted}"),
            Evidence(source="torch", value=f"cuDNN {found}"),
        ),
        not_the_cause=("the driver",),
        remedy=Remedy(
            text="use a separate environment for each framework; or choose releases of both with one "
            "cuDNN, not "
            "older than TensorFlow's; or install tensorflow-cpu, where TensorFlow only reads data",
            commands=((python_of(facts), "-m", "pip", "install", "tensorflow-cpu"),),
        ),
    )


def _in_log(facts: Facts) -> tuple[str, ...]:
    """The versions that TensorFlow printed: loaded, compiled with."""
    sign = facts.log.sign("tf-cudnn-loaded") if facts.log else None
    if sign is not None and "external/xla/xla" in sign.text:
        return ()  # JAX's build of XLA
    return sign.groups[:2] if sign is not None and len(sign.groups) >= 2 else ()


def _tensorflow_cudnn(facts: Facts) -> str:
    """The oldest cuDNN that serves TensorFlow: of its build, else of what its extra asks for."""
    assert facts.packages is not None
    build, package = facts.packages.tensorflow, facts.packages.tensorflow_package
    if build is not None and (build.cudnn.count(".") >= 1):
        return build.cudnn
    for requirement in package.requires if package else ():
        match = _CUDNN.search(requirement)
        floor = re.search(r"(?:>=|==)\s*(\d+\.\d[\d.]*)", match[1]) if match else None
        if floor:
            return floor[1]
    row = of_tensorflow(package.version) if package and (nvidia(facts) or facts.told) else None
    return row.cudnn if row else ""


def _too_old(wanted: str, found: str) -> bool:
    """Another major version has another name, and both can be there."""
    asked, there = release(wanted), release(found)
    if not asked or not there or asked[0] != there[0]:
        return False
    return (*there, 0, 0)[1] < (*asked, 0, 0)[1]


def gpu_libraries(facts: Facts) -> Iterator[Finding]:
    """Every library that this TensorFlow opens for a GPU is where it looks."""
    if facts.libraries is None or not _for_gpu(facts):
        return
    missing = [
        one
        for one in facts.libraries.missing
        if one.needed_by.startswith("tensorflow")
        or (not one.needed_by and one.name.partition(".")[0] in CUDA)
    ]
    early = facts.log.sign("tf-cudart-missing", "tf-no-cuda-runtime") if facts.log else None
    without = not missing and _without_extra(facts)
    if not missing and not without and (early is None or not nvidia(facts)):
        return
    if any(other_generation(facts)):
        return  # what it lacks stands there, of another generation
    names = ", ".join(one.name for one in missing) or (early.groups[0] if early and early.groups else "")
    names = names or ("CUDA's libraries, which no package here brings," if without else "libcudart")
    version = facts.packages.version("tensorflow", "tensorflow-gpu") if facts.packages else ""
    python, extra = python_of(facts), "tensorflow[and-cuda]"
    if at_least(version, "2.14") and version[0].isdigit():
        extra = f"tensorflow[and-cuda]=={version}"
    old = below(version, "2.14")  # the extra would bring another TensorFlow
    there = ", ".join(f"{one.instead} is there" for one in missing if one.instead)
    yield Finding(
        id="lib.tf-gpu-libs",
        level="error",
        title=f"TensorFlow {version or 'here'} does not find {names} and runs on the processor",
        detail=(f"{there}: another version of CUDA than it was built for. " if there else "")
        + "TensorFlow opens CUDA's libraries by name and goes on without the GPU where one is missing; its "
        'message "Cannot dlopen some GPU libraries" does not say which.',
        cause="tf-gpu-libs-missing",
        evidence=tuple(
            Evidence(source=one.where or "the loader's folders", value=f"no {one.name}") for one in missing
        ),
        not_the_cause=("the driver", "nvcc"),
        remedy=Remedy(
            text="install the libraries with TensorFlow (tensorflow[and-cuda] exists from 2.14 on); an older "
            "TensorFlow needs that CUDA and cuDNN in a folder of LD_LIBRARY_PATH",
            commands=() if old else ((python, "-m", "pip", "install", extra),),
        ),
    )


def _without_extra(facts: Facts) -> bool:
    """Pip's TensorFlow as told: without the extra and-cuda, and without a package of NVIDIA's beside it.

    From 2.14 on its libraries come with that extra. Told packages are mostly not all of them, so either the
    extras are told, or the log says that there is no GPU.
    """
    packages = facts.packages
    package = packages.of("tensorflow") if packages else None
    if packages is None or package is None or not facts.told or not facts.machine.usable("nvidia"):
        return False
    if package.installer == "conda" or not at_least(package.version, "2.14"):
        return False
    if any(one.name.startswith("nvidia-") for one in packages.packages) or packages.of("torch", "jax"):
        return False
    if facts.libraries and (facts.libraries.toolkit or facts.libraries.copies or facts.libraries.search):
        return False
    said = facts.log is not None and facts.log.sign(*NO_GPU) is not None
    return package.extras == () or (said and package.extras is None)


def _for_gpu(facts: Facts) -> bool:
    """A TensorFlow with CUDA on Linux, and an NVIDIA GPU that works."""
    packages = facts.packages
    if packages is None or os_is(facts, "windows", "macos"):
        return False
    package = packages.of("tensorflow", "tensorflow-gpu", "tf-nightly")
    without = packages.tensorflow is not None and packages.tensorflow.cuda == ""
    return package is not None and not without and bool(facts.machine.usable("nvidia") or facts.told)


def libdevice(facts: Facts) -> Iterator[Finding]:
    """XLA finds libdevice.10.bc, which Keras' optimizers need from TensorFlow 2.11 on."""
    libraries = facts.libraries
    if libraries is None or not _for_gpu(facts):
        return
    placeholder = "path/to" in libraries.data_folder
    if not placeholder and (libraries.libdevice is None or libraries.libdevice):
        return
    version = facts.packages.version("tensorflow", "tensorflow-gpu") if facts.packages else ""
    if not placeholder and below(version, "2.11"):
        return
    elsewhere = next(iter(libraries.libdevice_elsewhere), "")
    home = elsewhere.partition("/nvvm/")[0] if elsewhere else ""
    conda = any(one.installer == "conda" for one in (facts.packages.packages if facts.packages else ()))
    yield Finding(
        id="lib.tf-libdevice",
        level="error",
        title=f"XLA_FLAGS names the placeholder {libraries.data_folder} as CUDA's folder"
        if placeholder
        else f"TensorFlow {version} compiles with XLA, which finds no libdevice.10.bc".replace("  ", " "),
        detail="It looks below the folder of XLA_FLAGS, /usr/local/cuda, the package nvidia-cuda-nvcc "
        "and the "
        "working directory. The first step of an optimizer fails with: libdevice not found at "
        "./libdevice.10.bc" + (f". It lies in {elsewhere}, where nobody looks." if elsewhere else ""),
        cause="libdevice-missing",
        evidence=(
            Evidence(source="XLA_FLAGS", value=libraries.data_folder or "not set"),
            *((Evidence(source=elsewhere, value="there"),) if elsewhere else ()),
        ),
        remedy=Remedy(
            text=f"set XLA_FLAGS=--xla_gpu_cuda_data_dir={home or '<the folder above nvvm>'} in the run "
            "configuration" + ("" if home else ", after installing the package that holds libdevice.10.bc"),
            commands=()
            if home
            else (("conda", "install", "-c", "conda-forge", "cuda-nvcc"),)
            if conda
            else ((python_of(facts), "-m", "pip", "install", "nvidia-cuda-nvcc-cu12"),),
        ),
    )
