"""The head of a distribution's METADATA: what it is called, what it needs."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """The fields of METADATA that rules ask for."""

    name: str = ""
    version: str = ""
    requires: tuple[str, ...] = ()
    requires_python: str = ""


def parse_head(text: str) -> Head:
    r"""Parse the fields before the description.

    >>> head = "Metadata-Version: 2.4\nName: torchvision\nVersion: 0.20.1\nRequires-Dist: torch==2.5.1\n"
    >>> parse_head(head + "\nVersion: of the readme\n")
    Head(name='torchvision', version='0.20.1', requires=('torch==2.5.1',), requires_python='')
    """
    fields: dict[str, str] = {}
    requires = []
    for line in text.partition("\n\n")[0].replace("\r\n", "\n").split("\n"):
        if not line:
            break
        name, colon, value = line.partition(":")
        key = name.lower()
        if key == "requires-dist" and colon:
            requires.append(value.strip())
        elif key in ("name", "version", "requires-python"):
            fields.setdefault(key, value.strip())
    return Head(
        name=fields.get("name", ""),
        version=fields.get("version", ""),
        requires=tuple(requires),
        requires_python=fields.get("requires-python", ""),
    )
