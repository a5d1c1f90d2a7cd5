"""A server that falters is asked again; one that says no is not."""

from __future__ import annotations

import pytest

from scaffold.sources.fetch import Client
from scaffold.sources.listing import list_wheels
from scaffold.sources.model import Setting, SourceSettings
from scaffold.sources.problems import Absent, Faltering, Unreachable

from .conftest import PackageServer, Reply, host


def settings(url: str = "https://unused/simple") -> SourceSettings:
    return SourceSettings(index=Setting(value=url, origin="tests"))


def answering(server: PackageServer, *replies: Reply | None) -> list[float]:
    """One reply after the other at /page, the last one for ever; what is waited."""
    left = list(replies)
    server.replies["/page"] = lambda request: left.pop(0) if len(left) > 1 else left[0]
    return []


BROKEN = Reply(body="half", headers={"Content-Type": "text/html", "Content-Length": "99"})


@pytest.mark.parametrize("fault", [Reply(status=500), Reply(status=503), Reply(status=429), None, BROKEN])
def test_it_is_asked_three_times(fault: Reply | None, server: PackageServer) -> None:
    waits = answering(server, fault, fault, Reply(body="good"))
    client = Client(settings=settings(), wait=waits.append)
    assert client.get(f"{server.url}/page", "*/*").text == "good"
    assert (waits, len(server.requests)) == ([0.25, 0.5], 3)


def test_and_not_for_ever(server: PackageServer) -> None:
    waits = answering(server, Reply(status=502))
    with pytest.raises(Faltering, match="answered 502 Bad Gateway"):
        Client(settings=settings(), wait=waits.append).get(f"{server.url}/page", "*/*")
    assert (waits, len(server.requests)) == ([0.25, 0.5], 3)


@pytest.mark.parametrize(("code", "error"), [(401, Unreachable), (403, Unreachable), (404, Absent)])
def test_a_refusal_is_believed(code: int, error: type[Exception], server: PackageServer) -> None:
    waits = answering(server, Reply(status=code))
    with pytest.raises(error):
        Client(settings=settings(), wait=waits.append).get(f"{server.url}/page", "*/*")
    assert (waits, len(server.requests)) == ([], 1)


def test_a_network_that_wants_people_to_sign_in(server: PackageServer) -> None:
    portal = server.url.replace("127.0.0.1", "localhost")
    server.replies["/simple/torch/"] = Reply(status=302, headers={"Location": f"{portal}/login"})
    server.replies["/login"] = Reply(body="<title>Sign in</title><form action='/go'></form>")
    url = f"{server.url}/simple"
    (listing,) = list_wheels(host(), ["torch"], settings(url)).listings
    assert (listing.outcome, listing.problem) == (
        "unreachable",
        f"{url}/torch/ led to a page of localhost: does the network want you to sign in?",
    )
