"""Where a network looks: Grad-CAM (Selvaraju et al. 2017, arXiv:1610.02391), without a gradient.

The networks here end in a mean over the picture and a linear head. For those the gradient that Grad-CAM asks
for is the head's weight itself, the same at every place (section 3.1 and appendix A of the paper: it is then
class activation mapping). So this works the same with every backend of Keras.
"""

from __future__ import annotations

import keras
import numpy as np

from .model import HEAD

CHUNK = 64  # images at a time


def heat(network: keras.Model, images: np.ndarray, classes: np.ndarray) -> np.ndarray:
    """Return where each image speaks for a class: float32 in 0..1, (N, rows, columns).

    `images` are uint8 (N, height, width, channels), `classes` numbers of shape (N,).
    """
    looking = keras.Model(network.inputs, network.get_layer("pool").input)
    features = np.asarray(looking.predict(images, batch_size=CHUNK, verbose=0), np.float32)
    weights = np.asarray(keras.ops.convert_to_numpy(network.get_layer(HEAD).kernel), np.float32)
    maps = np.maximum(np.einsum("nhwc,cn->nhw", features, weights[:, classes]), 0)
    shown: np.ndarray = maps / np.maximum(maps.max((1, 2), keepdims=True), 1e-12)
    return shown
