"""JAX's table as it is shipped, and that no answer from it breaks a rule."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from packaging.utils import parse_wheel_filename
from packaging.version import Version

from scaffold.builds import tables
from scaffold.builds.cuda import covers, cudnn_limit, usable_gpus, variant_major
from scaffold.builds.jax import choose_jax
from scaffold.builds.jax_published import JAX_PROJECTS, jax_wheels, published_jax
from scaffold.builds.model import Missing
from scaffold.builds.wheels import Target, pythons_of
from scaffold.sources.listing import list_wheels
from scaffold.sources.settings import read_settings
from scaffold.system import HostSystem
from tests.builds.samples import nvidia
from tests.builds.test_jax import OLD_CUDNN, TENSORFLOW, TORCH_12, TORCH_13

PUBLISHED = tuple(published_jax())


def test_the_newest_release_comes_first_and_the_newest_cuda():
    table = tables.jax()
    versions = [row.version for row in table.releases]
    assert versions == sorted(set(versions), reverse=True)
    assert [row.major for row in table.cuda] == sorted((row.major for row in table.cuda), reverse=True)
    assert versions[-1] == table.floor


def test_every_build_has_kernels_and_one_row_of_them():
    table = tables.jax()
    for release in table.releases:
        assert set(release.cudnn) == set(release.plugin_mb) <= {row.variant for row in table.cuda}
        for variant in release.cudnn:
            rows = [
                one for one in table.kernels
                if one.variant == variant and release.version.public in one.releases
            ]  # fmt: skip
            assert len(rows) == 1, (release.version, variant)


def test_there_is_a_cudnn_for_the_oldest_gpu_of_every_build():
    """Below 9.11 and yet not older than JAX asks for: 9.10.2.21 is the last there."""
    for release in tables.jax().releases:
        assert release.cudnn["cu12"] <= Version("9.10.2.21")
    kernels = [code for row in tables.jax().kernels if row.variant == "cu13" for code in row.capabilities]
    assert all(cudnn_limit(nvidia(code).accelerators) is None for code in kernels)


def test_published_wheels_have_names_that_installers_read():
    assert {wheel.project for wheel in PUBLISHED} == set(JAX_PROJECTS)
    for wheel in PUBLISHED:
        name, version, _, _ = parse_wheel_filename(wheel.filename)
        assert (name, str(version)) == (wheel.project, wheel.version)


def test_no_wheel_is_published_twice():
    assert len({wheel.filename for wheel in PUBLISHED}) == len(PUBLISHED)


CODES = ("3.7", "5.0", "5.2", "6.1", "7.0", "7.5", "8.6", "8.7", "9.0", "10.0", "10.3", "11.0", "12.1", "N/A")
DRIVERS = ("470.82.01", "520.61.05", "525.60.13", "550.54.15", "580.95.05", "610.47", "", "garbage")


@st.composite
def machines(draw):
    os = draw(st.sampled_from(["linux", "linux", "linux", "windows"]))
    return nvidia(
        *draw(st.lists(st.sampled_from(CODES), max_size=3)),
        driver=draw(st.sampled_from(DRIVERS)),
        os=os,
        architecture=draw(st.sampled_from(["x86_64", "aarch64"])),
        glibc=draw(st.sampled_from(["2.12", "2.17", "2.27", "2.39"])),
        wsl=draw(st.sampled_from([0, 2])) if os == "linux" else 0,
    )


@settings(max_examples=80, deadline=None, derandomize=True)
@given(
    machine=machines(),
    python=st.sampled_from(["3.8", "3.9", "3.10", "3.11", "3.12", "3.13", "3.14", "3.15", "3.16"]),
    beside=st.sampled_from([(), (TORCH_13,), (TORCH_12,), (TENSORFLOW,), (TORCH_12, TENSORFLOW)]),
)
def test_no_answer_breaks_a_rule(machine, python, beside):
    target = Target(machine.host, python)
    plan = choose_jax(machine, usable_gpus(machine), target, PUBLISHED, beside=beside)
    if isinstance(plan, Missing):
        assert plan.why
        return
    release = tables.jax().release(Version(plan.version))
    platform = f"{machine.host.os}_{machine.host.architecture}"
    assert python in release.python
    assert platform in release.size_mb
    assert machine.host.os != "linux" or Version(machine.host.libc.split()[1]) >= release.glibc
    assert (plan.device == "cuda") == (plan.variant != "cpu") == plan.large
    if plan.device == "cpu":
        return
    row = tables.jax().cuda_of(plan.variant)
    windows = machine.host.wsl > 0
    needed = {13: "580", 12: "528.33" if windows else "525.60.13"}[row.major]
    assert Version(machine.accelerators[0].driver) >= Version(needed)
    assert all(variant_major(one.variant) == row.major for one in beside)
    used = [one for one in usable_gpus(machine).devices if f"{one.name} (" not in " ".join(plan.warnings)]
    kernels = tables.jax().kernels_of(release.version, plan.variant)
    assert used
    for one in used:
        assert Version(one.capability) >= Version(row.oldest_capability)
        assert any(covers(code, one.capability) for code in kernels)
    old = any(Version(one.capability) < Version("7.5") for one in used)
    assert plan.constraints == (OLD_CUDNN if old else ())


@pytest.mark.network
def test_the_newest_rows_say_what_the_index_holds():
    system = HostSystem()
    there = jax_wheels(list_wheels(system, JAX_PROJECTS, read_settings(system)))
    for release in tables.jax().releases[:3]:
        for project in ("jaxlib", *tables.jax().cuda[0].projects[:1], *tables.jax().cuda[1].projects[:1]):
            wheels = [one for one in there if (one.project, one.version) == (project, str(release.version))]
            listed = {python for one in wheels for python in pythons_of(one)}
            assert {python for python in listed if not python.endswith("t")} == set(release.python)
