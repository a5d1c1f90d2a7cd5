"""What is saved and reported tells nobody who the user is, and opens nothing."""

from __future__ import annotations

import json

from scaffold.checks.ide.secrets import looks_secret
from scaffold.replay.redacted import STAND_IN, Names, redacted_facts, redacted_text, without_secrets
from scaffold.sources.keys import KEYS

NAMES = Names(home="/home/adalovelace", computer="ada-laptop", user="adalovelace")


def test_a_file_of_facts_without_names_keys_and_ids() -> None:
    record = {
        "facts": {
            "root": "/home/adalovelace/cnn",
            "variables": {
                "found": [
                    {"name": "HF_TOKEN", "value": "abc123"},
                    {"name": "CUDA_VISIBLE_DEVICES", "value": "GPU-6f0f1a2b-1111-2222-3333-444455556666"},
                    {"name": "OMP_NUM_THREADS", "value": "4"},
                ]
            },
            "uuid": "GPU-6f0f1a2b-1111-2222-3333-444455556666",
            "index": "https://ada:hunter2@wheels.example/simple",
            "data": "/data/adalovelace/x on ada@ada-laptop",
            "environment": {"WANDB_API_KEY": "0123456789"},
        }
    }
    assert redacted_facts(record, NAMES)["facts"] == {
        "root": "/home/user/cnn",
        "variables": {
            "found": [
                {"name": "HF_TOKEN", "value": STAND_IN},
                {"name": "CUDA_VISIBLE_DEVICES", "value": "GPU-00000001-0000-0000-0000-000000000001"},
                {"name": "OMP_NUM_THREADS", "value": "4"},
            ]
        },
        "uuid": "GPU-00000001-0000-0000-0000-000000000001",
        "index": "https://***@wheels.example/simple",
        "data": "/data/user/x on ada@computer",
        "environment": {"WANDB_API_KEY": STAND_IN},
    }


def test_a_stand_in_is_still_told_as_a_secret() -> None:
    """A replayed project is judged as the real one was."""
    assert looks_secret("DB_PASSWORD", STAND_IN)
    key = without_secrets("ghp_" + "a1B2" * 9)
    assert KEYS.fullmatch(key)
    assert set(key.removeprefix("ghp_")) == {"0"}


def test_a_text_without_names() -> None:
    text = "looked at /home/adalovelace/cnn with --hub-token s3cr3t"
    assert redacted_text(text, NAMES) == f"looked at /home/user/cnn with --hub-token {STAND_IN}"


def test_what_tells_no_secret_stays() -> None:
    same = (
        "pad_token eos",
        "--second-pass 2",
        "TOKEN=$HF_TOKEN",
        "PASSWORD=",
        "KeyError: 'x'",
        "a key = value",
    )
    assert [without_secrets(one) for one in same] == list(same)


def test_everything_stays_json() -> None:
    record = {"facts": {"text": '<env name="API_KEY" value="x&quot;1"/>', "list": [1, None, True, 1.5]}}
    shown = redacted_facts(record, NAMES)
    assert json.loads(json.dumps(shown))["facts"]["list"] == [1, None, True, 1.5]
