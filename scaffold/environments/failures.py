"""What an installer's own words mean.

The texts of uv and pip are no interface: they are matched loosely, the narrowest and least
misleading sign first (pip ends with "No matching distribution found" also where it could not reach
the index), and the installer's last lines travel along as evidence.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from scaffold.environments.model import InstallerName
from scaffold.errors import InstallFailed, NoBuild, NoPermission, NoSpace, ScaffoldError, SourceUnreachable

#: Lines of the installer's output that are shown as evidence.
EVIDENCE_LINES = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Sign:
    """A pattern in an installer's output, and what to tell a user who meets it.

    ``named`` finds what ``{name}`` in the message stands for: its first group that matched.
    """

    code: str
    pattern: str
    message: str
    hint: str = ""
    named: str = ""
    error: type[ScaffoldError] = InstallFailed


#: In the order in which they are tried.
SIGNS: tuple[Sign, ...] = (
    Sign(
        code="no-space",
        pattern=r"No space left on device|os error (?:28|112|122)\b|Errno 28\b"
        r"|not enough space on the disk|Disk quota exceeded",
        message="The disk is full: the packages could not be written",
        hint="free some space",
        error=NoSpace,
    ),
    Sign(
        code="no-permission",
        pattern=r"Permission denied|Read-only file system|os error (?:5|13|30)\b|Errno (?:13|30)\b"
        r"|Access is denied|WinError 5\b|is not write-able",
        message="The operating system does not let the installer write",
        hint="close programs that use the environment, and check who owns the folder",
        error=NoPermission,
    ),
    Sign(
        code="install-externally-managed",
        pattern=r"externally[- ]managed",
        message="The installer was about to write into the operating system's own Python",
        hint="choose another Python with --python",
    ),
    Sign(
        code="install-hash-mismatch",
        pattern=r"Hash mismatch for|DO NOT MATCH THE HASHES",
        named=r"Hash mismatch for `?([^`\s]+)|HASHES[^\n]*\n\s+(\S+)",
        message="{name} is not the file that the index announced: its hash differs",
        hint="the mirror is out of step or the file was changed on its way; try another one: --index URL",
    ),
    Sign(
        code="install-certificate",
        pattern=r"invalid peer certificate|certificate[ _]verify[ _]failed|UnknownIssuer",
        message="The index's certificate is not trusted on this machine",
        hint="where a company's proxy opens TLS, name its certificates: SSL_CERT_FILE=/path/to/bundle.pem",
        error=SourceUnreachable,
    ),
    Sign(
        code="install-not-authorized",
        pattern=r"\b(?:401|403) (?:Unauthorized|Forbidden)|lack of valid authentication credentials"
        r"|\b(?:401|403) (?:Client )?Error",
        message="The index refuses to answer without valid credentials",
        hint="put them into the index's URL, a keyring or ~/.netrc",
        error=SourceUnreachable,
    ),
    Sign(
        code="install-index-untrusted",
        pattern=r"is not a trusted or secure host and is being ignored",
        named=r"(\S+) is not a trusted or secure host",
        message="pip does not talk to {name} over plain HTTP",
        hint="use its https address, or add it to pip's trusted-host",
        error=SourceUnreachable,
    ),
    Sign(
        code="install-no-network",
        pattern=r"dns error|failed to lookup address|Connection refused|tcp connect error"
        r"|client error \(Connect\)|operation timed out|Request failed after \d+ retr"
        r"|network is unreachable|NameResolutionError|NewConnectionError|ConnectTimeout|ReadTimeout"
        r"|Max retries exceeded|ConnectionResetError|Connection reset by peer|ProxyError"
        r"|Temporary failure in name resolution",
        named=r"[a-z]+://(?:[^/@\s]*@)?([^/\s)'\"`]+)|host='([^']+)'",
        message="The package index cannot be reached: {name}",
        hint="check the network and the proxy, name a mirror with --index URL, "
        "or a folder of wheels: PIP_FIND_LINKS=FOLDER",
        error=SourceUnreachable,
    ),
    Sign(
        code="install-offline",
        pattern=r"Packages were unavailable because the network was disabled",
        named=r"Because (\S+) was not found in the cache",
        message="{name} is not in uv's cache, and UV_OFFLINE forbids to download it",
        hint="run once without UV_OFFLINE, or name a folder of wheels: UV_FIND_LINKS=FOLDER",
        error=SourceUnreachable,
    ),
    Sign(
        code="install-bad-wheel",
        pattern=r"invalid zip|zip file structure|Failed to read from zip|is not a zip file"
        r"|invalid package format|located at \S+ is invalid|Failed to extract archive",
        named=r"Failed to download:? `([^`]+)|Wheel '([^']+)' located",
        message="The wheel of {name} is damaged",
        hint="delete the file (`uv cache clean` where it came from the cache) and run the same again",
    ),
    Sign(
        code="install-no-wheel",
        pattern=r"has no wheels with a matching Python|has no wheels with a matching platform"
        r"|has no usable wheels|[Ww]heels are (?:available|required) for `",
        named=r"Because (\S+) has no|[Ww]heels are (?:available|required) for `([^`]+)",
        message="{name} has no wheel for this Python on this operating system and processor",
        hint="see the reason below; try another Python: --python; a project may also do with one framework: "
        "scaffold new NAME --framework pytorch (or keras)",
        error=NoBuild,
    ),
    Sign(
        code="install-not-found",
        pattern=r"was not found in (?:the package registry|the provided package locations)"
        r"|\(from versions: none\)",
        named=r"Because (\S+) was not found|requirement (\S+) \(from versions",
        message="No source that is configured here has {name}",
        hint="check --index and find-links: an index's address usually ends in /simple",
    ),
    Sign(
        code="install-no-version",
        pattern=r"there is no version of |\(from versions: |there are no versions of ",
        named=r"no versions? of (\S+)|requirement (\S+) \(from versions",
        message="No source that is configured here has {name} for this Python",
        hint="ask for another version, or choose another Python with --python",
        error=NoBuild,
    ),
    Sign(
        code="install-conflict",
        pattern=r"No solution found|ResolutionImpossible|conflicting dependencies",
        message="The requirements contradict each other",
        hint="see the reason below; one of the named versions has to give way",
    ),
    Sign(
        code="install-build-failed",
        pattern=r"build backend returned an error|metadata-generation-failed|subprocess-exited-with-error"
        r"|Failed to build",
        named=r"Failed to build:? `?([^`\s]+)",
        message="The build of {name} failed",
        hint="see the reason below",
    ),
    Sign(
        code="install-bad-requirement",
        pattern=r"Couldn't parse requirement|Invalid requirement",
        message="A requirement is not written as PEP 508 wants it",
        hint="see the place below",
    ),
)


def explain(installer: InstallerName, output: str, *, doing: str) -> ScaffoldError:
    """The error that an installer's output stands for; ``doing`` completes "could not ...".

    >>> explain("uv", "error: No solution found when resolving dependencies", doing="resolve").code
    'install-conflict'
    """
    unwrapped = " ".join(output.split())  # uv breaks its sentences at the terminal's width
    for sign in SIGNS:
        if re.search(sign.pattern, unwrapped, re.IGNORECASE):
            name = _name(sign, unwrapped) or _name(sign, output)
            message = sign.message.replace("{name}", name or "a package")
            return sign.error(message, detail=evidence(output), hint=sign.hint, code=sign.code)
    return InstallFailed(
        f"{installer} could not {doing}", detail=evidence(output) or (f"{installer} said nothing",)
    )


def _name(sign: Sign, output: str) -> str:
    found = re.search(sign.named, output) if sign.named else None
    return next((group for group in found.groups() if group), "") if found else ""


def evidence(output: str) -> tuple[str, ...]:
    """The lines that carry the reason: uv's from ``error:`` on, pip's errors, otherwise the last ones."""
    from scaffold.sources.redact import redact

    lines = [line.rstrip() for line in output.splitlines() if line.strip()]
    return tuple(redact(line) for line in _telling(lines)[:EVIDENCE_LINES])


def _telling(lines: Sequence[str]) -> Sequence[str]:
    for number, line in enumerate(lines):
        if line.lstrip().startswith("error:"):
            return lines[number:]
    errors = [line for line in lines if line.lstrip().startswith("ERROR:")]
    return errors or lines[-EVIDENCE_LINES:]
