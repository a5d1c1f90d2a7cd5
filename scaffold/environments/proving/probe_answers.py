"""What a proof's script printed, read and judged."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from scaffold.builds.model import Device, Framework
from scaffold.environments.model import Comparison, Proof, ProvedDevice
from scaffold.errors import ProofFailed
from scaffold.results import read_json

TITLES: Mapping[Framework, str] = {"pytorch": "PyTorch", "keras": "Keras"}


def parse_answer(output: str) -> dict[str, Any] | None:
    r"""The last line of JSON; libraries print what they like before it.

    >>> parse_answer('I0000 some banner\n{"version": "2.13.0"}\n')
    {'version': '2.13.0'}
    """
    for line in reversed(output.splitlines()):
        if line.startswith("{"):
            try:
                found = read_json(line)
            except ValueError:
                continue
            return found if isinstance(found, dict) else None
    return None


def proof_of(framework: Framework, device: Device, answer: Mapping[str, Any], seconds: float) -> Proof:
    """The proof that an answer is.

    Raises ProofFailed: ``proof-failed`` where it is none, ``proof-wrong-result`` where its numbers are wrong.
    """
    try:
        proof = Proof(
            framework=framework,
            version=str(answer["version"]),
            device=device,
            device_name=str(answer["device_name"]),
            seconds=seconds,
            loss_before=float(answer["loss_before"]),
            loss_after=float(answer["loss_after"]),
            details={str(name): str(value) for name, value in answer["details"].items()},
            devices=tuple(proved_device(one) for one in answer["devices"]),
            libraries=tuple(str(path) for path in answer["libraries"]),
        )
    except (KeyError, TypeError, ValueError, AttributeError):
        raise ProofFailed(
            f"{TITLES[framework]} printed a result that is none", detail=(json.dumps(answer),)
        ) from None
    _refuse_wrong(proof)
    return proof


def proved_device(row: Mapping[str, Any]) -> ProvedDevice:
    """One device of an answer or of a kept proof; KeyError, TypeError and ValueError where it is none."""
    memory = row["memory"]
    return ProvedDevice(
        name=str(row["name"]),
        memory=None if memory is None else int(memory),
        comparisons=tuple(_comparison(one) for one in row["comparisons"]),
    )


def _comparison(row: Mapping[str, Any]) -> Comparison:
    return Comparison(
        operation=str(row["operation"]),
        precision="TF32" if row["precision"] == "TF32" else "float32",
        against="CPU" if row["against"] == "CPU" else "float64",
        difference=float(row["difference"]),
        tolerance=float(row["tolerance"]),
        computed=float(row["computed"]),
        expected=float(row["expected"]),
    )


def _refuse_wrong(proof: Proof) -> None:
    """Raise ProofFailed where a number is wrong."""
    title = TITLES[proof.framework]
    for device in proof.devices:
        wrong = [
            one for one in device.comparisons if not one.difference <= one.tolerance
        ]  # NaN is wrong, too
        if wrong:
            raise ProofFailed(
                f"{title} computes wrongly on {device.name}: {wrong[0].operation} is "
                f"{wrong[0].computed:.7g}, right is {wrong[0].expected:.7g}",
                detail=(*(told(one) for one in wrong), *named(proof.details)),
                hint=_hint(proof.device, wrong),
                code="proof-wrong-result",
            )
    if not proof.loss_after < proof.loss_before:
        raise ProofFailed(
            f"{title} computes wrongly on {proof.device}: a training step did not lower the loss",
            detail=(
                f"loss before: {proof.loss_before}",
                f"loss after: {proof.loss_after}",
                *named(proof.details),
            ),
            hint=_HINTS["device"],
            code="proof-wrong-result",
        )


#: By what is wrong: the processor's own values, or the device's.
_HINTS = {
    "CPU": "the processor's own values are wrong: unset variables that lower precision (DNNL_*, ONEDNN_*, "
    "KERAS_*), then install the framework again: scaffold env create",
    "device": "try the same on the CPU; where that works, suspect the GPU's driver or the GPU itself",
}


def _hint(device: Device, wrong: Iterable[Comparison]) -> str:
    """A processor that computes wrongly comes first: everything else is compared with it."""
    on_processor = device == "cpu" or any(one.against == "float64" for one in wrong)
    return _HINTS["CPU" if on_processor else "device"]


def told(one: Comparison) -> str:
    """One comparison in a line.

    >>> told(Comparison(operation="loss", precision="float32", against="CPU", difference=0.5, tolerance=1e-4,
    ...     computed=3.0, expected=2.0))
    'loss (float32) against CPU: 3 instead of 2, off by 0.5 of the greatest value; rounding explains 0.0001'
    """
    against = "the exact values" if one.against == "float64" else one.against
    return (
        f"{one.operation} ({one.precision}) against {against}: {one.computed:.7g} instead of "
        f"{one.expected:.7g}, off by {one.difference:.2g} of the greatest value; "
        f"rounding explains {one.tolerance:.2g}"
    )


def named(details: Mapping[str, str]) -> tuple[str, ...]:
    """Details as lines."""
    return tuple(f"{name}: {value}" for name, value in details.items())
