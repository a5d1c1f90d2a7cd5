"""Facts about a PyCharm project out of a loose description."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from xml.sax.saxutils import quoteattr

from scaffold.facts.told import Told, one_line, spelt
from scaffold.pycharm.documents.conflict import conflict_line
from scaffold.pycharm.survey.files import parsed
from scaffold.pycharm.survey.model import (
    GitView,
    IdeFacts,
    IdeFile,
    IdeInterpreter,
    IdeSettings,
    Lack,
    Missing,
    Run,
)
from scaffold.pycharm.survey.runs import runs
from scaffold.pycharm.survey.settings import chosen_interpreter

#: Where a told project lies, as far as the rules must know a place.
ROOT = Path("/told/project")

_LONGEST, _MOST = 200_000, 200

#: Words for an interpreter that is none, for another than the terminal's, for a path that leads nowhere.
_NONE = re.compile(
    r"(?:<?no(?:ne| interpreter| python)?\b.*|not (?:set|configured).*|unset|missing|无|没有.*)",
    re.IGNORECASE,
)
_OTHER = re.compile(
    r"\b(?:another|other|different|wrong|not the (?:same|one))\b|\b(?:is|are) (?:only )?(?:installed )?in\b"
    r"|\bthe (?:terminal|shell)\b|不同|另一个|不一样|终端",
    re.IGNORECASE,
)
_GONE = re.compile(
    r"\b(?:old|moved|deleted|removed|missing|renamed|gone|does not exist|not exist|stale|no longer)\b",
    re.IGNORECASE,
)
_PATH = re.compile(r"(?:[A-Za-z]:[\\/]|/|~|%\w+%|\$\w|\\\\)\S")

_ABSOLUTE = re.compile(r"(?:[a-z]:)?/\S+/python[\d.]*(?:\.exe)?$")

_NO_MODULES = '<project version="4"><component name="ProjectModuleManager" /></project>'

_JDK_NAME = re.compile(r"""project-jdk-name\s*=\s*(?:'([^']{0,500})'|"([^"]{0,500})")""")
_HOME = re.compile(r"""homePath\s+value\s*=\s*["']([^"']{0,500})["']""")
_NAME = re.compile(r"""<name\s+value\s*=\s*["']([^"']{0,500})["']""")


def told(description: Told) -> IdeFacts | None:
    """What the description tells; None where it tells nothing of PyCharm and its files."""
    project, ide = description.below("project"), description.below("ide")
    tracked = frozenset(_tracked(project))
    texts = dict(_texts(project, ide))
    if not (ide.facts or tracked or texts):
        return None
    git = GitView(state="read", tracked=tracked) if tracked else GitView()
    files = tuple(_file(path, text, git) for path, text in sorted(texts.items()))
    facts = IdeFacts(root=ROOT, git=git, files=files, runs=_with_lacks(runs(ROOT, files)))
    return replace(facts, settings=_settings(ide, description, facts))


def _tracked(project: Told) -> Iterator[str]:
    """Names of files in git; a pattern stands for one file that fits."""
    for one in project.rows("git_tracked", "tracked")[:_MOST]:
        if isinstance(one, str):
            yield one_line(one).replace("\\", "/").replace("*", "project")


def _file(path: str, text: str, git: GitView) -> IdeFile:
    content = text.encode("utf-8", "replace")
    file = IdeFile(path=path, content=content, conflict=conflict_line(content), shared=git.shares(path))
    return parsed(file)


def _texts(project: Told, ide: Told) -> Iterator[tuple[str, str]]:
    """The files of .idea that are told, as XML, by path."""
    misc = project.first("misc.xml", ".idea/misc.xml") or ide.first("misc.xml")
    if isinstance(misc, str) and misc:
        yield ".idea/misc.xml", _misc(misc[:_LONGEST])
    for name, text in project.facts.items():
        whole = isinstance(name, str) and isinstance(text, str) and "<" in text
        if whole and name.endswith((".iml", ".xml")) and not name.endswith("misc.xml"):
            path = one_line(name).replace("\\", "/")
            yield (path if "/" in path else f".idea/{path}"), text[:_LONGEST]
    if any(str(name).endswith(".iml") for name in project.facts) and not project.has("modules.xml"):
        yield ".idea/modules.xml", _NO_MODULES  # what it holds was not told
    for number, run in enumerate(_told_runs(project, ide)):
        yield f".idea/runConfigurations/told_{number}.xml", _run_xml(run)


def _misc(text: str) -> str:
    if text.lstrip().startswith("<"):
        return text
    found = _JDK_NAME.search(text)
    name = (found[1] or found[2] or "") if found else one_line(text)
    return (
        '<project version="4"><component name="ProjectRootManager" version="2" '
        f'project-jdk-name={quoteattr(name)} project-jdk-type="Python SDK" /></project>'
    )


def _told_runs(project: Told, ide: Told) -> list[Mapping[str, object]]:
    rows = [
        *ide.rows("run_configuration", "run_configurations"),
        *project.rows("run_configuration", "run_configurations"),
    ]
    return [one for one in rows[:_MOST] if isinstance(one, Mapping)]


def _run_xml(told_run: Mapping[str, object]) -> str:
    options = {
        name: one_line(value)
        for name, value in told_run.items()
        if isinstance(name, str) and isinstance(value, str) and re.fullmatch(r"[A-Z_]{3,40}", name)
    }
    rows = "".join(f"<option name={quoteattr(n)} value={quoteattr(v)} />" for n, v in options.items())
    name = told_run.get("name")
    title = one_line(name) if isinstance(name, str) and name else "run"
    return (
        f'<component name="ProjectRunConfigurationManager"><configuration name={quoteattr(title)} '
        f'type="PythonConfigurationType" factoryName="Python">{rows}</configuration></component>'
    )


#: Options of a run configuration that must be there -> what it lacks where they are not.
_NEEDED: Mapping[str, Missing] = {
    "SCRIPT_NAME": "script",
    "WORKING_DIRECTORY": "folder",
    "ENV_FILES": "env-file",
}


def _with_lacks(found: tuple[Run, ...]) -> tuple[Run, ...]:
    """Run configurations that name what was told to be gone."""
    lacking = []
    for run in found:
        lacks = [
            Lack(kind=kind, text=f"{option} is told to be: {run.option(option)}")
            for option, kind in _NEEDED.items()
            if _GONE.search(run.option(option))
        ]
        lacking.append(replace(run, lacks=tuple(lacks)))
    return tuple(lacking)


def _settings(ide: Told, description: Told, facts: IdeFacts) -> IdeSettings:
    named, source = chosen_interpreter(facts)
    value = ide.first("project_interpreter", "interpreter", "sdk")
    said = one_line(value) if isinstance(value, str) else ""
    entries = tuple(_entries(ide.first("jdk.table.xml", "jdk_table")))
    if said and not entries and _GONE.search(said):
        entries = (IdeInterpreter(name=said, home=said, there=False, source="as it was told"),)
    none = (ide.has("project_interpreter") and value is None) or bool(said and _NONE.fullmatch(said))
    path = said if _PATH.match(said) else ""
    differs = said if _OTHER.search(said) or (path and _is_elsewhere(path, description)) else ""
    chosen = "" if none else named or (said if said and not differs else None)
    home = path or next((one.home for one in entries), "")
    if chosen is None and entries:
        chosen = entries[0].name
    packaging = ide.text("packaging", "installed_by", "install")
    return IdeSettings(
        products=tuple(filter(None, (f"{ide.text('name')} {ide.text('version')}".strip(),))),
        packaging=(packaging.lower(),) if packaging else (),
        interpreters=entries or None,
        chosen=chosen,
        source=source or "as it was told",
        home=home,
        differs=differs,
        layout=_layout(description) if ide.facts else "",
    )


def _is_elsewhere(path: str, description: Told) -> bool:
    """Whether the interpreter lies outside of the environment that was told."""
    venv = description.below("venv").text("path").replace("\\", "/").rstrip("/").lower()
    written = path.replace("\\", "/").lower()
    python = description.below("python")
    ran = one_line(spelt(python.first("executable", "path") or "")).replace("\\", "/").lower()
    if venv and "..." not in venv:
        return f"{venv}/" not in written
    if _ABSOLUTE.match(ran) and _ABSOLUTE.match(written) and not _GONE.search(ran):
        return ran.rpartition("/")[0] != written.rpartition("/")[0]
    of_conda = description.below("python").text("manager").lower() in ("conda", "anaconda", "miniconda")
    return of_conda and not re.search(r"conda|/envs/|mamba|miniforge", written)


def _entries(text: object) -> Iterator[IdeInterpreter]:
    """Entries of a table of interpreters, whole or in part."""
    for part in text[:_LONGEST].split("<jdk ")[:_MOST] if isinstance(text, str) else ():
        home, name = _HOME.search(part), _NAME.search(part)
        if home:
            gone = bool(_GONE.search(part.replace(home[0], "")))
            yield IdeInterpreter(
                name=name[1] if name else "the project's interpreter",
                home=home[1],
                there=False if gone else None,
                source="jdk.table.xml",
            )


def _layout(description: Told) -> str:
    """What the environment lacks of the form that PyCharm knows."""
    venv = description.below("venv")
    for name in ("Include", "include", "Scripts", "bin", "activate", "Scripts/activate", "pyvenv.cfg"):
        value = venv.first(name)
        if isinstance(value, str) and re.search(
            r"\b(?:missing|no|absent|not there|lacks?)\b", value, re.IGNORECASE
        ):
            return f"no {name}"
    return ""
