from __future__ import annotations

import pytest
from packaging.requirements import Requirement

from scaffold.projects.requirements import (
    FROM_A_FOLDER,
    Group,
    accelerator_groups,
    constraints,
    direct_requirements,
    exact_requirements,
    portable_requirements,
)

from .conftest import keras_build, torch_build

HERE = [
    {"sys_platform": "linux", "platform_machine": "x86_64"},
    {"sys_platform": "linux", "platform_machine": "aarch64"},
    {"sys_platform": "win32", "platform_machine": "AMD64"},
    {"sys_platform": "darwin", "platform_machine": "arm64"},
]


def wanted_on(lines, machine):
    requirements = [Requirement(line) for line in lines]
    return [
        str(Requirement(str(r).partition(";")[0]))
        for r in requirements
        if r.marker is None or r.marker.evaluate({**machine, "extra": ""})
    ]


def test_what_the_template_asks_for_stands_once(tiny):
    assert direct_requirements(tiny, ("pytorch", "keras")) == ("alpha>=1", "beta")


@pytest.mark.parametrize(
    ("build", "tensorflow"),
    [
        (
            keras_build(),
            ["tensorflow-cpu>=2.21", "tensorflow>=2.21", "tensorflow-cpu>=2.21", "tensorflow>=2.21"],
        ),
        (
            keras_build("tensorflow", "[and-cuda]"),
            ["tensorflow[and-cuda]>=2.21", "tensorflow>=2.21", "tensorflow-cpu>=2.21", "tensorflow>=2.21"],
        ),
    ],
)
def test_every_machine_gets_exactly_one_tensorflow(build, tensorflow):
    lines = portable_requirements(("keras",), (build,))
    assert [wanted_on(lines, machine) for machine in HERE] == [[one, "keras>=3.14"] for one in tensorflow]


def test_torch_has_the_floor_of_its_closed_holes_and_goes_below_only_with_the_hardware():
    assert portable_requirements(("pytorch",), (torch_build(),)) == ("torch>=2.10",)
    assert portable_requirements(("pytorch",), (torch_build("cu118", version="2.7.1"),)) == ("torch>=2.7",)
    assert portable_requirements(("pytorch",), ()) == ("torch>=2.10",)


def test_without_a_plan_both_frameworks_can_still_be_asked_for():
    lines = portable_requirements(("pytorch", "keras"), ())
    assert [wanted_on(lines, machine) for machine in HERE] == [
        ["torch>=2.10", one, "keras>=3.14"]
        for one in ("tensorflow-cpu", "tensorflow", "tensorflow-cpu", "tensorflow")
    ]


def test_exact_builds_with_what_they_bring_and_what_limits_them():
    limited = keras_build("tensorflow", "[and-cuda]", ("nvidia-cudnn-cu12<9.11",))
    assert exact_requirements((torch_build("cu126"), limited)) == (
        "torch==2.14.1+cu126",
        "tensorflow[and-cuda]==2.21.0",
        "keras>=3.14",
        "nvidia-cudnn-cu12<9.11",
    )
    assert constraints((limited, limited)) == ("nvidia-cudnn-cu12<9.11",)


def test_pytorchs_own_index_serves_this_machines_group_and_the_cpus():
    cpu = Group(name="cpu", requirements=("torch==2.14.1",), index="https://download.pytorch.org/whl/cpu")
    cuda = Group(
        name="cu126", requirements=("torch==2.14.1",), index="https://download.pytorch.org/whl/cu126"
    )
    assert accelerator_groups((torch_build("cu126"),)) == (cuda, cpu)
    assert accelerator_groups((torch_build("cpu"),)) == (cpu,)


def test_a_build_of_the_users_own_sources_is_pinned_and_names_no_index():
    pinned = ("torch==2.13.0+cpu; sys_platform != 'darwin'", "torch==2.13.0; sys_platform == 'darwin'")
    assert accelerator_groups((torch_build("cpu", "find-links", "2.13.0"),)) == (
        Group(name="own", requirements=pinned, note=FROM_A_FOLDER),
    )
    plain = Group(name="own", requirements=("torch==2.14.1",))
    assert accelerator_groups((torch_build("cu130", "index"),)) == (plain,)
    cuda = Group(name="own", requirements=("torch==2.14.1+cu126",), note=FROM_A_FOLDER)
    assert accelerator_groups((torch_build("cu126", "find-links"),)) == (cuda,)
    assert accelerator_groups((keras_build(),)) == ()
