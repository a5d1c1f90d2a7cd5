"""Projects on disk for the lint, and what it says of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from scaffold.checks.ide import inspect
from scaffold.checks.model import Finding
from scaffold.pycharm.survey.model import IdeFacts
from scaffold.pycharm.survey.survey import survey
from scaffold.system import Completed
from tests.pycharm.projects_on_disk import Host, lay

MODULES = """<?xml version="1.0" encoding="UTF-8"?>
<project version="4">
  <component name="ProjectModuleManager">
    <modules>
      <module fileurl="file://$PROJECT_DIR$/.idea/app.iml" filepath="$PROJECT_DIR$/.idea/app.iml" />
    </modules>
  </component>
</project>
"""

MODULE = """<?xml version="1.0" encoding="UTF-8"?>
<module type="PYTHON_MODULE" version="4">
  <component name="NewModuleRootManager">
    <content url="file://$MODULE_DIR$">
      <sourceFolder url="file://$MODULE_DIR$/src" isTestSource="false" />
    </content>
    <orderEntry type="inheritedJdk" />
    <orderEntry type="sourceFolder" forTests="false" />
  </component>
</module>
"""

#: A project in which nothing is wrong.
FILES: Mapping[str, str] = {
    "pyproject.toml": '[project]\nname = "app"\n',
    "src/app/__init__.py": "",
    "src/app/train.py": "",
    "tests/test_app.py": "def test_it():\n    pass\n",
    ".idea/modules.xml": MODULES,
    ".idea/app.iml": MODULE,
}

#: Options of a run configuration that is as it should be.
GOOD: Mapping[str, str] = {
    "WORKING_DIRECTORY": "$PROJECT_DIR$",
    "IS_MODULE_SDK": "true",
    "SCRIPT_NAME": "$PROJECT_DIR$/src/app/train.py",
}


def _quoted(value: str) -> str:
    """As PyCharm writes it: always in double quotes."""
    return '"' + escape(value, {'"': "&quot;"}) + '"'


def run_xml(
    name: str = "train",
    *,
    kind: str = "PythonConfigurationType",
    factory: str = "Python",
    module: str = "app",
    attributes: str = "",
    inside: str = "",
    **options: str,
) -> str:
    """A run configuration's file; options replace those of GOOD, "(left out)" leaves one out."""
    lines = [
        f"    <option name={quoteattr(option)} value={_quoted(value)} />"
        for option, value in {**GOOD, **options}.items()
        if value != "(left out)"
    ]
    head = f'name={quoteattr(name)} type="{kind}" factoryName="{factory}"{attributes}'
    return "\n".join(
        [
            '<component name="ProjectRunConfigurationManager">',
            f'  <configuration default="false" {head}>',
            f"    <module name={quoteattr(module)} />",
            *([inside] if inside else []),
            *lines,
            '    <method v="2" />',
            "  </configuration>",
            "</component>",
        ]
    )


class GitHost(Host):
    """A host whose git has exactly these files; everything else in the project is ignored."""

    def __init__(self, tracked: Sequence[str], *, status: int = 0, said: str = "") -> None:
        super().__init__(PATH="/usr/bin", HOME="/home/ada")
        self._tracked, self._status, self._said = tracked, status, said

    def run(self, argv: Sequence[Any], **_: Any) -> Completed:
        listing = "" if {"--others", "--ignored"} & set(argv) else "\0".join(self._tracked)
        return Completed(
            argv=tuple(map(str, argv)),
            outcome="exited",
            status=self._status,
            stdout=listing,
            stderr=self._said,
        )


def facts_of(root: Path, tracked: Sequence[str] | None = None, **more: str) -> IdeFacts:
    """Lay FILES and ``more`` (path -> text), all of which git has; ``tracked`` says otherwise."""
    files = {path: text for path, text in {**FILES, **more}.items() if text != "(left out)"}
    lay(root, files)
    (root / ".git").mkdir(exist_ok=True)
    return survey(root, GitHost(list(files) if tracked is None else tracked))


def seen(findings: Sequence[Finding]) -> dict[str, str]:
    """The level of every finding that is not good."""
    return {one.id: one.level for one in findings if one.level != "ok"}


def look(root: Path, tracked: Sequence[str] | None = None, **more: str) -> dict[str, str]:
    """What is wrong with a project of FILES and ``more``."""
    return seen(inspect(facts_of(root, tracked, **more)))


def the(root: Path, rule: str, tracked: Sequence[str] | None = None, **more: str) -> Finding:
    """The one finding of a rule."""
    (found,) = [one for one in inspect(facts_of(root, tracked, **more)) if one.id == rule]
    return found


def shown(finding: Finding) -> list[tuple[str, str]]:
    """A finding's evidence."""
    return [(one.source, one.value) for one in finding.evidence]
