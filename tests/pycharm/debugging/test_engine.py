from __future__ import annotations

import hashlib
import io
import tarfile
from dataclasses import replace
from pathlib import Path

import pytest

from scaffold.errors import DownloadFailed, NoPermission
from scaffold.pycharm.debugging import engine as module
from scaffold.pycharm.debugging import fetching
from scaffold.pycharm.debugging.engine import Engine, Release, find_engine, release
from scaffold.pycharm.installations import find
from scaffold.pycharm.installations.model import Installation
from scaffold.system import HostSystem
from tests.pycharm.projects_on_disk import Host, lay

WANTED = release()


def archive(files: dict[str, str], *, folder: str = WANTED.folder, kind: bytes = tarfile.REGTYPE) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as tar:
        for name, text in files.items():
            member = tarfile.TarInfo(f"{folder}/{name}")
            member.type, member.size, member.linkname = kind, len(text), "/etc/passwd"
            tar.addfile(member, io.BytesIO(text.encode()))
    return buffer.getvalue()


GOOD = archive(
    {"pydevd.py": "print()", "_pydevd_bundle/comm.py": "", "_pydevd_bundle/fast.c": "", "tests/t.py": ""}
)


def wanted(content: bytes) -> Release:
    return replace(WANTED, sha256=hashlib.sha256(content).hexdigest(), size=len(content))


def host(tmp_path: Path, **environment: str) -> Host:
    return Host(HOME=str(tmp_path / "nobody"), PIP_CONFIG_FILE="/dev/null", **environment)


@pytest.fixture
def offline(tmp_path: Path, home: Path) -> Host:
    """No index: one folder of packages."""
    (tmp_path / "wheels").mkdir()
    return host(tmp_path, PIP_NO_INDEX="1", PIP_FIND_LINKS=str(tmp_path / "wheels"))


def fetch(content: bytes, tmp_path: Path, system: Host, *, as_published: Release | None = None) -> Path:
    (tmp_path / "wheels" / WANTED.file).write_bytes(content)
    return fetching.fetch(
        as_published or wanted(content), tmp_path / "cache", system, python=Path("/p/python")
    )


def test_it_is_unpacked_as_it_is_less_what_no_debugger_needs(tmp_path: Path, offline: Host) -> None:
    folder = fetch(GOOD, tmp_path, offline)
    assert folder == tmp_path / "cache" / WANTED.version
    files = sorted(
        path.relative_to(tmp_path / "cache").as_posix() for path in (tmp_path / "cache").rglob("*.*")
    )
    assert files == [
        WANTED.version,
        f"{WANTED.version}/_pydevd_bundle/comm.py",
        f"{WANTED.version}/pydevd.py",
    ]
    assert fetch(GOOD, tmp_path, offline) == folder  # somebody else's, made in the meantime, is as good


def test_another_file_than_was_published(tmp_path: Path, offline: Host) -> None:
    with pytest.raises(DownloadFailed) as refused:
        fetch(GOOD, tmp_path, offline, as_published=WANTED)
    assert refused.value.code == "download-damaged"
    assert refused.value.detail == (
        f"SHA-256 {hashlib.sha256(GOOD).hexdigest()}",
        f"published: {WANTED.sha256}",
    )
    assert not (tmp_path / "cache").exists()


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (archive({"../../evil.py": ""}), "download-unsafe"),
        (archive({"a\\..\\evil.py": ""}), "download-unsafe"),
        (archive({"pydevd.py": ""}, folder="elsewhere"), "download-unsafe"),
        (GOOD[:-40], "download-damaged"),
        (b"<html>sign in</html>", "download-damaged"),
    ],
)
def test_an_archive_that_is_none_or_leads_elsewhere(
    tmp_path: Path, offline: Host, content: bytes, code: str
) -> None:
    with pytest.raises(DownloadFailed) as refused:
        fetch(content, tmp_path, offline)
    assert refused.value.code == code
    assert list((tmp_path / "cache").iterdir()) == []
    assert not list(tmp_path.rglob("evil.py"))


def test_links_are_left_out(tmp_path: Path) -> None:
    links = archive({"pydevd.py": ""}, kind=tarfile.SYMTYPE)
    fetching.unpack(links, tmp_path, WANTED.folder)
    assert list(tmp_path.iterdir()) == []


def test_nobody_has_it(tmp_path: Path, offline: Host) -> None:
    with pytest.raises(DownloadFailed) as refused:
        fetching.fetch(WANTED, tmp_path / "cache", offline, python=Path("/p/python"))
    error = refused.value
    assert (
        error.message
        == f"The debugger (pydevd-pycharm=={WANTED.version}) is not on this machine and could not be had"
    )
    assert error.detail == (f"{tmp_path / 'wheels'}: has no {WANTED.file}",)
    assert error.hint == (
        f"Where an index can be reached:  /p/python -m pip install pydevd-pycharm=={WANTED.version}\n"
        f"or put {WANTED.file} into a folder that pip.conf names as find-links"
    )


def test_a_cache_that_cannot_be_written(tmp_path: Path, offline: Host) -> None:
    (tmp_path / "cache").write_text("a file")
    with pytest.raises(Exception, match="Cannot write to") as refused:
        fetch(GOOD, tmp_path, offline)
    assert not isinstance(refused.value, OSError)
    assert isinstance(refused.value, NoPermission) or refused.value.code == "write-failed"


def test_where_it_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_of_pycharm", lambda _: None)
    python = tmp_path / "venv/bin/python"
    project, tool, cache = (
        tmp_path / "venv/lib/python3.12/site-packages",
        tmp_path / "tool",
        tmp_path / "cache",
    )

    def found() -> Engine | None:
        return find_engine(python, HostSystem(), cache_folder=cache, tool=tool)

    lay(tool, {"pydevd.py": "", "pydevd-3.5.0.dist-info/METADATA": ""})  # PyDev's own
    lay(
        project, {"pydevd.py": "", "pydevd_pycharm-251.29188.40.dist-info/METADATA": ""}
    )  # known to be broken
    assert found() is None
    lay(cache, {f"{WANTED.version}/pydevd.py": ""})
    assert found() == Engine(
        version=WANTED.version, script=cache / WANTED.version / "pydevd.py", where="fetched"
    )
    lay(tool, {"pydevd_pycharm-253.33813.30.dist-info/METADATA": ""})
    assert found() == Engine(
        version="253.33813.30", script=tool / "pydevd.py", where=f"beside scaffold, in {tool}"
    )
    (project / "pydevd_pycharm-251.29188.40.dist-info").rename(project / "pydevd_pycharm-233.1.dist-info")
    assert found() == Engine(
        version="233.1", script=project / "pydevd.py", where="in the project's environment"
    )


@pytest.mark.network
def test_the_published_file_is_the_one_that_is_known(tmp_path: Path) -> None:
    folder = fetching.fetch(WANTED, tmp_path, HostSystem(), python=Path("python"))
    names = {path.name for path in folder.iterdir()}
    assert {"pydevd.py", "_pydevd_bundle", "_pydev_bundle", "pydevd_plugins"} <= names
    assert not {"tests", "build_tools"} & names


def test_an_installed_pycharm_brings_the_engine_that_it_will_use(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def installed(folder: str, version: str, build: str) -> Installation:
        return Installation(
            folder=tmp_path / folder,
            launcher=(),
            product="PyCharm",
            version=version,
            build=build,
            edition="unified",
            how="standalone",
            reason="",
            config_folder=None,
            vmoptions="",
        )

    both = (installed("PyCharm.app", "2026.2.3", "262.9"), installed("pycharm-2023.3", "2023.3", "233.1"))
    monkeypatch.setattr(find, "installations", lambda _: both)
    old = "pycharm-2023.3/plugins/python/helpers/pydev/pydevd.py"
    new = "PyCharm.app/Contents/plugins/python-ce/helpers/pydev/pydevd.py"
    for path, version, title in ((old, "233.1", "PyCharm 2023.3"), (new, "262.9", "PyCharm 2026.2.3")):
        lay(tmp_path, {path: ""})
        found = find_engine(tmp_path / "python", HostSystem(), cache_folder=tmp_path)
        where = f"of {title} in {tmp_path / Path(path).parts[0]}"
        assert found == Engine(version=version, script=tmp_path / path, where=where)
