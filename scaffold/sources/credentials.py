"""Who we are to a package server: credentials in URLs, in netrc, and on the way of a redirect."""

from __future__ import annotations

import base64
import netrc
import urllib.request
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit, urlunsplit

Login = tuple[str, str]  # user, password


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


def _origin(url: str) -> tuple[str, str]:
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


def with_login(final: str, asked: str) -> str:
    """The final address with the credentials of the asked one, where it is on the same server."""
    plain, login = without_login(asked)
    if login is None or _origin(final) != _origin(plain):
        return final
    return urlunsplit(urlsplit(final)._replace(netloc=urlsplit(asked).netloc))


class SameHostLogin(urllib.request.HTTPRedirectHandler):
    """Credentials follow a redirect only to the place that they are meant for."""

    def redirect_request(self, req: urllib.request.Request, *rest: Any) -> urllib.request.Request | None:
        following = super().redirect_request(req, *rest)
        login = req.unredirected_hdrs.get("Authorization")
        if following is not None and login and _origin(following.full_url) == _origin(req.full_url):
            following.add_unredirected_header("Authorization", login)
        return following
