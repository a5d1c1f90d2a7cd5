"""An index that does not let us in stops the plan; one that is silent, or lets everybody in, does not."""

from __future__ import annotations

import time
from http.server import BaseHTTPRequestHandler

import pytest

from scaffold.errors import SourceUnreachable
from scaffold.sources.authorization import refuse_unauthorized
from scaffold.sources.model import Setting, SourceSettings
from scaffold.sources.settings import DEFAULT_INDEX
from scaffold.system import System

from .conftest import PackageServer, Reply, host

NO_ENTRY = Reply(status=401, headers={"WWW-Authenticate": 'Basic realm="corp"'})
FORBIDDEN = Reply(status=403)
HINT = "correct them in PIP_EXTRA_INDEX_URL (in a URL, write @ as %40 and : as %3A), or leave that index out"


def extra(url: str) -> SourceSettings:
    place = Setting(value=url, origin="PIP_EXTRA_INDEX_URL")
    return SourceSettings(index=DEFAULT_INDEX, extra_indexes=(place,))


def with_login(server: PackageServer, login: str = "me:wr%40ng") -> str:
    return server.url.replace("http://", f"http://{login}@") + "/simple"


def refusal(settings: SourceSettings, system: System | None = None) -> SourceUnreachable:
    with pytest.raises(SourceUnreachable) as caught:
        refuse_unauthorized(settings, system or host())
    return caught.value


def test_refused_credentials_are_told_and_not_shown(server: PackageServer) -> None:
    server.replies["/simple/pip/"] = NO_ENTRY
    problem = refusal(extra(with_login(server)))
    shown = f"http://***@{server.netloc}/simple"
    assert (problem.code, problem.message, problem.detail, problem.hint) == (
        "install-not-authorized",
        f"{shown} refuses the user name and password that it was given (401 Unauthorized)",
        (
            f"{shown}: configured by PIP_EXTRA_INDEX_URL",
            "without it, packages of the same names would come from elsewhere: nothing was changed",
        ),
        HINT,
    )
    assert [path for _, path, _ in server.requests] == ["/simple/pip/"]


def test_credentials_that_are_missing(server: PackageServer) -> None:
    server.replies["/simple/pip/"] = NO_ENTRY
    url = f"{server.url}/simple"
    problem = refusal(extra(url))
    assert problem.message == f"{url} wants a user name and a password, and there are none (401 Unauthorized)"
    # A keyring's are uv's and pip's to find: what they are refused, they are refused later.
    for system in (
        host(UV_KEYRING_PROVIDER="subprocess"),
        host(paths=("/home/ada/.local/share/uv/credentials/credentials.toml",)),
    ):
        refuse_unauthorized(extra(url), system)
        refuse_unauthorized(extra(with_login(server, "me")), system)
        assert refusal(extra(with_login(server)), system).code == "install-not-authorized"


def test_a_403_for_one_project_is_no_refusal(server: PackageServer) -> None:
    server.replies |= {"/simple/pip/": FORBIDDEN, "/simple/": Reply(body="a listing")}
    refuse_unauthorized(extra(with_login(server)), host())
    assert [path for _, path, _ in server.requests] == ["/simple/pip/", "/simple/"]
    server.replies["/simple/"] = FORBIDDEN
    assert "(403 Forbidden)" in refusal(extra(with_login(server))).message
    refuse_unauthorized(extra(f"{server.url}/simple"), host())  # as a store of files answers everybody


def test_every_place_that_refuses_is_named(server: PackageServer) -> None:
    server.replies |= {"/simple/pip/": NO_ENTRY, "/wheels/": NO_ENTRY, "/good/pip/": Reply(status=404)}
    base = with_login(server).removesuffix("/simple")
    settings = SourceSettings(
        index=Setting(value=f"{base}/simple", origin="--index"),
        extra_indexes=(Setting(value=f"{base}/good", origin="pip.conf"),),
        find_links=(
            Setting(value=f"{base}/wheels/", origin="UV_FIND_LINKS"),
            Setting(value="/folder/of/wheels", origin="UV_FIND_LINKS"),
        ),
    )
    assert [line.partition(": ")[2] for line in refusal(settings).detail[:2]] == [
        "configured by --index",
        "configured by UV_FIND_LINKS",
    ]


def test_silence_is_no_refusal(server: PackageServer) -> None:
    def silent(request: BaseHTTPRequestHandler) -> None:
        server.released.wait(20)

    server.replies["/simple/pip/"] = silent
    began = time.monotonic()
    refuse_unauthorized(extra(with_login(server)), host(), patience=0.05)
    assert time.monotonic() - began < 10
    refuse_unauthorized(extra("http://me:pw@127.0.0.1:9/simple"), host())
    refuse_unauthorized(extra("http://[nonsense/simple"), host())


def test_nobody_is_asked_where_no_index_is_wanted(server: PackageServer) -> None:
    settings = SourceSettings(
        index=Setting(value=with_login(server), origin="--index"), no_index=Setting(value="1", origin="UV")
    )
    refuse_unauthorized(settings, host())
    assert server.requests == []
