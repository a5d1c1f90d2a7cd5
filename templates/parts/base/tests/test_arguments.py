"""A dataclass as a command line."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import pytest

from your_project import arguments


@dataclass(frozen=True)
class Settings:
    # --- data
    data: str = ""  # where from; "" = nowhere # really
    images: tuple[str, ...] = ()  # files
    # --- training
    epochs: int = 3  # passes, at most 100 %
    rate: float = 0.1  # of learning
    augment: bool = True  # move images
    model: Literal["small", "large"] = "small"  # which network

    def __post_init__(self) -> None:
        if self.epochs < 1:
            raise ValueError(f"epochs must be at least 1, not {self.epochs}")


def parse(*words: str, groups: tuple[str, ...] = ()) -> tuple[Settings, dict[str, object]]:
    return arguments.parse(Settings, list(words), program="train", groups=groups)


def test_defaults_then_file_then_command_line(tmp_path):
    file = tmp_path / "settings.toml"
    file.write_text('epochs = 5\nrate = 1\nmodel = "large"\nimages = ["a.png"]\n')
    settings, given = parse("--config", str(file), "--epochs", "7", "--no-augment")
    assert settings == Settings(images=("a.png",), epochs=7, rate=1.0, augment=False, model="large")
    assert given == {"epochs": 7, "rate": 1.0, "model": "large", "images": ("a.png",), "augment": False}
    assert isinstance(settings.rate, float)


def test_nothing_given():
    assert parse() == (Settings(), {})


def test_several_values():
    assert parse("--images", "a.png", "b.png")[0].images == ("a.png", "b.png")


def test_comments_become_help(capsys):
    with pytest.raises(SystemExit) as ended:
        parse("--help")
    assert ended.value.code == 0
    text = " ".join(capsys.readouterr().out.split())
    assert 'data: --data STR where from; "" = nowhere # really' in text
    assert "training: --epochs INT passes, at most 100 % (default: 3)" in text
    assert "--augment, --no-augment move images (default: on)" in text
    assert "--model {small,large} which network (default: small)" in text


def test_what_was_meant(capsys):
    with pytest.raises(SystemExit):
        parse("--epoch", "2")
    assert "unrecognized arguments: --epoch 2; did you mean --epochs? (" in capsys.readouterr().err


def test_only_some_groups(capsys):
    assert parse("--epochs", "2", groups=("training",))[0].epochs == 2
    with pytest.raises(SystemExit):
        parse("--data", "x", groups=("training",))
    assert capsys.readouterr().err == "error: unrecognized arguments: --data x (--help lists the settings)\n"


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("epoch = 1", "no such setting: epoch; did you mean epochs?"),
        ("epochs = 1.5", "epochs must be a whole number, not 1.5"),
        ("epochs = true", "epochs must be a whole number, not True"),
        ("rate = true", "rate must be a number, not True"),
        ("data = 1", "data must be text in quotes, not 1"),
        ("augment = 1", "augment must be true or false, not 1"),
        ("images = [1]", "images must be a list of strings, not [1]"),
        ('model = "huge"', "model must be small | large, not 'huge'"),
        ("epochs =", "cannot read"),
        ("epochs = 0", "epochs must be at least 1, not 0"),
    ],
)
def test_a_wrong_file_is_told_in_one_line(tmp_path, capsys, content, told):
    file = tmp_path / "settings.toml"
    file.write_text(content)
    with pytest.raises(SystemExit) as ended:
        parse("--config", str(file))
    error = capsys.readouterr().err
    assert ended.value.code == 2
    assert told in error
    assert error.startswith("error: ")
    assert error.count("\n") == 1


@pytest.mark.parametrize(
    "words", [("--config", "nowhere.toml"), ("--epochs", "many"), ("--rate",), ("--epo", "1")]
)
def test_a_wrong_command_line_is_told_in_one_line(capsys, words):
    with pytest.raises(SystemExit) as ended:
        parse(*words)
    error = capsys.readouterr().err
    assert ended.value.code == 2
    assert error.startswith("error: ")
    assert error.count("\n") == 1
