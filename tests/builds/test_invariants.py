"""Whatever the machine: no answer breaks what its driver, its GPUs, its Python or its C library can do."""

from hypothesis import given, settings
from hypothesis import strategies as st
from packaging.version import Version

from scaffold.builds import choose, tables
from scaffold.builds.cuda import covers, variant_major
from scaffold.builds.published import published
from scaffold.errors import NoBuild
from tests.builds.samples import PYTHONS, nvidia

PUBLISHED = published()
CAPABILITIES = (
    "3.7",
    "5.2",
    "6.0",
    "6.1",
    "7.0",
    "7.5",
    "8.0",
    "8.6",
    "8.7",
    "8.9",
    "9.0",
    "10.0",
    "12.0",
    "12.1",
)
DRIVERS = ("440.33", "470.82.01", "525.60.13", "528.33", "550.54.15", "570.133.20", "580.95.05", "610.47")
MINIMUM = {13: "580", 12: "525.60.13", 11: "450.80.02"}
MINIMUM_WINDOWS = {13: "580", 12: "528.33", 11: "452.39"}


@st.composite
def machines(draw):
    os = draw(st.sampled_from(["linux", "linux", "windows"]))
    return nvidia(
        *draw(st.lists(st.sampled_from(CAPABILITIES), max_size=3)),
        driver=draw(st.sampled_from(DRIVERS)),
        os=os,
        architecture=draw(st.sampled_from(["x86_64", "aarch64"])) if os == "linux" else "x86_64",
        glibc=draw(st.sampled_from(["2.17", "2.27", "2.31", "2.39"])),
    )


@settings(max_examples=60, deadline=None, derandomize=True)
@given(
    machine=machines(),
    pythons=st.lists(st.sampled_from(PYTHONS), min_size=1, unique=True),
    policy=st.sampled_from(["auto", "pypi"]),
    frameworks=st.sampled_from([("pytorch",), ("keras",), ("pytorch", "keras")]),
)
def test_no_answer_breaks_a_rule(machine, pythons, policy, frameworks):
    try:
        choice = choose(machine, pythons, frameworks, PUBLISHED, index_policy=policy)
    except NoBuild:
        return
    assert choice.python in pythons
    assert sum(build.device == "cuda" for build in choice.builds) <= 1
    for build in choice.builds:
        row = release_of(build)
        assert choice.python in row.python
        assert machine.host.os != "linux" or Version(machine.host.libc.split()[1]) >= row.glibc
        assert bool(build.needs_consent) == (build.large and build.device == "cpu")
        assert build.reasons
        if build.device == "cuda":
            check_gpu(machine, build, row)
    if policy == "pypi":
        assert all(build.source_kind != "pytorch" for build in choice.builds)


def release_of(build):
    table = tables.torch() if build.framework == "pytorch" else tables.tensorflow()
    row = table.release(Version(build.version))
    assert row is not None
    return row


def check_gpu(machine, build, row):
    minimum = MINIMUM_WINDOWS if machine.host.os == "windows" else MINIMUM
    assert Version(machine.accelerators[0].driver) >= Version(minimum[variant_major(build.variant)])
    platform = f"{machine.host.os}_{machine.host.architecture}"
    used = [one for one in machine.accelerators if one.capability not in " ".join(build.warnings)]
    if build.framework == "pytorch":
        kernels = tables.torch().kernels_of(Version(build.version), build.variant, platform)
        assert all(any(covers(code, one.capability) for code in kernels) for one in used)
        return
    assert platform == "linux_x86_64"
    for one in used:
        by_code = any(covers(code, one.capability) for code in row.kernels)
        assert by_code or one.capability == "9.0"
    old = any(Version(one.capability) < Version("7.5") for one in machine.accelerators)
    assert build.constraints == (("nvidia-cudnn-cu12<9.11",) if old and row.libraries == "range" else ())
