"""Small computations whose right answers are known without any framework. Standard library only.

Inputs are drawn once with a fixed seed; the answers are computed from them in float64, each sum rounded
once (`math.fsum`). What a framework computes is compared with these, and what a GPU computes with the
processor's values as well. It takes about a tenth of a second.
"""

from __future__ import annotations

import math
import random
import re
import struct
from functools import cache
from operator import mul

MATRIX = 48  # rows and columns
IMAGES, CHANNELS, SIDE, FILTERS, KERNEL = 2, 3, 12, 4, 3
CLASSES, EXAMPLES = 10, 16

#: The greatest difference that is taken for rounding, as a share of the greatest value.
#: float32 rounds to 2^-24; no sum here has more than 300 terms, so that any order of adding them stays
#: below 300 x 2^-24 = 2e-5. Convolutions may be computed by Winograd's or Fourier's transforms, which
#: cost one to two digits more.
FLOAT32 = {"matrix product": 1e-4, "convolution": 1e-3, "gradient of a convolution": 1e-3, "loss": 1e-4}

#: TF32 rounds factors to 11 bits, which shows as 5e-4 here; bfloat16, with 8 bits, as 1.6e-3 and more.
TF32 = {**dict.fromkeys(FLOAT32, 1.5e-3), "loss": FLOAT32["loss"]}

#: Libraries that compute, by their files' names.
_LIBRARY = re.compile(
    r"(cudnn|cublas|cudart|nccl|libcuda\.|miopen|rocblas|hipblas|amdhip|mkl|dnnl|openblas|sycl|libze_|"
    r"torch_cpu|torch_cuda|torch_hip|torch_xpu|tensorflow_framework|tensorflow_cc|jaxlib|xla)",
    re.IGNORECASE,
)


@cache
def inputs():
    """Name -> nested lists of floats that float32 holds exactly."""
    numbers = random.Random(0)  # noqa: S311 - the same numbers everywhere are the point

    def draw(*shape):
        if not shape:
            return struct.unpack("f", struct.pack("f", numbers.uniform(-2, 2)))[0]
        return [draw(*shape[1:]) for _ in range(shape[0])]

    return {
        "left": draw(MATRIX, MATRIX),
        "right": draw(MATRIX, MATRIX),
        "images": draw(IMAGES, CHANNELS, SIDE, SIDE),  # batch, channels, rows, columns
        "kernel": draw(FILTERS, CHANNELS, KERNEL, KERNEL),  # out, in, rows, columns
        "weights": draw(IMAGES, FILTERS, SIDE - KERNEL + 1, SIDE - KERNEL + 1),  # of the loss that is derived
        "scores": draw(EXAMPLES, CLASSES),
        "labels": [index % CLASSES for index in range(EXAMPLES)],
    }


@cache
def expected():
    """Operation -> its right values, flat."""
    given = inputs()
    examples = zip(given["scores"], given["labels"], strict=True)
    columns = list(zip(*given["right"], strict=True))
    return {
        "matrix product": [math.fsum(map(mul, row, column)) for row in given["left"] for column in columns],
        "convolution": _convolution(given["images"], given["kernel"]),
        "gradient of a convolution": _gradient(given["images"], given["weights"]),
        "loss": [_loss(scores, label) for scores, label in examples],
    }


def _convolution(images, kernel):
    flat = [[value for plane in one for row in plane for value in row] for one in kernel]
    found = []
    for image in images:
        patches = [
            [value for plane in image for row in plane[y : y + KERNEL] for value in row[x : x + KERNEL]]
            for y in range(SIDE - KERNEL + 1)
            for x in range(SIDE - KERNEL + 1)
        ]
        found += [math.fsum(map(mul, weights, patch)) for weights in flat for patch in patches]
    return found


def _gradient(images, weights):
    """Of sum(weights x convolution) by the kernel: out, in, rows, columns."""
    out = SIDE - KERNEL + 1
    return [
        math.fsum(
            weights[image][of][y][x] * images[image][channel][y + row][x + column]
            for image in range(IMAGES)
            for y in range(out)
            for x in range(out)
        )
        for of in range(FILTERS)
        for channel in range(CHANNELS)
        for row in range(KERNEL)
        for column in range(KERNEL)
    ]


def _loss(scores, label):
    """Cross entropy of softmax."""
    highest = max(scores)
    return highest + math.log(math.fsum(math.exp(score - highest) for score in scores)) - scores[label]


def flat(nested):
    """A nested list's numbers in order."""
    if not isinstance(nested, (list, tuple)):
        return [float(nested)]
    return [number for one in nested for number in flat(one)]


def compared(computed, right, against, precision="float32"):
    """One row for each operation: the greatest difference, and the two numbers where it is greatest.

    ``computed`` and ``right`` are operation -> flat values.
    """
    tolerances = TF32 if precision == "TF32" else FLOAT32
    return [
        {
            "operation": operation,
            "precision": precision,
            "against": against,
            **_worst(computed[operation], values),
            "tolerance": tolerances[operation],
        }
        for operation, values in right.items()
    ]


def _worst(computed, right):
    if len(computed) != len(right):
        return {"difference": math.inf, "computed": float(len(computed)), "expected": float(len(right))}
    scale = max(map(abs, right)) or 1.0
    pairs = list(zip(computed, right, strict=True))
    # what is no number counts as the worst of all
    got, wanted = max(pairs, key=lambda pair: _distance(*pair))
    return {"difference": _distance(got, wanted) / scale, "computed": got, "expected": wanted}


def _distance(one, other):
    return math.inf if math.isnan(one) or math.isnan(other) else abs(one - other)


def libraries():
    """Paths of the libraries that compute and are loaded in this process; Linux only tells."""
    try:
        with open("/proc/self/maps", encoding="utf-8", errors="replace") as stream:
            mapped = {line.split(None, 5)[5].strip() for line in stream if line.count("/")}
    except OSError:
        return []
    return sorted(path for path in mapped if ".so" in path and _LIBRARY.search(path.rsplit("/", 1)[-1]))
