"""Import PyTorch, train one small convolutional network for one step, and check its arithmetic.

    python pytorch_step.py cpu|cuda|rocm|xpu|mps

Run by the project's interpreter. Prints one line of JSON. The standard library and torch only.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parent))  # an isolated interpreter leaves it out

import values

#: What PyTorch calls a device, where that is another word: ROCm stands in for CUDA.
TORCH = {"rocm": "cuda"}


def main(device: str) -> None:
    started = time.perf_counter()
    import torch

    imported = time.perf_counter()
    torch.manual_seed(0)
    problem = absent(torch, device)
    if problem:
        print(json.dumps({"error": problem, "version": torch.__version__, "details": details(torch)}))
        return
    before, after = step(torch, TORCH.get(device, device))
    devices = [proved(torch, device, index) for index in range(count(torch, device))]
    print(
        json.dumps(
            {
                "version": torch.__version__,
                "device": device,
                "device_name": devices[0]["name"],
                "loss_before": before,
                "loss_after": after,
                "details": {**details(torch), "import seconds": f"{imported - started:.2f}"},
                "devices": devices,
                "libraries": values.libraries(),
            }
        )
    )


def absent(torch, device: str) -> str:
    """Why the device cannot be used, in words; "" where it can."""
    if device in ("cuda", "rocm"):
        built = torch.version.cuda if device == "cuda" else torch.version.hip
        if not built:
            return f"torch {torch.__version__} was built without {device.upper()}"
        if not torch.cuda.is_available():
            return f"torch {torch.__version__} ({device.upper()} {built}) finds no usable GPU or driver"
    if device == "xpu" and not (hasattr(torch, "xpu") and torch.xpu.is_available()):
        return f"torch {torch.__version__} finds no usable Intel GPU or driver"
    if device == "mps" and not torch.backends.mps.is_available():
        return f"torch {torch.__version__} finds no Metal device"
    return ""


def step(torch, device: str) -> tuple[float, float]:
    """Loss on one batch before and after a step of gradient descent on it."""
    model = torch.nn.Sequential(
        torch.nn.Conv2d(3, 8, 3, padding=1),
        torch.nn.ReLU(),
        torch.nn.AdaptiveAvgPool2d(1),
        torch.nn.Flatten(),
        torch.nn.Linear(8, 4),
    ).to(device)
    # Drawn on the CPU, so that every device gets the same numbers.
    images = torch.randn(16, 3, 16, 16).to(device)
    labels = torch.arange(16).remainder(4).to(device)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    loss = torch.nn.functional.cross_entropy(model(images), labels)
    loss.backward()
    optimizer.step()
    with torch.no_grad():
        after = torch.nn.functional.cross_entropy(model(images), labels)
    return loss.item(), after.item()


def proved(torch, device: str, index: int) -> dict:
    """One device's name, memory, and how far its values are from the right ones."""
    name = {"name": name_of(torch, device, index), "memory": memory_of(torch, device, index)}
    right = values.expected()
    on_cpu = computed(torch, "cpu")
    if device == "cpu":
        return {**name, "comparisons": values.compared(on_cpu, right, "float64")}
    place = f"{TORCH.get(device, device)}:{index}" if device != "mps" else "mps"
    rows = []
    for precision in ("float32", "TF32") if device in ("cuda", "rocm") else ("float32",):
        allow_tf32(torch, allowed=precision == "TF32")
        rows += values.compared(computed(torch, place), on_cpu, "CPU", precision)
    return {**name, "comparisons": [*values.compared(on_cpu, right, "float64"), *rows]}


def allow_tf32(torch, *, allowed: bool) -> None:
    torch.backends.cuda.matmul.allow_tf32 = allowed
    torch.backends.cudnn.allow_tf32 = allowed


def computed(torch, place: str) -> dict[str, list[float]]:
    """Operation -> what the device makes of it."""
    given = {name: torch.tensor(value).to(place) for name, value in values.inputs().items()}
    given["kernel"].requires_grad_()
    images = torch.nn.functional.conv2d(given["images"], given["kernel"])
    (gradient,) = torch.autograd.grad((images * given["weights"]).sum(), [given["kernel"]])
    found = {
        "matrix product": torch.matmul(given["left"], given["right"]),
        "convolution": images.detach(),
        "gradient of a convolution": gradient,
        "loss": torch.nn.functional.cross_entropy(given["scores"], given["labels"], reduction="none"),
    }
    return {operation: values.flat(result.tolist()) for operation, result in found.items()}


def count(torch, device: str) -> int:
    """How many devices of this kind PyTorch sees."""
    if device in ("cuda", "rocm"):
        return int(torch.cuda.device_count())
    return int(torch.xpu.device_count()) if device == "xpu" else 1


def name_of(torch, device: str, index: int = 0) -> str:
    if device in ("cuda", "rocm"):
        return torch.cuda.get_device_name(index)
    return torch.xpu.get_device_name(index) if device == "xpu" else {"mps": "Apple GPU"}.get(device, "CPU")


def memory_of(torch, device: str, index: int) -> int | None:
    """Bytes of its own; None where it shares the machine's."""
    if device in ("cuda", "rocm"):
        return int(torch.cuda.get_device_properties(index).total_memory)
    return int(torch.xpu.get_device_properties(index).total_memory) if device == "xpu" else None


def details(torch) -> dict[str, str]:
    cudnn = torch.backends.cudnn.version() if torch.version.cuda or torch.version.hip else None
    found = {
        "CUDA": torch.version.cuda,
        "HIP": torch.version.hip,
        "cuDNN" if torch.version.cuda else "MIOpen": cudnn,
    }
    return {name: str(value) for name, value in found.items() if value}


if __name__ == "__main__":
    main(sys.argv[1])
