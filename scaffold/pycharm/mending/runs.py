"""Cures of one run configuration."""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.etree.ElementTree import Element

from scaffold.pycharm.mending.arguments import ARGUMENTS, double_quoted, meant, written
from scaffold.pycharm.mending.modules import bound_to
from scaffold.pycharm.survey.paths import DECISIVE
from scaffold.pycharm.survey.runs import is_elsewhere, takes_own

if TYPE_CHECKING:
    from scaffold.pycharm.mending.mended import Mended
    from scaffold.pycharm.survey.model import IdeFacts, Run


def mend_run(run: Run, copy: Mended, facts: IdeFacts) -> None:
    """The project's interpreter, double quotes, a module that is there."""
    element = copy.twin(run.element)
    if takes_own(run):
        _take_modules_interpreter(element)
        copy.say("it takes the project's interpreter")
    for name in ARGUMENTS if run.configuration.kind is not None else ():
        said = meant(name, run.option(name))
        if double_quoted(said) != said:
            set_option(element, name, written(name, double_quoted(said)))
            copy.say("arguments in double quotes")
    for name in DECISIVE if run.file.shared and not run.template and not is_elsewhere(run) else ():
        if run.option(name) in facts.portable:
            set_option(element, name, facts.portable[run.option(name)])
            copy.say("paths of the project from $PROJECT_DIR$")
    folder = unsaid_folder(run)
    if folder:
        set_option(element, "WORKING_DIRECTORY", folder)
        copy.say("its working folder is written down")
    module = element.find("module")
    wanted = bound_to(run, facts)
    if module is not None and wanted:
        module.set("name", wanted)
        copy.say(f"it belongs to the module {wanted}")


def unsaid_folder(run: Run) -> str:
    """The folder in which PyCharm runs it, where a shared configuration does not say so; else ""."""
    if run.option("WORKING_DIRECTORY") or not run.file.shared or run.template:
        return ""
    if run.configuration.kind in {"module", "torchrun"}:
        return "$PROJECT_DIR$"
    folder, _, script = run.option("SCRIPT_NAME").rpartition("/")
    in_project = run.configuration.kind == "script" and folder.startswith("$PROJECT_DIR$")
    return folder if in_project and script else ""


def _take_modules_interpreter(element: Element) -> None:
    for option in element.findall("option"):
        if option.get("name") == "SDK_NAME":
            element.remove(option)
        elif option.get("name") == "SDK_HOME":
            option.set("value", "")
    set_option(element, "IS_MODULE_SDK", "true")


def set_option(element: Element, name: str, value: str) -> None:
    """Set an option that is there; else put it behind the last one."""
    options = element.findall("option")
    there = [option for option in options if option.get("name") == name]
    for option in there:
        option.set("value", value)
    if there:
        return
    last = list(element).index(options[-1]) + 1 if options else len(element)
    element.insert(last, Element("option", name=name, value=value))
