"""What an installer's own words mean.

The texts of uv and pip are no interface: they are matched loosely, in the order of `signs`, and the
installer's last lines travel along as evidence.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from scaffold.environments.installers.sign import HOST, SLOW, Sign
from scaffold.environments.installers.signs import SIGNS
from scaffold.environments.model import InstallerName
from scaffold.errors import InstallFailed, NoPermission, ScaffoldError, SourceUnreachable
from scaffold.sources.redact import redact
from scaffold.system import Completed

#: Lines of the installer's output that are shown as evidence.
EVIDENCE_LINES = 12

#: Of a build, so many lines say what was built; the reason stands at the end of what its backend said.
_HEAD = 4
_BUILDING = re.compile(
    r"build backend returned an error|subprocess-exited-with-error|Traceback \(most recent"
)

#: pip tells of each attempt but the last one that failed.
_HICCUP = re.compile(
    r"WARNING: (?:Retrying \(Retry\(total=[1-9]|Attempting to resume|Connection interrupted)"
)

#: pip tells every version there is.
_VERSIONS = re.compile(r"\(from versions: (?:[^,)]+, )+((?:[^,)]+, ){4}[^,)]+)\)")

_LOOKING = re.compile(r"^Looking in (?:indexes|links):.*$", re.MULTILINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Diagnosis:
    """Which sign was found, and what it speaks of: a package, a host, or ""."""

    sign: Sign
    name: str


def diagnose(output: str) -> Diagnosis | None:
    """The first sign in an installer's output; None where nothing is known.

    >>> diagnose("error: No solution found when resolving dependencies").sign.code
    'install-conflict'
    """
    text = _final(output)
    unwrapped = " ".join(text.split())  # uv breaks its sentences at the terminal's width
    for sign in SIGNS:
        if re.search(sign.pattern, unwrapped, re.IGNORECASE):
            named = partial(_name, sign)
            # pip first tells what it will ask; whoever refused is named later, if at all.
            refused = " ".join(_LOOKING.sub("", text).split())
            return Diagnosis(sign=sign, name=next(filter(None, map(named, (refused, unwrapped, text))), ""))
    return None


def explain(installer: InstallerName, output: str, *, doing: str, tried: int = 1) -> ScaffoldError:
    """The error that an installer's output stands for; ``doing`` completes "could not ...".

    ``tried``: how often it was called for it already, nothing of it taken from a cache but the first time
    where the file was at fault.

    >>> explain("uv", "error: No solution found when resolving dependencies", doing="resolve").code
    'install-conflict'
    """
    found = diagnose(output)
    if found is None:
        return InstallFailed(
            f"{installer} could not {doing}", detail=evidence(output) or (f"{installer} said nothing",)
        )
    sign = found.sign
    name = found.name or _nameless(sign)
    message = sign.message.replace("{name}", name).replace("{variable}", _variable(found.name))
    return sign.error(
        message,
        detail=(*evidence(output), *_tried(sign, tried)),
        hint=_hint(sign, installer, found.name),
        code=sign.code,
    )


def unfinished(installer: InstallerName, done: Completed, *, doing: str) -> ScaffoldError | None:
    """Why a call did not run to an end; None where it did, and its own words tell more."""
    program = redact(done.argv[0]) if done.argv else installer
    detail = evidence(done.stdout + done.stderr)
    if done.outcome == "timeout":
        return SourceUnreachable(
            f"{installer} could not {doing} within {done.seconds:.0f} s and was stopped",
            detail=detail,
            hint=f"{SLOW}; run the same again: what arrived stays in {installer}'s cache",
            code="install-timeout",
        )
    if done.outcome == "missing":
        return InstallFailed(
            f"{installer} could not {doing}: {program} is not there (any more)",
            hint="bring it back: scaffold env python lists the Pythons that are there",
            code="install-missing",
        )
    if done.outcome == "refused":
        return NoPermission(
            f"{installer} could not {doing}: the operating system does not start {program}",
            detail=detail,
            hint="may it be run (chmod +x, a noexec disk, a company's policy), and is it for this processor?",
            code="install-not-started",
        )
    return None


def _tried(sign: Sign, count: int) -> tuple[str, ...]:
    if count < 2:
        return ()
    afresh = ", after the first time past the cache" if sign.is_damage else ""
    return (f"tried {count} times{afresh}",)


def _hint(sign: Sign, installer: InstallerName, name: str) -> str:
    package = re.split(r"[=<>!~\s]", name)[0]
    more = sign.uv_hint if installer == "uv" and package else ""
    return "; ".join(filter(None, (sign.hint, more))).replace("{package}", package)


def _variable(name: str) -> str:
    """The variable of an option of uv's, which is how we come to pass one that the user chose.

    >>> _variable("link-mode"), _variable("UV_HTTP_TIMEOUT")
    ('UV_LINK_MODE', 'UV_HTTP_TIMEOUT')
    """
    return name if name.startswith("UV_") else f"UV_{name.upper().replace('-', '_')}"


def _nameless(sign: Sign) -> str:
    return "the package index" if sign.named == HOST else "a package"


def _final(output: str) -> str:
    """Without the hiccups that pip itself got over: what it warns of before its last attempt."""
    return "\n".join(line for line in output.splitlines() if not _HICCUP.search(line))


def _name(sign: Sign, output: str) -> str:
    found = re.search(sign.named, output) if sign.named else None
    if found is None:
        return ""
    return found.groupdict().get("name") or next((group for group in found.groups() if group), "")


def evidence(output: str) -> tuple[str, ...]:
    """The lines that carry the reason: uv's from ``error:`` on, pip's errors, otherwise the last ones.

    Of a build that failed, its end, where a traceback says what it is about.
    """
    lines = [line.rstrip() for line in output.splitlines() if line.strip()]
    telling = _telling(lines)
    if len(telling) > EVIDENCE_LINES and _BUILDING.search(output):
        telling = [*telling[:_HEAD], "...", *telling[_HEAD + 1 - EVIDENCE_LINES :]]
    return tuple(
        _VERSIONS.sub(r"(from versions: ..., \1)", redact(line)) for line in telling[:EVIDENCE_LINES]
    )


def _telling(lines: Sequence[str]) -> Sequence[str]:
    for number, line in enumerate(lines):
        if line.lstrip().startswith("error:"):
            return lines[number:]
    errors = [line for line in lines if line.lstrip().startswith("ERROR:")]
    return errors or lines[-EVIDENCE_LINES:]
