"""The settings as both installers get them; the last tests ask the real uv and the real pip."""

from __future__ import annotations

import json
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from scaffold.sources.installer_arguments import pip_environment, uv_arguments, uv_environment
from scaffold.sources.model import Setting, SourceSettings
from scaffold.sources.settings import DEFAULT_INDEX, read_settings
from scaffold.system import HostSystem

from .conftest import PackageServer, Reply


def setting(value: str, origin: str = "somewhere") -> Setting:
    return Setting(value=value, origin=origin)


def full(tmp_path: Path) -> SourceSettings:
    (tmp_path / "my wheels").mkdir(exist_ok=True)
    (tmp_path / "ca.pem").touch()
    return SourceSettings(
        index=setting("https://u:p@corp/simple"),
        extra_indexes=(setting("https://a/simple"), setting("/srv/my index")),
        find_links=(setting(str(tmp_path / "my wheels")), setting("/not/there"), setting("https://h/a,b")),
        certificates=setting(str(tmp_path / "ca.pem")),
        trusted_hosts=(setting("corp:8080"), setting("other")),
        proxy=setting("http://proxy:3128"),
        timeout=40.4,
        index_strategy=setting("unsafe-best-match"),
    )


def test_everything_for_uv(tmp_path: Path) -> None:
    base = {
        "PATH": "/bin",
        "UV_INDEX": "https://stale",
        "UV_TORCH_BACKEND": "auto",
        "UV_CACHE_DIR": "/c",
        "http_proxy": "x",
    }
    assert uv_environment(full(tmp_path), base) == {
        "PATH": "/bin",
        "UV_CACHE_DIR": "/c",
        "http_proxy": "x",
        "UV_DEFAULT_INDEX": "https://u:p@corp/simple",
        "UV_INDEX": "https://a/simple file:///srv/my%20index",
        "UV_INDEX_STRATEGY": "unsafe-best-match",
        "UV_FIND_LINKS": f"file://{tmp_path}/my%20wheels,https://h/a%2Cb",
        "UV_INSECURE_HOST": "corp:8080 other",
        "SSL_CERT_FILE": str(tmp_path / "ca.pem"),
        "UV_HTTP_TIMEOUT": "40",
        "UV_PYTHON_DOWNLOADS": "never",
        "HTTPS_PROXY": "http://proxy:3128",
    }
    assert uv_arguments(full(tmp_path)) == ()


def test_everything_for_pip(tmp_path: Path) -> None:
    base = {"PATH": "/bin", "PIP_FIND_LINKS": "/stale", "PIP_DEFAULT_TIMEOUT": "9", "PIP_CACHE_DIR": "/c"}
    assert pip_environment(full(tmp_path), base) == {
        "PATH": "/bin",
        "PIP_CACHE_DIR": "/c",
        "PIP_INDEX_URL": "https://u:p@corp/simple",
        "PIP_EXTRA_INDEX_URL": "https://a/simple file:///srv/my%20index",
        "PIP_FIND_LINKS": f"file://{tmp_path}/my%20wheels /not/there https://h/a,b",
        "PIP_TRUSTED_HOST": "corp:8080 other",
        "PIP_CERT": str(tmp_path / "ca.pem"),
        "PIP_TIMEOUT": "40",
        "PIP_PROXY": "http://proxy:3128",
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
    }


def test_nothing_set_leaves_both_as_they_are() -> None:
    settings = SourceSettings(index=DEFAULT_INDEX)
    assert uv_environment(settings, {"A": "b"}) == {"A": "b", "UV_PYTHON_DOWNLOADS": "never"}
    assert pip_environment(settings, {"A": "b"}) == {"A": "b", "PIP_DISABLE_PIP_VERSION_CHECK": "1"}


def test_an_air_gap_names_no_index(tmp_path: Path) -> None:
    settings = SourceSettings(
        index=setting("https://corp/simple"), find_links=(setting(str(tmp_path)),), no_index=setting("1")
    )
    uv = uv_environment(settings, {"UV_DEFAULT_INDEX": "https://stale"})
    pip = pip_environment(settings, {"PIP_INDEX_URL": "https://stale"})
    assert uv == {"UV_FIND_LINKS": str(tmp_path), "UV_PYTHON_DOWNLOADS": "never"}
    assert pip == {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(tmp_path), "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
    assert uv_arguments(settings) == ("--no-index",)


def test_a_proxy_that_every_program_reads_is_not_said_again() -> None:
    settings = SourceSettings(index=DEFAULT_INDEX, proxy=setting("http://p", "HTTPS_PROXY"))
    assert "HTTP_PROXY" not in uv_environment(settings, {"HTTPS_PROXY": "http://p"})
    assert "PIP_PROXY" not in pip_environment(settings, {"HTTPS_PROXY": "http://p"})


def make_wheel(folder: Path, name: str, version: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path, info = folder / f"{name}-{version}-py3-none-any.whl", f"{name}-{version}.dist-info"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(f"{name}.py", "")
        archive.writestr(f"{info}/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n")
        archive.writestr(
            f"{info}/WHEEL", "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        )
        archive.writestr(
            f"{info}/RECORD", f"{name}.py,,\n{info}/METADATA,,\n{info}/WHEEL,,\n{info}/RECORD,,\n"
        )
    return path


def uv_would_install(settings: SourceSettings, tmp_path: Path, *names: str) -> str:
    uv = pytest.importorskip("uv").find_uv_bin()
    environment = uv_environment(settings, HostSystem().environment) | {
        "UV_CACHE_DIR": str(tmp_path / "cache")
    }
    command = [
        uv,
        "pip",
        "compile",
        "--no-header",
        "--no-annotate",
        "-q",
        "-p",
        sys.executable,
        *uv_arguments(settings),
        "-",
    ]
    done = subprocess.run(
        command,
        input="\n".join(names),
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    return done.stdout if done.returncode == 0 else done.stderr


def pip_would_install(settings: SourceSettings, *names: str) -> list[str]:
    pytest.importorskip("pip")
    environment = pip_environment(settings, HostSystem().environment)
    command = [
        sys.executable,
        "-m",
        "pip",
        "install",
        "-q",
        "--dry-run",
        "--report",
        "-",
        "--no-cache-dir",
        *names,
    ]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    return sorted(
        f"{one['metadata']['name']}=={one['metadata']['version']}"
        for one in json.loads(done.stdout)["install"]
    )


def test_find_links_of_pips_reach_uv_and_a_default_index_of_uvs_reaches_pip(
    home: Path, tmp_path: Path, server: PackageServer
) -> None:
    make_wheel(tmp_path / "my wheels, all", "ours_links", "1.0")
    wheel = make_wheel(tmp_path / "served", "ours_index", "2.0")
    login = {}

    def page(request) -> Reply:
        login["sent"] = request.headers.get("Authorization")
        return Reply(body=f'<a href="/files/{wheel.name}">x</a>') if login["sent"] else Reply(status=401)

    server.replies["/simple/ours-index/"] = page
    server.replies[f"/files/{wheel.name}"] = Reply(body=wheel.read_bytes())
    pip_conf, uv_toml = home / ".config/pip/pip.conf", home / ".config/uv/uv.toml"
    for path in (pip_conf, uv_toml):
        path.parent.mkdir(parents=True)
    links = (tmp_path / "my wheels, all").as_uri()
    pip_conf.write_text(f"[global]\nfind-links = {links}\n")
    uv_toml.write_text(f'[[index]]\nurl = "{server.url.replace("//", "//ada:pw@")}/simple"\ndefault = true\n')
    settings = read_settings(HostSystem())
    assert (settings.find_links, settings.index.origin) == (
        (Setting(value=links, origin="~/.config/pip/pip.conf"),),
        "~/.config/uv/uv.toml",
    )
    assert uv_would_install(settings, tmp_path, "ours-links", "ours-index").split() == [
        "ours-index==2.0",
        "ours-links==1.0",
    ]
    assert pip_would_install(settings, "ours-links", "ours-index") == ["ours_index==2.0", "ours_links==1.0"]
    assert login["sent"] == "Basic YWRhOnB3"


def test_extra_indexes_of_pips_are_weighed_alike_by_both(
    home: Path, tmp_path: Path, server: PackageServer
) -> None:
    """pip takes the newest of all indexes; uv by itself would stay with the first that has the project."""
    for place, version in (("main", "2.0"), ("extra", "1.0")):
        wheel = make_wheel(tmp_path / place, "ours", version)
        server.replies[f"/{place}/ours/"] = Reply(body=f'<a href="/files/{wheel.name}">x</a>')
        server.replies[f"/files/{wheel.name}"] = Reply(body=wheel.read_bytes())
    (home / ".config/pip").mkdir(parents=True)
    (home / ".config/pip/pip.conf").write_text(
        f"[global]\nindex-url = {server.url}/main\nextra-index-url = {server.url}/extra\n"
    )
    settings = read_settings(HostSystem())
    assert uv_would_install(settings, tmp_path, "ours").split() == ["ours==2.0"]
    assert pip_would_install(settings, "ours") == ["ours==2.0"]
