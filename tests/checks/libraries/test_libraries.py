"""Rules about shared libraries, from facts that were told."""

from __future__ import annotations

import pytest

from scaffold.checks.facts import Facts
from scaffold.checks.libraries import RULES
from scaffold.checks.model import Evidence, Finding, Remedy
from scaffold.machine.model import Accelerator, Machine
from scaffold.probing.libraries.model import Compiled, Library, LibraryFacts, Missing, Standard
from scaffold.probing.packages.model import Package, PackageFacts, TensorFlowBuild, TorchBuild
from scaffold.replay.read import described
from tests.hosts import plain_host

CARD = Accelerator(vendor="nvidia", index=0, name="RTX 4090", capability="8.9")
TORCH = TorchBuild(version="2.5.1+cu124", cuda="12.4", source="version.py")


def said(facts: Facts) -> list[Finding]:
    return [one for rule in RULES for one in rule(facts)]


def facts(
    libraries: LibraryFacts,
    *packages: Package,
    torch: TorchBuild | None = None,
    tensorflow: TensorFlowBuild | None = None,
    os: str = "linux",
    libc: str = "glibc 2.39",
) -> Facts:
    host = plain_host(os=os, libc=libc, cpu_count=8)
    return Facts(
        machine=Machine(host=host, accelerators=(CARD,)),
        libraries=libraries,
        packages=PackageFacts(packages=packages, torch=torch, tensorflow=tensorflow),
    )


def variable(name: str, version: str, folder: str = "/apps/lib64") -> Library:
    return Library(name=name, path=f"{folder}/{name}", via="variable", version=version)


def packaged(name: str, version: str) -> Library:
    return Library(name=name, path=f"/env/nvidia/lib/{name}", via="package", version=version)


def test_an_older_cudnn_first_is_said_whole() -> None:
    copies = (variable("libcudnn.so.9", "9.0.0"), packaged("libcudnn.so.9", "9.1.0.70"))
    known = facts(LibraryFacts(copies=copies, search=("/apps/lib64",)), torch=TORCH)
    assert said(known) == [
        Finding(
            id="lib.cudnn-shadowed",
            level="error",
            title="PyTorch was built with cuDNN 9.1.0.70, and the loader finds cuDNN 9.0.0 first",
            detail="A folder of LD_LIBRARY_PATH is searched before the folders that PyTorch names for its own "
            "libraries.",
            cause="cudnn-shadowed",
            evidence=(
                Evidence(source="/env/nvidia/lib/libcudnn.so.9", value="cuDNN 9.1.0.70"),
                Evidence(source="/apps/lib64/libcudnn.so.9", value="cuDNN 9.0.0"),
            ),
            not_the_cause=("the driver and nvcc: PyTorch brings its own cuDNN",),
            remedy=Remedy(
                text="take /apps/lib64 out of LD_LIBRARY_PATH, or unset LD_LIBRARY_PATH for this run; it usually "
                "comes from ~/.bashrc, a module system (module unload cuda cudnn) or the container's image",
                commands=(
                    (
                        "env",
                        "-u",
                        "LD_LIBRARY_PATH",
                        "python",
                        "-c",
                        "import torch; print(torch.backends.cudnn.version())",
                    ),
                ),
            ),
        )
    ]


@pytest.mark.parametrize(
    ("copies", "expected"),
    [
        ((variable("libcudnn.so.9", "9.5.0"), packaged("libcudnn.so.9", "9.1.0.70")), []),  # newer runs older
        ((variable("libcudnn.so.8", "8.9.0"), packaged("libcudnn.so.9", "9.1.0.70")), []),  # another name
        ((packaged("libcudnn.so.9", "9.1.0.70"),), []),
        ((variable("libcudnn.so.9", ""), packaged("libcudnn.so.9", "9.1.0.70")), []),  # unknown is not old
        (
            (variable("libnvJitLink.so.12", "12.2.140"), packaged("libnvJitLink.so.12", "12.4.127")),
            ["lib.cuda-shadowed"],
        ),
        ((variable("libnvJitLink.so.12", "12.6.20"), packaged("libnvJitLink.so.12", "12.4.127")), []),
        ((variable("libcublas.so.11", "11.1"), packaged("libcublas.so.12", "12.4.5")), []),
    ],
)
def test_only_an_older_library_of_the_same_name_shadows(copies, expected) -> None:
    known = facts(LibraryFacts(copies=copies, search=("/apps/lib64",)), torch=TORCH)
    assert [one.id for one in said(known)] == expected


def test_a_build_for_the_processor_loads_no_cuda() -> None:
    copies = (variable("libcudnn.so.9", "9.0.0"), packaged("libcudnn.so.9", "9.1.0.70"))
    known = facts(LibraryFacts(copies=copies), torch=TorchBuild(version="2.5.1+cpu", cuda=""))
    assert said(known) == []


def test_another_conda_on_the_path_is_a_warning() -> None:
    assert [(one.id, one.level) for one in said(facts(LibraryFacts(search=("/opt/conda/lib",))))] == [
        ("lib.ld-path", "warning")
    ]
    assert said(facts(LibraryFacts(search=("/usr/local/nvidia/lib", "/usr/local/cuda/lib64", "")))) == []


def test_tensorflow_names_what_it_lacks() -> None:
    missing = Missing(
        name="libcudnn.so.9", needed_by="tensorflow 2.18.0", instead="/x/libcudnn.so.8", where="x"
    )
    package = Package(name="tensorflow", version="2.18.0")
    [found] = said(facts(LibraryFacts(missing=(missing,)), package))
    assert (found.id, found.level, found.cause) == ("lib.tf-gpu-libs", "error", "tf-gpu-libs-missing")
    assert found.title == "TensorFlow 2.18.0 does not find libcudnn.so.9 and runs on the processor"
    assert found.remedy is not None
    assert found.remedy.commands == (("python", "-m", "pip", "install", "tensorflow[and-cuda]==2.18.0"),)
    without = TensorFlowBuild(version="2.18.0", cuda="")
    assert said(facts(LibraryFacts(missing=(missing,)), package, tensorflow=without)) == []


@pytest.mark.parametrize(
    ("libraries", "version", "expected"),
    [
        (LibraryFacts(libdevice=()), "2.18.0", ["lib.tf-libdevice"]),
        (LibraryFacts(libdevice=()), "2.9.0", []),
        (LibraryFacts(libdevice=("/usr/local/cuda/nvvm/libdevice/libdevice.10.bc",)), "2.18.0", []),
        (LibraryFacts(), "2.18.0", []),
        (LibraryFacts(data_folder="/path/to/cuda"), "2.18.0", ["lib.tf-libdevice"]),
    ],
)
def test_libdevice(libraries, version, expected) -> None:
    known = facts(libraries, Package(name="tensorflow", version=version))
    assert [one.id for one in said(known)] == expected


def test_a_libdevice_elsewhere_is_named_in_the_cure() -> None:
    elsewhere = LibraryFacts(libdevice=(), libdevice_elsewhere=("/conda/nvvm/libdevice/libdevice.10.bc",))
    [found] = said(facts(elsewhere, Package(name="tensorflow", version="2.18.0")))
    assert found.remedy == Remedy(
        text="set XLA_FLAGS=--xla_gpu_cuda_data_dir=/conda in the run configuration"
    )


def test_both_frameworks_need_one_cudnn() -> None:
    packages = (Package(name="tensorflow", version="2.18.0"), Package(name="torch", version="2.5.1+cu124"))
    older = LibraryFacts(copies=(packaged("libcudnn.so.9", "9.1.0.70"),))
    newer = LibraryFacts(copies=(packaged("libcudnn.so.9", "9.5.1.17"),))
    assert [one.id for one in said(facts(older, *packages, torch=TORCH))] == ["lib.tf-torch-conflict"]
    assert said(facts(newer, *packages, torch=TORCH)) == []


@pytest.mark.parametrize(
    ("standard", "expected"),
    [
        (Standard(path="/old/libstdc++.so.6", provides="3.4.28", needs="3.4.30"), ["lib.libstdcxx"]),
        (Standard(path="/old/libstdc++.so.6", provides="3.4.9", needs="3.4.22"), ["lib.libstdcxx"]),
        (Standard(path="/usr/libstdc++.so.6", provides="3.4.30", needs="3.4.22"), []),
        (Standard(path="/usr/libstdc++.so.6", provides="", needs="3.4.22"), []),
        (Standard(path="/usr/libstdc++.so.6", provides="3.4.30"), []),
    ],
)
def test_the_cpp_library(standard, expected) -> None:
    assert [one.id for one in said(facts(LibraryFacts(standard=standard)))] == expected


def test_windows_names_the_dll_and_its_installer() -> None:
    missing = LibraryFacts(missing=(Missing(name="vcruntime140_1.dll", needed_by="torch\\lib\\c10.dll"),))
    [found] = said(facts(missing, os="windows", libc=""))
    assert (found.id, found.level, found.cause) == ("lib.windows-dll", "error", "vcredist-missing")
    assert found.title == "vcruntime140_1.dll is missing, a part of the Visual C++ runtime"


@pytest.mark.parametrize(
    ("toolset", "runtime", "expected"),
    [
        ("14.44", "14.29.30133.0", ["lib.windows-dll"]),
        ("14.44", "14.40.33810.0", []),
        ("14.29", "14.20.27508.1", []),
        ("14.44", "", []),
    ],
)
def test_the_runtime_is_as_new_as_the_compiler(toolset, runtime, expected) -> None:
    known = LibraryFacts(compiled=(Compiled(file="c10.dll", toolset=toolset),), vc_runtime=runtime)
    assert [one.id for one in said(facts(known, os="windows", libc=""))] == expected


def test_openmp_twice_is_a_warning_on_windows_and_none_on_linux() -> None:
    copies = (
        Library(name="libiomp5md.dll", path="E:\\Library\\bin\\libiomp5md.dll", via="environment"),
        Library(name="libiomp5md.dll", path="E:\\torch\\lib\\libiomp5md.dll", via="package", owner="torch"),
    )
    known = LibraryFacts(copies=copies)
    assert [(one.id, one.level) for one in said(facts(known, os="windows", libc=""))] == [
        ("lib.openmp-dup", "warning")
    ]
    assert said(facts(known)) == []
    assert said(facts(LibraryFacts(copies=copies[1:]), os="windows", libc="")) == []


def test_an_executable_stack_matters_from_glibc_2_41_on() -> None:
    known = LibraryFacts(executable_stack=("/env/torch/lib/libtorch_cpu.so",))
    assert [one.id for one in said(facts(known, libc="glibc 2.41"))] == ["lib.execstack"]
    assert said(facts(known, libc="glibc 2.39")) == []


@pytest.mark.parametrize(
    ("machine", "expected"),
    [
        ({"os": {"family": "windows"}, "vcredist": {"installed": False}}, ["lib.windows-dll"]),
        ({"os": {"family": "windows"}, "vcredist": {"version": "unknown"}}, []),
        (
            {
                "os": {"family": "linux"},
                "env": {"LD_LIBRARY_PATH": "/opt/cudnn-8.2.1/lib64:"},
                "packages": {"torch": {"version": "2.0.1+cu118", "cudnn_build": "8.7.0"}},
            },
            ["lib.cudnn-shadowed"],
        ),
        (
            {
                "os": {"family": "linux"},
                "env": {"LD_LIBRARY_PATH": "/usr/local/cuda-12.1/lib64"},
                "packages": {"torch": {"version": "2.5.1+cu124"}},
            },
            ["lib.cuda-shadowed"],
        ),
        ({"os": {"family": "linux"}, "env": {"LD_LIBRARY_PATH": None}}, []),
        ({"env": {"LD_LIBRARY_PATH": "/opt/conda/lib"}}, ["lib.ld-path"]),
        ({"env": {"LD_LIBRARY_PATH": "/opt/conda/lib", "CONDA_PREFIX": "/opt/conda"}}, []),
        ({"os": {"family": "linux"}, "files": {"libcudnn.so.8": 7, "x": [1], "": None}}, []),
        ({"os": {"family": "linux"}, "files": ["/a/libcudnn.so.8.1.0", None], "vcredist": [1]}, []),
    ],
)
def test_what_is_told_is_judged_as_what_was_seen(machine, expected) -> None:
    assert [one.id for one in said(described({"machine": machine})[0])] == expected


def test_nothing_known_is_nothing_said() -> None:
    assert said(facts(LibraryFacts(), torch=TORCH)) == []
    assert said(facts(LibraryFacts(), os="windows")) == []
