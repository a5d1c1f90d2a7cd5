"""What is chosen where sources hold different things, and what is said about it."""

from dataclasses import replace

import pytest

from scaffold.builds import BuildPlan, TurnedDown, choose
from scaffold.builds.published import published
from scaffold.errors import NoBuild, PythonMissing, SourceUnreachable
from tests.builds.samples import (
    CPU,
    CPU_INDEX,
    MAC,
    PYPI,
    PYTHONS,
    host,
    listing,
    nvidia,
    offers,
    unreachable,
    with_folder,
    without_pytorch_index,
)

pytestmark = pytest.mark.usefixtures("frozen_tables")
BOTH = ("pytorch", "keras")
CPU_WHEEL = "torch-2.13.0+cpu-cp311-cp311-manylinux_2_28_x86_64.whl"
NOTICE = (
    "PyTorch's own index cannot be reached (cannot resolve download.pytorch.org): "
    "going on with your own sources"
)


def named(choice):
    return choice.python, [one.requirement for one in choice.builds], [one.device for one in choice.builds]


def test_a_machine_without_a_gpu():
    choice = choose(CPU, PYTHONS, BOTH, published())
    assert choice.python == "3.12"
    assert choice.notices == ()
    assert choice.turned_down == ()
    torch, keras = choice.builds
    assert torch == BuildPlan(
        framework="pytorch",
        package="torch",
        version="2.15.0",
        variant="cpu",
        requirement="torch==2.15.0+cpu",
        device="cpu",
        source="https://download.pytorch.org/whl/cpu",
        source_kind="pytorch",
        download_size=192_000_000,
        reasons=(
            "on the CPU: no GPU was found",
            "2.15.0+cpu is the newest that fits, from PyTorch's index for cpu",
        ),
        turned_down=(
            TurnedDown(
                version="2.15.0", variant="cu132", why="brings CUDA libraries, and no GPU here can use them"
            ),
            TurnedDown(
                version="2.15.0", variant="cu130", why="brings CUDA libraries, and no GPU here can use them"
            ),
        ),
    )
    assert keras == BuildPlan(
        framework="keras",
        package="tensorflow-cpu",
        version="2.21.0",
        variant="cpu",
        requirement="tensorflow-cpu==2.21.0",
        device="cpu",
        source="",
        source_kind="index",
        companions=("keras>=3.14",),
        download_size=274_000_000,
        reasons=(
            "on the CPU: no GPU was found",
            "TensorFlow 2.21.0 is the newest that fits, from your package index",
        ),
    )


def test_a_cpu_wheel_in_a_folder_decides_the_python_where_pytorchs_index_is_silent():
    choice = choose(CPU, PYTHONS, BOTH, with_folder(without_pytorch_index(), CPU_WHEEL))
    assert named(choice) == ("3.11", ["torch==2.13.0+cpu", "tensorflow-cpu==2.21.0"], ["cpu", "cpu"])
    torch = choice.builds[0]
    assert (torch.source, torch.source_kind, torch.large, torch.needs_consent) == (
        "/srv/wheels",
        "find-links",
        False,
        "",
    )
    assert choice.notices == (NOTICE,)
    assert [(one.version, one.why) for one in choice.turned_down] == [
        ("3.12", "only builds that bring gigabytes of CUDA, unlike Python 3.11"),
        ("3.13", "only builds that bring gigabytes of CUDA, unlike Python 3.11"),
    ]
    assert choice.reasons == ("Python 3.11 is the one of those here for which the best builds can be had",)


def test_the_folder_does_not_hold_back_a_newer_build_that_can_be_had():
    assert named(choose(CPU, PYTHONS, BOTH, with_folder(published(), CPU_WHEEL)))[:2] == (
        "3.12", ["torch==2.15.0+cpu", "tensorflow-cpu==2.21.0"],
    )  # fmt: skip


def test_gigabytes_in_vain_need_consent():
    choice = choose(CPU, ["3.12"], ["pytorch"], with_folder(without_pytorch_index(), CPU_WHEEL))
    torch = choice.builds[0]
    assert (torch.requirement, torch.variant, torch.device, torch.large) == (
        "torch==2.15.0",
        "cu132",
        "cpu",
        True,
    )
    assert torch.needs_consent == (
        "the only PyTorch that can be had here is a cu132 build: "
        "it brings about 3 GB of CUDA libraries that this machine cannot use"
    )
    assert torch.turned_down[0] == TurnedDown(version="2.13.0", variant="cpu", why="only for Python 3.11")
    assert choice.notices == (NOTICE,)


def test_on_arm_without_a_gpu_the_last_small_wheel_of_the_ordinary_index_is_taken():
    machine = replace(CPU, host=host(architecture="aarch64"))
    torch = choose(machine, ["3.12"], ["pytorch"], published(), index_policy="pypi").builds[0]
    assert (torch.requirement, torch.variant, torch.large, torch.needs_consent) == (
        "torch==2.10.0",
        "cpu",
        False,
        "",
    )
    assert torch.turned_down[0].why == "brings CUDA libraries, and no GPU here can use them"


def test_nvidia_gives_pytorch_the_gpu_and_leaves_tensorflow_on_the_cpu():
    choice = choose(nvidia("8.9"), PYTHONS, BOTH, published())
    assert named(choice) == ("3.12", ["torch==2.15.0", "tensorflow-cpu==2.21.0"], ["cuda", "cpu"])
    torch, keras = choice.builds
    assert (torch.large, torch.needs_consent, torch.variant) == (True, "", "cu132")
    assert torch.reasons == (
        "driver 580.95.05 runs builds up to CUDA 13",
        "cu132 holds machine code for card 0 (8.9)",
        "2.15.0 is the newest that fits, from your package index",
    )
    assert keras.reasons[0] == (
        "on the CPU: PyTorch has the GPU, and TensorFlow's CUDA libraries would overwrite PyTorch's beside it"
    )


def test_keras_alone_gets_the_gpu():
    keras = choose(nvidia("8.6", driver="550.54.15"), PYTHONS, ["keras"], published()).builds[0]
    assert (keras.requirement, keras.variant, keras.device, keras.large) == (
        "tensorflow[and-cuda]==2.21.0", "cu125", "cuda", True,
    )  # fmt: skip
    assert keras.constraints == ()


def test_an_old_driver_and_an_old_gpu():
    torch = choose(nvidia("6.1", driver="580.82.07"), PYTHONS, ["pytorch"], published()).builds[0]
    assert (torch.requirement, torch.source) == (
        "torch==2.14.1+cu126",
        "https://download.pytorch.org/whl/cu126",
    )
    assert [(one.version, one.variant, one.why) for one in torch.turned_down] == [
        ("2.15.0", "cu132", "has no machine code for card 0 (6.1)"),
        ("2.15.0", "cu130", "has no machine code for card 0 (6.1)"),
        ("2.14.1", "cu132", "has no machine code for card 0 (6.1)"),
        ("2.14.1", "cu130", "has no machine code for card 0 (6.1)"),
    ]
    keras = choose(nvidia("6.1", driver="580.82.07"), PYTHONS, ["keras"], published()).builds[0]
    assert keras.constraints == ("nvidia-cudnn-cu12<9.11",)
    assert keras.reasons[-1] == "cuDNN 9.11 dropped GPUs below 7.5: an older one is asked for"


def test_every_gpu_is_covered_where_some_release_covers_all():
    torch = choose(nvidia("7.0", "12.0", driver="570.133.20"), PYTHONS, ["pytorch"], published()).builds[0]
    assert (torch.requirement, torch.warnings) == ("torch==2.10.0", ())


def test_the_most_capable_gpu_wins_where_none_covers_all():
    torch = choose(nvidia("5.2", "12.0", "5.2"), PYTHONS, ["pytorch"], published()).builds[0]
    assert torch.version == "2.15.0"
    assert torch.warnings == ("not used: card 0 (5.2), card 2 (5.2); 580 is the last driver branch for it",)


def test_a_driver_that_is_too_old_leaves_the_cpu_and_says_so():
    torch = choose(nvidia("8.6", driver="440.33"), PYTHONS, ["pytorch"], published()).builds[0]
    assert (torch.requirement, torch.device) == ("torch==2.15.0+cpu", "cpu")
    assert torch.reasons[0] == "on the CPU: driver 440.33 is too old for any CUDA build"


def test_the_lower_of_driver_and_what_it_speaks_counts():
    machine = replace(nvidia("9.0", driver="550.54.15"), cuda_driver="13.0")
    assert choose(machine, PYTHONS, ["pytorch"], published()).builds[0].variant == "cu126"
    machine = replace(nvidia("9.0", driver="580.95.05"), cuda_driver="12.8")
    assert choose(machine, PYTHONS, ["pytorch"], published()).builds[0].variant == "cu126"


def test_a_build_below_the_floor_is_chosen_and_warned_of():
    torch = choose(nvidia("8.0", driver="470.82.01"), PYTHONS, ["pytorch"], published()).builds[0]
    assert (torch.version, torch.variant) == ("2.7.1", "cu118")
    assert torch.warnings == (
        "PyTorch 2.7.1 is older than 2.10: older releases have known holes in loading checkpoints",
    )


def test_blackwell_has_no_tensorflow():
    keras = choose(nvidia("12.0"), PYTHONS, ["keras"], published()).builds[0]
    assert (keras.requirement, keras.device) == ("tensorflow-cpu==2.21.0", "cpu")
    assert keras.reasons[0] == (
        "on the CPU: no TensorFlow wheel runs on Blackwell (10.x, 12.x), here is card 0 (12.0)"
    )


def test_hopper_with_an_old_driver_is_warned_about_tensorflow():
    machine = replace(nvidia("9.0", driver="535.161.08"), cuda_driver="12.2")
    keras = choose(machine, PYTHONS, ["keras"], published()).builds[0]
    assert (keras.device, keras.confidence) == ("cuda", "medium")
    assert keras.warnings == (
        "the first start is slow: the driver compiles TensorFlow's kernels for this GPU",
        "the driver speaks CUDA 12.2 and may refuse to compile what CUDA 12.5 made: a newer driver is safer",
    )


def test_orin_is_not_served_by_its_neighbours_code():
    machine = nvidia("8.7", architecture="aarch64")
    assert choose(machine, PYTHONS, ["pytorch"], published()).builds[0].device == "cpu"


def test_apple_silicon():
    choice = choose(MAC, PYTHONS, BOTH, published())
    assert named(choice) == ("3.12", ["torch==2.15.0", "tensorflow==2.21.0"], ["mps", "cpu"])
    torch, keras = choice.builds
    assert (torch.source_kind, torch.variant, torch.download_size) == ("index", "cpu", 138_000_000)
    assert torch.reasons[0] == "Apple M2: PyTorch uses its GPU through Metal (MPS)"
    assert keras.reasons[0] == "on the CPU: TensorFlow has no GPU build for macOS"


@pytest.mark.parametrize(
    ("macos", "version", "device"), [("13.6", "2.11.0", "mps"), ("12.1", "2.11.0", "cpu")]
)
def test_older_macos(macos, version, device):
    machine = replace(MAC, host=host("macos", "arm64", os_version=macos))
    torch = choose(machine, ["3.12"], ["pytorch"], published()).builds[0]
    assert (torch.version, torch.device) == (version, device)


def test_an_intel_mac():
    machine = replace(CPU, host=host("macos", "x86_64", os_version="13.6"))
    torch = choose(machine, PYTHONS, ["pytorch"], published()).builds[0]
    assert (torch.requirement, torch.device, torch.constraints) == ("torch==2.2.2", "cpu", ("numpy<2",))


def test_windows_needs_pytorchs_index_for_the_gpu():
    machine = nvidia("8.9", os="windows", driver="581.29")
    assert named(choose(machine, PYTHONS, BOTH, published())) == (
        "3.12", ["torch==2.15.0+cu132", "tensorflow-cpu==2.21.0"], ["cuda", "cpu"],
    )  # fmt: skip
    choice = choose(machine, PYTHONS, BOTH, without_pytorch_index())
    assert named(choice) == ("3.12", ["torch==2.15.0", "tensorflow-cpu==2.21.0"], ["cpu", "cpu"])
    assert choice.builds[0].needs_consent == ""
    assert "no build that can be had here uses the GPU" in choice.builds[0].reasons[0]


def test_wsl_counts_with_windows_drivers():
    old, new = nvidia("8.6", driver="527.00", wsl=2), nvidia("8.6", driver="528.49", wsl=2)
    assert choose(old, PYTHONS, ["pytorch"], published()).builds[0].variant == "cu118"
    assert choose(new, PYTHONS, ["pytorch"], published()).builds[0].variant == "cu126"


@pytest.mark.parametrize(
    ("pythons", "frameworks", "python"),
    [
        (("3.10", "3.13", "3.14"), BOTH, "3.13"),
        (("3.10", "3.11"), BOTH, "3.11"),
        (("3.10", "3.14"), ("pytorch",), "3.14"),
        (("3.14", "3.10"), BOTH, "3.10"),
        (("3.8", "3.9", "3.10"), ("pytorch",), "3.10"),
    ],
)
def test_the_python(pythons, frameworks, python):
    assert choose(CPU, pythons, frameworks, published()).python == python


def test_an_old_keras_is_warned_of():
    choice = choose(CPU, ["3.10"], ["keras"], published())
    keras = choice.builds[0]
    assert keras.companions == ("keras>=3.12",)
    assert keras.warnings == ("Python 3.10 has no Keras 3.14: an older one with known holes is used",)


def test_a_wanted_python_is_taken():
    choice = choose(CPU, PYTHONS, BOTH, published(), wanted_python="3.13.1")
    assert (choice.python, choice.reasons) == ("3.13", ("Python 3.13 was asked for",))


def test_nothing_asked_means_what_was_published():
    assert choose(CPU, PYTHONS, BOTH, None) == choose(CPU, PYTHONS, BOTH, published())


def test_a_plain_version_that_an_installer_would_replace_is_not_taken():
    plain = "torch-2.13.0-cp312-cp312-manylinux_2_28_x86_64.whl"
    local = "torch-2.13.0+cpu-cp312-cp312-manylinux_2_28_x86_64.whl"
    sources = with_folder(offers(listing(PYPI, "torch", plain)), local)
    torch = choose(nvidia("8.6"), ["3.12"], ["pytorch"], sources).builds[0]
    assert (torch.requirement, torch.device) == ("torch==2.13.0+cpu", "cpu")
    assert torch.turned_down == (
        TurnedDown(
            version="2.13.0",
            variant="cu130",
            why="an installer that is asked for 2.13.0 takes 2.13.0+cpu instead",
        ),
    )


@pytest.mark.parametrize(
    "name",
    [
        "torch-2.16.0.dev20261101+cpu-cp312-cp312-manylinux_2_28_x86_64.whl",
        "torch-2.16.0rc1-cp312-cp312-manylinux_2_28_x86_64.whl",
        "torch-2.13.0+cpu-cp312-cp312t-manylinux_2_28_x86_64.whl",
        "torch-2.13.0+cpu-cp312-cp312-win_amd64.whl",
        "torch-2.13.0+cpu-cp312-cp312-manylinux_2_39_x86_64.whl",
        "torch-2.13.0+cpu-cp312-cp312-musllinux_1_2_x86_64.whl",
        "torch-2.14.1+rocm7.2-cp312-cp312-manylinux_2_28_x86_64.whl",
        "torch-2.15.0+xpu-cp312-cp312-manylinux_2_28_x86_64.whl",
        "torch-nonsense.whl",
        "torch-2.99.0-cp312-cp312-manylinux_2_28_x86_64.whl",
    ],
)
def test_wheels_that_do_not_fit_are_never_taken(name):
    with pytest.raises(NoBuild) as caught:
        choose(CPU, ["3.12"], ["pytorch"], offers(listing(PYPI, "torch", name)))
    assert caught.value.detail[0].startswith("Python 3.12: ")


def test_a_newer_cpu_build_than_the_tables_know_is_taken():
    name = "torch-2.99.0+cpu-cp312-cp312-manylinux_2_28_x86_64.whl"
    torch = choose(CPU, ["3.12"], ["pytorch"], offers(listing(CPU_INDEX, "torch", name))).builds[0]
    assert (torch.requirement, torch.confidence, torch.download_size) == (
        "torch==2.99.0+cpu",
        "medium",
        192_000_000,
    )


def test_musl_has_no_build():
    machine = replace(CPU, host=replace(host(), libc="musl 1.2.5"))
    with pytest.raises(NoBuild) as caught:
        choose(machine, ["3.12"], ["pytorch"], published())
    assert caught.value.message == "no build of PyTorch fits this machine and its Pythons"
    assert caught.value.hint == "leave PyTorch out: --framework keras"


def test_python_3_14_has_no_tensorflow():
    with pytest.raises(NoBuild) as caught:
        choose(CPU, ["3.14"], BOTH, published())
    why = (
        "no stable wheel of tensorflow for Python 3.14 on linux_x86_64 "
        "(there are some for Python 3.10, 3.11, 3.12, 3.13)"
    )
    assert (caught.value.message, caught.value.detail, caught.value.hint) == (
        "no build of PyTorch and Keras fits this machine and its Pythons",
        (f"Python 3.14: {why}",),
        "scaffold env python --install 3.12",
    )


def test_no_source_at_all():
    with pytest.raises(SourceUnreachable) as caught:
        choose(CPU, ["3.12"], ["pytorch"], offers(unreachable(CPU_INDEX)))
    assert caught.value.detail == (
        "https://download.pytorch.org/whl/cpu: cannot resolve download.pytorch.org",
    )


def test_sources_that_answer_and_hold_nothing():
    with pytest.raises(NoBuild) as caught:
        choose(CPU, ["3.12"], ["pytorch"], offers(listing(PYPI, "torch")))
    assert caught.value.detail == ("Python 3.12: no source offers torch for linux_x86_64",)


@pytest.mark.parametrize("pythons", [(), ("2.7", "3.8"), ("3.15",)])
def test_no_usable_python(pythons):
    with pytest.raises(PythonMissing):
        choose(CPU, pythons, BOTH, published())
