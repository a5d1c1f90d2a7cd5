"""A project's own limits on the frameworks' releases."""

from __future__ import annotations

import pytest

from scaffold.builds.limits import limited
from scaffold.errors import NoBuild
from scaffold.sources.model import Listing, Offers, Setting, Source, SourceSettings, Wheel

INDEX = Source(kind="index", location="https://example.org/simple")


def offers(**versions: tuple[str, ...]) -> Offers:
    listings = tuple(
        Listing(
            source=INDEX,
            project=(project := name.replace("_", "-")),
            outcome="ok",
            wheels=tuple(
                Wheel(project=project, version=one, filename="", url="", source=INDEX) for one in found
            ),
        )
        for name, found in versions.items()
    )
    index = Setting(value=INDEX.location, origin="")
    return Offers(settings=SourceSettings(index=index), listings=listings)


@pytest.mark.parametrize(
    ("wanted", "torch", "tensorflow"),
    [
        ((), ["2.12.0+cpu", "2.12.0+cu126", "2.13.0rc1"], ["2.20.0"]),
        (("torch==2.12",), ["2.12.0+cpu", "2.12.0+cu126"], ["2.20.0"]),
        (("torch==2.12.0+cpu; sys_platform == 'linux'",), ["2.12.0+cpu"], ["2.20.0"]),
        (("Torch>2.12", "torch<3"), ["2.13.0rc1"], ["2.20.0"]),
        (("tensorflow<2.21", "numpy<1"), ["2.12.0+cpu", "2.12.0+cu126", "2.13.0rc1"], ["2.20.0"]),
        (("tensorflow-gpu",), ["2.12.0+cpu", "2.12.0+cu126", "2.13.0rc1"], ["2.20.0"]),
    ],
)
def test_what_is_left(wanted, torch, tensorflow):
    had = offers(torch=("2.12.0+cpu", "2.12.0+cu126", "2.13.0rc1"), tensorflow_cpu=("2.20.0",))
    found = limited(had, wanted)
    assert [one.version for one in found.wheels("torch")] == torch
    assert [one.version for one in found.wheels("tensorflow-cpu")] == tensorflow


@pytest.mark.parametrize("wanted", ["torch==2.12+cu118", "torch==99; sys_platform == 'win32'"])
def test_what_may_be_had_elsewhere_or_is_not_meant_here_is_not_said_to_be_missing(wanted):
    assert limited(offers(torch=("2.12.0+cpu",)), (wanted,)).wheels("torch") == ()


def test_a_release_that_there_is_not():
    had = offers(torch=("2.12.0+cpu", "2.12.0+cu126", "2.9.0"), tensorflow_cpu=())
    with pytest.raises(NoBuild) as caught:
        limited(had, ("torch==99.9", "tensorflow==99.9"))  # nobody tells of TensorFlow's releases
    problem = caught.value
    assert (problem.code, problem.message, problem.detail) == (
        "no-release",
        "there is no release of torch==99.9 in any source that was asked",
        ("torch==99.9: there are 2.12.0, 2.9.0",),
    )
    assert problem.hint == (
        "correct it where the project asks for it; a mirror may lag behind: scaffold env mirrors --check --all"
    )
