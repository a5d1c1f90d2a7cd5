"""The run configurations of a project, as they stand in its files."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from scaffold.errors import IdeFileBroken, RunUnknown
from scaffold.pycharm.documents.source import read
from scaffold.pycharm.model import ConfigurationFile

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element


#: From here on two names count as a slip of the keyboard (difflib's own default).
ALIKE = 0.6


def configurations(root: Path) -> tuple[ConfigurationFile, ...]:
    """Every run configuration of a project; one that cannot be read says so itself (``problem``)."""
    files = [*sorted((root / ".run").glob("*.run.xml"))]
    files += sorted((root / ".idea" / "runConfigurations").glob("*.xml"))
    found = [one for path in files for one in read_file(path)]
    return tuple(sorted(found, key=_place))


def _place(one: ConfigurationFile) -> tuple[bool, str, str]:
    """Groups first, as PyCharm's list shows them."""
    return not one.folder, one.folder.casefold(), one.name.casefold()


def read_file(path: Path) -> tuple[ConfigurationFile, ...]:
    """The run configurations of one file; templates for new ones are passed over."""
    try:
        document = read(path)
    except IdeFileBroken as problem:
        return (ConfigurationFile(path=path, name=_stem(path), problem=_sentence(problem)),)
    elements = document.iter("configuration")
    return tuple(configuration_of(element, path) for element in elements if element.get("default") != "true")


def find(found: Sequence[ConfigurationFile], name: str) -> ConfigurationFile:
    """The configuration of that name; case and a unique beginning are enough.

    Raises RunUnknown with the nearest names.
    """
    for matches in (
        [one for one in found if one.name == name],
        [one for one in found if one.name.casefold() == name.casefold()],
        [one for one in found if name and one.name.casefold().startswith(name.casefold())],
    ):
        if len({one.name for one in matches}) == 1:
            return matches[0]
        if matches:
            raise _unknown(f"{name!r} may be any of several run configurations", found, matches)
    raise _unknown(f"There is no run configuration {name!r}", found, _near(found, name))


def _near(found: Sequence[ConfigurationFile], name: str) -> list[ConfigurationFile]:
    """Up to three whose name, or its beginning, is much like ``name``; all of them where none is."""
    from difflib import SequenceMatcher

    def likeness(one: ConfigurationFile) -> float:
        wanted, given = name.casefold(), one.name.casefold()
        return max(SequenceMatcher(None, wanted, text).ratio() for text in (given, given[: len(wanted)]))

    near = sorted((one for one in found if likeness(one) > ALIKE), key=likeness, reverse=True)
    return near[:3] or list(found)


def _unknown(
    message: str, found: Sequence[ConfigurationFile], near: Sequence[ConfigurationFile]
) -> RunUnknown:
    if not found:
        return RunUnknown(message, detail=("the project has no run configuration at all",))
    names = dict.fromkeys(one.name for one in near)
    return RunUnknown(message, detail=tuple(names), hint="See them all:  scaffold run")


def configuration_of(element: Element, path: Path) -> ConfigurationFile:
    """One ``<configuration>`` of the file ``path``."""
    module, envs = element.find("module"), element.find("envs")
    return ConfigurationFile(
        path=path,
        name=element.get("name") or _stem(path),
        type=element.get("type", ""),
        factory=element.get("factoryName", ""),
        folder=element.get("folderName", ""),
        module=None if module is None else module.get("name"),
        options={o.get("name", ""): o.get("value", "") for o in element.findall("option")},
        environment={} if envs is None else {e.get("name", ""): e.get("value", "") for e in envs},
        members=tuple((e.get("name", ""), e.get("type", "")) for e in element.findall("toRun")),
        before=tuple(
            step.get("run_configuration_name", "")
            for step in element.findall("method/option")
            if step.get("name") == "RunConfigurationTask" and step.get("enabled") == "true"
        ),
        more=tuple(_more(element)),
    )


def _more(element: Element) -> Iterator[str]:
    """Steps of other kinds (an external tool, a browser), and extensions of plugins (EnvFile)."""
    for step in element.findall("method/option"):
        if step.get("name") != "RunConfigurationTask" and step.get("enabled") == "true":
            yield step.get("name", "")
    for extension in element.findall("EXTENSION"):
        flags = {option.get("name"): option.get("value") for option in extension.findall("option")}
        if flags.get("IS_ENABLED") == "true":
            yield extension.get("ID", "")


def _stem(path: Path) -> str:
    return path.name.removesuffix(".xml").removesuffix(".run")


def _sentence(problem: IdeFileBroken) -> str:
    return "; ".join((problem.message, *problem.detail))
