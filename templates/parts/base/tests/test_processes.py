"""Which of several processes this is, and who of them speaks."""

import pytest

from your_project import processes

NAMES = ("RANK", "WORLD_SIZE", "LOCAL_RANK", "LOCAL_WORLD_SIZE")


@pytest.fixture(autouse=True)
def alone(monkeypatch):
    for name in NAMES:
        monkeypatch.delenv(name, raising=False)


def asked():
    told = (processes.count, processes.number, processes.count_here, processes.number_here)
    return [one() for one in told]


def test_who_a_process_is(monkeypatch):
    assert asked() == [1, 0, 1, 0]
    monkeypatch.setenv("WORLD_SIZE", "4")  # some clusters set it for every job, with no number beside it
    assert asked() == [1, 0, 1, 0]
    for name, value in zip(NAMES, ("3", "4", "1", "2"), strict=True):
        monkeypatch.setenv(name, value)
    assert asked() == [4, 3, 2, 1]
    monkeypatch.setenv("WORLD_SIZE", "many")
    assert asked() == [1, 0, 1, 0]


def test_only_the_first_speaks(monkeypatch, capsys):
    for number in ("0", "1"):
        for name, value in zip(NAMES, (number, "2", number, "2"), strict=True):
            monkeypatch.setenv(name, value)
        with processes.only_the_first_speaks():
            print("process", number)
    assert capsys.readouterr().out == "process 0\n"
