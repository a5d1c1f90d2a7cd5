"""Whatever the machine: no answer breaks a row of the tables, which are read here by other code."""

from functools import cache
from pathlib import Path

from hypothesis import example, given, settings
from hypothesis import strategies as st
from packaging.specifiers import SpecifierSet
from packaging.version import Version

from scaffold.builds import choose
from scaffold.builds.advice import advise
from scaffold.builds.model import BuildPlan
from scaffold.builds.published import published
from scaffold.errors import NoBuild
from scaffold.machine import Accelerator, Machine
from scaffold.toml import loads
from tests.builds.samples import PYTHONS, host, nvidia

DATA = Path(__file__).parents[2] / "scaffold" / "builds" / "data"
PUBLISHED = published()
CAPABILITIES = (
    "3.0", "3.7", "5.2", "5.3", "6.0", "6.1", "7.0", "7.2", "7.5", "8.0", "8.6", "8.7", "8.9", "9.0", "10.0",
    "10.3", "11.0", "12.0", "12.1", "", "Failed", "[N/A]",
)  # fmt: skip
DRIVERS = (
    "", "440.33", "470.82.01", "525.53", "525.60.13", "528.33", "550.54.15", "570.133.20", "580.95.05", "590.44",
    "610.47",
)  # fmt: skip
MINIMUM = {13: "580", 12: "525.60.13", 11: "450.80.02"}
MINIMUM_WINDOWS = {13: "580", 12: "528.33", 11: "452.39"}
EVERY_PYTHON = ("2.7", "3.7", "3.8", "3.9", *PYTHONS, "3.15")
FRAMEWORKS = [("pytorch",), ("keras",), ("jax",), ("pytorch", "keras"), ("pytorch", "keras", "jax")]


@cache
def table(name):
    return loads((DATA / f"{name}.toml").read_text(encoding="utf-8"))


@st.composite
def machines(draw):
    os = draw(st.sampled_from(["linux", "linux", "linux", "windows", "macos"]))
    facts = {
        "os": os,
        "architecture": draw(st.sampled_from({"macos": ["arm64", "x86_64"]}.get(os, ["x86_64", "aarch64"]))),
        "glibc": draw(st.sampled_from(["2.17", "2.27", "2.28", "2.31", "2.39"])),
        "os_version": draw(st.sampled_from(["12.1", "13.6", "14.5", "26.1"])) if os == "macos" else "",
        "wsl": draw(st.sampled_from([0, 0, 2])) if os == "linux" else 0,
    }
    cards = draw(st.lists(st.sampled_from(CAPABILITIES), max_size=3)) if os != "macos" else []
    machine = nvidia(*cards, driver=draw(st.sampled_from(DRIVERS)), **facts)
    return Machine(host=host(**facts), accelerators=(*machine.accelerators, *draw(others())))


@st.composite
def others(draw):
    amd = draw(st.lists(st.sampled_from(["gfx803", "gfx1036", "gfx1100", "gfx942", ""]), max_size=2))
    intel = draw(st.lists(st.sampled_from(["", "12.55.8", "20.4.4", "9.0.0"]), max_size=1))
    return (
        *(Accelerator(vendor="amd", index=n, name=one, capability=one) for n, one in enumerate(amd)),
        *(Accelerator(vendor="intel", index=n, name="Intel", capability=one) for n, one in enumerate(intel)),
    )


@settings(max_examples=120, deadline=None, derandomize=True)
@given(
    machine=machines(),
    python=st.sampled_from((None, *EVERY_PYTHON)),
    policy=st.sampled_from(["auto", "pypi"]),
    frameworks=st.sampled_from(FRAMEWORKS),
    together=st.booleans(),
)
@example(  # cuDNN decides
    machine=nvidia("3.7", driver="470.82.01"),
    python="3.10",
    policy="auto",
    frameworks=("pytorch",),
    together=False,
)
def test_no_advice_breaks_a_row(machine, python, policy, frameworks, together):
    advice = advise(machine, python, frameworks, policy=policy, together=together)
    assert [one.framework for one in advice.answers] == list(frameworks)
    assert python in (None, advice.python)
    for answer in advice.answers:
        if isinstance(answer, BuildPlan):
            check(machine, advice.python, answer, policy)
        else:
            assert answer.why
    if together:
        check_together([one for one in advice.answers if isinstance(one, BuildPlan)])


@settings(max_examples=60, deadline=None, derandomize=True)
@given(
    machine=machines(),
    pythons=st.lists(st.sampled_from(PYTHONS), min_size=1, unique=True),
    policy=st.sampled_from(["auto", "pypi"]),
    frameworks=st.sampled_from(FRAMEWORKS[:2] + FRAMEWORKS[3:4]),
)
def test_no_project_breaks_a_row(machine, pythons, policy, frameworks):
    try:
        choice = choose(machine, pythons, frameworks, PUBLISHED, index_policy=policy)
    except NoBuild:
        return
    assert choice.python in pythons
    assert sum(build.device not in {"cpu", "mps"} for build in choice.builds) <= 1
    for build in choice.builds:
        check(machine, choice.python, build, policy)


def check(machine, python, build, policy):
    assert build.reasons
    assert bool(build.needs_consent) == (build.large and build.device == "cpu")
    assert not Version(build.version).is_prerelease
    if policy == "pypi":
        assert build.source_kind != "pytorch"
    if build.framework == "jax":
        check_jax(machine, python, build)
        return
    row = release(build)
    platform = f"{machine.host.os}_{machine.host.architecture}"
    assert python in row.get("python_on", {}).get(platform, row["python"])
    if machine.host.os == "linux":
        limits = row.get("glibc_of", {})
        floor = limits.get(build.variant) or limits.get(platform) or row["glibc"]
        assert Version(machine.host.libc.split()[1]) >= Version(floor)
    if build.framework == "pytorch" and platform == "macos_arm64":
        assert Version(machine.host.os_version) >= Version(row.get("macos_of", {}).get(python, row["macos"]))
    {"cuda": check_cuda, "rocm": check_rocm, "xpu": check_xpu}.get(build.device, lambda *_: None)(
        machine, build, row, platform
    )


def release(build):
    name = "torch" if build.framework == "pytorch" else "tensorflow"
    return next(row for row in table(name)["release"] if row["version"] == build.version)


def used(machine, build, vendor):
    """The GPUs that the plan claims for the build: the usable ones less those that it speaks of as left out."""
    words = " ".join(build.warnings)
    there = [one for one in machine.accelerators if one.vendor == vendor]
    return [one for one in there if f"{one.name} (" not in words and f"{one.name}:" not in words]


def check_driver(machine, major):
    windows = machine.host.os == "windows" or machine.host.wsl
    minimum = (MINIMUM_WINDOWS if windows else MINIMUM)[major]
    assert Version(machine.accelerators[0].driver) >= Version(minimum)


def check_cuda(machine, build, row, platform):
    digits = build.variant.removeprefix("cu")
    check_driver(machine, int(digits[:2]))
    devices = used(machine, build, "nvidia")
    assert devices
    if build.framework == "pytorch":
        codes = next(
            one["capabilities"]
            for one in table("torch")["kernels"]
            if (one["variant"], one["platform"]) == (build.variant, platform)
            and build.version in SpecifierSet(one["releases"])
        )
        cudnn = Version(row["cudnn"][build.variant]) if build.variant in row["cudnn"] else None
        for one in devices:
            assert any(runs(code, one.capability) for code in codes)
            assert cudnn is None or keeps(cudnn, one.capability)
        return
    assert platform == "linux_x86_64"
    for one in devices:
        by_ptx = row.get("ptx") and one.capability.split(".")[0] == row["ptx"].split(".")[0]
        assert any(runs(code, one.capability) for code in row["kernels"]) or by_ptx
    old = any(Version(one.capability) < Version("7.5") for one in devices)
    ranged = row["libraries"] == "range"
    assert ("nvidia-cudnn-cu12<9.11" in build.constraints) == (old and ranged)


def check_rocm(machine, build, row, platform):
    assert platform in table("rocm")["platforms"]
    version = build.variant.removeprefix("rocm")
    served = next(one["gfx"] for one in table("rocm")["kernels"] if one["rocm"] == version)
    assert any(one.capability in served for one in machine.accelerators if one.vendor == "amd")
    built = next(
        one["rocm"] for one in table("rocm")["builds"] if build.version in SpecifierSet(one["torch"])
    )
    assert version in built


def check_xpu(machine, build, row, platform):
    assert platform in table("xpu")["platforms"]
    known = {ip for one in table("xpu")["devices"] for ip in one["ip"]}
    assert any(one.capability in known for one in machine.accelerators if one.vendor == "intel")
    assert not machine.host.wsl or Version(build.version) >= Version("2.15")


def check_jax(machine, python, build):
    row = next(one for one in table("jax")["release"] if one["version"] == build.version)
    platform = f"{machine.host.os}_{machine.host.architecture}"
    assert python in row.get("python_on", {}).get(platform, row["python"])
    if build.device == "cuda":
        major = int(build.variant.removeprefix("cu"))
        check_driver(machine, major)
        oldest = {13: "7.5", 12: "5.2"}[major]
        devices = used(machine, build, "nvidia")
        assert devices
        assert all(Version(one.capability) >= Version(oldest) for one in devices)


def check_together(builds):
    """At most one CUDA major version in an environment, and PyTorch beside TensorFlow only by a row."""
    majors = {build.variant.removeprefix("cu")[:2] for build in builds if build.device == "cuda"}
    assert len(majors) <= 1
    on_gpu = {build.framework: build for build in builds if build.device == "cuda"}
    if {"pytorch", "keras"} <= set(on_gpu):
        torch, tensorflow = on_gpu["pytorch"], on_gpu["keras"]
        assert any(
            torch.version in SpecifierSet(row["torch"])
            and torch.variant in row["torch_variants"]
            and tensorflow.version in SpecifierSet(row["tensorflow"])
            for row in table("pairs")["pair"]
            if "torch" in row and "tensorflow" in row
        )


def runs(code, device):
    """The rule for machine code, written once more: same major version, at least the minor, less exceptions."""
    exception = next((one for one in table("cuda")["cubin"] if one["code"] == code), {})
    if "only" in exception:
        return device in exception["only"]
    (major, minor), (code_major, code_minor) = device.split("."), code.split(".")
    return (
        major == code_major and int(minor) >= int(code_minor) and device not in exception.get("exclude", ())
    )


def keeps(cudnn, device):
    oldest = next(
        one["capability"]
        for one in table("cuda")["cudnn"]
        if not one["below"] or cudnn < Version(one["below"])
    )
    return Version(device) >= Version(oldest)
