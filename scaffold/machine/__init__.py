"""What this computer is: the host and every accelerator, as facts with the source of each.

`detect` looks at a machine through its `System`; `to_json` writes what it found for scripts.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from scaffold.machine.model import Accelerator, Host, Machine, Status, Vendor

if TYPE_CHECKING:
    from scaffold.machine.as_json import to_json
    from scaffold.machine.detection import detect

__all__ = ["Accelerator", "Host", "Machine", "Status", "Vendor", "detect", "to_json"]


def __getattr__(name: str) -> Any:
    """Load the detection only when it is asked for: most commands never look at the machine."""
    if name == "detect":
        from scaffold.machine.detection import detect

        return detect
    if name == "to_json":
        from scaffold.machine.as_json import to_json

        return to_json
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
