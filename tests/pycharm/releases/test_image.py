"""A Mac's disk image, on a Mac that was written down and whose mount points are real folders."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from scaffold.errors import DownloadFailed
from scaffold.ide import install
from scaffold.ide.install_plan import InstallPlan
from scaffold.pycharm.installations.model import Installation
from scaffold.pycharm.releases.download import sha256_of
from scaffold.pycharm.releases.image import let_go, unpack_image
from scaffold.pycharm.releases.place import Place, save_record
from scaffold.recorded import RecordedSystem
from scaffold.system import Completed, joined
from tests.pycharm.releases.standin import product_info
from tests.sources.conftest import host


class Mac(RecordedSystem):
    """``fails``: commands that do not do what they are asked for. What is attached is a folder with files."""

    def __init__(self, home: Path, *fails: str) -> None:
        super().__init__({**host("macos")._record, "home": str(home)})
        self.fails, self.ran = fails, list[list[str]]()

    def run(self, argv: Any, **_: Any) -> Completed:
        words = list(joined(argv))
        self.ran.append(words)
        name = words[1] if words[0] == "hdiutil" else words[0]
        fails = name in self.fails
        if name == "attach":
            mount = Path(words[-2])
            fails = fails or any(mount.iterdir())  # so says hdiutil: the mount point is busy
            if not fails:
                attached(mount)
        elif name == "detach":
            mount = Path(words[2])
            if not fails and mount.is_dir():
                for path in sorted(mount.rglob("*"), reverse=True):
                    path.rmdir() if path.is_dir() else path.unlink()
        elif not fails:
            app = Path(words[2])
            (app / "Contents" / "Resources").mkdir(parents=True)
            (app / "Contents" / "Resources" / "product-info.json").write_bytes(product_info(system="macOS"))
        said = f"{name}: no\n" if fails else ""
        return Completed(argv=joined(argv), outcome="exited", status=int(fails), stderr=said)

    def list_folder(self, path: Any) -> tuple[str, ...]:
        folder = Path(path)
        return tuple(sorted(one.name for one in folder.iterdir())) if folder.is_dir() else ()

    def read_text(self, path: Any, *_: Any, **__: Any) -> str | None:
        return Path(path).read_text() if Path(path).is_file() else None

    def exists(self, path: Any) -> bool:
        return Path(path).exists()

    @property
    def programs(self) -> list[str]:
        return [" ".join(words[:2]) if words[0] == "hdiutil" else words[0] for words in self.ran]


def attached(mount: Path) -> None:
    """A volume as it is seen while an image is attached."""
    (mount / "PyCharm.app" / "Contents").mkdir(parents=True)
    (mount / "Applications").mkdir()


@pytest.fixture
def plan(tmp_path: Path) -> InstallPlan:
    """PyCharm for a Mac whose image was downloaded and verified before."""
    place = Place(folder=tmp_path / "Applications" / "PyCharm 2026.2.3.app")
    place.staging.mkdir(parents=True)
    image = tmp_path / "pycharm-2026.2.3.dmg"
    image.write_bytes(b"koly")
    digest = sha256_of(image)
    return InstallPlan(
        version="2026.2.3", build="", date="", source=str(image), file=image, kind="dmg", sha256=digest, size=4,
        came=0, needed=None, free=None, place=place, terms=(), reasons=(),
    )  # fmt: skip


def carried_out(mac: Mac, plan: InstallPlan) -> install.InstallReport:
    return install.carry_out(mac, plan, lambda text: None, lambda progress: None)


def test_a_disk_image_is_copied_and_let_go(tmp_path: Path) -> None:
    mac, out, mount = Mac(tmp_path), tmp_path / "unpacked", tmp_path / "mounted"
    unpack_image(mac, tmp_path / "x.dmg", out, mount)
    options = ["-nobrowse", "-noautoopen", "-readonly", "-mountpoint", str(mount), str(tmp_path / "x.dmg")]
    assert mac.ran == [
        ["hdiutil", "attach", *options],
        ["ditto", str(mount / "PyCharm.app"), str(out / "PyCharm.app")],
        ["hdiutil", "detach", str(mount), "-force"],
    ]


def test_an_image_that_is_attached_already_is_let_go_before(plan: InstallPlan, tmp_path: Path) -> None:
    """A call was killed while it copied."""
    attached(plan.place.mounted)
    mac = Mac(tmp_path)
    assert carried_out(mac, plan).changed
    assert mac.programs[:3] == ["hdiutil detach", "hdiutil attach", "ditto"]
    assert (plan.place.folder / "Contents" / "Resources" / "product-info.json").is_file()
    assert not plan.place.staging.exists()


def test_an_image_that_cannot_be_attached_is_kept(plan: InstallPlan, tmp_path: Path) -> None:
    """Its hash was verified: the system's refusal says nothing against the download."""
    plan.place.archive.write_bytes(b"good")
    with pytest.raises(DownloadFailed) as failed:
        carried_out(Mac(tmp_path, "attach"), plan)
    assert (failed.value.code, failed.value.detail) == ("image-refused", ("attach: no",))
    assert plan.place.archive.read_bytes() == b"good"
    assert not plan.place.unpacked.exists()
    assert carried_out(Mac(tmp_path), plan).changed


def test_nothing_is_deleted_through_a_mount_point(plan: InstallPlan, tmp_path: Path) -> None:
    attached(plan.place.mounted)
    with pytest.raises(DownloadFailed) as failed:
        let_go(Mac(tmp_path, "detach"), plan.place.mounted)
    assert (failed.value.code, failed.value.detail) == ("image-held", ("detach: no",))
    with pytest.raises(DownloadFailed):
        carried_out(Mac(tmp_path, "detach"), plan)
    assert (plan.place.mounted / "PyCharm.app" / "Contents").is_dir()


def test_a_removal_lets_go_of_what_a_killed_call_left_attached(plan: InstallPlan, tmp_path: Path) -> None:
    attached(plan.place.mounted)
    plan.place.folder.mkdir()
    save_record(plan.place, {"menu": {}})
    installation = Installation(
        folder=plan.place.folder, launcher=("open",), product="PyCharm", version="2026.2.3", build="",
        edition="unified", how="ours", reason="", config_folder=None, vmoptions="",
    )  # fmt: skip
    removal = install.RemovalPlan(installation=installation, place=plan.place, menu={})
    with pytest.raises(DownloadFailed):
        install.carry_out_removal(Mac(tmp_path, "detach"), removal)
    assert plan.place.folder.is_dir()
    assert install.carry_out_removal(Mac(tmp_path), removal) == (plan.place.folder,)
    assert [one.name for one in plan.place.folder.parent.iterdir()] == [".PyCharm 2026.2.3.app.lock"]
