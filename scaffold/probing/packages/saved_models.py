"""Model files beside the user's code, and the Keras that saved each."""

from __future__ import annotations

import lzma
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from scaffold.probing.packages.model import SavedModel
from scaffold.results import read_json
from scaffold.system import System

#: How an archive that is damaged, or is none, shows; what unpacks it has errors of its own.
_DAMAGED = (
    *(OSError, ValueError, KeyError, RuntimeError, NotImplementedError, EOFError),
    *(zipfile.BadZipFile, zlib.error, lzma.LZMAError),
)

#: Where people put them; nothing deeper is looked through.
_FOLDERS = ("", "models", "model", "checkpoints", "weights", "saved_models", "runs", "outputs")
_MOST = 40  # files
_KINDS = {".keras": "keras", ".h5": "h5", ".hdf5": "h5"}

#: An attribute's name as HDF5 writes it, padded; the class of a string of any length; where its value begins
#: behind its type and its (scalar) space; the value: length, address and number of an object in the heap.
_NAME, _PADDED, _ANY_LENGTH, _DATA, _HEAP_ID = b"keras_version\0", 16, b"\x19", 32, "<IQI"

#: Bytes that are looked through: Keras writes the attribute near the file's head, or behind the weights.
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
            metadata = read_json(stream.read(_METADATA))
    except _DAMAGED:
        return ""  # no such archive: not a model of Keras's, or one that is damaged
    version = metadata.get("keras_version") if isinstance(metadata, dict) else None
    return version[:40] if isinstance(version, str) else ""


def keras_of_hdf5(path: Path) -> str:
    """The attribute ``keras_version`` of an HDF5 file; "" where it is not seen near its head or end."""
    try:
        with path.open("rb") as stream:
            head = stream.read(_HEAD)
            if not head.startswith(b"\x89HDF\r\n\x1a\n"):
                return ""
            stream.seek(max(_HEAD, path.stat().st_size - _TAIL))
            for block in (head, stream.read(_TAIL)):
                value = block.find(_NAME)
                if value >= 0:
                    return _version(_value(stream, block[value + _PADDED : value + _PADDED + 256]))
    except OSError:
        return ""
    return ""


def _value(stream: BinaryIO, message: bytes) -> bytes:
    """The value of an attribute: inline, or, for a string of any length, in the file's global heap.

    source: HDF5 File Format Specification 3.0, IV.A.2.m (attribute message, version 1), III.E (global heap).
    """
    if message[:1] != _ANY_LENGTH:
        return message
    if len(message) < _DATA + struct.calcsize(_HEAP_ID):
        return b""
    length, address, wanted = struct.unpack_from(_HEAP_ID, message, _DATA)
    if length > 64 or address >= 1 << 48:
        return b""
    stream.seek(address)
    return _object(stream.read(_TAIL), wanted)[:length]


def _object(heap: bytes, wanted: int) -> bytes:
    """An object of a global heap, by its number."""
    place = 16
    while heap.startswith(b"GCOL") and place + 16 <= len(heap):
        number, size = struct.unpack_from("<H6xQ", heap, place)
        if number == wanted:
            return heap[place + 16 : place + 16 + min(size, 64)]
        if number == 0:  # the free space behind the last object
            break
        place += 16 + (size + 7) // 8 * 8
    return b""


def _version(value: bytes) -> str:
    r"""The version in a value.

    >>> _version(b"\x13\x01\x00\x00\x06\x00\x00\x002.13.1\x00"), _version(b"3.9.0"), _version(bytes(40))
    ('2.13.1', '3.9.0', '')
    """
    match = re.search(rb"(?<![\d.])(\d{1,2}\.\d{1,2}\.\d{1,2}(?:-tf)?)", value)
    return match[1].decode("ascii") if match else ""
