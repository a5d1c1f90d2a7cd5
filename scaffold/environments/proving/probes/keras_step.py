"""Import Keras, train one small convolutional network for one step, and check its arithmetic.

    python keras_step.py cpu|cuda|rocm|mps

Run by the project's interpreter. Prints one line of JSON. The standard library and Keras with its
backend only. The backend is TensorFlow where KERAS_BACKEND does not say otherwise.
"""

from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parent))  # an isolated interpreter leaves it out

import values

os.environ.setdefault("KERAS_BACKEND", "tensorflow")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
os.environ.setdefault("TF_FORCE_GPU_ALLOW_GROWTH", "true")  # a neighbour's memory is not ours to take


def main(device: str) -> None:
    started = time.perf_counter()
    import keras

    backend = __import__(keras.backend.backend())
    imported = time.perf_counter()
    version, found = backend.__version__, seen(device)
    details = {"Keras": keras.__version__, "backend": keras.backend.backend(), **built(backend)}
    if not found:
        print(json.dumps({"error": f"{backend.__name__} {version} finds no {device} device",
                          "version": version, "details": details}))  # fmt: skip
        return
    keras.utils.set_random_seed(0)
    with keras.device(place_of(device)):
        before, after = step(keras)
    devices = [
        {"name": name, "memory": memory, "comparisons": compared(keras, device, index)}
        for index, (name, memory) in enumerate(found)
    ]
    print(
        json.dumps(
            {
                "version": version,
                "device": device,
                "device_name": devices[0]["name"],
                "loss_before": before,
                "loss_after": after,
                "details": {**details, "import seconds": f"{imported - started:.2f}"},
                "devices": devices,
                "libraries": values.libraries(),
            }
        )
    )


def place_of(device: str, index: int = 0) -> str:
    """What `keras.device` calls a device. With PyTorch, its own words: "cpu:0" gets no gradients there."""
    if os.environ["KERAS_BACKEND"] == "torch":
        return device if device in ("cpu", "mps") else f"cuda:{index}"
    return f"{'cpu' if device == 'cpu' else 'gpu'}:{index}"


def seen(device: str) -> list[tuple[str, int | None]]:
    """Name and memory in bytes of every device of this kind that the backend sees."""
    if device == "cpu":
        return [("CPU", None)]
    backend = os.environ["KERAS_BACKEND"]
    if backend == "tensorflow":
        import tensorflow as tf

        details = tf.config.experimental.get_device_details
        return [
            (str(details(one).get("device_name", "GPU")), None)
            for one in tf.config.list_physical_devices("GPU")
        ]
    if backend == "torch":
        import torch

        if device == "mps":
            return [("Apple GPU", None)] if torch.backends.mps.is_available() else []
        cuda = torch.cuda
        return [
            (cuda.get_device_name(index), cuda.get_device_properties(index).total_memory)
            for index in range(cuda.device_count() if cuda.is_available() else 0)
        ]
    import jax

    found = [one for one in jax.devices() if one.platform in ("gpu", "cuda", "rocm", "METAL")]
    return [(str(one.device_kind), (one.memory_stats() or {}).get("bytes_limit")) for one in found]


def built(backend) -> dict[str, str]:
    """What a build of TensorFlow for GPUs says that it was built with; others are silent."""
    if backend.__name__ != "tensorflow":
        return {}
    told = backend.sysconfig.get_build_info()
    names = {
        "CUDA": "cuda_version",
        "cuDNN": "cudnn_version",
        "HIP": "hip_version",
        "MIOpen": "miopen_version",
    }
    return {title: str(told[name]) for title, name in names.items() if told.get(name)}


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


def compared(keras, device: str, index: int) -> list[dict]:
    """How far a device's values are from the right ones and, of a GPU, from the processor's."""
    on_cpu = computed(keras, place_of("cpu"))
    rows = values.compared(on_cpu, values.expected(), "float64")
    if device == "cpu":
        return rows
    for precision in ("float32", "TF32") if device == "cuda" else ("float32",):
        allow_tf32(allowed=precision == "TF32")
        rows += values.compared(computed(keras, place_of(device, index)), on_cpu, "CPU", precision)
    return rows


def allow_tf32(*, allowed: bool) -> None:
    backend = os.environ["KERAS_BACKEND"]
    if backend == "tensorflow":
        import tensorflow as tf

        tf.config.experimental.enable_tensor_float_32_execution(allowed)
    elif backend == "torch":
        import torch

        torch.backends.cuda.matmul.allow_tf32 = torch.backends.cudnn.allow_tf32 = allowed
    else:
        import jax

        jax.config.update("jax_default_matmul_precision", "tensorfloat32" if allowed else "float32")


def computed(keras, place: str) -> dict[str, list[float]]:
    """Operation -> what the device makes of it."""
    given, ops = values.inputs(), keras.ops
    with keras.device(place):
        images = ops.transpose(ops.convert_to_tensor(given["images"], "float32"), (0, 2, 3, 1))
        kernel = ops.transpose(ops.convert_to_tensor(given["kernel"], "float32"), (2, 3, 1, 0))
        weights = ops.transpose(ops.convert_to_tensor(given["weights"], "float32"), (0, 2, 3, 1))
        left, right = (ops.convert_to_tensor(given[name], "float32") for name in ("left", "right"))
        scores = ops.convert_to_tensor(given["scores"], "float32")

        def convolution(filters):
            return ops.conv(images, filters, padding="valid", data_format="channels_last")

        found = {
            "matrix product": ops.matmul(left, right),
            "convolution": ops.transpose(convolution(kernel), (0, 3, 1, 2)),
            "gradient of a convolution": ops.transpose(
                gradient(lambda filters: ops.sum(convolution(filters) * weights), kernel), (3, 2, 0, 1)
            ),
            "loss": ops.sparse_categorical_crossentropy(
                ops.convert_to_tensor(given["labels"], "int32"), scores, from_logits=True
            ),
        }
    return {
        operation: values.flat(ops.convert_to_numpy(result).tolist()) for operation, result in found.items()
    }


def gradient(function, at):
    """The backend's own derivative."""
    backend = os.environ["KERAS_BACKEND"]
    if backend == "tensorflow":
        import tensorflow as tf

        with tf.GradientTape() as tape:
            tape.watch(at)
            result = function(at)
        return tape.gradient(result, at)
    if backend == "torch":
        import torch

        at = at.detach().requires_grad_()
        return torch.autograd.grad(function(at), [at])[0]
    import jax

    return jax.grad(function)(at)


if __name__ == "__main__":
    main(sys.argv[1])
