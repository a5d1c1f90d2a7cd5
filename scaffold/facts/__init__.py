"""Machines that were told instead of looked at: recorded hosts, printed facts, loose descriptions.

`read_facts` makes a machine of a file, by letting the real detection look at what the file tells;
`save_host` writes this one down, without what its owner would not like to mail.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from scaffold.facts.compose import host_record
    from scaffold.facts.model import Observed
    from scaffold.facts.read import observe, read_facts
    from scaffold.facts.save import detect_and_record, save_host

__all__ = ["Observed", "detect_and_record", "host_record", "observe", "read_facts", "save_host"]

_PLACES = {
    "Observed": "model",
    "host_record": "compose",
    "observe": "read",
    "read_facts": "read",
    "detect_and_record": "save",
    "save_host": "save",
}


def __getattr__(name: str) -> Any:
    """Load the reading and the writing only when one of them is asked for."""
    if name in _PLACES:
        from importlib import import_module

        return getattr(import_module(f"scaffold.facts.{_PLACES[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
