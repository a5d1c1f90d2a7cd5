"""Whose limit, memory and disk it is: doctor's own are not those of the program in the log."""

from __future__ import annotations

from dataclasses import replace
from io import BytesIO

import pytest

from scaffold.checks import examine
from scaffold.checks.facts import Facts
from scaffold.checks.model import Evidence, Finding
from scaffold.checks.room import RULES
from scaffold.logs.search import read_log
from scaffold.probing.packages.model import Package, PackageFacts
from scaffold.probing.room.model import Limits, Place, RoomFacts
from tests.checks.network.test_rules import MACHINE

GB = 1 << 30
WITH_TORCH = PackageFacts(packages=(Package(name="torch", version="2.13.0+cpu"),), complete=True)
TEMPORARY = Place(role="temporary", path="/tmp", total=GB, free=1 << 20, mount="/")


def of_log(text: str, **more) -> list[Finding]:
    facts = Facts(machine=MACHINE, log=read_log(BytesIO(text.encode()), "log"), **more)
    return [one for one in examine(facts, RULES) if one.level in ("error", "warning", "info")]


def test_the_limit_of_doctors_shell_is_called_so() -> None:
    room = RoomFacts(limits=Limits(open_files=20000))
    [found] = of_log("OSError: [Errno 24] Too many open files: 'a.png'", room=room)
    assert found.title == (
        "Open files ran out: batches are shared as open files, one a tensor; in the shell that started doctor "
        "the limit is 20000, the program's own may be another"
    )
    assert found.evidence[0] == Evidence(source="ulimit -n of the shell that started doctor", value="20000")


def test_a_killed_process_is_not_explained_by_memory_that_is_free() -> None:
    machine = replace(MACHINE, host=replace(MACHINE.host, memory_total=25 * GB, memory_available=24 * GB))
    facts = Facts(machine=machine, log=read_log(BytesIO(b"Reason: OOMKilled  Exit Code: 137"), "log"))
    [found] = [one for one in examine(facts, RULES) if one.id == "sys.memory"]
    assert (found.level, found.title) == (
        "error",
        "The system ended a process, most often because it used more main memory than there was",
    )
    assert "tells nothing of the time, or the machine, of the log" in found.detail


@pytest.mark.parametrize(
    ("packages", "level", "words"),
    [(WITH_TORCH, "warning", "programs write temporary files"), (None, "error", "pip unpacks")],
)
def test_a_small_temporary_folder_after_the_installation(packages, level, words) -> None:
    facts = Facts(machine=MACHINE, packages=packages, room=RoomFacts(places=(TEMPORARY,)))
    [found] = [one for one in examine(facts, RULES) if one.id == "sys.disk"]
    assert found.level == level
    assert words in found.title


@pytest.mark.parametrize(
    ("home", "advised"),
    [
        (Place(role="home", path="/root", mount="/", free=GB), False),  # the very same disk
        (Place(role="home", path="/root", mount="/root", free=GB), False),  # too little, too
        (Place(role="home", path="/root", mount="/root", free=90 * GB), True),
    ],
)
def test_temporary_files_are_not_moved_to_where_there_is_no_room(home, advised) -> None:
    facts = Facts(machine=MACHINE, room=RoomFacts(places=(TEMPORARY, home)))
    found = next(one for one in examine(facts, RULES) if one.cause == "tmp-too-small")
    assert found.remedy is not None
    assert ("TMPDIR=$HOME" in found.remedy.text) is advised
