"""Progress from recorded lines of uv and pip, from traces on the disk, and from both tools at work."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from scaffold.environments.condition.verify import damages
from scaffold.environments.create import create
from scaffold.environments.installers.progress import Narrator, Rate, parse_size
from scaffold.environments.installers.watching import watched
from scaffold.environments.model import Download, Progress

DOWNLOADS = (
    Download(name="scipy", version="1", size=30, source="files.example"),
    Download(name="sympy", version="1", size=6, source="files.example"),
    Download(name="tqdm", version="1", size=1, source="files.example"),
    Download(name="torch", version="1", size=900, source="/wheels", local=True),
)


def downloading(done: int, *packages: str, total: int = 37, estimated: bool = False) -> Progress:
    return Progress(
        step="download", message="Downloading", done=done, total=total, unit="bytes",
        packages=packages, estimated=estimated,
    )  # fmt: skip


def installing(done: int) -> Progress:
    return Progress(step="install", message="Installing", done=done, total=4, unit="packages")


def told(lines: list[str], *, one_by_one: bool = False) -> list[Progress]:
    found: list[Progress] = []
    narrator = Narrator(DOWNLOADS, found.append, one_by_one=one_by_one)
    for line in lines:
        narrator.line(line)
    return found


def test_uvs_lines() -> None:
    assert told([
        "Using Python 3.11.7 environment at: e1", "Downloading scipy (33.7MiB)", "Downloading sympy (6.0MiB)",
        " Downloaded sympy", " Downloaded scipy", "Prepared 5 packages in 462ms", "Installed 5 packages in 44ms",
    ]) == [
        downloading(0, "scipy"), downloading(0, "scipy", "sympy"), downloading(6, "scipy"), downloading(36),
        installing(0), installing(4),
    ]  # fmt: skip


def test_pips_lines() -> None:
    assert told([
        "Collecting scipy", "  Downloading scipy-1-cp311-cp311-manylinux_2_28_x86_64.whl.metadata (62 kB)",
        "  Downloading scipy-1-cp311-cp311-manylinux_2_28_x86_64.whl (35.3 MB)",
        "Progress 0 of 30", "Progress 12 of 30", "Progress 30 of 30",
        "Downloading unknown-1-py3-none-any.whl", "  Downloading sympy-1-py3-none-any.whl (6 MB)",
        "Progress 6 of 6",
        "Installing collected packages: scipy, sympy", "Successfully installed scipy-1 sympy-1",
    ], one_by_one=True) == [
        downloading(0, "scipy"), downloading(0, "scipy"), downloading(12, "scipy"), downloading(30, "scipy"),
        downloading(30), downloading(30, "sympy"), downloading(36, "sympy"), installing(0), installing(4),
    ]  # fmt: skip


@pytest.mark.parametrize("where", ["", "https://files.example/whl/cpu/"])
def test_pip_names_a_wheel_as_its_address_does(where: str) -> None:
    found: list[Progress] = []
    narrator = Narrator([Download(name="torch", version="2.13.0+cpu", size=200, source="")], found.append)
    narrator.line(f"  Downloading {where}torch-2.13.0%2Bcpu-cp311-cp311-manylinux_2_28_x86_64.whl (191.8 MB)")
    narrator.line("Progress 50 of 200")
    assert found == [downloading(0, "torch", total=200), downloading(50, "torch", total=200)]


def test_a_size_that_no_index_told_is_learned() -> None:
    found: list[Progress] = []
    narrator = Narrator([Download(name="scipy", version="1", size=None, source="")], found.append)
    narrator.line("Downloading scipy (1.5MiB)")
    narrator.line(" Downloaded scipy")
    assert found == [
        downloading(0, "scipy", total=1572864),
        downloading(1572864, total=1572864),
    ]


@pytest.mark.parametrize(
    "line",
    [
        "",
        "\x00",
        "Downloading",
        "Progress of",
        "Progress 1 of 2",
        " Downloaded ghost",
        "Downloading ((1.2.3MB",
    ],
)
def test_lines_that_tell_nothing(line: str) -> None:
    assert told([line]) == []
    assert parse_size("1.2.3MB") is None


def test_what_lies_unpacked_is_an_estimate_that_never_goes_back_nor_ends() -> None:
    found: list[Progress] = []
    narrator = Narrator(DOWNLOADS, found.append)
    narrator.unpacked(50)  # nothing is under way
    narrator.line("Downloading scipy (33.7MiB)")
    for size in (0, 41, 20, 1000):
        narrator.unpacked(size)
    narrator.line(" Downloaded scipy")
    narrator.line("Prepared 4 packages in 1ms")
    narrator.unpacked(2000)  # it is linked now
    assert [(one.step, one.done, one.estimated) for one in found] == [
        ("download", 0, False), ("download", 10, True), ("download", 10, True), ("download", 29, True),
        ("download", 30, True), ("install", 0, False),
    ]  # fmt: skip


def test_a_rate_is_that_of_the_last_seconds() -> None:
    rate = Rate(window=10.0)
    seen = []
    for second in range(31):
        done = second * 1_000_000 if second <= 10 else 10_000_000 + (second - 10) * 2_000_000
        rate.add(float(second), downloading(done, total=100_000_000))
        seen.append(rate.speed)
    assert (seen[0], seen[1], seen[10], seen[30]) == (None, 1e6, 1e6, 2e6)
    assert rate.remaining == 25.0


def test_a_rate_that_cannot_be_told() -> None:
    rate = Rate()
    rate.add(0.0, downloading(0))
    rate.add(0.5, downloading(20))
    assert (rate.speed, rate.remaining) == (None, None)  # half a second says nothing
    rate.add(2.0, Progress(step="download", message="", done=30, unit="bytes"))
    assert (rate.speed, rate.remaining) == (15.0, None)  # of how much, nobody knows
    rate.add(3.0, installing(1))
    assert (rate.speed, rate.remaining) == (None, None)
    for second in (4.0, 6.0):
        rate.add(second, downloading(5))
    assert (rate.speed, rate.remaining) == (0.0, None)  # it stands still


class Listener(Narrator):
    """Hears what `watched` sees."""

    def __init__(self) -> None:
        super().__init__((), lambda progress: None)
        self.bytes, self.packages, self.heard = 0, 0, threading.Event()

    def unpacked(self, size: int) -> None:
        self.bytes = max(self.bytes, size)

    def arrived(self, count: int) -> None:
        self.packages = max(self.packages, count)
        if self.bytes and self.packages:
            self.heard.set()


def test_what_an_installer_writes_is_seen(tmp_path: Path) -> None:
    cache, packages = tmp_path / "cache", tmp_path / "env" / "lib" / "python3.12" / "site-packages"
    (cache / ".tmpOld").mkdir(parents=True)
    (cache / ".tmpOld" / "left.bin").write_bytes(b"x" * 7)
    (packages / "pip-26.3.dist-info").mkdir(parents=True)
    listener = Listener()
    with watched(listener, cache=cache, location=tmp_path / "env", seconds=0.01):
        (cache / ".tmpNew" / "torch").mkdir(parents=True)
        (cache / ".tmpNew" / "torch" / "lib.so").write_bytes(b"x" * 5)
        (packages / "torch-2.13.0.dist-info").mkdir()
        assert listener.heard.wait(60)
    assert (listener.bytes, listener.packages) == (5, 1)


@pytest.mark.parametrize("backend", ["uv", "pip"])
def test_the_tools_at_work(backend, tmp_path, plan_for, system) -> None:
    """Wheels of a folder are no downloads; the installation counts up to all of them."""
    plan, seen = plan_for(tmp_path, "beta", "many", backend=backend), list[Progress]()
    create(plan, system, seen.append)
    counts = [one.done for one in seen if one.step == "install" and one.unit == "packages"]
    assert counts == sorted(counts)
    assert counts[-1] == 3
    assert not [one for one in seen if one.step == "download"]


def test_verification_is_counted(tmp_path) -> None:
    packages = tmp_path / "lib" / "python3.12" / "site-packages"
    for name in ("a", "b"):
        (packages / f"{name}-1.dist-info").mkdir(parents=True)
        (packages / f"{name}-1.dist-info" / "RECORD").touch()
    seen: list[Progress] = []
    assert damages(tmp_path, report=seen.append) == ()
    assert [(one.step, one.done, one.total, one.unit) for one in seen] == [
        ("verify", 1, 2, "packages"),
        ("verify", 2, 2, "packages"),
    ]
