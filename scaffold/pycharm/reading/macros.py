"""The ``$MACROS$`` of JetBrains' files.

Path macros (``$PROJECT_DIR$``) are replaced when a file is read, before anything else looks at the
value. Run-time macros (``$ContentRoot$``) are replaced when a configuration is started, and among
PARAMETERS each of their values is one word. Source: ProgramParametersConfigurator.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from scaffold.pycharm.reading.parameters import quote

#: Macros of the editor's present state, or of a dialogue: outside the IDE nothing can stand for them.
_INTERACTIVE = re.compile(
    r"\$(?:Prompt|SelectedText|Selection\w+|Clipboard\w*|LineNumber|ColumnNumber|File\w*)\$"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Macros:
    """Values for one project and one of its modules; "" and None where a value is not known."""

    project: Path
    module: Path | None = None  # the module's first content root
    home: Path | None = None
    module_name: str = ""
    os: str = ""  # as OSName has it: linux, mac, windows
    user: str = ""

    def paths(self, text: str) -> str:
        """Path macros only, as when a file is read."""
        return _replaced(text, self._path_values())

    def working_folder(self, text: str) -> str:
        """As `all`, for a working directory, which may be the module's in an old spelling."""
        module = self.paths("$MODULE_DIR$")
        return module if text == "%MODULE_WORKING_DIR%" else self.all(text)

    def all(self, text: str) -> str:
        """Path and run-time macros, for a working directory or a script."""
        return _replaced(self.paths(text), self._run_time_values())

    def parameters(self, text: str) -> str:
        """Path and run-time macros, for a command line that is split afterwards."""
        values = {name: quote(value) for name, value in self._run_time_values().items()}
        return _replaced(self.paths(text), values)

    def _path_values(self) -> dict[str, str]:
        values = {"PROJECT_DIR": self.project.as_posix()}
        module = (self.module or self.project).as_posix()
        values |= dict.fromkeys(("MODULE_DIR", "MODULE_WORKING_DIR"), module)
        return values if self.home is None else {**values, "USER_HOME": self.home.as_posix()}

    def _run_time_values(self) -> dict[str, str]:
        project, idea = str(self.project), self.project / ".idea"
        known = {"ModuleName": self.module_name, "OSName": self.os, "OSUser": self.user}
        if self.module_name:
            known["ModuleFilePath"] = str(idea / f"{self.module_name}.iml")
        return {
            "ProjectFileDir": project,
            "Projectpath": project,
            "ProjectName": self.project.name,
            "ModuleFileDir": str(idea),
            "ContentRoot": str(self.module or self.project),
            **{name: value for name, value in known.items() if value},
        }


def interactive(text: str) -> tuple[str, ...]:
    """The macros in a text that only the running IDE could fill in.

    >>> interactive("--file $FilePath$ --out $ProjectFileDir$")
    ('$FilePath$',)
    """
    return tuple(dict.fromkeys(_INTERACTIVE.findall(text)))


def _replaced(text: str, values: Mapping[str, str]) -> str:
    return re.sub(r"\$(\w+)\$", lambda found: values.get(found[1], found[0]), text)
