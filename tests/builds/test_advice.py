"""What fits a machine: each framework by itself, all in one environment, and as scripts read it."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from scaffold.builds.advice import advise
from scaffold.builds.as_json import to_json
from scaffold.builds.install import install_command
from scaffold.builds.model import Missing
from scaffold.machine import Accelerator, Machine, detect
from scaffold.recorded import RecordedSystem
from tests.builds.samples import CPU, MAC, host, nvidia

pytestmark = pytest.mark.usefixtures("frozen_tables")
HOSTS = Path(__file__).parents[1] / "machines"
GTX = nvidia("6.1", driver="580.82.07")


def amd(*cards, **facts) -> Machine:
    """A machine with AMD GPUs, given as (gfx name, integrated)."""
    return Machine(
        host=host(**facts),
        accelerators=tuple(
            Accelerator(vendor="amd", index=number, name=f"card {number}", capability=gfx, integrated=part)
            for number, (gfx, part) in enumerate(cards)
        ),
    )


def intel(ip, **facts) -> Machine:
    gpu = Accelerator(vendor="intel", index=0, name="Arc", capability=ip)
    return Machine(host=host(**facts), accelerators=(gpu,))


def requirements(advice):
    return {
        one.framework: (None, "none") if isinstance(one, Missing) else (one.requirement, one.device)
        for one in advice.answers
    }


def test_each_framework_gets_the_gpu_in_an_environment_of_its_own():
    advice = advise(GTX, "3.12")
    assert requirements(advice) == {
        "pytorch": ("torch==2.14.1+cu126", "cuda"),
        "keras": ("tensorflow[and-cuda]==2.21.0", "cuda"),
        "jax": ("jax[cuda12]==0.12.0.1", "cuda"),
    }
    assert advice.together == ()


def test_as_scripts_read_it():
    told = to_json(advise(GTX, "3.12", ["pytorch"]))
    assert told == {
        "status": "ok",
        "machine": {
            "os": "linux",
            "os_version": "",
            "architecture": "x86_64",
            "libc": "glibc 2.36",
            "wsl": 0,
            "board": "",
            "nvidia_driver": "580.82.07",
            "cuda_driver": "",
            "accelerators": [{"vendor": "nvidia", "name": "card 0", "capability": "6.1", "status": "ok"}],
        },
        "python": "3.12",
        "policy": "auto",
        "torch": {
            "version": "2.14.1",
            "variant": "cu126",
            "requirement": "torch==2.14.1+cu126",
            "package": "torch",
            "index": "https://download.pytorch.org/whl/cu126",
            "device": "cuda",
            "constraints": [],
            "companions": [],
            "environment": {},
            "install": [
                "pip",
                "install",
                "torch==2.14.1+cu126",
                "--extra-index-url",
                "https://download.pytorch.org/whl/cu126",
            ],
            "reasons": [
                "driver 580.82.07 runs builds up to CUDA 13",
                "cu126 holds machine code for card 0 (6.1)",
                "2.14.1+cu126 is the newest that fits, from PyTorch's index for cu126",
            ],
            "turned_down": [
                {"version": "2.15.0", "variant": "cu132", "why": "has no machine code for card 0 (6.1)"},
                {"version": "2.15.0", "variant": "cu130", "why": "has no machine code for card 0 (6.1)"},
                {"version": "2.14.1", "variant": "cu132", "why": "has no machine code for card 0 (6.1)"},
                {"version": "2.14.1", "variant": "cu130", "why": "has no machine code for card 0 (6.1)"},
            ],
            "warnings": [],
            "confidence": "high",
        },
        "together": [],
        "install": [],
        "advice": ["580 is the last driver branch for card 0 (6.1)"],
        "reasons": [],
        "notes": [],
    }


def test_no_build_is_an_answer_with_its_reasons():
    told = to_json(advise(CPU, "3.14", ["keras"]))["tensorflow"]
    assert told == {
        "version": None,
        "variant": None,
        "requirement": None,
        "package": None,
        "index": None,
        "device": "none",
        "constraints": [],
        "companions": [],
        "environment": {},
        "install": [],
        "reasons": [
            (
                "no stable wheel of tensorflow for Python 3.14 on linux_x86_64 "
                "(there are some for Python 3.10, 3.11, 3.12, 3.13)"
            )
        ],
        "turned_down": [],
        "warnings": [],
        "confidence": "high",
    }


def test_the_python_that_serves_best_where_none_is_named():
    assert (advise(CPU, None).python, advise(CPU, None).reasons) == (
        "3.12",
        ("Python 3.12 is the one that most packages are built for",),
    )
    # A driver for CUDA 11: TensorFlow's last release for it has no wheel for 3.12.
    advice = advise(nvidia("8.0", driver="470.82.01"), None, ["keras"])
    assert (advice.python, requirements(advice)) == ("3.11", {"keras": ("tensorflow==2.14.1", "cuda")})
    assert advice.reasons == ("Python 3.11 is the one for which the best builds can be had",)


def test_libraries_are_named_where_the_extra_cannot_be_resolved():
    keras = advise(nvidia("8.0", driver="470.82.01"), "3.11", ["keras"]).answers[0]
    assert keras.requirement == "tensorflow==2.14.1"
    assert keras.companions[0] == "nvidia-cublas-cu11==11.11.3.6"
    assert len(keras.companions) == 10
    assert "tensorrt" not in " ".join(keras.companions)
    with_extra = advise(nvidia("8.0", driver="470.82.01"), "3.10", ["keras"]).answers[0]
    assert (with_extra.requirement, with_extra.companions) == ("tensorflow[and-cuda]==2.14.1", ())


@pytest.mark.parametrize(
    ("machine", "expected"),
    [
        (amd(("gfx1036", True), ("gfx1100", False)), ("torch==2.14.1+rocm7.2", "rocm")),
        (amd(("gfx942", False), ("gfx942", False)), ("torch==2.14.1+rocm7.2", "rocm")),
        (amd(("gfx1151", True)), ("torch==2.14.1+rocm7.2", "rocm")),
        (amd(("gfx1100", False), os="windows"), ("torch==2.15.0+cpu", "cpu")),
        (amd(("gfx1100", False), architecture="aarch64"), ("torch==2.15.0+cpu", "cpu")),
        (amd(("gfx803", False)), ("torch==2.15.0+cpu", "cpu")),
        (amd(("gfx1031", False)), ("torch==2.15.0+cpu", "cpu")),
        (amd(("", False)), ("torch==2.15.0+cpu", "cpu")),
        (intel("12.55.8"), ("torch==2.15.0+xpu", "xpu")),
        (intel("20.1.0", os="windows"), ("torch==2.15.0+xpu", "xpu")),
        (intel(""), ("torch==2.15.0+cpu", "cpu")),
        (intel("9.0.0"), ("torch==2.15.0+cpu", "cpu")),
        (MAC, ("torch==2.15.0", "mps")),
    ],
)
def test_other_vendors(machine, expected):
    assert requirements(advise(machine, "3.12", ["pytorch"])) == {"pytorch": expected}


def test_an_amd_card_of_unknown_architecture_is_named():
    torch = advise(amd(("", False)), "3.12", ["pytorch"]).answers[0]
    assert torch.reasons[0] == "on the CPU: the architecture (gfx) of card 0 is not known"


def test_the_newest_is_advised_and_the_newest_without_cuda_named():
    graviton = replace(CPU, host=host(architecture="aarch64"))
    torch = advise(graviton, "3.12", ["pytorch"], policy="pypi").answers[0]
    assert (torch.requirement, torch.device, torch.warnings) == (
        "torch==2.15.0",
        "cpu",
        ("2.10.0 is the newest without them",),
    )
    assert torch.needs_consent.endswith("of CUDA libraries that this machine cannot use")
    assert advise(CPU, "3.12", ["pytorch"], policy="pypi").answers[0].warnings == ()


def test_wsl_has_xpu_builds_since_2_15():
    machine = intel("12.55.8", wsl=2)
    assert requirements(advise(machine, "3.12", ["pytorch"]))["pytorch"] == ("torch==2.15.0+xpu", "xpu")
    assert requirements(advise(machine, "3.10", ["pytorch"]))["pytorch"] == ("torch==2.14.1+cpu", "cpu")


def test_programs_are_kept_off_the_gpu_that_a_build_does_not_run_on():
    torch = advise(amd(("gfx1036", True), ("gfx1100", False)), "3.12", ["pytorch"]).answers[0]
    assert torch.environment == {"HIP_VISIBLE_DEVICES": "1"}
    assert torch.warnings == ()
    torch = advise(nvidia("5.0", "12.0"), "3.12", ["pytorch"]).answers[0]
    assert torch.environment == {"CUDA_DEVICE_ORDER": "PCI_BUS_ID", "CUDA_VISIBLE_DEVICES": "1"}
    assert advise(nvidia("8.0", "9.0"), "3.12", ["pytorch"]).answers[0].environment == {}


def test_what_others_do_with_an_unsupported_card_is_offered_in_words():
    torch = advise(amd(("gfx1031", False)), "3.12", ["pytorch"]).answers[0]
    assert torch.reasons[0] == (
        "on the CPU: no ROCm build of PyTorch holds machine code for card 0 (gfx1031)"
    )
    assert torch.warnings == (
        (
            "card 0 (gfx1031) is not served by PyTorch's builds; some run it with "
            "HSA_OVERRIDE_GFX_VERSION=10.3.0, which AMD does not support"
        ),
    )


@pytest.mark.parametrize(
    ("machine", "why"),
    [
        (nvidia("Failed"), "not planned for: card 0: it does not tell its compute capability"),
        (nvidia(""), "not planned for: card 0: it does not tell its compute capability"),
        (
            nvidia("8.6", driver=""),
            "not planned for: card 0: nobody tells the driver's version (nvidia-smi shows it)",
        ),
        (
            nvidia("12.0", driver="550.54.15"),
            "not planned for: card 0: a GPU of capability 12.0 needs driver 570, here is 550.54.15",
        ),
        (
            nvidia("6.1", driver="590.44.01"),
            "not planned for: card 0: 580 is the last driver branch for capability 6.1, here is 590.44.01",
        ),
    ],
)
def test_what_is_not_known_or_cannot_be_is_not_planned_for(machine, why):
    torch, tensorflow = advise(machine, "3.12", ["pytorch", "keras"]).answers
    assert (torch.requirement, torch.device, torch.warnings) == ("torch==2.15.0+cpu", "cpu", (why,))
    assert (tensorflow.device, tensorflow.warnings) == ("cpu", (why,))


def test_a_silent_gpu_beside_one_that_speaks():
    torch = advise(nvidia("8.6", "[N/A]"), "3.12", ["pytorch"]).answers[0]
    assert (torch.requirement, torch.device) == ("torch==2.15.0", "cuda")
    assert torch.warnings == ("not planned for: card 1: it does not tell its compute capability",)
    assert torch.environment == {"CUDA_DEVICE_ORDER": "PCI_BUS_ID", "CUDA_VISIBLE_DEVICES": "0"}


def test_together_a_clean_pair_shares_the_gpu():
    advice = advise(GTX, "3.12", ["pytorch", "keras"], together=True)
    assert requirements(advice) == {
        "pytorch": ("torch==2.14.1+cu126", "cuda"),
        "keras": ("tensorflow[and-cuda]==2.21.0", "cuda"),
    }
    assert advice.together == (
        (
            "PyTorch 2.14.1+cu126 and TensorFlow 2.21.0 share one environment on the GPU: "
            "both take CUDA 12.6's libraries and cuDNN 9.10.2"
        ),
    )


def test_together_from_the_ordinary_index_alone():
    machine = nvidia("8.0", driver="550.54.15")
    advice = advise(machine, "3.12", ["pytorch", "keras"], policy="pypi", together=True)
    assert requirements(advice) == {
        "pytorch": ("torch==2.10.0", "cuda"),
        "keras": ("tensorflow[and-cuda]==2.20.0", "cuda"),
    }


def test_together_an_older_pair_is_taken_before_one_that_breaks():
    advice = advise(nvidia("8.9"), "3.12", ["pytorch", "keras"], together=True)
    assert requirements(advice)["pytorch"] == ("torch==2.14.1+cu126", "cuda")
    assert advice.together[0].endswith("(by itself PyTorch would be torch==2.15.0)")


def test_together_where_no_pair_is_clean():
    machine = nvidia("8.0", driver="470.82.01")  # TensorFlow for CUDA 11 and PyTorch for CUDA 11
    advice = advise(machine, "3.10", ["pytorch", "keras"], together=True)
    assert requirements(advice) == {
        "pytorch": ("torch==2.7.1+cu118", "cuda"),
        "keras": ("tensorflow-cpu==2.21.0", "cpu"),
    }
    assert advice.together == (
        (
            "no clean pair fits here (torch==2.7.1+cu118 and tensorflow[and-cuda]==2.14.1: TensorFlow pins other "
            "releases of the same CUDA libraries than PyTorch): PyTorch gets the GPU, TensorFlow the CPU; "
            "with an environment for each, both get it"
        ),
    )


def test_together_without_a_gpu_nothing_stands_in_the_way():
    advice = advise(CPU, "3.12", ["pytorch", "keras"], together=True)
    assert advice.together == (
        "one environment holds PyTorch and TensorFlow: no two sets of GPU libraries meet",
    )


@pytest.mark.parametrize(
    ("capabilities", "expected"),
    [
        (("6.1", "8.9"), ("2.21.0", "cuda", {})),
        (
            ("6.1", "12.0"),
            ("2.21.0", "cuda", {"CUDA_DEVICE_ORDER": "PCI_BUS_ID", "CUDA_VISIBLE_DEVICES": "0"}),
        ),
        (("5.0", "12.0"), ("2.21.0", "cpu", {})),  # no older release for the weaker half
        (("5.0",), ("2.16.2", "cuda", {})),
        (("12.0",), ("2.21.0", "cpu", {})),
    ],
)
def test_tensorflow_takes_the_gpus_that_its_newest_release_serves(capabilities, expected):
    keras = advise(nvidia(*capabilities), "3.12", ["keras"]).answers[0]
    assert (keras.version, keras.device, keras.environment) == expected


NOUVEAU = Accelerator(vendor="nvidia", index=0, name="RTX 3060", capability="8.6", status="nouveau")


@pytest.mark.parametrize(
    ("machine", "advice"),
    [
        (CPU, ()),
        (nvidia("8.9"), ()),
        (
            nvidia("7.5", driver="535.216.01"),
            ("with NVIDIA's driver 580 or newer: torch==2.15.0 on cuda",),
        ),
        (
            nvidia("6.1", driver="470.82.01"),
            (
                "with NVIDIA's driver 580: torch==2.14.1+cu126 on cuda",
                "580 is the last driver branch for card 0 (6.1)",
            ),
        ),
        (
            replace(CPU, accelerators=(NOUVEAU,), status="driver_missing"),
            ("once RTX 3060 (8.6) works, with NVIDIA's driver 580 or newer: torch==2.15.0 on cuda",),
        ),
        (
            Machine(
                host=host(),
                accelerators=(
                    Accelerator(
                        vendor="amd", index=0, name="RX 7900 XT", capability="gfx1100", status="no_permission"
                    ),
                ),
                status="no_permission",
            ),
            ("once RX 7900 XT (gfx1100) works: torch==2.14.1+rocm7.2 on rocm",),
        ),
    ],
)
def test_what_another_driver_would_give(machine, advice):
    assert advise(machine, "3.12", ["pytorch"]).advice == advice


def test_the_command_that_installs_by_hand():
    keras = advise(GTX, "3.12", ["keras"]).answers[0]
    assert install_command(keras) == (
        "pip",
        "install",
        "tensorflow[and-cuda]==2.21.0",
        "keras>=3.14",
        "nvidia-cudnn-cu12<9.11",
    )


@pytest.mark.parametrize("mask", ["", "-1"])
def test_a_variable_of_this_shell_does_not_decide_what_is_installed(mask):
    record = json.loads((HOSTS / "h100-masked.json").read_text(encoding="utf-8"))
    record["environment"]["CUDA_VISIBLE_DEVICES"] = mask
    answer = {"library": "libcuda.so.1", "init": 100, "driver": 12020, "devices": []}
    record["probes"]["libcuda"]["stdout"] = json.dumps(answer)
    machine = detect(RecordedSystem(record), None)
    assert (machine.status, [one.masked for one in machine.accelerators]) == ("hidden", [True] * 4)
    advice = advise(machine, "3.12", ["pytorch"])
    assert requirements(advice) == {"pytorch": ("torch==2.14.1+cu126", "cuda")}
    assert (advice.machine.status, advice.notes) == (
        "ok",
        (
            (
                "CUDA_VISIBLE_DEVICES hides 4 x NVIDIA H100 80GB HBM3 from programs here: "
                "unset it to use what is installed"
            ),
        ),
    )


def test_a_machine_that_nothing_is_published_for():
    nowhere = replace(CPU, host=host(architecture="ppc64le"))
    assert requirements(advise(nowhere, None)) == dict.fromkeys(("pytorch", "keras", "jax"), (None, "none"))
    assert requirements(advise(CPU, "2.7")) == dict.fromkeys(("pytorch", "keras", "jax"), (None, "none"))


@pytest.mark.parametrize(
    ("python", "expected"),
    [("3.13t", "torch==2.12.0"), ("3.14t", "torch==2.15.0"), ("3.15t", "torch==2.15.0"), ("3.12t", None)],
)
def test_a_python_without_the_interpreter_lock_takes_wheels_of_its_own(python, expected):
    torch, tensorflow = advise(nvidia("8.9"), python, ["pytorch", "keras"]).answers
    assert (None if isinstance(torch, Missing) else torch.requirement) == expected
    assert tensorflow.why == (
        (
            f"no stable wheel of tensorflow for Python {python} on linux_x86_64 "
            "(there are some for Python 3.10, 3.11, 3.12, 3.13)"
        ),
    )
