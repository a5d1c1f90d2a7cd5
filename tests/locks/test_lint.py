"""Every rule: whole findings, on machines that it holds and does not hold for."""

from dataclasses import replace

import pytest

from scaffold.locks.environment import lock_of_installed
from scaffold.locks.lint import judged_for, python_for
from scaffold.locks.model import FORMATS, LockFinding
from scaffold.locks.reading import parse_lock
from scaffold.machine import Accelerator, Machine
from tests.builds.samples import CPU, MAC, gpu, host, nvidia
from tests.locks.samples import (
    GTX1080TI,
    P100,
    RTX3060,
    RTX3060_580,
    RTX5090,
    WINDOWS,
    codes,
    judged,
    of_file,
)

pytestmark = pytest.mark.usefixtures("frozen_tables")
CU126 = "https://download.pytorch.org/whl/cu126"
ASK_PYTORCH = "(scaffold builds --framework pytorch says why)"
ASK_KERAS = "(scaffold builds --framework keras says why)"
APART = (
    "give each framework an environment of its own, one of them the CPU build, or a pair that is known to "
    "be clean: scaffold builds --together"
)
LOCKED_WHEELS = (
    "the lock names wheels for Python 3.11, 3.12, "
    "platforms macosx_14_0_arm64, manylinux_2_28_aarch64, manylinux_2_28_x86_64, win_amd64"
)
RADEON = Machine(
    host=host(),
    accelerators=(Accelerator(vendor="amd", index=0, name="RX 7900 XTX", capability="gfx1100"),),
)
NOUVEAU = Machine(
    host=host(), accelerators=(Accelerator(vendor="nvidia", index=0, name="RTX 3060", status="nouveau"),)
)


@pytest.mark.parametrize(
    ("name", "line", "libraries"),
    [
        (
            "torch-2.15.uv.lock", 376,
            "cuda-toolkit 13.2.2 (line 32), nvidia-cuda-cupti 13.2.86 (line 221), nvidia-cuda-nvrtc 13.2.86 (line 230)",
        ),
        (
            "pylock.torch-2.15.toml", 297,
            "cuda-toolkit 13.2.2 (line 27), nvidia-cuda-cupti 13.2.86 (line 153), nvidia-cuda-nvrtc 13.2.86 (line 163)",
        ),
        (
            "exported-torch-2.15.txt", 72,
            "cuda-toolkit 13.2.2 (line 7), nvidia-cuda-cupti 13.2.86 (line 34), nvidia-cuda-nvrtc 13.2.86 (line 36)",
        ),
    ],
)  # fmt: skip
def test_cuda_13_on_driver_550(name, line, libraries):
    assert judged(of_file(name), RTX3060) == (
        LockFinding(
            code="cuda-driver",
            level="error",
            package="torch",
            version="2.15.0",
            message="torch 2.15.0 (cu132) needs CUDA 13; driver 550.54.15 runs CUDA 12 at most",
            why=(
                "PyTorch 2.15.0 on the ordinary index is cu132 for linux_x86_64",
                f"also for CUDA 13: {libraries} and 7 more",
                "driver 550.54.15 runs builds up to CUDA 12; CUDA 13 needs driver 580",
            ),
            remedy=f"update the driver to 580 or newer, or lock torch==2.14.1+cu126 from {CU126} {ASK_PYTORCH}",
            line=line,
        ),
    )
    assert judged(of_file(name), RTX3060_580) == ()
    assert judged(of_file(name), MAC) == ()


def test_no_machine_code_for_a_gpu_whose_driver_is_new_enough():
    assert judged("torch==2.14.1+cu130\n", GTX1080TI) == (
        LockFinding(
            code="kernels",
            level="error",
            package="torch",
            version="2.14.1+cu130",
            message="torch 2.14.1+cu130 holds code for 7.5, 8.0, 8.6, 9.0, 10.0, 12.0; here is GTX 1080 Ti (6.1)",
            why=("its version says cu130", "it imports, and the first kernel fails"),
            remedy=f"lock torch==2.14.1+cu126 from {CU126} {ASK_PYTORCH}",
            line=1,
        ),
    )
    assert judged("torch==2.14.1+cu126\n", GTX1080TI) == ()


def test_no_newer_driver_is_advised_where_none_helps():
    expected = f"lock torch==2.14.1+cu126 from {CU126} {ASK_PYTORCH}"
    found = judged("torch==2.15.0\n", P100)
    assert [(one.code, one.remedy) for one in found] == [("kernels", expected), ("cuda-driver", expected)]


def test_a_cudnn_that_dropped_the_gpu():
    assert judged(of_file("tensorflow-2.21.txt"), P100) == (
        LockFinding(
            code="cudnn",
            level="error",
            package="nvidia-cudnn-cu12",
            version="9.28.0.42",
            message="nvidia-cudnn-cu12 9.28.0.42 no longer runs on Tesla P100 (6.0)",
            why=("nvidia-cudnn-cu12<9.11 still does",),
            remedy="add the constraint nvidia-cudnn-cu12<9.11, and lock again",
            line=60,
        ),
    )
    assert judged(of_file("tensorflow-2.21.txt"), RTX3060) == ()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("tensorflow[and-cuda]==2.21.0\n", [("warning", "cudnn", "tensorflow")]),
        ("tensorflow[and-cuda]==2.21.0\nnvidia-cudnn-cu12<9.11\n", []),
        ("tensorflow[and-cuda]==2.21.0\nnvidia-cudnn-cu12>=9.3\n", [("warning", "cudnn", "tensorflow")]),
        ("tensorflow[and-cuda]==2.21.0\nnvidia-cudnn-cu12==9.10.2.21\n", []),
        ("tensorflow[and-cuda]==2.19.1\n", []),  # its extra pins cuDNN 9.3
    ],
)
def test_a_cudnn_that_is_left_open(text, expected):
    assert codes(text, P100) == expected


def test_cu12_and_cu13_own_the_same_files():
    assert judged(of_file("torch-2.13-tensorflow.txt"), RTX3060_580) == (
        LockFinding(
            code="same-files",
            level="error",
            package="nvidia-cudnn-cu12",
            version="9.28.0.42",
            message="nvidia-cudnn-cu12 and nvidia-cudnn-cu13 own the same files in nvidia/cudnn and nvidia/nccl",
            why=(
                "nvidia-cudnn-cu12 9.28.0.42 (line 91), nvidia-cudnn-cu13 9.20.0.48 (line 93)",
                "nvidia-nccl-cu12 2.32.3 (line 119), nvidia-nccl-cu13 2.29.7 (line 121)",
                "tensorflow 2.21.0 wants CUDA 12",
                "torch 2.13.0 wants CUDA 13",
                "the one installed last wins; no installer says so",
            ),
            remedy=APART,
            line=91,
        ),
    )


def test_two_sets_of_libraries_that_nobody_has_locked_yet():
    assert judged("torch==2.13.0\ntensorflow[and-cuda]==2.21.0\n", RTX3060_580) == (
        LockFinding(
            code="same-files",
            level="error",
            package="torch",
            version="2.13.0",
            message="torch 2.13.0 wants CUDA 13, tensorflow 2.21.0 CUDA 12: both bring cuDNN and NCCL into the same folders",
            why=(
                "PyTorch 2.13.0 on the ordinary index is cu130 for linux_x86_64",
                "and-cuda brings CUDA 12's libraries",
                "the one installed last wins; no installer says so",
            ),
            remedy=APART,
            line=1,
        ),
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("torch==2.14.1+cu126\ntensorflow[and-cuda]==2.21.0\n", []),
        ("torch==2.10.0\ntensorflow[and-cuda]==2.20.0\n", []),
        ("torch==2.9.1\ntensorflow[and-cuda]==2.21.0\n", [("warning", "pair", "torch")]),
        ("torch==2.15.0\ntensorflow-cpu==2.21.0\n", []),
        ("torch==2.15.0+cpu\ntensorflow[and-cuda]==2.21.0\n", []),
        ("torch==2.15.0\njax[cuda12]==0.12.0.1\n", [("error", "same-files", "torch")]),
        ("torch==2.15.0\njax[cuda13]==0.12.0.1\n", []),
        ("torch==2.15.0\njax[cuda12-local]==0.12.0.1\n", []),  # the system's libraries
        ("tensorflow[and-cuda]==2.21.0\njax[cuda13]==0.12.0.1\n", [("error", "same-files", "jax")]),
    ],
)
def test_pairs(text, expected):
    assert codes(text, RTX3060_580) == expected


def test_a_lock_of_a_clean_pair_is_clean():
    assert judged(of_file("torch-2.10-tensorflow-2.20.txt"), RTX3060) == ()


@pytest.mark.parametrize(
    ("text", "package"),
    [
        ("cupy-cuda12x==14.2.0\ncupy-cuda13x==14.2.0\n", "cupy-cuda12x"),
        ("tensorflow==2.21.0\ntensorflow-cpu==2.21.0\n", "tensorflow"),
        ("onnxruntime==1.31.1\nonnxruntime-gpu==1.31.1\n", "onnxruntime"),
        ("nvidia-nvshmem-cu12==3.8\nnvidia-nvshmem-cu13==3.8\n", "nvidia-nvshmem-cu12"),
    ],
)
def test_other_packages_that_own_the_same_files(text, package):
    assert codes(text, CPU) == [("error", "same-files", package)]


def test_cublas_of_two_majors_is_no_finding():
    assert judged("nvidia-cublas-cu12==12.9.3.13\nnvidia-cublas==13.10.0.20\n", RTX3060_580) == ()


def test_a_release_candidate():
    lock = of_file("tensorflow-rc.txt")
    assert judged(lock, CPU, "3.14") == (
        LockFinding(
            code="pre-release",
            level="warning",
            package="keras-nightly",
            version="3.16.0.dev2026102704",
            message="keras-nightly 3.16.0.dev2026102704 is a development build",
            remedy="pin a release of keras, and lock again without pre-releases",
            line=25,
        ),
        LockFinding(
            code="pre-release",
            level="warning",
            package="tensorflow",
            version="2.22.0rc0",
            message="tensorflow 2.22.0rc0 is a pre-release",
            why=("the newest release is 2.21.0, for Python 3.10, 3.11, 3.12, 3.13",),
            remedy="use Python 3.13, and pin tensorflow==2.21.0",
            line=67,
        ),
    )


def test_a_cpu_build_beside_a_gpu():
    assert judged("torch==2.13.0+cpu\n", RTX3060) == (
        LockFinding(
            code="cpu-build",
            level="warning",
            package="torch",
            version="2.13.0+cpu",
            message="torch 2.13.0+cpu is a CPU build; RTX 3060 (8.6) would stay idle",
            why=("its version says cpu",),
            remedy=f"lock torch==2.14.1+cu126 from {CU126} {ASK_PYTORCH}",
            line=1,
        ),
    )
    assert judged("torch==2.13.0+cpu\n", CPU) == ()


@pytest.mark.parametrize(
    ("text", "machine", "expected"),
    [
        ("torch==2.15.0\n", WINDOWS, [("warning", "cpu-build", "torch")]),
        ("torch==2.15.0+cu132\n", WINDOWS, []),
        ("tensorflow==2.21.0\n", WINDOWS, []),  # TensorFlow has no GPU build for Windows
        ("tensorflow-cpu==2.21.0\n", RTX3060, [("warning", "cpu-build", "tensorflow-cpu")]),
        ("tensorflow==2.21.0\n", RTX3060, [("warning", "cpu-build", "tensorflow")]),
        ("tensorflow-cpu==2.21.0\n", RTX5090, []),  # nor one for Blackwell
        ("torch==2.14.1+cu126\ntensorflow-cpu==2.21.0\n", RTX3060, []),
        ("jax==0.12.0.1\n", RTX3060, [("warning", "cpu-build", "jax")]),
        ("torch==2.15.0\n", MAC, []),
        ("torch==2.14.1+cpu\n", RADEON, [("warning", "cpu-build", "torch")]),
    ],
)
def test_cpu_builds(text, machine, expected):
    assert codes(text, machine) == expected


@pytest.mark.parametrize(
    ("text", "machine", "expected"),
    [
        ("torch==2.14.1\n", RADEON, [("error", "other-gpu", "torch")]),
        ("torch==2.14.1+rocm7.2\n", RADEON, []),
        ("torch==2.14.1+rocm7.2\n", RTX3060, [("error", "other-gpu", "torch")]),
        ("torch==2.14.1+xpu\n", RTX3060, [("error", "other-gpu", "torch")]),
        ("torch==2.14.1+rocm7.2\n", CPU, [("warning", "other-gpu", "torch")]),
        ("torch==2.14.1\n", CPU, [("warning", "cuda-in-vain", "torch")]),
        ("torch==2.14.1\n", NOUVEAU, [("warning", "cuda-in-vain", "torch")]),
        ("torch==2.14.1\n", nvidia(""), [("warning", "cuda-in-vain", "torch")]),
    ],
)
def test_builds_for_other_gpus(text, machine, expected):
    assert codes(text, machine) == expected


def test_two_generations_of_gpus():
    (found,) = judged("torch==2.15.0\n", nvidia("7.0", "12.0"))
    assert (found.level, found.message, found.why) == (
        "warning",
        "torch 2.15.0 holds code for 7.5, 8.0, 8.6, 9.0, 10.0, 12.0; here is card 0 (7.0)",
        ("PyTorch 2.15.0 on the ordinary index is cu132 for linux_x86_64", "it runs on card 1 (12.0)"),
    )


def test_a_driver_that_runs_nothing():
    machine = Machine(host=host(), accelerators=(gpu("8.0", "440.33", "A100"),))
    (found,) = judged("torch==2.15.0\n", machine)
    assert (found.code, found.level, found.message) == (
        "cuda-driver",
        "error",
        "torch 2.15.0 (cu132) needs CUDA 13; driver 440.33 is too old for any CUDA build",
    )


def test_an_index_that_lacks_the_release():
    (found,) = judged(f"--extra-index-url {CU126}\ntorch==2.15.0\n", RTX3060)
    assert found.why[0] == (
        f"PyTorch 2.15.0 on the ordinary index is cu132 for linux_x86_64; {CU126} has no build of it"
    )
    assert judged(f"--extra-index-url {CU126}\ntorch==2.14.1\n", RTX3060) == ()


@pytest.mark.parametrize(
    ("text", "machine", "python", "message", "remedy"),
    [
        (
            "torch==2.15.0\n", RTX3060_580, "3.10",
            "torch 2.15.0 has no wheel for Python 3.10 on linux_x86_64 with glibc 2.36",
            "use Python 3.12, or lock again with releases that fit this machine: scaffold builds",
        ),
        (
            "torch==2.15.0\n", replace(RTX3060_580, host=host(glibc="2.17")), "3.12",
            "torch 2.15.0 has no wheel for Python 3.12 on linux_x86_64 with glibc 2.17",
            "lock again with releases that fit this machine: scaffold builds",
        ),
        (
            "torch==2.15.0\n", replace(MAC, host=host("macos", "arm64", os_version="13.1")), "3.12",
            "torch 2.15.0 has no wheel for Python 3.12 on macos_arm64 13.1",
            "lock again with releases that fit this machine: scaffold builds",
        ),
        (
            "https://files.example/torch-2.13.0+cpu-cp311-cp311-win_amd64.whl\n", CPU, "3.12",
            "torch 2.13.0+cpu has no wheel for Python 3.12 on linux_x86_64 with glibc 2.36",
            "lock again with releases that fit this machine: scaffold builds",
        ),
    ],
)  # fmt: skip
def test_builds_for_another_python_or_platform(text, machine, python, message, remedy):
    found = [(one.message, one.remedy) for one in judged(text, machine, python) if one.code == "no-wheel"]
    assert found == [(message, remedy)]


def test_all_that_lacks_a_wheel_is_one_finding():
    old = replace(RTX3060_580, host=host(glibc="2.17"))
    (found,) = judged(of_file("torch-2.15.uv.lock"), old)
    assert (found.code, found.package, found.why) == (
        "no-wheel",
        "torch",
        (
            LOCKED_WHEELS,
            (
                "nor have cuda-bindings 13.5.0 (line 10), nvidia-cublas 13.4.1.3 (line 200), "
                "nvidia-cuda-cupti 13.2.86 (line 221) and 5 more"
            ),
        ),
    )


def test_a_lock_for_others_is_told_once():
    assert codes(of_file("groups.uv.lock"), WINDOWS) == [("error", "platform", "uv.lock")]
    assert codes(of_file("groups.uv.lock"), MAC) == [("error", "platform", "uv.lock")]
    assert codes(of_file("torch-2.15.uv.lock"), RTX3060_580, "3.10") == [("error", "python", "python")]


def test_what_is_not_installed_unasked_fails_nothing():
    found = judged(of_file("groups.uv.lock"), RTX3060)
    assert [(one.level, one.message) for one in found] == [
        (
            "info",
            "only with the group cuda13: torch 2.13.0 (cu130) needs CUDA 13; driver 550.54.15 runs CUDA 12 at most",
        )
    ]


def test_a_framework_without_a_pin():
    assert judged("torch>=2\n", CPU) == (
        LockFinding(
            code="unpinned",
            level="info",
            package="torch",
            version="",
            message="torch>=2 names no version, so its build cannot be judged",
            remedy="lock it (uv lock), or pin the version that scaffold builds names",
            line=1,
        ),
    )


def test_a_release_that_the_tables_do_not_know():
    assert codes("torch==2.99.0\n", RTX3060) == [("info", "unknown-build", "torch")]
    assert codes("torch==2.99.0\ncuda-toolkit==13.9\n", RTX3060) == [
        ("error", "cuda-driver", "torch"),
        ("info", "unknown-build", "torch"),
    ]


@pytest.mark.parametrize(
    ("text", "machine", "expected"),
    [
        ("[python=3.11, pytorch-cuda=12.1]", RTX3060, []),
        ("[python=3.11, cuda-version=13.0, pytorch=2.9]", RTX3060, [("error", "cuda-driver", "pytorch")]),
        ("[python=3.11, cudatoolkit=11.8]", RTX3060, []),
        ("[pytorch, cpuonly]", RTX3060, [("warning", "cpu-build", "pytorch")]),
        ("[pytorch=2.5.1, {pip: ['torch==2.14.1+cu126']}]", RTX3060,
         [("error", "same-files", "torch"), ("warning", "unknown-build", "pytorch")]),
        ("[pytorch=2.5.1=py3.11_cuda12.4_cudnn9.1.0_0, cudnn=9.28]", P100, [("error", "cudnn", "cudnn")]),
    ],
)  # fmt: skip
def test_conda(text, machine, expected):
    assert codes(parse_lock(f"dependencies: {text}\n", name="environment.yml"), machine) == expected


def conda(text, machine):
    return judged(parse_lock(f"dependencies: {text}\n", name="environment.yml"), machine)


def test_a_build_of_pytorchs_own_conda_channel_is_judged_as_its_wheels_are():
    text = "[pytorch=2.5.1, pytorch-cuda=12.4]"
    assert conda(text, RTX5090) == (
        LockFinding(
            code="kernels",
            level="error",
            package="pytorch",
            version="2.5.1",
            message="pytorch 2.5.1 holds code for 5.0, 6.0, 7.0, 7.5, 8.0, 8.6, 9.0; here is RTX 5090 (12.0)",
            why=("pytorch-cuda 12.4 is pinned beside it", "it imports, and the first kernel fails"),
            remedy="in place of conda's pytorch, put torch==2.15.0 in the list of pip "
            f"(PyTorch's own conda builds ended with 2.5; {ASK_PYTORCH[1:]}",
            line=1,
        ),
    )
    assert conda(text, RTX3060) == ()


def test_a_conda_build_whose_cuda_left_the_gpu_behind():
    remedy = (
        f"in place of conda's pytorch, put --extra-index-url {CU126} and torch==2.14.1+cu126 in the list of pip "
        f"(PyTorch's own conda builds ended with 2.5; {ASK_PYTORCH[1:]}"
    )
    found = conda("['pytorch=2.14.1=cuda130*']", P100)
    assert [(one.code, one.message, one.remedy) for one in found] == [
        (
            "kernels",
            "pytorch 2.14.1 is a CUDA 13 build, and those hold code for 7.5 and newer; here is Tesla P100 (6.0)",
            remedy,
        ),
        ("cuda-driver", "pytorch 2.14.1 needs CUDA 13; driver 550.90.07 runs CUDA 12 at most", remedy),
    ]


def test_the_kernels_of_conda_forges_builds_are_not_known():
    (found,) = conda("['pytorch=2.7.1=cuda126_py312*']", RTX5090)
    assert (found.code, found.level, found.message, found.why) == (
        "unknown-build",
        "warning",
        "which GPUs conda's pytorch 2.7.1 holds machine code for is not known here",
        ("its build is cuda126_py312*",),
    )


def test_a_conda_cudnn_is_mended_in_condas_words():
    (found,) = conda("[pytorch=2.5.1=py3.11_cuda12.4_cudnn9.1.0_0, cudnn=9.28]", P100)
    assert found.remedy == "pin cudnn<9.11"


def test_no_cuda_build_on_an_intel_mac():
    mac = Machine(host=host("macos", "x86_64", os_version="14.1"))
    beside = "nvidia-cudnn-cu12==9.10.2.21\njax[cuda12]==0.12.0.1\n"  # a file without markers
    assert codes(f"torch==2.15.0\n{beside}", mac) == [("error", "no-wheel", "torch")]
    assert codes(f"torch==2.2.2\n{beside}", mac) == []


@pytest.mark.parametrize(
    ("machine", "expected"),
    [(RTX3060, [("warning", "cpu-build", "tensorflow")]), (CPU, [("info", "unpinned", "tensorflow")])],
)
def test_a_build_is_judged_or_it_is_not(machine, expected):
    assert codes("tensorflow\n", machine) == expected


def test_jax_is_judged_by_its_plug_in():
    assert codes(of_file("jax-cuda13.txt"), RTX3060) == [("error", "cuda-driver", "jax")]
    assert codes(of_file("jax-cuda13.txt"), RTX3060_580) == []
    assert codes("jax[cuda13]==0.12.0.1\n", RTX3060) == [("error", "cuda-driver", "jax")]


@pytest.mark.parametrize(
    ("head", "wanted", "python"),
    [
        ("", "", "3.12"),
        ("", "3.11.4", "3.11"),
        ("# autogenerated by pip-compile with Python 3.13\n", "", "3.13"),
    ],
)
def test_the_python_that_is_judged_for(head, wanted, python):
    assert python_for(parse_lock(f"{head}torch==2.15.0\n"), wanted) == python


@pytest.mark.parametrize(
    ("text", "wanted", "told", "expected"),
    [
        ("[python=3.11]", "", "3.12.4", ("3.11", "the lock's")),
        ("[python=3.11]", "3.13.1", "3.12", ("3.13", "asked for")),
        ("[numpy=2.2]", "", "3.10.4", ("3.10", "the machine's")),
        ("[numpy=2.2]", "", "", ("3.12", "assumed")),
        ("['python>=3.13']", "", "", ("3.13", "assumed")),
        ("[python=3.11.*]", "", "", ("3.11", "assumed")),
    ],
)
def test_where_the_python_comes_from(text, wanted, told, expected):
    lock = parse_lock(f"dependencies: {text}\n", name="environment.yml")
    answer = judged_for(lock, wanted, told)
    assert (answer.version, answer.source) == expected


def test_more_frameworks_than_an_environment_holds():
    assert judged("".join(f"torch==2.{number}\n" for number in range(30)), CPU) == (
        LockFinding(
            code="crowd",
            level="error",
            package="torch",
            version="2.0",
            message="it names 30 frameworks and versions of them for one environment",
            why=("torch 2.0 (line 1), torch 2.1 (line 2), torch 2.2 (line 3) and 27 more",),
            remedy="lock again: an environment holds one version of each",
            line=1,
        ),
    )


def test_the_locks_own_python():
    assert python_for(of_file("poetry.lock")) == "3.11"
    assert python_for(of_file("groups.uv.lock")) == "3.12"


def test_what_is_installed_is_a_lock_of_its_own_kind():
    lock = lock_of_installed({"torch": "2.15.0"})
    assert (lock.format, [one.shown for one in lock.packages]) == ("installed", ["torch 2.15.0"])
    assert "installed" not in FORMATS
