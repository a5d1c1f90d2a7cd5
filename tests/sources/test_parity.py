"""Each setting reaches the real uv and the real pip alike, from wherever a user wrote it."""

from __future__ import annotations

import os
import ssl
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from scaffold.environments.installers.failures import explain
from scaffold.sources.installer_arguments import pip_environment, uv_arguments, uv_environment
from scaffold.sources.settings import read_settings
from scaffold.system import HostSystem

from .conftest import PackageServer, Reply, serve
from .test_installer_arguments import make_wheel

TOOLS = ["uv", "pip"]

#: Writes settings for a server into the user's files or environment.
Write = Callable[[Path, PackageServer, pytest.MonkeyPatch], None]


@pytest.fixture(autouse=True)
def nothing_else(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    names = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY")
    names = (*names, *map(str.lower, names), "SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "NETRC")
    for name in names:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PIP_CONFIG_FILE", str(home / "pip.conf"))  # instead of this machine's own
    monkeypatch.setenv("UV_CONFIG_FILE", str(home / "uv.toml"))
    for name in ("pip.conf", "uv.toml"):
        (home / name).touch()
    monkeypatch.setenv("UV_HTTP_RETRIES", "0")
    monkeypatch.setenv("PIP_RETRIES", "0")


def ask(tool: str, tmp_path: Path, name: str = "ours") -> subprocess.CompletedProcess[str]:
    """Let a tool resolve a project with the settings that are in force."""
    system = HostSystem()
    settings = read_settings(system)
    if tool == "uv":
        uv = pytest.importorskip("uv").find_uv_bin()
        environment = uv_environment(settings, system.environment) | {"UV_CACHE_DIR": str(tmp_path / "cache")}
        command = [uv, "pip", "compile", "--no-header", "--no-annotate", "-q", "-p", sys.executable]
        command += [*uv_arguments(settings), "-"]
        return _run(command, environment, name)
    environment = pip_environment(settings, system.environment) | {"PIP_NO_INPUT": "1"}
    command = [
        sys.executable,
        "-m",
        "pip",
        "install",
        "--dry-run",
        "--no-cache-dir",
        "--ignore-installed",
        name,
    ]
    return _run(command, environment)


def _run(
    command: list[str], environment: dict[str, str], given: str = ""
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command, env=environment, input=given, capture_output=True, text=True, timeout=60, check=False
    )


def offer(server: PackageServer, tmp_path: Path, prefix: str = "") -> None:
    wheel = make_wheel(tmp_path / "served", "ours", "1.0")
    server.replies[f"{prefix}/simple/ours/"] = Reply(body=f'<a href="{prefix}/files/{wheel.name}">x</a>')
    server.replies[f"{prefix}/files/{wheel.name}"] = Reply(body=wheel.read_bytes())


def got(done: subprocess.CompletedProcess[str]) -> bool:
    return done.returncode == 0 and ("ours==1.0" in done.stdout or "ours-1.0" in done.stdout)


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A throw-away authority's certificate, and a server's that it signed beside it."""
    import shutil

    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("makes its certificates with openssl")
    folder = tmp_path_factory.mktemp("authority")
    (folder / "extensions").write_text("subjectAltName=IP:127.0.0.1\nbasicConstraints=CA:FALSE\n")
    for arguments in (
        "req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=authority -keyout ca.key -out ca.pem",
        "req -newkey rsa:2048 -nodes -subj /CN=server -keyout server.key -out server.csr",
        "x509 -req -in server.csr -CA ca.pem -CAkey ca.key -CAcreateserial -extfile extensions -out server.pem",
    ):
        subprocess.run([openssl, *arguments.split()], cwd=folder, check=True, capture_output=True)
    return folder


@pytest.fixture
def encrypted(authority: Path) -> Iterator[PackageServer]:
    def wrap(listener) -> None:
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        tls.load_cert_chain(authority / "server.pem", authority / "server.key")
        listener.socket = tls.wrap_socket(listener.socket, server_side=True)

    yield from serve(wrap, "https")


def pip_conf(home: Path, *lines: str) -> None:
    (home / "pip.conf").write_text("\n".join(["[global]", *lines, ""]))


@pytest.mark.parametrize("tool", TOOLS)
@pytest.mark.parametrize("told", ["SSL_CERT_FILE", "PIP_CERT", "REQUESTS_CA_BUNDLE", "pip.conf"])
def test_a_companys_own_authority(tool, told, home, tmp_path, encrypted, authority, monkeypatch) -> None:
    offer(encrypted, tmp_path)
    monkeypatch.setenv("PIP_INDEX_URL", f"{encrypted.url}/simple")
    if told == "SSL_CERT_FILE":  # once is enough: the server is refused without
        refused = ask(tool, tmp_path)
        assert not got(refused)
        if tool == "uv":  # pip tells of it in its log alone: see `resolve_pip.unheard`
            assert explain("uv", refused.stderr, doing="resolve").code == "install-certificate"
    if told == "pip.conf":
        pip_conf(home, f"cert = {authority / 'ca.pem'}")
    else:
        monkeypatch.setenv(told, str(authority / "ca.pem"))
    assert got(ask(tool, tmp_path))


@pytest.mark.parametrize("tool", TOOLS)
@pytest.mark.parametrize("told", ["uv.toml", "pip.conf"])
def test_a_host_that_is_trusted_without_a_certificate(
    tool, told, home, tmp_path, encrypted, monkeypatch
) -> None:
    offer(encrypted, tmp_path)
    monkeypatch.setenv("UV_DEFAULT_INDEX", f"{encrypted.url}/simple")
    if told == "pip.conf":
        pip_conf(home, f"trusted-host = {encrypted.netloc}")
    else:
        (home / "uv.toml").write_text(f'allow-insecure-host = ["{encrypted.netloc}"]\n')
    assert got(ask(tool, tmp_path))


@pytest.mark.parametrize("tool", TOOLS)
@pytest.mark.parametrize("told", ["pip.conf", "HTTP_PROXY"])
def test_a_proxy(tool, told, home, tmp_path, server, monkeypatch) -> None:
    """The index has a name that nobody can resolve: what arrives came through the proxy."""
    offer(server, tmp_path, prefix="http://index.invalid")
    lines = ["index-url = http://index.invalid/simple", "trusted-host = index.invalid"]
    pip_conf(home, *lines, *([f"proxy = {server.url}"] if told == "pip.conf" else []))
    if told != "pip.conf":
        monkeypatch.setenv(told, server.url)
    assert got(ask(tool, tmp_path))
    assert {path.partition("/simple")[0] for _, path, _ in server.requests if "simple" in path} == {
        "http://index.invalid"
    }


@pytest.mark.parametrize("tool", TOOLS)
@pytest.mark.parametrize("told", ["url", "netrc", "uv's variables"])
def test_credentials(tool, told, home, tmp_path, server, monkeypatch) -> None:
    offer(server, tmp_path)
    right = server.replies["/simple/ours/"]
    server.replies["/simple/ours/"] = lambda request: (
        right
        if request.headers.get("Authorization") == "Basic YWRhOmh1c2g="
        else Reply(status=401, headers={"WWW-Authenticate": 'Basic realm="x"'})
    )
    url = f"{server.url}/simple"
    if told == "url":
        url = url.replace("//", "//ada:hush@")
    elif told == "uv's variables":
        monkeypatch.setenv("UV_INDEX_CORP_USERNAME", "ada")
        monkeypatch.setenv("UV_INDEX_CORP_PASSWORD", "hush")
    else:
        file = home / ".netrc"
        file.write_text("machine 127.0.0.1 login ada password hush\n")
        file.chmod(0o600)
    (home / "uv.toml").write_text(f'[[index]]\nname = "corp"\nurl = "{url}"\ndefault = true\n')
    assert got(ask(tool, tmp_path))


@pytest.mark.parametrize("tool", TOOLS)
@pytest.mark.parametrize("told", ["UV_HTTP_TIMEOUT", "pip.conf"])
def test_a_time_limit(tool, told, home, tmp_path, server, monkeypatch) -> None:
    """The server never answers; without the limit of a second, the tool would outlast the test's own."""

    def hang(request) -> None:
        server.released.wait(60)

    server.replies["/simple/ours/"] = hang
    monkeypatch.setenv("PIP_INDEX_URL", f"{server.url}/simple")
    if told == "pip.conf":
        pip_conf(home, "timeout = 1")
    else:
        monkeypatch.setenv(told, "1")
    assert read_settings(HostSystem()).timeout == 1.0
    assert not got(ask(tool, tmp_path))


@pytest.mark.parametrize("tool", TOOLS)
def test_our_own_configuration(tool, home, tmp_path, server) -> None:
    offer(server, tmp_path)
    pip_conf(home, "index-url = http://127.0.0.1:9/simple")
    (home / "uv.toml").write_text('index-url = "http://127.0.0.1:9/simple"\n')
    file = home / ".config" / "scaffold" / "config.toml"
    file.parent.mkdir(parents=True)
    file.write_text(f'[mirrors]\nindex = "{server.url}/simple"\npython = "https://pythons.invalid"\n')
    assert got(ask(tool, tmp_path))
    environment = uv_environment(read_settings(HostSystem()), dict(os.environ))
    assert environment["UV_PYTHON_INSTALL_MIRROR"] == "https://pythons.invalid"
