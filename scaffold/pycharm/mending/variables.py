"""Environment variables of run configurations, written and taken out in place."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from xml.etree.ElementTree import Element

from scaffold.pycharm.documents.source import document_of

#: Run configuration -> variable -> its value; None: it goes.
Wanted = Mapping[str, Mapping[str, str | None]]


def with_variables(content: bytes, path: str, wanted: Wanted) -> bytes:
    """The file with these variables; what is not named stays byte for byte. Raises IdeFileBroken."""
    document = document_of(content, Path(path))
    changed = False
    for configuration in document.root.iter("configuration"):
        for name, value in wanted.get(configuration.get("name", ""), {}).items():
            changed |= _put(configuration, name, value)
    return document.to_bytes() if changed else content


def _put(configuration: Element, name: str, value: str | None) -> bool:
    """Write one; whether anything changed."""
    group = configuration.find("envs")
    there = [one for one in group.findall("env") if one.get("name") == name] if group is not None else []
    if value is None:
        for one in there:
            assert group is not None
            group.remove(one)
        return bool(there)
    if there:
        return False  # the user's own value stays
    if group is None:
        group = Element("envs")
        configuration.insert(0, group)
    group.append(Element("env", name=name, value=value))
    return True
