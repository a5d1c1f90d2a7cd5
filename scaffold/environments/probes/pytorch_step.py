"""Import PyTorch and train one small convolutional network for one step. Run by the project's interpreter.

    python pytorch_step.py cpu|cuda|rocm|xpu|mps

Prints one line of JSON. The standard library and torch only.
"""

from __future__ import annotations

import json
import sys
import time

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
    print(
        json.dumps(
            {
                "version": torch.__version__,
                "device": device,
                "device_name": name_of(torch, device),
                "loss_before": before,
                "loss_after": after,
                "details": {**details(torch), "import seconds": f"{imported - started:.2f}"},
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


def name_of(torch, device: str) -> str:
    if device in ("cuda", "rocm"):
        return torch.cuda.get_device_name()
    return torch.xpu.get_device_name() if device == "xpu" else {"mps": "Apple GPU"}.get(device, "CPU")


def details(torch) -> dict[str, str]:
    found = {
        "CUDA": torch.version.cuda,
        "HIP": torch.version.hip,
        "cuDNN": torch.backends.cudnn.version() if torch.version.cuda else None,
    }
    return {name: str(value) for name, value in found.items() if value}


if __name__ == "__main__":
    main(sys.argv[1])
