"""The record of what was proved."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from scaffold.environments.layout import Place
from scaffold.environments.model import Comparison, Proof, ProvedDevice
from scaffold.environments.proving.proofs import forget_proofs, proofs_file, read_proofs, write_proofs
from scaffold.errors import NoPermission
from scaffold.machine.fingerprint import fingerprint
from tests.checks.test_checks import HEALTHY

MACHINE = HEALTHY.machine
PROOF = Proof(
    framework="pytorch",
    version="2.14.1+cu126",
    device="cuda",
    device_name="NVIDIA L4",
    seconds=3.5,
    loss_before=1.5,
    loss_after=1.25,
    details={"CUDA": "12.6", "cuDNN": "91002"},
    devices=(
        ProvedDevice(
            name="NVIDIA L4",
            memory=24 << 30,
            comparisons=(
                Comparison(
                    operation="loss",
                    precision="TF32",
                    against="CPU",
                    difference=1e-7,
                    tolerance=1e-4,
                    computed=1.0,
                    expected=1.0,
                ),
            ),
        ),
    ),
    libraries=("/p/libcudnn.so.9",),
)


def test_what_was_kept_is_read_whole(root: Path) -> None:
    place = Place(root)
    write_proofs(place, [PROOF], MACHINE)
    (kept,) = read_proofs(place)
    assert (kept.proof, kept.machine) == (PROOF, fingerprint(MACHINE))
    assert kept.date.endswith("+00:00")
    assert [path.name for path in proofs_file(root).parent.iterdir()] == ["proofs.json"]


def test_environments_and_frameworks_have_rows_of_their_own(root: Path) -> None:
    keras = replace(PROOF, framework="keras", version="2.21.0")
    write_proofs(Place(root), [PROOF, keras], MACHINE)
    write_proofs(Place(root, "keras"), [keras], MACHINE)
    write_proofs(Place(root), [replace(PROOF, seconds=9.0)], MACHINE)
    assert [one.proof.seconds for one in read_proofs(Place(root))] == [9.0, 3.5]
    forget_proofs(Place(root))
    assert read_proofs(Place(root)) == ()
    assert [one.proof for one in read_proofs(Place(root, "keras"))] == [keras]


@pytest.mark.parametrize(
    "damage", ["", "{", "[]", '{"environments": []}', '{"environments": {"": 3}}', "[" * 9999]
)
def test_a_damaged_file_tells_nothing_and_is_replaced(damage: str, root: Path) -> None:
    place = Place(root)
    proofs_file(root).parent.mkdir()
    proofs_file(root).write_text(damage)
    assert read_proofs(place) == ()
    write_proofs(place, [PROOF], MACHINE)
    assert len(read_proofs(place)) == 1


@pytest.mark.parametrize(
    ("key", "value"),
    [("framework", "jax"), ("framework", []), ("devices", 3), ("details", None), ("seconds", "long")],
)
def test_a_row_of_garbage_is_none(key: str, value: object, root: Path) -> None:
    write_proofs(Place(root), [PROOF], MACHINE)
    kept = json.loads(proofs_file(root).read_text())
    kept["environments"][""]["pytorch"]["proof"][key] = value
    proofs_file(root).write_text(json.dumps(kept))
    assert read_proofs(Place(root)) == ()


def test_a_damaged_row_hides_no_other(root: Path) -> None:
    place = Place(root)
    write_proofs(place, [PROOF, replace(PROOF, framework="keras")], MACHINE)
    kept = json.loads(proofs_file(root).read_text())
    del kept["environments"][""]["pytorch"]["proof"]["devices"]
    proofs_file(root).write_text(json.dumps(kept))
    assert [one.proof.framework for one in read_proofs(place)] == ["keras"]


def test_a_folder_that_nobody_may_write_to(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*given: object, **more: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "replace", refuse)
    with pytest.raises(NoPermission):
        write_proofs(Place(root), [PROOF], MACHINE)
