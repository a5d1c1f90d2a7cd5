"""One line of a file is ours; every other byte stays."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scaffold.errors import OptionRefused
from scaffold.pycharm.installations.model import Installation
from scaffold.pycharm.installations.vmoptions import (
    asked_heap,
    default_heap,
    heap_of,
    user_file,
    wanted_heap,
    with_heap,
    without_heap,
)
from tests.pycharm.installations.test_find import machine

LINES = st.lists(
    st.one_of(
        st.sampled_from(
            [b"-Xmx2g", b"-Xmx1024m", b"  -Xmx750m", b"# -Xmx9g", b"-ea", b"", b"-XmxQ", b"-Xmx4096"]
        ),
        st.binary(max_size=12).filter(lambda line: b"\n" not in line and b"\r" not in line),
    )
)


@given(LINES, st.sampled_from([b"\n", b"\r\n"]), st.booleans(), st.integers(512, 99999))
def test_no_other_line_changes(lines: list[bytes], end: bytes, ended: bool, megabytes: int) -> None:
    content = end.join(lines) + (end if ended and lines else b"")
    changed = with_heap(content, megabytes)
    assert heap_of(changed) == megabytes
    assert with_heap(changed, megabytes) == changed
    before, after = content.split(b"\n"), changed.split(b"\n")
    if heap_of(content) is None:
        assert without_heap(changed, megabytes).rstrip(b"\r\n") == content.rstrip(b"\r\n")
    else:
        assert len([1 for old, new in zip(before, after, strict=True) if old != new]) <= 1


@given(
    LINES, st.sampled_from([b"\n", b"\r\n"]), st.sampled_from([b"-Xmx3072m", b"-Xmx3g", b" -Xmx3145728K "])
)
def test_the_line_goes_however_the_user_writes_it(lines: list[bytes], end: bytes, line: bytes) -> None:
    before = end.join([*lines, b""])
    assert without_heap(before + line, 3072) == before
    assert without_heap(before + line + end, 3072) == before


@pytest.mark.parametrize(
    ("memory", "megabytes"), [(None, 2048), (8e9, 2048), (16.9e9, 2048), (33e9, 4096), (512e9, 4096)]
)
def test_by_the_computers_memory(memory: float | None, megabytes: int) -> None:
    assert wanted_heap(None if memory is None else int(memory))[0] == megabytes


@pytest.mark.parametrize("text", ["4", "100", "", "g", "-4g", "4gb", "4 g", "4.5g", "100m", "999999g", "13g"])
def test_a_heap_that_cannot_be_meant(text: str) -> None:
    with pytest.raises(OptionRefused):
        asked_heap(text, 16_000_000_000)


def test_a_heap_that_can() -> None:
    assert [asked_heap(text, None) for text in ("4g", "3072M", " 512m ", "4096")] == [4096, 3072, 512, 4096]


def pycharm(folder: str, config: str | None = "/home/ada/.config/JetBrains/PyCharm2026.2") -> Installation:
    return Installation(
        folder=Path(folder), launcher=(), product="PyCharm", version="2026.2.3", build="", edition="unified",
        how="standalone", reason="", config_folder=None if config is None else Path(config),
        vmoptions="pycharm64.vmoptions",
    )  # fmt: skip


def test_the_file_that_counts() -> None:
    toolbox = "/home/ada/.local/share/JetBrains/Toolbox/apps/pycharm"
    named = {"PYCHARM_VM_OPTIONS": "/home/ada/my.vmoptions"}
    nothing = machine("linux", {}, environment=named)
    beside = machine("linux", {f"{toolbox}.vmoptions": "", "/other": ""}, environment=named)
    all_there = machine(
        "linux", {f"{toolbox}.vmoptions": "", "/home/ada/my.vmoptions": ""}, environment=named
    )
    found = [user_file(system, pycharm(toolbox)) for system in (nothing, beside, all_there)]
    assert [one and one[0].as_posix() for one in found] == [
        "/home/ada/.config/JetBrains/PyCharm2026.2/pycharm64.vmoptions",
        f"{toolbox}.vmoptions",
        "/home/ada/my.vmoptions",
    ]
    assert user_file(machine("linux", {}), pycharm("/snap/pycharm", None)) is None


def test_what_pycharm_has_by_itself() -> None:
    system = machine("linux", {"/opt/pycharm/bin/pycharm64.vmoptions": "-Xms256m\n-Xmx1500m\n"})
    assert default_heap(system, pycharm("/opt/pycharm")) == 1500
    assert default_heap(system, pycharm("/opt/other")) == 2048
