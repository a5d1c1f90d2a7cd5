"""Export: a trained network as files that other programs run, each checked before it is called done.

ONNX runs in onnxruntime on servers, phones and browsers, without the framework. What it computes on test
samples is compared with what the network computes.
"""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from .errors import ProjectError
from .evaluation import trained, unseen_samples
from .files import write_json

if TYPE_CHECKING:
    from pathlib import Path

    from .data import Split
    from .engine import TaskEngine
    from .program import Request
    from .settings import Settings

SAMPLES = 32  # that are compared
LEAST = 1e-6  # scores that are all nearer to 0 are taken for as large as this
TOLERANCE = 1e-3  # of the largest score; kernels add in other orders, which moves the last digits


def export(request: Request[Settings]) -> None:
    """Write the network of a run in the formats that were asked for, and check each file."""
    # an exported network computes in float32, and so does what it is compared with
    exact = replace(request, settings=replace(request.settings, precision="fp32"))
    run, engine = trained(exact)
    _, test = unseen_samples(request, run, engine.card)
    samples = test.take(np.arange(min(SAMPLES, len(test))))
    folder = run.path / "export"
    folder.mkdir(exist_ok=True)
    rows = [written(engine, samples, name, folder) for name in formats(request.settings, engine)]
    write_json(folder / "export.json", {"run": run.name, "model": asdict(engine.card), "files": rows})


def formats(settings: Settings, engine: TaskEngine) -> tuple[str, ...]:
    """Return the formats to write; a `ProjectError` names those that there are."""
    if unknown := [name for name in settings.formats if name not in engine.formats]:
        raise ProjectError(
            f"--formats {' '.join(unknown)}: {engine.framework} writes {', '.join(engine.formats)}"
        )
    return settings.formats or engine.formats


def written(engine: TaskEngine, samples: Split, name: str, folder: Path) -> dict[str, Any]:
    """Write one file, run it, and return what is known of it."""
    try:
        file = engine.export(samples, name, folder)
        told = run_onnx(file, engine.arrays(samples)) if name == "onnx" else engine.exported(file, samples)
    except ModuleNotFoundError as missing:
        raise ProjectError(
            f"{missing.name} is not installed, and --formats {name} needs it: pip install {missing.name}"
        ) from None
    expected = engine.outputs(samples)
    difference = float(np.abs(told - expected).max())
    if not difference <= TOLERANCE * max(LEAST, float(np.abs(expected).max())):
        raise ProjectError(
            f"{file} computes something else than the network (differences up to {difference:.2g}):"
            " do not use it"
        )
    size = sum(one.stat().st_size for one in ([file] if file.is_file() else file.rglob("*")) if one.is_file())
    print(f"{name:<10}  {file}: {size / 1e6:.2f} MB, differs by at most {difference:.1g} from the network")
    return {
        "format": name,
        "file": file.name,
        "bytes": size,
        "compared_samples": len(samples),
        "largest_difference": difference,
    }


def run_onnx(file: Path, arrays: tuple[np.ndarray, ...]) -> np.ndarray:
    """Return what an ONNX file computes, with onnxruntime and without any framework."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3  # errors; a warning about a machine's devices is none
    session = onnxruntime.InferenceSession(str(file), options, providers=["CPUExecutionProvider"])
    inputs = {one.name: array for one, array in zip(session.get_inputs(), arrays, strict=True)}
    outputs: np.ndarray = session.run(None, inputs)[0]
    return outputs
