"""Model files beside the user's code, and the Keras that saved each."""

from __future__ import annotations

import json
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path

from scaffold.probing.packages.model import SavedModel
from scaffold.system import System

#: Where people put them; nothing deeper is looked through.
_FOLDERS = ("", "models", "model", "checkpoints", "weights", "saved_models", "runs", "outputs")
_MOST = 40  # files
_KINDS = {".keras": "keras", ".h5": "h5", ".hdf5": "h5"}

#: HDF5 keeps the attribute beside its name; Keras writes both near the file's head, or behind the weights.
_HEAD, _TAIL, _METADATA = 1 << 18, 1 << 16, 1 << 16


def saved_models(system: System, folder: Path) -> tuple[SavedModel, ...]:
    """The models in a folder and in those below it that usually hold some; at most 40."""
    found = []
    for path in _candidates(system, folder):
        kind = _KINDS[path.suffix.lower()]
        keras = keras_of_archive(path) if kind == "keras" else keras_of_hdf5(path)
        if keras:
            found.append(SavedModel(path=str(path), kind=kind, keras=keras))
        if len(found) == _MOST:
            break
    return tuple(found)


def _candidates(system: System, folder: Path) -> Iterator[Path]:
    number = 0
    for below in _FOLDERS:
        for name in system.list_folder(folder / below):
            path = folder / below / name
            if path.suffix.lower() in _KINDS and path.is_file():
                number += 1
                if number > _MOST:
                    return
                yield path


def keras_of_archive(path: Path) -> str:
    """The version in the ``metadata.json`` of a ``.keras`` file; "" where it tells none."""
    try:
        with zipfile.ZipFile(path) as archive, archive.open("metadata.json") as stream:
            metadata = json.loads(stream.read(_METADATA))
    except (OSError, ValueError, KeyError, RuntimeError, NotImplementedError, zipfile.BadZipFile, EOFError):
        return ""  # no such archive: not a model of Keras's, or one that is damaged
    version = metadata.get("keras_version") if isinstance(metadata, dict) else None
    return version[:40] if isinstance(version, str) else ""


def keras_of_hdf5(path: Path) -> str:
    """The attribute ``keras_version`` of an HDF5 file, found by its name; "" where it is not seen."""
    try:
        with path.open("rb") as stream:
            head = stream.read(_HEAD)
            if not head.startswith(b"\x89HDF\r\n\x1a\n"):
                return ""
            stream.seek(max(_HEAD, path.stat().st_size - _TAIL))
            blocks = (head, stream.read(_TAIL))
    except OSError:
        return ""
    return next((found for block in blocks if (found := parse_attribute(block))), "")


def parse_attribute(block: bytes) -> str:
    r"""The version behind the name of the attribute.

    >>> parse_attribute(b"\x01keras_version\x00\x00\x00\x13\x01\x00\x06\x00\x00\x002.13.1\x00\x00")
    '2.13.1'
    >>> parse_attribute(b"keras_version" + bytes(200) + b"2.13.1")
    ''
    """
    match = re.search(
        rb"keras_version\x00[\x00-\xff]{0,64}?(?<![\d.])(\d{1,2}\.\d{1,2}\.\d{1,2}(?:-tf)?)", block
    )
    return match[1].decode("ascii") if match else ""
