"""What Keras runs on: its backend, the device and the precision, each with the reason for the choice.

Nothing here imports Keras or a backend before it is asked about, so that `--help` stays fast.
"""

from __future__ import annotations

import importlib.util
import logging
import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from typing import Any

from ..errors import ProjectError

BACKENDS = ("tensorflow", "torch", "jax")
#: what TensorFlow's libraries say at every start, whatever TF_CPP_MIN_LOG_LEVEL is
NOISE = (b"before absl::InitializeLog() is called", b"oneDNN custom operations are on")
POLICIES = {"fp32": "float32", "bf16": "mixed_bfloat16", "fp16": "mixed_float16"}


@dataclass(frozen=True)
class Device:
    """Where the network runs, and why."""

    kind: str  # cpu | cuda | mps
    name: str  # as it is shown: cpu, cuda:0 (NVIDIA H200)
    reason: str
    capability: tuple[int, int] = (0, 0)  # compute capability of an NVIDIA GPU, (9, 0)

    def scope(self) -> AbstractContextManager[Any]:
        """Make Keras place its tensors here."""
        import keras

        # A GPU is every backend's first choice anyway, and TensorFlow has been told by `choose_device`.
        if self.kind != "cpu" or keras.backend.backend() == "tensorflow":
            return nullcontext()
        # Not "cpu:0": to PyTorch that is another device, and Keras' parameters would become plain tensors.
        return keras.device("cpu")


@dataclass(frozen=True)
class Precision:
    """How numbers are multiplied, and why. Weights stay float32 in all of them."""

    name: str  # fp32 | bf16 | fp16
    reason: str

    @property
    def policy(self) -> str:
        """Return Keras' name for it."""
        return POLICIES[self.name]


def set_backend() -> str:
    """Choose the backend of this process unless KERAS_BACKEND has, keep TensorFlow quiet; return the backend.

    `~/.keras/keras.json` does not count: Keras writes it by itself, with whatever backend was used first on
    this machine.
    """
    # TensorFlow reads it when it is imported. It quiets what TensorFlow logs, but not what its libraries log
    # before their own settings are read; that is for `importing`.
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    # Every network and every stage is traced once. TensorFlow takes that for a mistake and says so at length.
    logging.getLogger("tensorflow").addFilter(_is_no_retracing)
    if not os.environ.get("KERAS_BACKEND"):
        # Keras' own default is TensorFlow, also where only another backend is installed.
        installed = (name for name in BACKENDS if importlib.util.find_spec(name) is not None)
        os.environ["KERAS_BACKEND"] = next(installed, "tensorflow")
    return os.environ["KERAS_BACKEND"]


def _is_no_retracing(record: logging.LogRecord) -> bool:
    return "triggered tf.function retracing" not in str(record.msg)


@contextmanager
def importing() -> Iterator[None]:
    """Hold back what is written to stderr while Keras is imported; then pass on all but the known noise.

    The file descriptor is held, not `sys.stderr`, because C++ writes the noise. When the import fails,
    everything is passed on.
    """
    try:
        stderr = -1 if "keras" in sys.modules else os.dup(2)
    except OSError:  # a program without a console has no stderr
        stderr = -1
    if stderr < 0:
        yield
        return
    with tempfile.TemporaryFile() as held:
        failed = True
        os.dup2(held.fileno(), 2)
        try:
            yield
            failed = False
        finally:
            if sys.stderr is not None:
                sys.stderr.flush()
            os.dup2(stderr, 2)
            os.close(stderr)
            held.seek(0)
            for line in held:
                if failed or not any(noise in line for noise in NOISE):
                    os.write(2, line)


def choose_device(wish: str) -> Device:
    """Return the device that a wish (auto | cpu | cuda | mps) means here; `ProjectError` if there is none."""
    import keras

    backend = keras.backend.backend()
    gpu, reason = {"tensorflow": _tensorflow_gpu, "torch": _torch_gpu, "jax": _jax_gpu}[backend]()
    wanted = gpu is not None and wish in {"auto", gpu.kind}
    if not wanted and wish not in {"auto", "cpu"}:
        raise ProjectError(f"device {wish} is not there: {reason}; choose --device auto or cpu")
    if backend == "tensorflow":
        _tell_tensorflow(use_gpu=wanted)
    if gpu is not None and wanted:
        return gpu
    return Device("cpu", "cpu", "the settings ask for it" if wish == "cpu" else reason)


def choose_precision(wish: str, device: Device) -> Precision:
    """Return the precision that a wish (auto | fp32 | bf16 | fp16) means on this device."""
    if wish != "auto":
        return Precision(wish, "the settings ask for it")
    if device.kind == "cuda" and device.capability >= (8, 0):
        return Precision("bf16", "this GPU is many times faster with it, and its range is that of fp32")
    if device.kind == "cuda" and device.capability >= (7, 0):
        return Precision("fp16", "this GPU has tensor cores for fp16 but not for bf16; the loss is scaled")
    if device.kind == "cpu":
        # Measured with TensorFlow 2.21 on a processor that has AVX512-BF16: a step takes a tenth less.
        return Precision("fp32", "on processors Keras gains next to nothing from bf16")
    return Precision("fp32", "not known to be faster with less on this device")


def _tensorflow_gpu() -> tuple[Device | None, str]:
    """Return TensorFlow's first GPU, and a reason for it or for its absence."""
    import tensorflow as tf

    gpus = tf.config.list_physical_devices("GPU")
    if not gpus:
        build = tf.sysconfig.get_build_info()
        able = build.get("is_cuda_build") or build.get("is_rocm_build")
        return None, "TensorFlow sees no GPU" if able else "this TensorFlow is built without GPU support"
    details = tf.config.experimental.get_device_details(gpus[0])
    name = details.get("device_name", "GPU")
    kind = "mps" if name == "METAL" else "cuda"
    reason = "TensorFlow sees this GPU"
    capability = details.get("compute_capability", (0, 0))
    return Device(kind, f"{kind}:0 ({name})", reason, capability), reason


def _tell_tensorflow(*, use_gpu: bool) -> None:
    import tensorflow as tf

    gpus = tf.config.list_physical_devices("GPU")
    chosen = gpus[:1] if use_gpu else []
    if not gpus or tf.config.get_visible_devices("GPU") == chosen:
        # Nothing to hide; a second network in the process ends here too, as the devices are in use by then.
        return _let_memory_grow(chosen)
    try:
        tf.config.set_visible_devices(chosen, "GPU")
    except RuntimeError:
        raise ProjectError("TensorFlow has begun on another device; use one device in a process") from None
    return _let_memory_grow(chosen)


def _let_memory_grow(gpus: list[Any]) -> None:
    """Keep TensorFlow from taking the whole memory of a GPU at its first use."""
    import tensorflow as tf

    for gpu in gpus:
        if not tf.config.experimental.get_memory_growth(gpu):
            tf.config.experimental.set_memory_growth(gpu, enable=True)


def _torch_gpu() -> tuple[Device | None, str]:
    import torch  # type: ignore[import-not-found]  # only there where it is Keras' backend

    reason = "PyTorch, Keras' backend here, sees this GPU"
    if torch.cuda.is_available():
        name = f"cuda:0 ({torch.cuda.get_device_name(0)})"
        return Device("cuda", name, reason, torch.cuda.get_device_capability(0)), reason
    if torch.backends.mps.is_available():
        return Device("mps", "mps", reason), reason
    return None, "PyTorch, Keras' backend here, sees no GPU"


def _jax_gpu() -> tuple[Device | None, str]:
    import jax  # type: ignore[import-not-found]

    gpus = [device for device in jax.devices() if device.platform == "gpu"]
    if not gpus:
        return None, "JAX, Keras' backend here, sees no GPU"
    major, _, minor = str(getattr(gpus[0], "compute_capability", "0.0")).partition(".")
    reason, capability = "JAX, Keras' backend here, sees this GPU", (int(major), int(minor or 0))
    return Device("cuda", f"cuda:0 ({gpus[0].device_kind})", reason, capability), reason
