"""git as a program: what it may do here, how long, and how much it may bring.

The user's own configuration stays in force, for its proxies and credentials; hooks and helper programs are
not. Filters, which a template's ``.gitattributes`` could set off, are switched off in `quiet_attributes`.
"""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path

from scaffold.errors import TemplateUnreachable
from scaffold.files import not_written
from scaffold.projects.origins.limits import unsafe
from scaffold.projects.origins.model import Location
from scaffold.shell import line
from scaffold.system import Completed, System
from scaffold.watched import run_watched

#: What another git, or a hook of one, may have set for its own repository.
_OF_ANOTHER = (
    "GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_OBJECT_DIRECTORY", "GIT_ALTERNATE_OBJECT_DIRECTORIES",
    "GIT_COMMON_DIR", "GIT_NAMESPACE", "GIT_PREFIX", "GIT_TEMPLATE_DIR", "GIT_SHALLOW_FILE", "GIT_GRAFT_FILE",
    "GIT_REPLACE_REF_BASE", "GIT_CEILING_DIRECTORIES", "GIT_TRACE", "GIT_EXTERNAL_DIFF",
)  # fmt: skip

_SETTINGS = (
    "protocol.ext.allow=never", f"core.hooksPath={os.devnull}", "core.fsmonitor=false", "core.autocrlf=false",
    "core.eol=lf", "core.protectHFS=true", "core.protectNTFS=true", "core.attributesFile=", "gc.auto=0",
    "maintenance.auto=false", "fetch.recurseSubmodules=no", "submodule.recurse=false",
    "advice.detachedHead=false",
)  # fmt: skip


def git(
    system: System,
    *arguments: str,
    seconds: float,
    cwd: Path | None = None,
    own: Mapping[str, str] | None = None,
) -> Completed:
    """Run git so that it asks nobody, starts nothing of a repository's choice, and comes to an end."""
    return system.run(_argv(arguments), timeout=seconds, environment=_environment(system, own or {}), cwd=cwd)


def git_bounded(
    system: System,
    *arguments: str,
    seconds: float,
    location: Location,
    wrong: Callable[[Path], str],
    own: Mapping[str, str] | None = None,
) -> Completed:
    """The same of what a stranger's server or repository makes as large as it likes.

    ``wrong`` says, while git runs, why it brings too much, and is given the file of what it prints; git is
    ended then. Raises TemplateUnsafe, NoSpace, NoPermission.
    """
    argv, reasons = _argv(arguments), [""]

    def looked() -> str:
        reasons.append(wrong(said))
        return reasons[-1]

    with tempfile.TemporaryDirectory(prefix="scaffold-", ignore_cleanup_errors=True) as name:
        said, errors = Path(name, "said"), Path(name, "errors")
        try:
            ended = run_watched(
                argv, environment=_environment(system, own or {}), cwd=Path(name), seconds=seconds,
                output=said, errors=errors, wrong=looked,
            )  # fmt: skip
        except FileNotFoundError:
            return Completed(argv=argv, outcome="missing")
        except OSError as refusal:
            return Completed(argv=argv, outcome="refused", stderr=str(refusal))
        if reasons[-1]:
            raise unsafe(location.text, reasons[-1])
        try:
            printed, complained = (
                one.read_text(encoding="utf-8", errors="replace") for one in (said, errors)
            )
        except OSError as refusal:
            raise not_written(said, refusal) from refusal
    return Completed(
        argv=argv,
        outcome="timeout" if ended.stopped else "exited",
        status=ended.status,
        stdout=printed,
        stderr=complained,
    )


def quiet_attributes(repository: Path) -> None:
    """Let no filter of the user's configuration run because a template's ``.gitattributes`` asks for it.

    What stands here is stronger than any ``.gitattributes``, its macros included.
    """
    place = repository / "info" / "attributes"
    place.parent.mkdir(exist_ok=True)
    place.write_text("* -filter\n", encoding="utf-8")


def _argv(arguments: tuple[str, ...]) -> tuple[str, ...]:
    return ("git", *(word for one in _SETTINGS for word in ("-c", one)), *arguments)


def _environment(system: System, own: Mapping[str, str]) -> dict[str, str]:
    return {
        **{name: value for name, value in system.environment.items() if name not in _OF_ANOTHER},
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_ALLOW_PROTOCOL": "file:https:http:ssh",
        "GIT_NO_LAZY_FETCH": "1",
        "GCM_INTERACTIVE": "never",
        "SSH_ASKPASS_REQUIRE": "never",
        "LC_ALL": "C",
        **own,
    }


def failed(location: Location, done: Completed) -> TemplateUnreachable:
    """What git said, as an error to act on."""
    shown = location.text
    if done.outcome == "missing":
        return TemplateUnreachable(
            f"the template {shown} lies in a git repository, and git is not installed",
            hint="install git; or download the template as a .zip and name that",
            code="git-missing",
        )
    said = re.sub(re.escape(location.where), lambda _: location.public, done.stderr).strip().splitlines()
    words = ("git did not come to an end in time",) if done.outcome == "timeout" else tuple(said[-6:])
    return TemplateUnreachable(
        f"cannot fetch the template {shown}",
        detail=words,
        hint=f"see that git itself reaches it: {line('git', 'ls-remote', '--', location.public)}",
    )
