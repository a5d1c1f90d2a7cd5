"""``options/jdk.table.xml``: the interpreters that one PyCharm knows, each by a name that is global to it.

An entry's form is what PyCharm 2022.3 and later write (PythonSdkAdditionalData, PyCondaFlavorData and
SealedClassAdapter in intellij-community, read 2026-11-22); earlier ones read it, too. An environment that
uv made is entered as an ordinary one: PyCharm then starts its interpreter, not ``uv run``.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from xml.etree.ElementTree import Element, SubElement

from scaffold.errors import IdeFileBroken
from scaffold.pycharm.documents.source import Document
from scaffold.pycharm.registration.model import Known, Sdk
from scaffold.pycharm.registration.paths import expanded, key, native, portable
from scaffold.system import System

COMPONENT = "ProjectJdkTable"
_PYTHON = "Python SDK"


def empty() -> Element:
    """A table without an entry."""
    application = Element("application")
    SubElement(application, "component", name=COMPONENT)
    return application


def refuse_other(document: Document) -> None:
    """Raise IdeFileBroken for a file that is not one of the IDE's settings."""
    if document.root.tag != "application":
        raise IdeFileBroken(
            f"{document.path} is no file of PyCharm's settings",
            detail=(f"its root element is <{document.root.tag}>, not <application>",),
        )


def component_of(document: Document, name: str) -> Element:
    """A component of a file of settings, made where it is missing."""
    for component in document.root.iter("component"):
        if component.get("name") == name:
            return component
    return SubElement(document.root, "component", name=name)


def known(root: Element, system: System) -> tuple[Known, ...]:
    """Every interpreter for Python in a table; entries without a name are passed over."""
    return tuple(_known(element, system) for element in _entries(root) if _value(element, "name"))


def _entries(root: Element) -> Iterator[Element]:
    for component in root.iter("component"):
        if component.get("name") == COMPONENT:
            yield from (one for one in component.iter("jdk") if _value(one, "type") == _PYTHON)


def _known(element: Element, system: System) -> Known:
    additional = element.find("additional")
    more = additional.attrib if additional is not None else {}
    return Known(
        name=_value(element, "name"),
        home=expanded(_value(element, "homePath"), system),
        identity=more.get("SDK_UUID", ""),
        project=expanded(more.get("ASSOCIATED_PROJECT_PATH", ""), system),
    )


def taken_names(root: Element) -> frozenset[str]:
    """The names of every entry, Java's included: they share one space."""
    return frozenset(_value(one, "name") for one in root.iter("jdk"))


def enter(document: Document, sdks: Iterable[Sdk], leaving: Iterable[Known], system: System) -> None:
    """Make the table know ``sdks``; the entries of ours that are outdated go."""
    for old in leaving:
        remove(document, old, system)
    component = component_of(document, COMPONENT)
    for sdk in sdks:
        if not any(_says(one, sdk, system) for one in known(document.root, system)):
            component.append(entry(sdk, system))


def _says(one: Known, sdk: Sdk, system: System) -> bool:
    return one.name == sdk.name and key(one.home, system) == key(str(sdk.python), system)


def remove(document: Document, gone: Known, system: System) -> bool:
    """Take out the entry that still is what was entered; whether there was one.

    The IDE itself adds roots to it; who gives it another name or interpreter has made it theirs.
    """
    for component in document.root.iter("component"):
        for element in [one for one in component if one.tag == "jdk" and _value(one, "type") == _PYTHON]:
            if same_entry(_known(element, system), gone, system):
                component.remove(element)
                return True
    return False


def same_entry(one: Known, entered: Known, system: System) -> bool:
    """Whether an entry still is the one that was entered."""
    same = one.name == entered.name and key(one.home, system) == key(entered.home, system)
    # an older PyCharm drops the identity, and with it nothing else
    return same and one.identity in ("", entered.identity)


def entry(sdk: Sdk, system: System) -> Element:
    """A new entry."""
    jdk = Element("jdk", version="2")
    for tag, value in (
        ("name", sdk.name),
        ("type", _PYTHON),
        ("version", f"Python {sdk.version}"),
        ("homePath", native(sdk.python, system)),
    ):
        SubElement(jdk, tag, value=value)
    roots = SubElement(jdk, "roots")
    for kind, folders in (("classPath", sdk.roots), ("sourcePath", ())):
        composite = SubElement(SubElement(roots, kind), "root", type="composite")
        for folder in folders:
            SubElement(composite, "root", url=_url(folder, system), type="simple")
    associated = portable(sdk.project, system)
    additional = SubElement(jdk, "additional", ASSOCIATED_PROJECT_PATH=associated, SDK_UUID=sdk.identity)
    flavor, data = _flavor(sdk)
    SubElement(additional, "setting", name="FLAVOR_ID", value=flavor)
    SubElement(additional, "setting", name="FLAVOR_DATA", value=data)
    return jdk


def _url(folder: Path, system: System) -> str:
    path = portable(folder, system)
    return f"file://{path}"


def _flavor(sdk: Sdk) -> tuple[str, str]:
    """What kind of interpreter it is, as the Python plugin stores it."""
    if sdk.location is None:
        return "VirtualEnvSdkFlavor", "{}"
    if sdk.conda is None:  # without conda's program the plugin takes its own kind for broken
        return "UnknownFlavor", "{}"
    where = {"envPath": str(sdk.location), "isBase": False}
    identity = {"sealedClassChildId": "UnnamedEnv", "data": where}
    data = {"env": {"envIdentity": identity, "fullCondaPathOnTarget": str(sdk.conda)}}
    return "Conda", json.dumps(data, separators=(",", ":"), ensure_ascii=False)


def _value(element: Element, tag: str) -> str:
    found = element.find(tag)
    return found.get("value", "") if found is not None else ""
