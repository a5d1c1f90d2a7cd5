"""Cures of modules: their names, roots, excluded folders and test runner."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Literal

from scaffold.pycharm.project.module_rows import ModuleFile
from scaffold.pycharm.project.rows import FOLDER
from scaffold.pycharm.survey.files import iml_path
from scaffold.pycharm.survey.folders import to_exclude

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

    from scaffold.pycharm.mending.mended import Mended
    from scaffold.pycharm.survey.model import IdeFacts, IdeFile, IdeModule, Run

MODULES = ".idea/modules.xml"

#: What a module may be called without surprises in a file name.
_NAME = re.compile(r"[\w.-]+(?: [\w.-]+)*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Renamed:
    """A module that gets the project's name; paths are those of its .iml."""

    name: str
    was: str
    old: str
    new: str


def misnamed(facts: IdeFacts) -> IdeModule | None:
    """The module of the whole project, where it is called otherwise than pyproject.toml calls the project."""
    own = [one for one in facts.modules if one.module and one.module.content == (facts.root,)]
    if len(own) != 1 or not facts.name or facts.name in {one.name for one in facts.known_modules}:
        return None
    return own[0]


def new_name(facts: IdeFacts) -> Renamed | None:
    """The new name of `misnamed`, where every file that names it can be changed."""
    one = misnamed(facts)
    if one is None or one.module is None or not _NAME.fullmatch(facts.name):
        return None
    folder, _, _ = one.path.rpartition("/")
    new = f"{folder}/{facts.name}.iml" if folder else f"{facts.name}.iml"
    taken = {module.name.casefold() for module in facts.known_modules}
    if facts.name.casefold() in taken or facts.file(new) is not None:
        return None
    if not all(file is not None and file.changeable for file in _naming(one.module.name, one, facts)):
        return None
    return Renamed(name=facts.name, was=one.module.name, old=one.path, new=new)


def _naming(name: str, one: IdeModule, facts: IdeFacts) -> Iterator[IdeFile | None]:
    """Every file that names a module, its own among them."""
    yield from (one.file, facts.file(MODULES))
    yield from (run.file for run in facts.runs if run.stored and run.configuration.module == name)
    yield from (other.file for other in facts.modules if other.module and name in other.module.dependencies)


def lost(facts: IdeFacts) -> tuple[IdeModule, ...]:
    """Modules that modules.xml names in vain."""
    return tuple(one for one in facts.modules if one.file is None and not one.path.startswith("$"))


def forgettable(facts: IdeFacts) -> tuple[IdeModule, ...]:
    """Those of `lost` that nothing else names, beside one that is there: modules.xml can do without them."""
    file, needed = facts.file(MODULES), {run.configuration.module for run in facts.runs}
    needed |= {name for module in facts.known_modules for name in module.dependencies}
    if file is None or not file.changeable or not facts.known_modules:
        return ()
    return tuple(
        one
        for one in lost(facts)
        if one.path not in facts.git.tracked and PurePosixPath(one.path).stem not in {*needed, facts.name}
    )


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
    """The new file name of a renamed module; those that are gone go."""
    renamed, gone = new_name(facts), {one.path for one in forgettable(facts)}
    for modules in copy.document.root.iter("modules"):
        for element in modules.findall("module"):
            path = iml_path(element.get("filepath", ""), facts.root, facts.home)
            if path in gone:
                modules.remove(element)
                copy.say(f"{path} is not there")
            elif renamed is not None and path == renamed.old:
                for attribute in {"fileurl", "filepath"}.intersection(element.keys()):
                    before = element.get(attribute, "").removesuffix(f"{renamed.was}.iml")
                    element.set(attribute, f"{before}{renamed.name}.iml")
                copy.say(f"the module is called {renamed.name}")


def mend_module(one: IdeModule, copy: Mended, facts: IdeFacts) -> None:
    """Excluded folders, source root, test runner, names of other modules."""
    if lacks_source_root(one, facts):
        mark(copy, "src", "source", facts)
    for module, folder in to_exclude(facts):
        if module is one:
            mark(copy, folder.path, "excluded", facts)
    renamed = new_name(facts)
    for order in copy.document.root.iter("orderEntry") if renamed else ():
        if renamed and order.get("module-name") == renamed.was:
            order.set("module-name", renamed.name)
            copy.say(f"it depends on the module {renamed.name}")
    for option in by_unittest(copy.document.root, facts):
        option.set("value", "py.test")
        copy.say("tests are run by pytest")


def lacks_source_root(one: IdeModule, facts: IdeFacts) -> bool:
    """Whether code below ``src`` is imported from there, and the module does not say so."""
    module, source = one.module, facts.root / "src"
    whole = module is not None and module.content == (facts.root,)
    return whole and bool(facts.packages) and module is not None and source not in module.sources


def by_unittest(document: Element, facts: IdeFacts) -> Iterator[Element]:
    """Options of a module that have unittest run what is written for pytest."""
    for service in document.iter("component") if facts.pytest else ():
        for option in service.findall("option") if service.get("name") == "TestRunnerService" else ():
            chosen = option.get("value", "").casefold()
            if option.get("name") == "PROJECT_TEST_RUNNER" and chosen.startswith("unittest"):
                yield option


def mark(copy: Mended, folder: str, kind: Literal["source", "excluded"], facts: IdeFacts) -> None:
    """A folder of the project as source root, or excluded."""
    file = ModuleFile(root=facts.root, path=copy.file.path, home=facts.home)
    file.put(copy.document.root, FOLDER + folder, kind)
    copy.say(f"{folder} is {'a source root' if kind == 'source' else 'excluded'}")
