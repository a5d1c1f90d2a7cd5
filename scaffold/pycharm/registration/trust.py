"""``options/trusted-paths.xml``: the projects that one PyCharm opens without asking.

Exactly the project is entered, never a folder above it. A project that the user opened in safe mode
(``false``) keeps that. Source: TrustedPaths in intellij-community (read 2026-11-22).
"""

from __future__ import annotations

from pathlib import Path
from xml.etree.ElementTree import Element, SubElement

from scaffold.pycharm.documents.source import Document
from scaffold.pycharm.registration.paths import key, native
from scaffold.pycharm.registration.table import component_of
from scaffold.system import System

COMPONENT = "Trusted.Paths"
_OPTION = "TRUSTED_PROJECT_PATHS"


def empty() -> Element:
    """Settings that trust nothing yet."""
    application = Element("application")
    SubElement(application, "component", name=COMPONENT)
    return application


def trusted(root: Element, project: Path, system: System) -> bool | None:
    """Whether a project is trusted (True), opened in safe mode (False), or not decided (None).

    The nearest folder that is listed decides, as in the IDE; a folder of the user's that trusts all below
    it (``TRUSTED_PATHS``) counts, too.
    """
    states = {key(one.get("key", ""), system): one.get("value") == "true" for one in _entries(root)}
    places = [key(str(place), system) for place in (project, *project.parents)]
    decided = next((states[place] for place in places if place in states), None)
    if decided is None and any(key(path, system) in places for path in _wide(root)):
        return True
    return decided


def _entries(root: Element) -> list[Element]:
    components = [one for one in root.iter("component") if one.get("name") == COMPONENT]
    return [one for component in components for one in component.iter("entry")]


def _wide(root: Element) -> list[str]:
    components = [one for one in root.iter("component") if one.get("name") == f"{COMPONENT}.Settings"]
    return [one.get("value", "") for component in components for one in component.findall(".//list/option")]


def enter(document: Document, project: Path, system: System) -> bool:
    """Trust a project about which nothing was decided; whether anything was changed."""
    if trusted(document.root, project, system) is not None:
        return False
    option = _option(component_of(document, COMPONENT))
    entries = option.find("map")
    if entries is None:
        entries = SubElement(option, "map")
    SubElement(entries, "entry", key=native(project, system), value="true")
    return True


def _option(component: Element) -> Element:
    for option in component.findall("option"):
        if option.get("name") == _OPTION:
            return option
    return SubElement(component, "option", name=_OPTION)


def remove(document: Document, project: Path, system: System) -> bool:
    """Take back the trust that was entered; whether it still stood there."""
    wanted = key(str(project), system)
    for component in (one for one in document.root.iter("component") if one.get("name") == COMPONENT):
        option = next((one for one in component.findall("option") if one.get("name") == _OPTION), None)
        entries = option.find("map") if option is not None else None
        for one in list(entries) if entries is not None else ():
            if option is not None and entries is not None and _is(one, wanted, system):
                entries.remove(one)
                if not len(entries):  # the IDE, too, writes no empty list
                    component.remove(option)
                return True
    return False


def _is(entry: Element, wanted: str, system: System) -> bool:
    return key(entry.get("key", ""), system) == wanted and entry.get("value") == "true"
