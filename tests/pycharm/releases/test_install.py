"""What is planned on machines of every kind, and what a failure leaves behind."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from scaffold.errors import DownloadFailed, NoPermission, NoSpace, OptionRefused, TargetOccupied
from scaffold.ide import install
from scaffold.ide.install_plan import InstallPlan, InstallWishes, plan_install
from scaffold.sources.fetch import Client
from scaffold.sources.settings import read_settings
from scaffold.system import HostSystem
from tests.pycharm.installations.test_find import machine
from tests.pycharm.releases.standin import VERSION, ReleaseServer, member, pycharm_tar, tar_of
from tests.pycharm.releases.test_feed import ENDS
from tests.sources.conftest import host


def client() -> Client:
    return Client(settings=read_settings(host()), wait=lambda seconds: None)


def offer_all(server: ReleaseServer) -> None:
    """A release for every system, each of its files with a hash of its own."""
    downloads = {}
    for number, (key, end) in enumerate(ENDS.items()):
        link = server.offer(f"pycharm-{VERSION}{end}", b"", digest=str(number) * 64)
        downloads[key] = {"link": link, "size": 1_000_000, "checksumLink": f"{link}.sha256"}
    row = {"type": "release", "version": VERSION, "date": "2026-11-05", "build": "", "downloads": downloads}
    server.files["/products/releases"] = json.dumps({"PCP": [row]}).encode()


@pytest.mark.parametrize(
    ("system", "key", "kind", "folder"),
    [
        ("linux", "linux", "tar", f"/home/ada/.local/share/scaffold/ide/pycharm-{VERSION}"),
        ("windows", "windowsZip", "zip", f"C:/Users/ada/AppData/Local/Programs/PyCharm-{VERSION}"),
        ("macos", "macM1", "dmg", f"/Users/ada/Applications/PyCharm {VERSION}.app"),
    ],
)
def test_each_system_gets_its_file_and_folder(
    server: ReleaseServer, system: str, key: str, kind: str, folder: str
) -> None:
    offer_all(server)
    plan = plan_install(machine(system, {}), InstallWishes(source=server.products), client())
    assert (plan.source, plan.kind, plan.place.folder.as_posix()) == (
        f"{server.url}/python/pycharm-{VERSION}{ENDS[key]}",
        kind,
        folder,
    )
    assert plan.sha256 == str(list(ENDS).index(key)) * 64
    assert (plan.size, plan.needed, plan.free) == (1_000_000, 4_000_000, None)


def test_a_translated_process_on_apple_silicon_gets_apple_silicons(server: ReleaseServer) -> None:
    offer_all(server)
    platform = {
        "os": "macos",
        "machine": "x86_64",
        "release": "",
        "version": "14",
        "libc": "",
        "cpu_count": 8,
    }
    translated = {"sysctl -n sysctl.proc_translated": {"stdout": "1\n"}}
    wishes = InstallWishes(source=server.products)
    plan = plan_install(machine("macos", {}, platform=platform, commands=translated), wishes, client())
    assert plan.source.endswith("-aarch64.dmg")
    plan = plan_install(machine("macos", {}, platform=platform), wishes, client())
    assert plan.source.endswith(f"{VERSION}.dmg")


def test_a_machine_for_which_there_is_none(server: ReleaseServer) -> None:
    offer_all(server)
    platform = {"os": "linux", "machine": "riscv64", "release": "", "version": "", "libc": "", "cpu_count": 8}
    with pytest.raises(DownloadFailed) as failed:
        plan_install(machine("linux", {}, platform=platform), InstallWishes(source=server.products), client())
    assert failed.value.message == f"PyCharm {VERSION} is not published for linux on riscv64"


def test_too_small_a_disk_is_told_before_anything_is_downloaded(server: ReleaseServer) -> None:
    offer_all(server)
    with pytest.raises(NoSpace) as failed:
        plan_install(
            machine("linux", {}, disk_free=3_000_000), InstallWishes(source=server.products), client()
        )
    assert failed.value.detail == ("needed: about 4 MB, the download included", "free: 3 MB")
    assert [path for path, _ in server.requests if path.endswith(".tar.gz")] == []


def test_a_user_without_a_home(server: ReleaseServer) -> None:
    offer_all(server)
    with pytest.raises(NoPermission):
        plan_install(machine("linux", {}, home=None), InstallWishes(source=server.products), client())


@pytest.mark.parametrize(
    "source",
    ["ftp://host/x", "http://[", "http:///x", "/nowhere/pycharm-2026.2.tar.gz", "x.deb", "s3://b/k.zip"],
)
def test_a_source_that_cannot_be_meant(source: str) -> None:
    with pytest.raises(OptionRefused):
        plan_install(machine("linux", {}), InstallWishes(source=source), client())


@pytest.mark.parametrize(
    ("version", "words"),
    [("2026.2", "is free to use"), ("2024.3.5", "PyCharm Professional: a trial of 30 days")],
)
def test_the_terms_of_that_version(server: ReleaseServer, version: str, words: str) -> None:
    url = server.offer(f"pycharm-{version}.tar.gz", b"")
    plan = plan_install(machine("linux", {}), InstallWishes(source=url), client())
    assert words in plan.terms[0]


def test_a_mirrors_file_has_the_size_that_its_server_says(server: ReleaseServer) -> None:
    url = server.offer("pycharm-2026.2.tar.gz", bytes(1_000_000))
    with pytest.raises(NoSpace):
        plan_install(machine("linux", {}, disk_free=3_000_000), InstallWishes(source=url), client())
    plan = plan_install(machine("linux", {}), InstallWishes(source=url), client())
    assert (plan.size, plan.needed) == (1_000_000, 4_000_000)


@pytest.fixture
def planned(server: ReleaseServer, home: Path) -> InstallPlan:
    server.publish()
    return plan_install(HostSystem(), InstallWishes(source=server.products), client())


def carried_out(plan: InstallPlan) -> install.InstallReport:
    return install.carry_out(HostSystem(), plan, lambda text: None, lambda progress: None, client())


def left(plan: InstallPlan) -> set[str]:
    return {path.name for path in plan.place.staging.rglob("*")}


def test_a_disk_that_fills_up_keeps_the_download_alone(
    planned: InstallPlan, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(archive: Path, kind: str, folder: Path, **_: Any) -> None:
        (folder / "half").mkdir(parents=True)
        raise NoSpace("full")

    monkeypatch.setattr(install, "unpack", full)
    with pytest.raises(NoSpace):
        carried_out(planned)
    assert left(planned) == {"download", "download.json"}
    monkeypatch.undo()
    assert carried_out(planned).changed


def test_an_archive_that_is_refused_is_not_kept(server: ReleaseServer, home: Path) -> None:
    server.publish(body=pycharm_tar(VERSION, (member("../evil"), b"")))
    plan = plan_install(HostSystem(), InstallWishes(source=server.products), client())
    with pytest.raises(DownloadFailed):
        carried_out(plan)
    assert left(plan) == set()
    server.publish(body=tar_of((member("x"), b"")))
    plan = plan_install(HostSystem(), InstallWishes(source=server.products), client())
    with pytest.raises(DownloadFailed):
        carried_out(plan)
    assert left(plan) == set()


def test_a_folder_that_somebody_emptied_is_filled_again(planned: InstallPlan) -> None:
    planned.place.folder.mkdir(parents=True)
    assert carried_out(planned).installation.folder == planned.place.folder


def test_what_somebody_put_there_is_not_removed(server: ReleaseServer, planned: InstallPlan) -> None:
    planned.place.folder.mkdir(parents=True)
    (planned.place.folder / "thesis.docx").write_text("mine")
    with pytest.raises(TargetOccupied):
        carried_out(planned)
    server.requests.clear()
    with pytest.raises(TargetOccupied):
        plan_install(HostSystem(), InstallWishes(source=server.products), client())
    assert server.ranges_of(".tar.gz") == []
    assert (planned.place.folder / "thesis.docx").read_text() == "mine"
