"""PyCharm's Tools menu: entries of ours in ``tools/External Tools.xml`` of its folder of settings.

The format is that of ToolsProcessor and Tool in intellij-community (read 2026-11-22): a ``toolSet`` with a
``tool`` each, in which ``exec`` holds COMMAND, PARAMETERS (split as run configurations are) and
WORKING_DIRECTORY. The file is the user's: what is not ours stays byte for byte.

A tool is ours if it has one of our names and still starts scaffold with that entry's words. Whoever
changed its parameters has made it theirs; a switched-off one stays switched off.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal
from xml.etree.ElementTree import Element, SubElement

from scaffold.errors import IdeFileBroken
from scaffold.projects.menu import MenuEntry
from scaffold.pycharm.documents.source import Document, document_of
from scaffold.pycharm.documents.writing import to_bytes
from scaffold.pycharm.reading.parameters import join, parse

#: Below the folder of settings. The group is the one that the menu shows without a heading of its own.
FILE = Path("tools") / "External Tools.xml"
_GROUP = "External Tools"

#: Where the project lies that is open, and what the user is asked for; the IDE fills them in.
_PROJECT, _ASKED = "$ProjectFileDir$", '"$Prompt$"'

_MODULE = ("-m", "scaffold")

#: In the IDE's order. The places to show it in are not read any more (IDEA-190856).
_ATTRIBUTES = {
    "showInMainMenu": "false",
    "showInEditor": "false",
    "showInProject": "false",
    "showInSearchPopup": "false",
    "disabled": "false",
    "useConsole": "true",
    "showConsoleOnStdOut": "false",
    "showConsoleOnStdErr": "false",
    "synchronizeAfterRun": "true",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Program:
    """What starts scaffold on this machine, as it stands in the IDE's settings."""

    command: str  # absolute, with the IDE's macro for the user's home
    arguments: tuple[str, ...] = ()  # before scaffold's own: -m scaffold


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolChange:
    """What becomes of one entry of the menu."""

    name: str
    what: Literal["added", "updated", "removed", "unchanged", "kept"]
    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolsFile:
    """The file as it should be; ``content`` is None where there is to be none."""

    content: bytes | None
    changes: tuple[ToolChange, ...]


def with_tools(
    content: bytes | None, entries: Iterable[MenuEntry], program: Program, path: Path
) -> ToolsFile:
    """The file with our entries. Raises IdeFileBroken for one that is none of the IDE's."""
    document = _document(content, path)
    root = document.root if document is not None else Element("toolSet", name=_GROUP)
    changes = tuple(_put(root, entry, program) for entry in entries)
    if document is None:
        return ToolsFile(content=to_bytes(root, declaration=False), changes=changes)
    return ToolsFile(content=document.to_bytes(), changes=changes)


def without_tools(content: bytes | None, entries: Sequence[MenuEntry], path: Path) -> ToolsFile:
    """The file without our entries; one that holds nothing else goes. Raises IdeFileBroken."""
    document = _document(content, path)
    if document is None:
        return ToolsFile(content=None, changes=())
    changes = []
    for entry in entries:
        for tool in _named(document.root, entry):
            if _is_ours(tool, entry):
                document.root.remove(tool)
                changes.append(ToolChange(name=entry.name, what="removed"))
            else:
                changes.append(ToolChange(name=entry.name, what="kept", why="its parameters are yours"))
    left = document.to_bytes()
    is_empty = len(document.root) == 0 and b"<!--" not in left and changes
    return ToolsFile(content=None if is_empty else left, changes=tuple(changes))


def _document(content: bytes | None, path: Path) -> Document | None:
    if content is None or not content.strip():
        return None
    document = document_of(content, path)
    if document.root.tag != "toolSet":
        raise IdeFileBroken(
            f"{path} holds no external tools: it begins with <{document.root.tag}>",
            hint="Move the file away; the IDE writes it anew",
        )
    return document


def _put(root: Element, entry: MenuEntry, program: Program) -> ToolChange:
    found = _named(root, entry)
    if not found:
        root.append(_tool(entry, program))
        return ToolChange(name=entry.name, what="added")
    ours = next((tool for tool in found if _is_ours(tool, entry)), None)
    if ours is None:
        return ToolChange(name=entry.name, what="kept", why="its parameters are yours")
    wanted = {"COMMAND": program.command, "PARAMETERS": _parameters(entry, program)}
    changed = [_set_option(ours, name, value) for name, value in wanted.items()]
    return ToolChange(name=entry.name, what="updated" if any(changed) else "unchanged")


def _named(root: Element, entry: MenuEntry) -> list[Element]:
    return [tool for tool in root.findall("tool") if tool.get("name") == entry.name]


def _is_ours(tool: Element, entry: MenuEntry) -> bool:
    words = parse(_option(tool, "PARAMETERS"))
    if words[: len(_MODULE)] == _MODULE:
        words = words[len(_MODULE) :]
    asked = parse(_ASKED if entry.asks else "")
    return words in ((*entry.arguments, *asked), (*entry.words, *asked))


def _parameters(entry: MenuEntry, program: Program) -> str:
    return " ".join(
        filter(None, (join((*program.arguments, *entry.arguments)), _ASKED if entry.asks else ""))
    )


def _tool(entry: MenuEntry, program: Program) -> Element:
    tool = Element("tool", {"name": entry.name, "description": entry.summary, **_ATTRIBUTES})
    execution = SubElement(tool, "exec")
    options = {
        "COMMAND": program.command,
        "PARAMETERS": _parameters(entry, program),
        "WORKING_DIRECTORY": _PROJECT,
    }
    for name, value in options.items():
        SubElement(execution, "option", name=name, value=value)
    return tool


def _option(tool: Element, name: str) -> str:
    found = tool.find(f"exec/option[@name='{name}']")
    return found.get("value", "") if found is not None else ""


def _set_option(tool: Element, name: str, value: str) -> bool:
    """Whether it had another value."""
    found = tool.find(f"exec/option[@name='{name}']")
    if found is None or found.get("value") == value:
        if found is None:  # the IDE left out what was empty
            execution = tool.find("exec")
            execution = SubElement(tool, "exec") if execution is None else execution
            SubElement(execution, "option", name=name, value=value)
        return found is None
    found.set("value", value)
    return True
