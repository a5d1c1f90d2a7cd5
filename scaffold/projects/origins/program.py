"""git as a program: what it may do here, how long, and how much it may bring.

The user's own configuration stays in force, for its proxies and credentials; hooks and helper programs are
not. Filters, which a template's ``.gitattributes`` could set off, are switched off in `quiet_attributes`.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from pathlib import Path

from scaffold.errors import TemplateUnreachable
from scaffold.files import not_read
from scaffold.passing import passing_folder
from scaffold.projects.origins.limits import unsafe
from scaffold.projects.origins.model import Location
from scaffold.shell import line
from scaffold.sources.credentials import Login, without_login
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

#: Git's way to ask for a login (gitcredentials(7)), in the shell that it brings along. Everybody on a machine
#: can read a command line; a process's environment, only its user.
_HELPER = (
    '!f() { test "$1" = get || return 0; '
    'printf "username=%s\\npassword=%s\\n" "$SCAFFOLD_GIT_USER" "$SCAFFOLD_GIT_WORD"; }; f'
)

#: What git says where a server wants to know who asks, or does not believe it.
_NO_LOGIN = ("could not read Username", "could not read Password", "Authentication failed")


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
    settings, login = _access(location)
    argv, reasons = _argv((*settings, *arguments)), [""]

    def looked() -> str:
        reasons.append(wrong(said))
        return reasons[-1]

    with passing_folder("scaffold-") as folder:
        said, errors = folder / "said", folder / "errors"
        try:
            ended = run_watched(
                argv, environment=_environment(system, {**(own or {}), **login}), cwd=folder,
                seconds=seconds, output=said, errors=errors, wrong=looked,
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
            raise not_read(said, refusal) from refusal
    return Completed(
        argv=argv,
        outcome="timeout" if ended.stopped else "exited",
        status=ended.status,
        stdout=printed,
        stderr=complained,
    )


def remote(location: Location) -> str:
    """What git is given: an address without its login; a path without links on its way.

    As git understands `..` by itself.
    """
    if "://" in location.where:
        return without_login(location.where)[0] if _login(location) else location.where
    here = Path(location.where)
    return str(here.resolve()) if here.exists() else location.where


def _login(location: Location) -> Login | None:
    """Of an address with a password; a name alone is for the helpers that the user has."""
    if not location.where.startswith(("https://", "http://")):
        return None
    found = without_login(location.where)[1]
    return found if found and found[1] else None


def _access(location: Location) -> tuple[tuple[str, ...], dict[str, str]]:
    """Settings and environment of git with which it finds the login, and asks none of the user's helpers."""
    login = _login(location)
    if login is None:
        return (), {}
    helper = ("-c", "credential.helper=", "-c", f"credential.helper={_HELPER}")
    return helper, {"SCAFFOLD_GIT_USER": login[0], "SCAFFOLD_GIT_WORD": login[1]}


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
    said = done.stderr.replace(location.where, location.public).replace(remote(location), location.public)
    last = tuple(said.strip().splitlines()[-6:])
    words = ("git did not come to an end in time",) if done.outcome == "timeout" else last
    hint = f"see that git itself reaches it: {line('git', 'ls-remote', '--', location.public)}"
    if any(sign in done.stderr for sign in _NO_LOGIN):
        hint += (
            "\nthat asks for a login and can keep it; one in the address (https://NAME:TOKEN@…) is not kept"
        )
    return TemplateUnreachable(f"cannot fetch the template {shown}", detail=words, hint=hint)
