"""Settings that a program changes so that they no longer agree: one line, as for those of a command line."""

from dataclasses import dataclass, replace

import pytest

from your_project.program import Program, start


@dataclass(frozen=True)
class Settings:
    # --- training
    epochs: int = 4  # steps
    # --- the run
    run: str = ""  # name of the run's folder
    runs: str = "runs"  # where runs are kept
    resume: bool = False  # go on
    overwrite: bool = False  # replace
    smoke: bool = False  # everything once

    def __post_init__(self) -> None:
        if self.epochs < 1:
            raise ValueError(f"epochs must be at least 1, not {self.epochs}")


def test_settings_that_a_program_changes_in_vain_end_it_in_one_line(capsys):
    def changing(request):
        replace(request.settings, epochs=0)

    with pytest.raises(SystemExit):
        start(Program("train", Settings, (), "", {}, changing), "pytorch", [])
    assert capsys.readouterr().err == "error: epochs must be at least 1, not 0\n"
    with pytest.raises(SystemExit):
        start(Program("train", Settings, (), "", {"epochs": 0}, lambda request: None), "pytorch", ["--smoke"])
    assert capsys.readouterr().err == "error: epochs must be at least 1, not 0\n"


def test_a_mistake_of_the_program_keeps_its_traceback():
    def mistaken(request):
        int("one")

    with pytest.raises(ValueError, match="invalid literal"):
        start(Program("train", Settings, (), "", {}, mistaken), "pytorch", [])
