"""A network as a file that runs without this project: ONNX, Keras' own format, TensorFlow's SavedModel."""

from __future__ import annotations

import contextlib
import io
import logging
import shutil
import warnings
from collections.abc import Iterator
from pathlib import Path

import keras
import numpy as np

from ..files import replacing

ENDINGS = {"onnx": "model.onnx", "keras": "model.keras", "saved_model": "saved_model"}


def formats() -> tuple[str, ...]:
    """Return what the backend can write; a SavedModel only TensorFlow can."""
    return tuple(name for name in ENDINGS if name != "saved_model" or keras.backend.backend() == "tensorflow")


def write(network: keras.Model, name: str, folder: Path) -> Path:
    """Write a network that takes any number of samples; return the file, of a SavedModel the folder."""
    target = folder / ENDINGS[name]
    with _quiet():
        if name == "saved_model":
            draft = folder / f".{ENDINGS[name]}"
            shutil.rmtree(draft, ignore_errors=True)
            network.export(draft, format="tf_saved_model", verbose=False)
            shutil.rmtree(target, ignore_errors=True)
            draft.replace(target)
            return target
        with replacing(target) as draft:
            if name == "onnx":
                network.export(draft, format="onnx", verbose=False)
            else:
                network.save(draft)
    return target


def run(file: Path, arrays: tuple[np.ndarray, ...]) -> np.ndarray:
    """Return what the network of a file, or of a SavedModel's folder, gives."""
    with _quiet():
        if file.is_dir():
            import tensorflow

            served = tensorflow.saved_model.load(str(file))
            # several inputs are one argument: their list
            told = served.serve(arrays[0] if len(arrays) == 1 else list(arrays))
        else:
            network = keras.saving.load_model(file, compile=False)  # its safe mode runs no code of the file
            told = network.predict(arrays[0] if len(arrays) == 1 else list(arrays), verbose=0)
    return np.asarray(told, dtype="float32")


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """Hold back what the exporters say of their own old code."""
    loggers = [logging.getLogger(name) for name in ("tf2onnx", "tensorflow", "absl")]
    levels = [one.level for one in loggers]
    try:
        for one in loggers:
            one.setLevel(logging.ERROR)
        with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()):
            warnings.simplefilter("ignore")
            yield
    finally:
        for one, level in zip(loggers, levels, strict=True):
            one.setLevel(level)
