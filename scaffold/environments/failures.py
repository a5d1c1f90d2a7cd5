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

    ``{name}`` in message and hint stands for the pattern's group of that name.
    """

    code: str
    pattern: str
    message: str
    hint: str = ""
    error: type[ScaffoldError] = InstallFailed


_REACH = (
    "check the network and the proxy, name a mirror with --index URL, "
    "or a folder of wheels with PIP_FIND_LINKS=FOLDER"
)
_URL = r"[a-z+]+://[^\s)'\"`]+"

#: In the order in which they are tried.
SIGNS: tuple[Sign, ...] = (
    Sign(
        code="no-space",
        pattern=r"No space left on device|os error 28\b|Errno 28\b|not enough space on the disk|os error 112\b"
        r"|Disk quota exceeded|os error 122\b",
        message="The disk is full: the packages could not be written",
        hint="free some space and run the same command again; it starts where it is safe to start",
        error=NoSpace,
    ),
    Sign(
        code="no-permission",
        pattern=r"Permission denied|Read-only file system|os error (?:13|30)\b|Errno (?:13|30)\b|Access is denied"
        r"|os error 5\b|WinError 5\b",
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
        pattern=r"Hash mismatch for `?(?P<name>[^`\s]+)|DO NOT MATCH THE HASHES(?:.|\n)*?\n\s+(?P<name2>[\w.+-]+[^\s]*)",
        message="{name} is not the file that the index announced: its hash differs",
        hint="the mirror is out of step or the file was changed on its way; try another index with --index URL",
    ),
    Sign(
        code="install-certificate",
        pattern=r"invalid peer certificate|CERTIFICATE_VERIFY_FAILED|certificate verify failed|UnknownIssuer",
        message="The index's certificate is not trusted on this machine",
        hint="where a company's proxy opens TLS, name its certificates: SSL_CERT_FILE=/path/to/ca-bundle.pem",
        error=SourceUnreachable,
    ),
    Sign(
        code="install-not-authorized",
        pattern=r"(?:HTTP status client error \(|status code )?\b(?:401|403) (?:Unauthorized|Forbidden)"
        r"|lack of valid authentication credentials",
        message="The index refuses to answer without valid credentials",
        hint="put them into the index's URL, a keyring or ~/.netrc",
        error=SourceUnreachable,
    ),
    Sign(
        code="install-index-untrusted",
        pattern=r"(?P<name>\S+) is not a trusted or secure host and is being ignored",
        message="The installer does not talk to {name} over plain HTTP",
        hint="use its https address, or add it to pip's trusted-host",
        error=SourceUnreachable,
    ),
    Sign(
        code="install-no-network",
        pattern=rf"(?:Failed to fetch: `?(?P<name>{_URL})[^\n]*\n(?:.*\n)*?.*)?"
        r"(?:dns error|failed to lookup address|Connection refused|tcp connect error|client error \(Connect\)"
        r"|operation timed out|Request failed after \d+ retr|Could not connect|network is unreachable"
        r"|NameResolutionError|NewConnectionError|ConnectTimeout|ReadTimeout|Max retries exceeded"
        r"|ConnectionResetError|ProxyError|Connection reset by peer|Temporary failure in name resolution)",
        message="The package index cannot be reached ({name})",
        hint=_REACH,
        error=SourceUnreachable,
    ),
    Sign(
        code="install-offline",
        pattern=r"Packages were unavailable because the network was disabled",
        message="Packages are missing from uv's cache and UV_OFFLINE forbids to download them",
        hint="run once without UV_OFFLINE, or name a folder of wheels with UV_FIND_LINKS",
        error=SourceUnreachable,
    ),
    Sign(
        code="install-bad-wheel",
        pattern=r"Failed to (?:download|extract archive|read)[:\s]*`?(?P<name>[^`\s]+)`?(?:.|\n)*?(?:[Ii]nvalid zip|zip file)"
        r"|Wheel '(?P<name2>[^']+)' located at .* is invalid|invalid package format|Failed to read from zip file"
        r"|File is not a zip file",
        message="The wheel of {name} is damaged",
        hint="delete the file (`uv cache clean` where it came from the cache) and run the same command again",
    ),
    Sign(
        code="install-no-wheel",
        pattern=r"Because (?P<name>\S+) has no wheels with a matching Python",
        message="{name} has no build for this Python",
        hint="choose another Python with --python; `scaffold detect` lists those that are here",
        error=NoBuild,
    ),
    Sign(
        code="install-no-wheel",
        pattern=r"Because (?P<name>\S+) has no wheels with a matching platform"
        r"|Wheels are available for `(?P<name2>[^`]+)`[^\n]* on the following platform",
        message="{name} has no build for this operating system and processor",
        hint="see the platforms below; --framework leaves the other framework out",
        error=NoBuild,
    ),
    Sign(
        code="install-no-wheel",
        pattern=r"Because (?P<name>\S+) has no usable wheels|Wheels are required for `(?P<name2>[^`]+)`",
        message="{name} is offered as source code only",
        hint="scaffold installs wheels only: relax the version so that one with a wheel fits",
        error=NoBuild,
    ),
    Sign(
        code="install-not-found",
        pattern=r"Because (?P<name>\S+) was not found in (?:the package registry|the provided package locations)"
        r"|requirement (?P<name2>\S+) \(from versions: none\)",
        message="No source that is configured here has {name}",
        hint="check --index and find-links: an index's address usually ends in /simple",
    ),
    Sign(
        code="install-no-version",
        pattern=r"there is no version of (?P<name>\S+)|requirement (?P<name2>\S+) \(from versions: ",
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
        message="The build of a package failed",
        hint="see the reason below",
    ),
    Sign(
        code="install-bad-requirement",
        pattern=r"Couldn't parse requirement|Invalid requirement: '?(?P<name>[^'\n]+)|Failed to parse",
        message="A requirement is not written as PEP 508 wants it",
    ),
)


def explain(installer: InstallerName, output: str, *, doing: str) -> ScaffoldError:
    """The error that an installer's output stands for; ``doing`` completes "could not ...".

    >>> explain("uv", "error: No solution found when resolving dependencies", doing="resolve").code
    'install-conflict'
    """
    for sign in SIGNS:
        found = re.search(sign.pattern, output, re.IGNORECASE)
        if found:
            return sign.error(
                _filled(sign.message, found),
                detail=evidence(output),
                hint=_filled(sign.hint, found),
                code=sign.code,
            )
    return InstallFailed(
        f"{installer} could not {doing}", detail=evidence(output) or (f"{installer} said nothing",)
    )


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


def _filled(text: str, found: re.Match[str]) -> str:
    groups = found.groupdict()
    name = groups.get("name") or groups.get("name2") or ""
    text = text.replace(" ({name})", f" ({_host(name)})" if name else "")
    return text.replace("{name}", name or "a package")


def _host(url: str) -> str:
    """``download.pytorch.org`` of an address; credentials never get through."""
    return re.sub(r"^[a-z+]+://(?:[^/@]*@)?([^/]*).*$", r"\1", url)
