"""What is saved and reported tells nobody who the user is, and opens nothing."""

from __future__ import annotations

import json

import pytest

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


SECRET = "xJ8/aB3+9qLmZ0"


@pytest.mark.parametrize(
    "form",
    [
        "API_KEY=%s",
        "KAGGLE_KEY=%s",
        "AWS_SECRET_ACCESS_KEY=/%s",
        "AWS_ACCESS_KEY_ID = %s",
        "WANDB_KEY=%s",
        "DB_PASSWORD='%s'",
        "--pw=%s",
        "--wandb-key %s",
        "--hub-token=%s",
        "password: %s",
        '{"password": "%s"}',
        'api_key="%s"',
        "apiKey: '%s'",
        "Authorization: Bearer %s",
        "{'Authorization': 'token %s'}",
        '<env name="API_KEY" value="%s"/>',
        '<env value="%s" name="API_KEY"/>',
        "<env value='%s' name='API_KEY' />",
        "Server=db;User=bob;Password=%s;",
    ],
)
def test_every_form_of_a_secret_is_hidden(form: str) -> None:
    shown = without_secrets(form % SECRET)
    assert STAND_IN in shown
    assert SECRET not in shown
    assert without_secrets(shown) == shown


def test_a_variable_that_holds_a_key_under_any_name() -> None:
    value = {"name": "KAGGLE_X", "value": "0123456789abcdef0123456789abcdef"}
    assert redacted_facts(value, NAMES) == {"name": "KAGGLE_X", "value": STAND_IN}
    paths = {"name": "LD_LIBRARY_PATH", "value": "/usr/local/cuda-12.4/targets/x86_64-linux/lib"}
    assert redacted_facts(paths, NAMES) == paths


def test_what_tells_no_secret_stays() -> None:
    same = (
        "pad_token eos",
        "--second-pass 2",
        "TOKEN=$HF_TOKEN",
        "PASSWORD=",
        "KeyError: 'x'",
        "a key = value",
        "AWS_KEY=/home/user/.aws/key",
        "HF_TOKEN: (not shown)",
        "SSH_KEY=~/.ssh/id_ed25519",
        "MASTER_KEY=C:\\keys\\a.pem",
        "TOKEN=${{ secrets.TOKEN }}",
        "the module key: numpy",
    )
    assert [without_secrets(one) for one in same] == list(same)


def test_everything_stays_json() -> None:
    record = {"facts": {"text": '<env name="API_KEY" value="x&quot;1"/>', "list": [1, None, True, 1.5]}}
    shown = redacted_facts(record, NAMES)
    assert json.loads(json.dumps(shown))["facts"]["list"] == [1, None, True, 1.5]
