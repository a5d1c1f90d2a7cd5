"""Cures of modules: their names, roots, excluded folders and test runner."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING
from xml.etree.ElementTree import Element

from scaffold.pycharm.survey.folders import to_exclude

if TYPE_CHECKING:
    from scaffold.pycharm.mending.plan import Mended
    from scaffold.pycharm.survey.model import IdeFacts, IdeModule, Run

#: What a module may be called without surprises in a file name.
_NAME = re.compile(r"[\w.-]+(?: [\w.-]+)*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Renamed:
    """A module that gets the project's name; paths are those of its .iml."""

    name: str
    was: str
    old: str
    new: str


def new_name(facts: IdeFacts) -> Renamed | None:
    """The module of the whole project that is called otherwise than pyproject.toml calls the project."""
    own = [
        one
        for one in facts.modules
        if one.module and one.file and not one.file.outside and one.module.content == (facts.root,)
    ]
    taken = {one.module.name.casefold() for one in facts.modules if one.module}
    if (
        len(own) != 1
        or own[0].module is None
        or not _NAME.fullmatch(facts.name)
        or facts.name.casefold() in taken
    ):
        return None
    folder, _, _ = own[0].path.rpartition("/")
    new = f"{folder}/{facts.name}.iml" if folder else f"{facts.name}.iml"
    if facts.file(new) is not None:
        return None
    return Renamed(name=facts.name, was=own[0].module.name, old=own[0].path, new=new)


def bound_to(run: Run, facts: IdeFacts) -> str:
    """The module that a run configuration must name instead of its own, "" where that one is right."""
    named, renamed = run.configuration.module, new_name(facts)
    if not named or not run.stored or run.template:
        return ""
    known = {module.name for module in facts.known_modules}
    if renamed is not None and named == renamed.was:
        return renamed.name
    if len(known) < len(facts.modules):  # one of them cannot be read
        return ""
    if not facts.modules:  # PyCharm makes one, and calls it after pyproject.toml or the folder
        return facts.name if facts.name and named not in {facts.name, facts.root.name} else ""
    if named in known or len(known) > 1:
        return ""
    return renamed.name if renamed is not None else next(iter(known))


def mend_modules_file(copy: Mended, facts: IdeFacts) -> None:
    """The new file name of a renamed module."""
    renamed = new_name(facts)
    for element in copy.document.root.iter("module") if renamed else ():
        for attribute, value in element.attrib.items():
            if renamed and value.endswith(f"/{renamed.old.rpartition('/')[2]}"):
                element.set(attribute, value[: -len(f"{renamed.was}.iml")] + f"{renamed.name}.iml")
                copy.say(f"the module is called {renamed.name}")


def mend_module(one: IdeModule, copy: Mended, facts: IdeFacts) -> None:
    """Excluded folders, source root, test runner, names of other modules."""
    content = next((e for e in copy.document.root.iter("content") if _is_root(e)), None)
    if content is not None:
        _mend_content(one, content, copy, facts)
    renamed = new_name(facts)
    for order in copy.document.root.iter("orderEntry") if renamed else ():
        if renamed and order.get("module-name") == renamed.was:
            order.set("module-name", renamed.name)
            copy.say(f"it depends on the module {renamed.name}")
    for service in copy.document.root.iter("component") if facts.pytest else ():
        for option in service.findall("option") if service.get("name") == "TestRunnerService" else ():
            if option.get("name") == "PROJECT_TEST_RUNNER" and option.get("value", "").casefold().startswith(
                "unittest"
            ):
                option.set("value", "py.test")
                copy.say("tests are run by pytest")


def _is_root(content: Element) -> bool:
    return content.get("url", "").rstrip("/") in {"file://$MODULE_DIR$", "file://$PROJECT_DIR$"}


def _mend_content(one: IdeModule, content: Element, copy: Mended, facts: IdeFacts) -> None:
    url = content.get("url", "").rstrip("/")
    source = facts.root / "src"
    if (
        one.module
        and facts.packages
        and one.module.content == (facts.root,)
        and source not in one.module.sources
    ):
        content.insert(0, Element("sourceFolder", url=f"{url}/src", isTestSource="false"))
        copy.say("src is a source root")
    for module, folder in to_exclude(facts):
        if module is one:
            content.append(Element("excludeFolder", url=f"{url}/{folder.path}"))
            copy.say(f"{folder.path} is excluded")
