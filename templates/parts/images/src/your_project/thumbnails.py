"""Small pictures that stand in an HTML page itself."""

from __future__ import annotations

import base64
import io
from typing import TYPE_CHECKING

from PIL import Image

if TYPE_CHECKING:
    import numpy as np


def data_uri(image: np.ndarray, side: int = 64) -> str:
    """Return a uint8 image (height, width, 1 or 3) as a PNG `data:` address, at least `side` pixels wide.

    It is enlarged by whole pixels, so that one sees what the network saw.
    """
    picture = Image.fromarray(image[:, :, 0] if image.shape[2] == 1 else image)
    factor = max(1, side // picture.width)
    if factor > 1:
        picture = picture.resize((picture.width * factor, picture.height * factor), Image.Resampling.NEAREST)
    buffer = io.BytesIO()
    picture.save(buffer, "PNG", optimize=True)
    return "data:image/png;base64," + base64.b64encode(buffer.getvalue()).decode("ascii")
