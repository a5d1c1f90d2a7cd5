"""When an installer is called again, when not, and how long we wait; nobody really waits here."""

from __future__ import annotations

import pytest

from scaffold.environments.installers.retry import Patience, persistently
from scaffold.errors import NoSpace, ScaffoldError
from scaffold.system import Completed

SERVER = "error: Request failed\n  cause: Failed to fetch: http://me:pw@host/simple/a/\n  cause: HTTP status server error (503 Service Unavailable)\n"
BROKEN = "ERROR: Could not install packages due to an OSError: ('Connection broken: IncompleteRead(1 bytes read, 2 more expected)', IncompleteRead(1 bytes read, 2 more expected))\n"
CRC = "error: Failed to download `alpha==1.0`\n  cause: Bad CRC (got 1, expected 2) for file: alpha.py\n"
HASH = "error: Failed to read `alpha==1.0`\n  cause: Hash mismatch for `alpha==1.0`\n"
DNS = "error: Request failed after 3 retries\n  cause: Failed to fetch: https://h/simple/a/\n  cause: dns error\n"
DISK = "error: failed to write\n  cause: No space left on device (os error 28)\n"
REFUSED = "hint: An index URL (http://h/simple) could not be queried due to a lack of valid authentication credentials (401 Unauthorized)\n"
NOTHING = "error: something new\n"


class Installer:
    """Answers with one output after the other, then succeeds."""

    def __init__(self, *outputs: str) -> None:
        self.outputs, self.calls, self.waits, self.told = list(outputs), [], [], []

    def __call__(self, afresh: tuple[str, ...]) -> Completed:
        self.calls.append(afresh)
        output = self.outputs.pop(0) if self.outputs else ""
        return Completed(argv=(), outcome="exited", status=1 if output else 0, stderr=output)

    def run(self, draw: float = 0.0) -> Completed:
        patience = Patience(wait=self.waits.append, draw=lambda: draw)
        return persistently(self, "uv", doing="install", tell=self.told.append, patience=patience)


def test_a_success_is_called_once() -> None:
    installer = Installer()
    assert installer.run().ok
    assert (installer.calls, installer.waits, installer.told) == ([()], [], [])


def test_a_passing_failure_is_tried_again_and_told() -> None:
    installer = Installer(SERVER, BROKEN, SERVER)
    assert installer.run().ok
    assert installer.waits == [2.0, 4.0, 8.0]
    assert installer.told == [
        "host has trouble of its own or is overloaded: trying again in 2 s (2 of 4)",
        "The connection to the package index breaks off: trying again in 4 s (3 of 4)",
        "host has trouble of its own or is overloaded: trying again in 8 s (4 of 4)",
    ]


@pytest.mark.parametrize(
    ("output", "calls", "code"),
    [
        (SERVER, 4, "install-server-error"),
        (BROKEN, 4, "install-broken-off"),
        (CRC, 3, "install-bad-wheel"),
        (HASH, 2, "install-hash-mismatch"),
        (DNS, 2, "install-no-network"),
        (DISK, 1, "no-space"),
        (REFUSED, 1, "install-not-authorized"),
        (NOTHING, 1, "install-failed"),
    ],
)
def test_how_often_and_what_is_said_in_the_end(output: str, calls: int, code: str) -> None:
    installer = Installer(*[output] * 9)
    with pytest.raises(ScaffoldError) as caught:
        installer.run()
    assert (len(installer.calls), caught.value.code) == (calls, code)
    assert "pw" not in f"{caught.value.message}{caught.value.detail}"


def test_what_arrived_damaged_is_not_taken_from_a_cache() -> None:
    installer = Installer(CRC, SERVER)
    assert installer.run().ok
    assert installer.calls == [(), ("alpha",), ("alpha",)]


def test_a_hopeless_failure_after_a_passing_one_is_told_at_once() -> None:
    installer = Installer(SERVER, DISK)
    with pytest.raises(NoSpace):
        installer.run()
    assert len(installer.calls) == 2


def test_ctrl_c_ends_the_waiting() -> None:
    def press(seconds: float) -> None:
        raise KeyboardInterrupt

    installer = Installer(SERVER)
    with pytest.raises(KeyboardInterrupt):
        persistently(installer, "uv", doing="install", patience=Patience(wait=press))
    assert len(installer.calls) == 1


@pytest.mark.parametrize(
    ("failures", "drawn", "seconds"), [(1, 0.0, 2.0), (1, 1.0, 2.5), (3, 0.5, 9.0), (40, 0.0, 30.0)]
)
def test_pauses_double_up_to_a_limit_and_never_agree(failures: int, drawn: float, seconds: float) -> None:
    assert Patience(draw=lambda: drawn).pause(failures) == seconds


@pytest.mark.parametrize(
    ("outcome", "calls", "code", "message"),
    [
        ("timeout", 2, "install-timeout", "uv could not install within 900 s and was stopped"),
        ("missing", 1, "install-missing", "uv could not install: /bin/uv is not there (any more)"),
        ("refused", 1, "install-not-started", "uv could not install: the operating system does not start /bin/uv"),
    ],
)  # fmt: skip
def test_a_call_that_never_ran_to_an_end_is_told_as_that(
    outcome, calls: int, code: str, message: str
) -> None:
    made = []

    def call(afresh: tuple[str, ...]) -> Completed:
        made.append(afresh)
        return Completed(argv=("/bin/uv",), outcome=outcome, seconds=900.2, stderr="no\n")

    with pytest.raises(ScaffoldError) as caught:
        persistently(call, "uv", doing="install", patience=Patience(wait=lambda seconds: None))
    assert (len(made), caught.value.code, caught.value.message) == (calls, code, message)
    assert caught.value.hint
