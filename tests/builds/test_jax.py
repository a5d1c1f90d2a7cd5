"""Which JAX is chosen, for every sample machine and odd ones, and what is said about it."""

from dataclasses import replace
from functools import cache

import pytest
from packaging.specifiers import SpecifierSet

from scaffold.builds import BuildPlan, TurnedDown, tables
from scaffold.builds.cuda import usable_gpus
from scaffold.builds.jax import choose_jax
from scaffold.builds.jax_published import jax_wheels, published_jax
from scaffold.builds.model import Missing
from scaffold.builds.wheels import Target
from scaffold.machine import Accelerator, Machine
from tests.builds.samples import CORPUS, CPU, MAC, PYPI, host, listing, nvidia, of_corpus, offers

pytestmark = pytest.mark.usefixtures("frozen_tables")
OLD_CUDNN = ("nvidia-cudnn-cu12<9.11",)
SHARED_MEMORY = (
    "JAX takes three quarters of the GPU's memory when it starts: "
    "XLA_PYTHON_CLIENT_PREALLOCATE=false leaves it to both"
)
ROSETTA = "jax 0.12.0.1 and older: jaxlib needs AVX, which Rosetta does not give: an arm64 Python is needed"
ROCM = (
    "JAX uses AMD's GPUs (Some GPU (gfx1100)) only through a ROCm 7 that is installed on the system and "
    "supports them: with one, install jax[rocm7-local]"
)
INTEL_MAC = Machine(host=host("macos", "x86_64", os_version="13.5"))


@cache
def published():
    """Every wheel that the frozen tables know of."""
    return tuple(published_jax())


def chosen(machine, python="3.12", wheels=None, beside=()):
    wheels = published() if wheels is None else wheels
    return choose_jax(machine, usable_gpus(machine), Target(machine.host, python), wheels, beside=beside)


def said(plan):
    return plan.requirement, plan.device, plan.constraints


def plan_of(framework, package, version, variant, device="cuda", constraints=()):
    """What another chooser answered."""
    return BuildPlan(
        framework=framework, package=package, version=version, variant=variant,
        requirement=f"{package}=={version}", device=device, source="", source_kind="index",
        constraints=constraints,
    )  # fmt: skip


TORCH_13 = plan_of("pytorch", "torch", "2.15.0", "cu132")
TORCH_12 = plan_of("pytorch", "torch", "2.14.1", "cu126")
TENSORFLOW = plan_of("keras", "tensorflow", "2.21.0", "cu125")

SAMPLES = {
    "p100-drv550-py312": ("jax[cuda12]==0.12.0.1", "cuda", OLD_CUDNN),
    "gtx1080ti-drv580-py312": ("jax[cuda12]==0.12.0.1", "cuda", OLD_CUDNN),
    "v100-drv570-py313": ("jax[cuda12]==0.12.0.1", "cuda", OLD_CUDNN),
    "v100-drv535-centos7-py311": ("jax[cuda12]==0.7.0", "cuda", OLD_CUDNN),
    "t4-drv535-py311": ("jax[cuda12]==0.10.2", "cuda", ()),
    "a100-drv470-py39": ("jax==0.4.30", "cpu", ()),
    "h100-drv535-py312": ("jax[cuda12]==0.12.0.1", "cuda", ()),
    "rtx4090-drv581-windows-py313": ("jax==0.12.0.1", "cpu", ()),
    "wsl2-rtx3080-drv576-py312": ("jax[cuda12]==0.12.0.1", "cuda", ()),
    "gh200-drv550-aarch64-py312": ("jax[cuda12]==0.12.0.1", "cuda", ()),
    "gh200-drv580-aarch64-py312": ("jax[cuda13]==0.12.0.1", "cuda", ()),
    "dgx-spark-gb10-drv580-py312": ("jax[cuda13]==0.12.0.1", "cuda", ()),
    "ryzen-igpu-plus-rx7900-py312": ("jax==0.12.0.1", "cpu", ()),
    "rx7900-windows-py312": ("jax==0.12.0.1", "cpu", ()),
    "intel-uhd630-laptop-py312": ("jax==0.12.0.1", "cpu", ()),
    "cpu-linux-py314": ("jax==0.12.0.1", "cpu", ()),
    "container-without-gpu-py312": ("jax==0.12.0.1", "cpu", ()),
    "nouveau-rtx3060-py312": ("jax==0.12.0.1", "cpu", ()),
}


@pytest.mark.parametrize("name", CORPUS)
def test_every_sample_machine(name):
    line = CORPUS[name]
    assert said(chosen(of_corpus(line), line["facts"]["python"])) == SAMPLES[name]


def test_the_whole_plan_on_the_cpu():
    assert chosen(CPU, "3.11") == BuildPlan(
        framework="jax",
        package="jax",
        version="0.10.2",
        variant="cpu",
        requirement="jax==0.10.2",
        device="cpu",
        source="",
        source_kind="index",
        companions=("keras>=3.14",),
        download_size=85_000_000,
        reasons=(
            "on the CPU: no GPU was found",
            "JAX 0.10.2 is the newest that fits, from your package index",
        ),
        turned_down=(TurnedDown(version="0.12.0.1", variant="cpu", why="needs Python >=3.12, here is 3.11"),),
    )


def test_the_whole_plan_of_an_old_gpu_beside_a_pytorch():
    machine = nvidia("6.1", driver="580.95.05")
    assert chosen(machine, beside=(TORCH_12,)) == BuildPlan(
        framework="jax",
        package="jax",
        version="0.12.0.1",
        variant="cu12",
        requirement="jax[cuda12]==0.12.0.1",
        device="cuda",
        source="",
        source_kind="index",
        companions=("keras>=3.14",),
        constraints=OLD_CUDNN,
        download_size=288_000_000,
        large=True,
        reasons=(
            usable_gpus(machine).why,
            "cu12 holds machine code for card 0 (6.1)",
            "JAX 0.12.0.1 is the newest that fits, from your package index",
            "cuDNN 9.11 dropped card 0 (6.1): an older one is asked for",
            "it takes the same CUDA libraries as torch 2.14.1 (cu126)",
        ),
        turned_down=(
            TurnedDown(
                version="0.12.0.1",
                variant="cu13",
                why="JAX for CUDA 13 needs capability 7.5, here is card 0 (6.1)",
            ),
        ),
        warnings=(SHARED_MEMORY,),
        confidence="medium",
        environment={"XLA_PYTHON_CLIENT_PREALLOCATE": "false"},
    )


@pytest.mark.parametrize(
    ("machine", "python", "expected"),
    [
        (CPU, "3.10", ("jax==0.6.2", "cpu", ())),
        (CPU, "3.15", ("jax==0.12.0.1", "cpu", ())),
        (MAC, "3.12", ("jax==0.12.0.1", "cpu", ())),
        (INTEL_MAC, "3.12", ("jax==0.4.38", "cpu", ())),
        (nvidia("8.6"), "3.15", ("jax[cuda13]==0.12.0.1", "cuda", ())),
        (nvidia("3.7", driver="470.82.01"), "3.12", ("jax==0.12.0.1", "cpu", ())),
        (nvidia("8.0", driver="520.61.05"), "3.12", ("jax==0.12.0.1", "cpu", ())),
        (nvidia("8.0", driver="525.60.13"), "3.12", ("jax[cuda12]==0.12.0.1", "cuda", ())),
        (nvidia("5.0", driver="580.95.05"), "3.12", ("jax==0.12.0.1", "cpu", ())),
        (nvidia("5.2", driver="580.95.05"), "3.10", ("jax[cuda12]==0.6.2", "cuda", OLD_CUDNN)),
        (nvidia("8.7", architecture="aarch64"), "3.12", ("jax==0.12.0.1", "cpu", ())),
        (nvidia("11.0", architecture="aarch64"), "3.12", ("jax[cuda13]==0.12.0.1", "cuda", ())),
        (nvidia("12.0", driver="570.133.20"), "3.12", ("jax[cuda12]==0.12.0.1", "cuda", ())),
        (nvidia("7.0", "12.0"), "3.12", ("jax[cuda12]==0.12.0.1", "cuda", OLD_CUDNN)),
        (nvidia("Failed"), "3.12", ("jax==0.12.0.1", "cpu", ())),
    ],
)
def test_odd_machines(machine, python, expected):
    assert said(chosen(machine, python)) == expected


@pytest.mark.parametrize(
    ("facts", "python", "why"),
    [
        (
            {"os": "windows", "architecture": "aarch64"},
            "3.12",
            ("jax 0.12.0.1 and older: jaxlib has no wheel for windows_aarch64",),
        ),
        (
            {"os": "macos", "architecture": "arm64", "os_version": "10.15"},
            "3.12",
            ("jax 0.12.0.1 and older: needs macOS 11.0, here is 10.15",),
        ),
        (
            {"os": "macos", "architecture": "x86_64", "os_version": "14.5", "translated": True},
            "3.12",
            (ROSETTA,),
        ),
        (
            {},
            "3.8",
            (
                "jax 0.12.0.1 and older: needs Python >=3.12, here is 3.8",
                "jax 0.10.2 and older: needs Python >=3.11, here is 3.8",
                "jax 0.6.2 and older: needs Python >=3.10, here is 3.8",
                "jax 0.4.30: needs Python >=3.9, here is 3.8",
            ),
        ),
    ],
)
def test_there_is_none(facts, python, why):
    assert chosen(Machine(host=host(**facts)), python) == Missing(framework="jax", why=why)


def test_there_is_none_for_musl():
    alpine = Machine(host=replace(host(), libc="musl 1.2.4"))
    assert chosen(alpine) == Missing(
        framework="jax",
        why=(
            "jax 0.12.0.1 and older: needs glibc 2.27, here is musl 1.2.4",
            "jax 0.7.0 and older: needs glibc 2.17, here is musl 1.2.4",
        ),
    )


@pytest.mark.parametrize(
    ("vendor", "os", "capability", "why"),
    [
        (
            "amd",
            "linux",
            "gfx1100",
            ROCM,
        ),
        (
            "amd",
            "windows",
            "gfx1100",
            "JAX has builds for AMD's GPUs (Some GPU (gfx1100)) on Linux only",
        ),
        (
            "intel",
            "linux",
            "20.1.0",
            "JAX calls its use of Some GPU (20.1.0) experimental (jax[oneapi]): not chosen",
        ),
        ("intel", "linux", "", "JAX has no build for Some GPU"),
        ("apple", "macos", "apple-silicon", "JAX does not use Apple's GPUs"),
    ],
)
def test_the_gpus_of_other_makers(vendor, os, capability, why):
    gpu = Accelerator(vendor=vendor, index=0, name="Some GPU", capability=capability)
    here = host(os, "arm64" if os == "macos" else "x86_64", os_version="14.5")
    plan = chosen(Machine(host=here, accelerators=(gpu,)))
    assert (plan.device, plan.reasons[0]) == ("cpu", f"on the CPU: {why}")


def test_a_card_that_it_does_not_run_on_is_hidden_from_it():
    machine = nvidia("5.2", "8.6")
    both = chosen(machine)
    assert (said(both), both.warnings, both.environment) == (
        ("jax[cuda12]==0.12.0.1", "cuda", OLD_CUDNN),
        (),
        {},
    )
    plan = chosen(nvidia("5.0", "8.6"))
    assert (*said(plan), plan.warnings, plan.environment) == (
        "jax[cuda13]==0.12.0.1",
        "cuda",
        (),
        ("not used: card 0 (5.0); 580 is the last driver branch for it",),
        {"CUDA_DEVICE_ORDER": "PCI_BUS_ID", "CUDA_VISIBLE_DEVICES": "1"},
    )


@pytest.mark.parametrize(
    ("capability", "beside", "expected"),
    [
        ("8.9", (TORCH_13,), ("jax[cuda13]==0.12.0.1", "cuda", ())),
        ("8.9", (TORCH_12,), ("jax[cuda12]==0.12.0.1", "cuda", ())),
        ("8.9", (TENSORFLOW,), ("jax[cuda12]==0.12.0.1", "cuda", ())),
        ("8.9", (TORCH_12, TENSORFLOW), ("jax[cuda12]==0.12.0.1", "cuda", ())),
        ("8.9", (TORCH_13, TENSORFLOW), ("jax==0.12.0.1", "cpu", ())),
        ("8.9", (replace(TENSORFLOW, device="cpu", variant="cpu"),), ("jax[cuda13]==0.12.0.1", "cuda", ())),
        ("8.9", (replace(TORCH_12, version="2.7.1"),), ("jax==0.12.0.1", "cpu", ())),
        ("8.9", (replace(TORCH_13, version="9.9"),), ("jax==0.12.0.1", "cpu", ())),
        ("6.1", (TENSORFLOW,), ("jax[cuda12]==0.12.0.1", "cuda", OLD_CUDNN)),
    ],
)
def test_who_shares_an_environment(capability, beside, expected):
    assert said(chosen(nvidia(capability), beside=beside)) == expected


def test_why_it_does_not_share():
    plan = chosen(nvidia("8.9"), beside=(TORCH_13, TENSORFLOW))
    assert plan.reasons[0] == (
        "on the CPU: cu13: CUDA 13's libraries and CUDA 12's of tensorflow 2.21.0 (cu125) would overwrite each "
        "other; cu12: CUDA 12's libraries and CUDA 13's of torch 2.15.0 (cu132) would overwrite each other"
    )


def test_a_cudnn_that_pytorch_pins_is_old_enough_for_some_jax(monkeypatch):
    """Where the tables call a pair clean whose newest JAX asks for a newer cuDNN, an older JAX is taken."""
    pairs = tables.pairs()
    wider = replace(next(row for row in pairs.clean if row.jax == "cu12" and row.torch), torch=None)
    old_torch = plan_of("pytorch", "torch", "2.7.1", "cu126")
    clean = (replace(wider, torch=SpecifierSet("==2.7.1"), torch_variants=()),)
    monkeypatch.setattr(tables, "pairs", lambda: replace(pairs, clean=clean))
    plan = chosen(nvidia("8.0", driver="550.54.15"), beside=(old_torch,))
    assert said(plan) == ("jax[cuda12]==0.5.3", "cuda", ())
    assert plan.turned_down == (
        TurnedDown(version="0.12.0.1", variant="cu13", why="CUDA 13 needs driver 580, here is 550.54.15"),
        TurnedDown(
            version="0.12.0.1",
            variant="cu12",
            why="asks for cuDNN 9.10.2.21, and torch 2.7.1 (cu126) pins 9.5.1.17",
        ),
        TurnedDown(
            version="0.11.1",
            variant="cu12",
            why="asks for cuDNN 9.8, and torch 2.7.1 (cu126) pins 9.5.1.17",
        ),
    )


def test_an_old_numpy_beside_it():
    torch = plan_of("pytorch", "torch", "2.2.2", "cpu", device="cpu", constraints=("numpy<2",))
    plan = chosen(CPU, beside=(torch,))
    assert said(plan) == ("jax==0.7.0", "cpu", ())
    assert plan.turned_down[0] == TurnedDown(
        version="0.12.0.1", variant="cpu", why="needs NumPy 2.2, and torch 2.2.2 beside it numpy<2"
    )


@pytest.mark.parametrize(
    ("version", "expected"),
    [
        ("2.21.0", "0.12.0.1"),
        ("2.19.1", "0.11.2"),
        ("2.18.1", "0.10.2"),
        ("2.17.1", "0.5.3"),
        ("2.16.2", "0.4.34"),
    ],
)
def test_an_older_tensorflow_beside_it(version, expected):
    """As resolving the two together gave."""
    plan = chosen(CPU, beside=(plan_of("keras", "tensorflow-cpu", version, "cpu", device="cpu"),))
    assert said(plan) == (f"jax=={expected}", "cpu", ())


def test_why_an_older_tensorflow_holds_jax_back():
    plan = chosen(INTEL_MAC, beside=(plan_of("keras", "tensorflow", "2.16.2", "cpu", device="cpu"),))
    assert (plan.requirement, plan.turned_down) == (
        "jax==0.4.34",
        (
            TurnedDown(
                version="0.12.0.1",
                variant="cpu",
                why="tensorflow 2.16.2 beside it limits NumPy and ml-dtypes: only jax<0.4.35 takes those",
            ),
        ),
    )


def offered(**files):
    """What an index offers: file names by project, with _ for -."""
    there = {name.replace("_", "-"): names for name, names in files.items()}
    return jax_wheels(offers(*(listing(PYPI, project, *names) for project, names in there.items())))


JAX = "jax-0.12.0.1-py3-none-any.whl"
JAXLIB = "jaxlib-{}-cp312-cp312-manylinux_2_27_x86_64.whl"
PLUGIN = "jax_cuda13_plugin-0.12.0.1-cp312-cp312-manylinux_2_27_x86_64.whl"
PJRT = "jax_cuda13_pjrt-0.12.0.1-py3-none-manylinux_2_27_x86_64.whl"


def test_the_gpu_needs_every_part_of_the_same_version():
    machine, jaxlib = nvidia("8.9"), (JAXLIB.format("0.12.0.1"),)
    whole = offered(jax=(JAX,), jaxlib=jaxlib, jax_cuda13_plugin=(PLUGIN,), jax_cuda13_pjrt=(PJRT,))
    assert said(chosen(machine, wheels=whole)) == ("jax[cuda13]==0.12.0.1", "cuda", ())
    part = chosen(
        machine, wheels=offered(jax=(JAX,), jaxlib=jaxlib, jax_cuda13_plugin=(PLUGIN.replace("312", "313"),))
    )
    assert part.requirement == "jax==0.12.0.1"
    assert part.reasons[0] == (
        "on the CPU: cu13: jax-cuda13-plugin has wheels for Python 3.13, not for 3.12; "
        "cu12: no source offers jax-cuda12-plugin 0.12.0.1"
    )


def test_the_cpu_is_content_with_an_older_jaxlib_within_jaxs_range():
    assert said(chosen(CPU, wheels=offered(jax=(JAX,), jaxlib=(JAXLIB.format("0.11.2"),)))) == (
        "jax==0.12.0.1",
        "cpu",
        (),
    )
    assert chosen(CPU, wheels=offered(jax=(JAX,), jaxlib=(JAXLIB.format("0.11.1"),))) == Missing(
        framework="jax", why=("jax 0.12.0.1: no source offers jaxlib 0.12.0.1",)
    )


def test_a_release_that_the_tables_do_not_know_is_for_the_cpu():
    newer = [name.replace("0.12.0.1", "0.13.0") for name in (JAX, JAXLIB.format("0.12.0.1"), PLUGIN, PJRT)]
    jax, jaxlib, plugin, pjrt = newer
    wheels = offered(jax=(jax,), jaxlib=(jaxlib,), jax_cuda13_plugin=(plugin,), jax_cuda13_pjrt=(pjrt,))
    plan = chosen(nvidia("8.9"), wheels=wheels)
    assert (plan.requirement, plan.device, plan.confidence) == ("jax==0.13.0", "cpu", "medium")
    known = chosen(nvidia("8.9"), wheels=(*wheels, *published()))
    assert said(known) == ("jax[cuda13]==0.12.0.1", "cuda", ())
    assert known.turned_down[0].why == (
        "which GPUs it holds machine code for is not known to this version of scaffold"
    )


def test_pre_releases_and_releases_without_jaxlib_are_not_taken():
    old = "jax-0.4.29-py3-none-any.whl"
    wheels = offered(jax=("jax-0.13.0rc1-py3-none-any.whl", old), jaxlib=(JAXLIB.format("0.4.29"),))
    assert chosen(CPU, wheels=wheels) == Missing(
        framework="jax", why=("jax 0.4.29: below 0.4.30: older releases do not bring jaxlib along",)
    )


def test_nothing_is_offered():
    assert chosen(CPU, wheels=()) == Missing(framework="jax", why=("no source offers jax",))


def test_sizes_are_the_sources_own_where_they_tell_all():
    wheels = [replace(wheel, size=1_000) for wheel in published()]
    assert chosen(CPU, wheels=wheels).download_size == 2_000
    assert chosen(nvidia("8.9"), wheels=wheels).download_size == 4_000
