"""Our run configuration laid into a file that the user or the IDE has changed since.

What we wrote last time (``base``) tells whose a value is: one that is as we wrote it follows us, one that is
otherwise is theirs, and so is the absence of one that we wrote. Without it nobody knows: then everything that
is there stays, and ours is added where nothing is. What we never write (DEBUG_JUST_MY_CODE, extensions, steps
before the launch, comments) is neither read nor touched.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from xml.etree.ElementTree import Element

from scaffold.errors import IdeFileBroken
from scaffold.pycharm.documents.source import document_of

#: One value of a run configuration: ("option", "PARAMETERS"), ("env", "COLOUR"), ("attribute", "folderName").
Row = tuple[str, ...]

#: Attributes of the configuration itself that are ours to follow.
_ATTRIBUTES = ("name", "type", "factoryName", "folderName")

#: Elements that are rows: which attributes tell them apart, and which one holds the value.
_ELEMENTS: Mapping[str, tuple[tuple[str, ...], str]] = {
    "module": ((), "name"),
    "option": (("name",), "value"),
    "envs": ((), ""),
    "EXTENSION": (("ID",), "runner"),
    "toRun": (("name", "type"), ""),
    "method": ((), "v"),
}


def is_run(path: str) -> bool:
    """Whether a file below ``.idea`` is a run configuration's."""
    return path.startswith(".idea/runConfigurations/") and path.endswith(".xml")


def merge_run(existing: bytes, fresh: bytes, *, path: Path, base: bytes | None = None) -> bytes:
    """The content of ``existing`` with our row in it; the very same bytes where nothing is to be changed.

    ``fresh`` is the file as we would write it now, ``base`` what we wrote there last, ``path`` is named in
    errors. A configuration whose type somebody changed is theirs and stays. Raises IdeFileBroken for a file
    that is no run configuration's.
    """
    if existing == base:
        return fresh
    theirs, ours, before = document_of(existing, path), _only(fresh, path), _base(base, path)
    name = ours.get("name", "")
    present = _find(theirs.root, {name} if before is None else {name, before.get("name", "")}, path)
    if present is None:
        theirs.root.append(ours)
        return theirs.to_bytes()
    if present.get("type") != (ours if before is None else before).get("type"):
        return existing
    _lay(present, _rows(ours), {} if before is None else _rows(before))
    return theirs.to_bytes()


def _only(content: bytes, file: Path) -> Element:
    """The configuration of a file that holds a single one."""
    configuration = document_of(content, file).root.find("configuration")
    assert configuration is not None  # we wrote it
    return configuration


def _base(base: bytes | None, file: Path) -> Element | None:
    return None if base is None else document_of(base, file).root.find("configuration")


def _find(root: Element, names: set[str], file: Path) -> Element | None:
    """The configuration that is ours: by its name, or the only one, which somebody has renamed."""
    if root.tag != "component":
        raise IdeFileBroken(
            f"{file} holds no run configuration",
            detail=(f"its root element is <{root.tag}>",),
            hint="Move it away; scaffold writes it anew",
        )
    found = [one for one in root.findall("configuration") if one.get("default") != "true"]
    named = [one for one in found if one.get("name") in names]
    return named[0] if named else found[0] if len(found) == 1 else None


def _rows(configuration: Element) -> dict[Row, str]:
    """What a configuration says, in the order of the file."""
    rows: dict[Row, str] = {
        ("attribute", name): configuration.get(name, "")
        for name in _ATTRIBUTES
        if name in configuration.attrib
    }
    for element in configuration:
        row = _row(element)
        if row is not None:
            rows.setdefault(row, element.get(_ELEMENTS[element.tag][1], ""))
        if element.tag == "envs":
            rows.update(
                {("env", one.get("name", "")): one.get("value", "") for one in element.findall("env")}
            )
    return rows


def _row(element: Element) -> Row | None:
    keys = _ELEMENTS.get(element.tag)
    return None if keys is None else (element.tag, *(element.get(key, "") for key in keys[0]))


def _lay(configuration: Element, wanted: dict[Row, str], before: dict[Row, str]) -> None:
    """Three ways, value by value."""
    there = _rows(configuration)
    order = tuple(wanted)
    for row in (*wanted, *(row for row in reversed(before) if row not in wanted)):
        now = there.get(row)
        if now != before.get(row) or now == wanted.get(row):
            continue
        if row in wanted:
            _put(configuration, row, wanted[row], order)
        else:
            _take(configuration, row)


def _put(configuration: Element, row: Row, value: str, order: tuple[Row, ...]) -> None:
    kind, *keys = row
    if kind == "attribute":
        configuration.set(keys[0], value)
    elif kind == "env":
        _put_variable(configuration, keys[0], value, order)
    else:
        element = _element(configuration, row)
        if element is None:
            names, _ = _ELEMENTS[kind]
            element = Element(kind, dict(zip(names, keys, strict=True)))
            configuration.insert(_place(configuration, row, order), element)
        if _ELEMENTS[kind][1]:
            element.set(_ELEMENTS[kind][1], value)


def _put_variable(configuration: Element, name: str, value: str, order: tuple[Row, ...]) -> None:
    holder = _element(configuration, ("envs",))
    if holder is None:
        holder = Element("envs")
        configuration.insert(_place(configuration, ("envs",), order), holder)
    variable = next((one for one in holder.findall("env") if one.get("name") == name), None)
    if variable is None:
        variable = Element("env", {"name": name})
        holder.append(variable)
    variable.set("value", value)


def _take(configuration: Element, row: Row) -> None:
    kind, *keys = row
    if kind == "attribute":
        del configuration.attrib[keys[0]]
        return
    holder = _element(configuration, ("envs",)) if kind == "env" else configuration
    for element in [] if holder is None else list(holder):
        if _row(element) == row or (element.tag == kind == "env" and element.get("name") == keys[0]):
            if kind == "envs" and len(element):
                continue  # somebody's own variables are in it
            assert holder is not None
            holder.remove(element)


def _element(configuration: Element, row: Row) -> Element | None:
    return next((one for one in configuration if _row(one) == row), None)


def _place(configuration: Element, row: Row, order: tuple[Row, ...]) -> int:
    """Behind what stands before it in our own order and is there."""
    earlier = set(order[: order.index(row)])
    places = [place for place, one in enumerate(configuration) if _row(one) in earlier]
    return places[-1] + 1 if places else 0
