"""Small grey pictures that stand in an HTML page itself, written without an image library."""

from __future__ import annotations

import base64
import struct
import zlib
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

SCALE = 8  # screen pixels that each pixel takes


def data_uri(values: NDArray[np.generic]) -> str:
    """Return numbers (height, width) as a PNG `data:` address, the smallest black, the largest white."""
    values = np.asarray(values, np.float64)
    span = float(values.max() - values.min()) or 1.0
    grey = np.round((values - values.min()) * (255 / span)).astype(np.uint8)
    encoded = base64.b64encode(png(grey.repeat(SCALE, 0).repeat(SCALE, 1)))
    return "data:image/png;base64," + encoded.decode("ascii")


def png(grey: NDArray[np.uint8]) -> bytes:
    """Return a grey picture, uint8 of shape (height, width), as a PNG file (https://www.w3.org/TR/png-3/)."""
    height, width = grey.shape
    # 8 bits a pixel, grey, and the only methods of compression, filtering and interlacing that are needed
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    lines = b"".join(b"\0" + line.tobytes() for line in grey)  # the zero: this line is not filtered
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(lines, 9)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
        for kind, content in chunks
    )
