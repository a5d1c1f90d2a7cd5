"""Import one package and let it compute on every device; say each step before it is done.

    python look.py cuda|torch|tensorflow|jax|<module>

Run by the interpreter that doctor looks at. Prints a line of JSON a step, so that a process that dies leaves
behind how far it came. The standard library, and what is asked about, only.
"""

import ctypes
import importlib
import json
import os
import sys
from pathlib import Path

#: Parts of the names of libraries whose place matters.
WANTED = (
    "cuda", "cudnn", "cublas", "nvJitLink", "nvrtc", "cusparse", "cusolver", "cufft", "nccl", "nvidia",
    "libomp", "libgomp", "libiomp", "libmkl", "libstdc++", "libgcc_s", "libhsa", "libamdhip", "librocm",
    "libze_", "libsycl", "msvcp", "vcruntime",
)  # fmt: skip


def say(**fields):
    print(json.dumps(fields), flush=True)


def main(subject):
    here = str(Path(__file__).resolve().parent)
    sys.path[:] = [one for one in sys.path if one != here]
    say(stage="import", executable=sys.executable, prefix=sys.prefix)
    {"cuda": cuda, "torch": torch_, "tensorflow": tensorflow, "jax": jax}.get(subject, imported)(subject)
    say(stage="end", libraries=libraries())


def cuda(_subject):
    """CuInit through libcuda itself."""
    name = "nvcuda.dll" if os.name == "nt" else "libcuda.so.1"
    try:
        library = ctypes.CDLL(name)
    except OSError as problem:
        say(problem=str(problem))
        return
    status = library.cuInit(0)
    text = ctypes.c_char_p()
    if hasattr(library, "cuGetErrorName"):
        library.cuGetErrorName(status, ctypes.byref(text))
    say(status=status, name=text.value.decode() if text.value else "")
    version, count = ctypes.c_int(), ctypes.c_int()
    if hasattr(library, "cuDriverGetVersion") and library.cuDriverGetVersion(ctypes.byref(version)) == 0:
        say(version=version.value)
    if status == 0 and library.cuDeviceGetCount(ctypes.byref(count)) == 0:
        say(devices=count.value)


def imported(subject):
    module = importlib.import_module(subject)
    say(version=str(getattr(module, "__version__", "")), file=str(getattr(module, "__file__", "")))


def torch_(_subject):
    import torch

    say(version=str(torch.__version__), file=torch.__file__)
    if torch.version.cuda or torch.version.hip:
        say(architectures=list(torch.cuda.get_arch_list()))
    places = [("cpu", "CPU")]
    if torch.cuda.is_available():
        places += [(f"cuda:{n}", torch.cuda.get_device_name(n)) for n in range(torch.cuda.device_count())]
    xpu = getattr(torch, "xpu", None)
    if xpu is not None and xpu.is_available():
        places += [(f"xpu:{n}", xpu.get_device_name(n)) for n in range(xpu.device_count())]
    mps = getattr(torch.backends, "mps", None)
    if mps is not None and mps.is_available():
        places.append(("mps", "Apple GPU"))
    for place, name in places:

        def on(work, *shapes, place=place):
            return work(*(torch.ones(shape, device=place) for shape in shapes)).sum().item()

        steps = (
            ("kernel", torch.neg, (1,)),
            ("matrix product", torch.matmul, (8, 8), (8, 8)),
            ("convolution", torch.nn.functional.conv2d, (1, 1, 8, 8), (1, 1, 3, 3)),
        )
        compute(place, name, on, steps)


def tensorflow(_subject):
    import tensorflow as tf

    say(version=str(tf.__version__), file=tf.__file__)
    for device in tf.config.list_logical_devices():
        if device.device_type not in ("CPU", "GPU"):
            continue

        def on(work, *shapes, place=device.name):
            with tf.device(place):
                return float(tf.reduce_sum(work(*(tf.ones(shape) for shape in shapes))))

        steps = (
            ("kernel", tf.negative, (1,)),
            ("matrix product", tf.linalg.matmul, (8, 8), (8, 8)),
            ("convolution", lambda x, w: tf.nn.conv2d(x, w, 1, "VALID"), (1, 8, 8, 1), (3, 3, 1, 1)),
        )
        compute(device.name.replace("/device:", "/"), device.device_type, on, steps)


def jax(_subject):
    import jax as found
    import jax.numpy as numbers

    say(version=str(found.__version__), file=found.__file__)
    for device in found.devices():

        def on(work, *shapes, device=device):
            with found.default_device(device):
                return float(work(*(numbers.ones(shape) for shape in shapes)).sum())

        steps = (("kernel", numbers.negative, (1,)), ("matrix product", numbers.matmul, (8, 8), (8, 8)))
        compute(str(device), str(getattr(device, "device_kind", device)), on, steps)


def compute(place, name, on, steps):
    """Each step is announced first: some end the process."""
    done = ""
    for step, work, *shapes in steps:
        say(stage=f"{place} {step}")
        try:
            on(work, *shapes)
        except Exception as problem:  # noqa: BLE001 - the other devices are still asked
            text = f"{type(problem).__name__}: {problem}"
            sys.stderr.write(text + "\n")
            say(device={"name": name, "place": place, "step": done, "problem": text[:2000]})
            return
        done = step
    say(device={"name": name, "place": place, "step": done, "problem": ""})


def libraries():
    """The files of wanted libraries that this process has mapped; Linux tells, others do not."""
    try:
        with open("/proc/self/maps", encoding="utf-8", errors="replace") as lines:
            fields = [line.rstrip("\n").split(None, 5) for line in lines]
    except OSError:
        return []
    paths = {field[5] for field in fields if len(field) > 5 and ".so" in field[5]}
    return sorted(path for path in paths if any(part in Path(path).name for part in WANTED))


if __name__ == "__main__":
    main(sys.argv[1])
