"""Who we are to a package server: credentials in URLs and in netrc."""

from __future__ import annotations

import base64
import netrc
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, unquote, urlencode, urlsplit, urlunsplit

if TYPE_CHECKING:
    from scaffold.system import System

Login = tuple[str, str]  # user, password

#: Parameters that say what is meant. Any other may be a key, whatever it is called: ``?rlkey=``, ``?sig=``.
_PLAIN = frozenset({"at", "branch", "dl", "download", "format", "path", "raw", "ref", "ref_type", "version"})


def read_logins(path: Path) -> dict[str, Login]:
    """The user names and passwords of a netrc file by host, ``""`` its default; empty where unreadable."""
    try:
        hosts = netrc.netrc(str(path)).hosts
    except (OSError, netrc.NetrcParseError, UnicodeDecodeError):
        return {}
    return {
        "" if host == "default" else host: (login, password or "")
        for host, (login, _, password) in hosts.items()
    }


def user_logins(system: System) -> dict[str, Login]:
    """Those of the user's own netrc file, or of the one that ``NETRC`` names."""
    named, home = system.environment.get("NETRC", ""), system.home
    files = [Path(named)] if named else [home / ".netrc", home / "_netrc"] if home is not None else []
    return next((found for path in files if (found := read_logins(path))), {})


def server(url: str) -> tuple[str, str]:
    """Where a URL leads: scheme, and host with port."""
    parts = urlsplit(url)
    return parts.scheme, parts.netloc


def basic(user: str, password: str) -> str:
    """The value of an Authorization header (RFC 7617)."""
    return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()


def without_login(url: str) -> tuple[str, Login | None]:
    """A URL without its credentials, and these; None where it has none."""
    parts = urlsplit(url)
    userinfo, at, host = parts.netloc.rpartition("@")
    if not at:
        return url, None
    user, _, password = userinfo.partition(":")
    return urlunsplit(parts._replace(netloc=host)), (unquote(user), unquote(password))


def without_access(url: str) -> str:
    """A URL as it may be kept: without a password, and without parameters that could be a key.

    Who one is to ssh is no secret, and needed there.

    >>> without_access("https://me:s3cr3t@host/a.zip?token=abc&path=cnn")
    'https://host/a.zip?path=cnn'
    >>> without_access("ssh://git:s3cr3t@host/a.git"), without_access("git@host:a.git")
    ('ssh://git@host/a.git', 'git@host:a.git')
    """
    if "://" not in url:
        return url
    parts = urlsplit(url)
    userinfo, _, host = parts.netloc.rpartition("@")
    user = userinfo.partition(":")[0] if parts.scheme == "ssh" else ""
    pairs = parse_qsl(parts.query, keep_blank_values=True)
    kept = [(name, value) for name, value in pairs if name.lower() in _PLAIN]
    # As it was written, where nothing is left out: spellings are the server's.
    query = parts.query if len(kept) == len(pairs) and pairs else urlencode(kept)
    return urlunsplit(parts._replace(netloc=f"{user}@{host}" if user else host, query=query))


def with_login(final: str, asked: str) -> str:
    """The final address with the credentials of the asked one, where it is on the same server."""
    plain, login = without_login(asked)
    if login is None or server(final) != server(plain):
        return final
    return urlunsplit(urlsplit(final)._replace(netloc=urlsplit(asked).netloc))
