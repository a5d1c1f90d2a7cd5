"""Import Keras and train one small convolutional network for one step. Run by the project's interpreter.

    python keras_step.py cpu|cuda|mps

Prints one line of JSON. The standard library and Keras with its backend only. The backend is
TensorFlow where KERAS_BACKEND does not say otherwise.
"""

from __future__ import annotations

import json
import os
import sys
import time

os.environ.setdefault("KERAS_BACKEND", "tensorflow")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
os.environ.setdefault("TF_FORCE_GPU_ALLOW_GROWTH", "true")  # a neighbour's memory is not ours to take


def main(device: str) -> None:
    started = time.perf_counter()
    import keras

    backend = __import__(keras.backend.backend())
    imported = time.perf_counter()
    version, found = backend.__version__, names(device)
    details = {"Keras": keras.__version__, "backend": keras.backend.backend()}
    if not found:
        print(json.dumps({"error": f"{backend.__name__} {version} finds no {device} device",
                          "version": version, "details": details}))  # fmt: skip
        return
    keras.utils.set_random_seed(0)
    with keras.device("gpu:0" if device != "cpu" else "cpu:0"):
        before, after = step(keras)
    print(
        json.dumps(
            {
                "version": version,
                "device": device,
                "device_name": found,
                "loss_before": before,
                "loss_after": after,
                "details": {**details, "import seconds": f"{imported - started:.2f}"},
            }
        )
    )


def names(device: str) -> str:
    """What the backend calls the device; "" where it has none."""
    if device == "cpu":
        return "CPU"
    backend = os.environ["KERAS_BACKEND"]
    if backend == "tensorflow":
        import tensorflow as tf

        found = tf.config.list_physical_devices("GPU")
        return (
            str(tf.config.experimental.get_device_details(found[0]).get("device_name", "GPU"))
            if found
            else ""
        )
    if backend == "torch":
        import torch

        if device == "mps":
            return "Apple GPU" if torch.backends.mps.is_available() else ""
        return torch.cuda.get_device_name() if torch.cuda.is_available() else ""
    import jax

    found = [one for one in jax.devices() if one.platform in ("gpu", "cuda", "rocm", "METAL")]
    return str(found[0].device_kind) if found else ""


def step(keras) -> tuple[float, float]:
    """Loss on one batch before and after a step of gradient descent on it."""
    numbers = keras.utils.to_categorical([index % 4 for index in range(16)], 4)
    images = keras.ops.convert_to_numpy(keras.random.normal((16, 16, 16, 3), seed=0))
    model = keras.Sequential(
        [
            keras.Input((16, 16, 3)),
            keras.layers.Conv2D(8, 3, padding="same", activation="relu"),
            keras.layers.GlobalAveragePooling2D(),
            keras.layers.Dense(4, activation="softmax"),
        ]
    )
    model.compile(optimizer=keras.optimizers.SGD(0.1), loss="categorical_crossentropy")
    before = model.train_on_batch(images, numbers)
    after = model.test_on_batch(images, numbers)
    return scalar(before), scalar(after)


def scalar(loss) -> float:
    return float(loss[0] if isinstance(loss, (list, tuple)) else loss)


if __name__ == "__main__":
    main(sys.argv[1])
