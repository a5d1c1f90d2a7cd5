"""The binary formats, written here byte by byte."""

from __future__ import annotations

import gzip
import io
import tarfile

import numpy as np
import pytest

from your_project.errors import ProjectError
from your_project.image_formats import read_cifar, read_idx


def test_idx(tmp_path):
    values = np.arange(12, dtype=np.uint8).reshape(2, 3, 2)
    header = bytes([0, 0, 8, 3]) + b"".join(size.to_bytes(4, "big") for size in values.shape)
    (tmp_path / "x.gz").write_bytes(gzip.compress(header + values.tobytes()))
    assert (read_idx(tmp_path / "x.gz") == values).all()


@pytest.mark.parametrize(
    "content",
    [
        b"no gzip",
        gzip.compress(b""),
        gzip.compress(bytes([0, 0, 8, 1, 0, 0, 0, 9, 1])),
        gzip.compress(bytes([0, 0, 13, 1, 0, 0, 0, 1, 1])),
        gzip.compress(bytes(1000))[:-9],
    ],
)
def test_broken_idx(tmp_path, content):
    (tmp_path / "x.gz").write_bytes(content)
    with pytest.raises(ProjectError, match="delete it and it is downloaded again"):
        read_idx(tmp_path / "x.gz")


def archive(path, members):
    with tarfile.open(path, "w:gz") as file:
        for name, content in members.items():
            info = tarfile.TarInfo(f"cifar-10-batches-bin/{name}")
            info.size = len(content)
            file.addfile(info, io.BytesIO(content))


def test_cifar(tmp_path):
    planes = bytes([1]) * 1024 + bytes([2]) * 1024 + bytes([3]) * 1024
    names = [*(f"data_batch_{number}.bin" for number in range(1, 6)), "test_batch.bin"]
    archive(tmp_path / "c.tar.gz", {name: bytes([at]) + planes for at, name in enumerate(names)})
    parts = read_cifar(tmp_path / "c.tar.gz")
    images, labels = parts["train"]
    assert images.shape == (5, 32, 32, 3)
    assert labels.tolist() == [0, 1, 2, 3, 4]
    assert images[0, 0, 0].tolist() == [1, 2, 3]
    assert parts["test"][1].tolist() == [5]


def test_broken_cifar(tmp_path):
    archive(tmp_path / "few.tar.gz", {"data_batch_1.bin": b""})
    (tmp_path / "none.tar.gz").write_bytes(b"nothing")
    names = [*(f"data_batch_{number}.bin" for number in range(1, 6)), "test_batch.bin"]
    archive(tmp_path / "cut.tar.gz", dict.fromkeys(names, b"short"))
    for name in ("few", "none", "cut"):
        with pytest.raises(ProjectError, match="delete it and it is downloaded again"):
            read_cifar(tmp_path / f"{name}.tar.gz")
