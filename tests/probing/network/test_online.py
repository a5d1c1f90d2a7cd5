"""What answers with --online, from stand-ins on this machine; no test waits for the internet."""

from __future__ import annotations

import socket
import threading
import time
from dataclasses import replace

import pytest

from scaffold.probing.network.model import Answer
from scaffold.probing.network.online import Question, ask
from tests.probing.network.servers import (
    ISSUER,
    answering,
    hanging_up,
    secure,
    served,
    silent,
)


def question(url: str, **more: str) -> Question:
    return Question(purpose="index", url=url, **more)


def asked(url: str, **more: str) -> Answer:
    """The answer, without the time that it took."""
    [answer] = ask([question(url, **more)], seconds=0.5)
    return replace(answer, seconds=0.0, behind=None)


def closed_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def test_a_server_that_answers() -> None:
    with served(answering()) as port:
        url = f"http://127.0.0.1:{port}/simple"
        assert asked(url) == Answer(purpose="index", url=url, outcome="ok", status=200)


@pytest.mark.parametrize(
    ("status", "outcome"),
    [("404 Not Found", "ok"), ("401 Unauthorized", "ok"), ("503 Unavailable", "status")],
)
def test_a_server_that_refuses_answers_too(status, outcome) -> None:
    with served(answering(status)) as port:
        assert asked(f"http://127.0.0.1:{port}/").outcome == outcome


def test_a_certificate_that_is_trusted(certificate) -> None:
    with served(secure(answering(), certificate)) as port:
        answer = asked(f"https://localhost:{port}/", certificates=str(certificate))
    assert (answer.outcome, answer.issuer) == ("ok", ISSUER)


def test_a_certificate_that_nobody_trusts_is_shown_with_its_issuer(certificate) -> None:
    with served(secure(answering(), certificate)) as port:
        answer = asked(f"https://localhost:{port}/")
    assert (answer.outcome, answer.issuer) == ("certificate", ISSUER)
    assert "self" in answer.problem


def test_a_server_that_hangs_up_before_its_certificate() -> None:
    with served(hanging_up) as port:
        assert asked(f"https://localhost:{port}/").outcome in ("tls", "failed")


def test_a_closed_port() -> None:
    assert asked(f"http://127.0.0.1:{closed_port()}/").outcome == "refused"


def test_a_proxy_that_forbids() -> None:
    with served(answering("403 Forbidden")) as port:
        answer = asked("https://index.invalid/", proxy=f"http://me:secret@127.0.0.1:{port}")
    assert answer.outcome == "proxy"
    assert answer.problem == "Tunnel connection failed: 403 Forbidden"


def test_a_proxy_that_does_not_run() -> None:
    answer = asked("https://index.invalid/", proxy=f"http://127.0.0.1:{closed_port()}")
    assert answer.outcome == "proxy"


def test_a_host_that_goes_without_the_proxy() -> None:
    proxy = f"http://127.0.0.1:{closed_port()}"
    with served(answering()) as port:
        answer = asked(f"http://127.0.0.1:{port}/", proxy=proxy, no_proxy="localhost,127.0.0.1")
    assert answer.outcome == "ok"


def test_all_are_asked_at_once() -> None:
    """None is answered before all have come."""
    together, answer = threading.Barrier(8), answering()

    def talk(connection: socket.socket) -> None:
        together.wait(20)
        answer(connection)

    with served(talk) as port:
        answers = ask([question(f"http://127.0.0.1:{port}/") for _ in range(8)], seconds=20)
    assert [one.outcome for one in answers] == ["ok"] * 8


def test_who_says_nothing_is_not_waited_for() -> None:
    with served(silent) as port:
        [answer] = ask([question(f"http://127.0.0.1:{port}/")], seconds=0.3)
    assert answer.outcome == "timeout"


def test_a_clock_that_is_behind() -> None:
    with served(answering(time=time.time() + 3 * 86400)) as port:
        [answer] = ask([question(f"http://127.0.0.1:{port}/")], seconds=2)
    assert answer.behind is not None
    assert round(answer.behind / 86400) == 3


def test_a_login_in_a_url_is_not_repeated() -> None:
    with served(answering()) as port:
        answer = asked(f"http://me:secret@127.0.0.1:{port}/simple")
    assert "secret" not in repr(answer)


@pytest.mark.parametrize("scheme", ["http://", ""])
def test_a_proxy_that_says_nothing_is_named_without_its_login(scheme: str) -> None:
    with served(silent) as port:
        [answer] = ask(
            [question("https://index.example/simple", proxy=f"{scheme}me:secret@127.0.0.1:{port}")],
            seconds=0.3,
        )
    assert (answer.outcome, answer.through) == ("timeout", f"{scheme}***@127.0.0.1:{port}")
