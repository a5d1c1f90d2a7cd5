"""Carry a trained GPT from one framework to the other: the same weights, in the other one's files.

python -m your_project.tfkeras.convert --run NAME

makes the run NAME-keras of a PyTorch run, and NAME-pytorch of a Keras run. Only Keras is needed: safetensors,
PyTorch's file, holds plain arrays.
"""

from __future__ import annotations

import shutil
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import safetensors.numpy

from your_project import bases, engines, files, jobs, program, runs
from your_project.errors import ProjectError
from your_project.settings import SMOKE, Settings

if TYPE_CHECKING:
    from your_project.engine import ModelCard
    from your_project.program import Request

#: weights of a block: PyTorch's name, Keras' name, and whether the matrix lies the other way round
BLOCK = (
    ("attention_norm.weight", "attention_norm/scale", False),
    ("attention.query_key_value.weight", "query_key_value/kernel", True),
    ("attention.project.weight", "project/kernel", True),
    ("mlp_norm.weight", "mlp_norm/scale", False),
    ("mlp.expand.weight", "expand/kernel", True),
    ("mlp.contract.weight", "contract/kernel", True),
)
OTHER = {"pytorch": "keras", "keras": "pytorch"}
BEST = {"pytorch": "best.safetensors", "keras": "best.weights.h5"}
KEPT = ("settings.json", "environment.json", "seen.npy", "history.jsonl")


def names(card: ModelCard) -> list[tuple[str, str, bool]]:
    """Return all weights of a network: PyTorch's name, Keras' path, and whether the matrix is turned."""
    blocks = [
        (f"blocks.{number}.{torch}", f"block{number + 1}_{keras}", turned)
        for number in range(card.layers)
        for torch, keras, turned in BLOCK
    ]
    return [
        ("embedding.weight", "embedding/embeddings", False),
        *blocks,
        ("head.weight", "head/scale", False),
    ]


def to_pytorch(network: Any, card: ModelCard) -> dict[str, np.ndarray]:
    """Return a Keras network's weights by the names that they have in PyTorch."""
    import keras

    values = {one.path: np.asarray(keras.ops.convert_to_numpy(one), np.float32) for one in network.weights}
    return {
        name: np.ascontiguousarray(values[path].T if turned else values[path])
        for name, path, turned in names(card)
    }


def to_keras(weights: dict[str, np.ndarray], network: Any, card: ModelCard) -> None:
    """Put weights that bear PyTorch's names into a Keras network."""
    variables = {one.path: one for one in network.weights}
    for name, path, turned in names(card):
        if name not in weights:
            raise ProjectError(f"the file lacks {name}: it belongs to another network")
        value = weights[name].T if turned else weights[name]
        if value.shape != tuple(variables[path].shape):
            raise ProjectError(f"{name} is {weights[name].shape}: the file belongs to another network")
        variables[path].assign(value)


def convert(request: Request[Settings]) -> None:
    """Write the run of the other framework, with the same network."""
    if request.settings.smoke:
        from your_project import training

        training.train(request)
    run = chosen(request)
    card = bases.card_of_run(run)
    if card.rank:
        raise ProjectError(f"{run.name} has LoRA's matrices beside its weights: merge them first")
    other = OTHER[run.framework]
    settings = replace(request.settings, precision="fp32")
    engine = engines.find("keras")(settings, replace(card, framework="keras"))
    path = runs.begin(
        request.runs, f"{run.name}-{other}", other, run.job, overwrite=request.settings.overwrite
    )
    source, target = run.path / BEST[run.framework], path / BEST[other]
    if other == "keras":
        to_keras(safetensors.numpy.load(source.read_bytes()), engine.network, card)
        engine.save(target)
    else:
        engine.load(source)
        with files.replacing(target) as draft:
            safetensors.numpy.save_file(to_pytorch(engine.network, card), draft, metadata={"format": "pt"})
    for name in KEPT:
        if (run.path / name).is_file():
            shutil.copyfile(run.path / name, path / name)
    described = files.read_json(run.path / "model.json") | {"framework": other}
    files.write_json(path / "model.json", described)
    told = files.read_json(run.path / "metrics.json") | {"run": path.name, "converted_from": run.name}
    files.write_json(path / "metrics.json", told | {"finished": runs.now()})
    runs.settle(path)
    print(f"run         {path}: the network of {run.name}, for {other}")


def chosen(request: Request[Settings]) -> runs.Run:
    """Return the run that was named, of either framework, or else the newest one that Keras has trained."""
    if request.settings.run:
        run = runs.named(request.runs, request.settings.run)
        if run.framework not in BEST or not (run.path / BEST[run.framework]).is_file():
            raise ProjectError(f"{run.path} holds no trained network yet: resume it, or choose another run")
        return run
    return jobs.trained_run(request)


def main(argv: list[str] | None = None) -> None:
    """Read the command line and convert."""
    words = "Carry a trained GPT from PyTorch to Keras, or from Keras to PyTorch."
    groups = ("training", "machine", "the run")
    program.start(program.Program("convert", Settings, groups, words, SMOKE, convert), "keras", argv)


if __name__ == "__main__":
    main()
