"""What wheels' names and requirements say, without any server."""

from __future__ import annotations

import pytest

from scaffold.builds.refresh_facts import built_for, cudnn, floors, megabytes, pins, pythons, toolkit, variant
from scaffold.sources.metadata import Metadata
from scaffold.sources.model import Source, Wheel


def wheel(tags: str, size: int | None = None) -> Wheel:
    filename = f"torch-2.15.0-{tags}.whl"
    source = Source(kind="index", location="")
    return Wheel(project="torch", version="2.15.0", filename=filename, url="", source=source, size=size)


@pytest.mark.parametrize(
    ("tags", "built"),
    [
        ("cp312-cp312-manylinux_2_28_x86_64", [("linux_x86_64", "3.12", "2.28")]),
        ("cp312-cp312-manylinux_2_17_x86_64.manylinux2014_x86_64", [("linux_x86_64", "3.12", "2.17")]),
        ("cp39-cp39-manylinux1_x86_64", [("linux_x86_64", "3.9", "2.5")]),
        ("cp312-none-macosx_11_0_arm64", [("macos_arm64", "3.12", "11.0")]),
        ("cp312-cp312-macosx_10_9_universal2", [("macos_arm64", "3.12", "10.9"), ("macos_x86_64", "3.12", "10.9")]),
        ("cp312-cp312-win_amd64", [("windows_x86_64", "3.12", "")]),
        ("py3-none-manylinux_2_27_aarch64", [("linux_aarch64", "", "2.27")]),
        ("py3-none-any", []),
        ("cp312-cp312-win32", []),
        ("cp312-cp312-musllinux_1_2_x86_64", []),
        ("pp310-pypy310_pp73-manylinux_2_28_x86_64", []),
        ("nonsense", []),
    ],
)  # fmt: skip
def test_what_a_wheel_is_built_for(tags, built):
    assert [(one.platform, one.python, one.floor) for one in built_for(wheel(tags))] == built


def test_builds_without_the_global_lock_are_no_ordinary_python():
    wheels = [wheel(f"{tags}-manylinux_2_28_x86_64") for tags in ("cp39-cp39", "cp312-cp312", "cp313-cp313t")]
    assert pythons(wheels, "linux_x86_64") == ("3.9", "3.12")
    assert pythons(wheels, "linux_aarch64") == ()


def test_floors_and_sizes():
    wheels = [
        wheel("cp313-cp313-macosx_11_0_arm64", 80_400_000),
        wheel("cp314-cp314-macosx_14_0_arm64", 81_900_000),
        wheel("cp314-cp314-win_amd64"),
    ]
    assert floors(wheels, "macos_arm64") == {"3.13": "11.0", "3.14": "14.0"}
    assert megabytes(wheels) == {"macos_arm64": 81}


#: Of torch 2.10.0, as written: the aarch64 wheel names what only the x86-64 one takes.
OLD = (
    'nvidia-cuda-runtime-cu12==12.8.90; platform_system == "Linux" and platform_machine == "x86_64"',
    'nvidia-cudnn-cu12==9.10.2.21; platform_system == "Linux" and platform_machine == "x86_64"',
)


@pytest.mark.parametrize(
    ("requires", "platform", "extra", "found"),
    [
        (OLD, "linux_x86_64", "", ("cu128", "9.10.2.21")),
        (OLD, "linux_aarch64", "", ("cpu", "")),
        (OLD, "windows_x86_64", "", ("cpu", "")),
        (("cuda-toolkit[cudart]==13.2.2", "nvidia-cuda-runtime-cu12==12.6.77"), "linux_x86_64", "", ("cu132", "")),
        (("nvidia-cuda-runtime==13.0.48",), "linux_x86_64", "", ("cu130", "")),
        (("nvidia-cuda-runtime-cu12 ==12.5.82 ; extra == 'and-cuda'",), "linux_x86_64", "and-cuda", ("cu125", "")),
        (("nvidia-cuda-runtime-cu12 ==12.5.82 ; extra == 'and-cuda'",), "linux_x86_64", "", ("cpu", "")),
        (("nvidia-cudnn-cu13<10,>=9.12", "nvidia-cudnn"), "linux_x86_64", "", ("cpu", "9.12")),
        (("nvidia-cuda-runtime-cu12",), "linux_x86_64", "", ("cpu", "")),
        (("???", "a; python_version ? 3"), "linux_x86_64", "", ("cpu", "")),
    ],
)  # fmt: skip
def test_which_cuda_a_wheel_asks_for(requires, platform, extra, found):
    asked = pins(Metadata(name="torch", version="1", requires=requires), platform, extra)
    assert (variant(toolkit(asked)), cudnn(asked)) == found
