"""What is shown of command lines and variables that hold secrets."""

from __future__ import annotations

import pytest

from scaffold.sources.keys import HIDDEN, shown_arguments, shown_value

KEY = "hf_" + "aB3" * 11


@pytest.mark.parametrize(
    ("name", "value", "shown"),
    [
        ("HF_TOKEN", "x", HIDDEN),
        ("WANDB_API_KEY", "0123", HIDDEN),
        ("db_password", "0123", HIDDEN),
        ("ANYTHING", f"--key {KEY}", f"--key {HIDDEN}"),
        ("INDEX", "https://me:pw@host/simple", "https://***@host/simple"),
        ("HF_TOKEN", "", ""),
        ("TOKENIZERS_PARALLELISM", "false", "false"),
        ("MAX_TOKENS", "5", "5"),
    ],
)
def test_variables(name: str, value: str, shown: str) -> None:
    assert shown_value(name, value) == shown


@pytest.mark.parametrize(
    ("arguments", "shown"),
    [
        ("--token abc --epochs 3", f"--token {HIDDEN} --epochs 3"),
        ("--token --epochs 3", "--token --epochs 3"),
        ("--hub-token=abc api_key=def lr=0.1", f"--hub-token={HIDDEN} api_key={HIDDEN} lr=0.1"),
        (f"upload {KEY}", f"upload {HIDDEN}"),
        ("token secret", "token secret"),
        ("--token", "--token"),
    ],
)
def test_arguments(arguments: str, shown: str) -> None:
    assert " ".join(shown_arguments(arguments.split())) == shown
