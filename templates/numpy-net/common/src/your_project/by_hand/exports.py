"""The network as a file that runs without this project: ONNX for onnxruntime, JSON for any language."""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import TYPE_CHECKING

import numpy as np

from ..engine import ModelCard
from ..files import read_json, replacing, write_json
from .network import Network

if TYPE_CHECKING:
    from pathlib import Path

    from .network import Weights

FORMATS = ("onnx", "json")
OPERATORS = {"tanh": "Tanh", "sigmoid": "Sigmoid", "relu": "Relu"}
OPSET, IR_VERSION = 17, 8  # of ONNX 1.12 (2022): later ones have nothing that is needed here


def write(card: ModelCard, weights: Weights, name: str, folder: Path) -> Path:
    """Write the network; return the file."""
    file = folder / f"model.{name}"
    if name == "onnx":
        with replacing(file) as draft:
            draft.write_bytes(onnx_bytes(card, weights))
    else:
        lists = {key: value.tolist() for key, value in weights.items()}
        write_json(file, {"model": asdict(card), "weights": lists})
    return file


def run(file: Path, inputs: np.ndarray) -> np.ndarray:
    """Return what the network of a `.json` file gives for features of shape (N, features)."""
    content = read_json(file)
    card = replace(ModelCard(**content["model"]), classes=tuple(content["model"]["classes"]))
    weights = {name: np.array(value) for name, value in content["weights"].items()}
    return Network(card, weights).forward(inputs).scores.astype(np.float32)


def onnx_bytes(card: ModelCard, weights: Weights) -> bytes:
    """Return the network as ONNX: float32 features (samples, features) to scores (samples, classes)."""
    from onnx import TensorProto, checker, helper, numpy_helper

    constants = {"mean": np.array(card.mean), "std": np.array(card.std), **weights}
    nodes = [
        helper.make_node("Sub", ["inputs", "mean"], ["centred"]),
        helper.make_node("Div", ["centred", "std"], ["normal"]),
        # Gemm: a product of matrices with a bias added
        helper.make_node("Gemm", ["normal", "hidden.weight", "hidden.bias"], ["sums"]),
        helper.make_node(OPERATORS[card.activation], ["sums"], ["hidden"]),
        helper.make_node("Gemm", ["hidden", "head.weight", "head.bias"], ["scores"]),
    ]
    graph = helper.make_graph(
        nodes,
        "two_layers",
        [helper.make_tensor_value_info("inputs", TensorProto.FLOAT, ["samples", card.features])],
        [helper.make_tensor_value_info("scores", TensorProto.FLOAT, ["samples", len(card.classes)])],
        [numpy_helper.from_array(value.astype(np.float32), name) for name, value in constants.items()],
    )
    opset = helper.make_opsetid("", OPSET)
    model = helper.make_model(graph, opset_imports=[opset], ir_version=IR_VERSION)
    checker.check_model(model, full_check=True)
    content: bytes = model.SerializeToString()
    return content
