"""Sources asked for real: package servers on this machine, folders, saved pages."""

from __future__ import annotations

import gzip
import json
import shutil
import socket
import ssl
import subprocess
import threading
from dataclasses import replace
from pathlib import Path

import pytest

from scaffold.sources import listing
from scaffold.sources.listing import list_wheels, wheel_size
from scaffold.sources.model import Listing, Setting, Source, SourceSettings, Wheel

from .conftest import PackageServer, Reply, host, serve

WHEEL = "torch-2.13.0+cpu-cp312-cp312-manylinux_2_28_x86_64.whl"
ESCAPED = WHEEL.replace("+", "%2B")
JSON = {"Content-Type": "application/vnd.pypi.simple.v1+json"}


def settings(index: str, **more) -> SourceSettings:
    return SourceSettings(index=Setting(value=index, origin="test"), **{"timeout": 5.0, **more})


def ask(index: str, project: str = "torch", *, kind: str = "index", **more) -> Listing:
    source = Source(kind=kind, location=index)
    offers = list_wheels(host(), [project], settings(index, **more), sources=[source])
    assert [one.source for one in offers.listings] == [source]
    return offers.listings[0]


def files(answer: Listing) -> list[tuple[str, str, int | None]]:
    assert answer.problem == ""
    return [(one.version, one.url, one.size) for one in answer.wheels]


def test_an_html_index(server: PackageServer) -> None:
    server.replies["/simple/torch/"] = Reply(
        body=f'<a href="../../files/{ESCAPED}#sha256=0" data-requires-python="&gt;=3.10">x</a>'
    )
    source = Source(kind="index", location=f"{server.url}/simple/")
    assert ask(f"{server.url}/simple/") == Listing(
        source=source,
        project="torch",
        outcome="ok",
        wheels=(
            Wheel(
                project="torch",
                version="2.13.0+cpu",
                filename=WHEEL,
                url=f"{server.url}/files/{ESCAPED}",
                source=source,
                requires_python=">=3.10",
            ),
        ),
    )
    assert server.requests[0][2]["Accept"].startswith("application/vnd.pypi.simple.v1+json, ")


@pytest.mark.parametrize("compressed", [False, True])
@pytest.mark.parametrize("content_type", [JSON["Content-Type"], "application/json; charset=utf-8"])
def test_a_json_index(server: PackageServer, compressed: bool, content_type: str) -> None:
    text = json.dumps(
        {"meta": {"api-version": "1.1"}, "files": [{"filename": WHEEL, "url": "w.whl", "size": 7}]}
    )
    body, headers = text.encode(), {"Content-Type": content_type}
    if compressed:
        body, headers = gzip.compress(body), {**headers, "Content-Encoding": "gzip"}
    server.replies["/torch/"] = Reply(body=body, headers=headers)
    assert files(ask(server.url)) == [("2.13.0+cpu", f"{server.url}/torch/w.whl", 7)]


def test_names_are_asked_for_in_their_normal_form(server: PackageServer) -> None:
    answer = ask(server.url, "TensorFlow_CPU")
    assert (answer.project, answer.outcome) == ("tensorflow-cpu", "absent")
    assert [path for _, path, _ in server.requests] == ["/tensorflow-cpu/"]


def truncated(_: object) -> Reply:
    return Reply(body="<a href=", headers={"Content-Type": "text/html", "Content-Length": "5000"})


def hung_up(_: object) -> None:
    return None


@pytest.mark.parametrize(
    ("reply", "outcome", "problem"),
    [
        (Reply(status=404), "absent", ""),
        (Reply(status=410), "absent", ""),
        (Reply(body="<html>nothing here</html>"), "absent", ""),
        (Reply(status=401), "unreachable", "{host} answered 401 Unauthorized"),
        (Reply(status=403), "unreachable", "{host} answered 403 Forbidden"),
        (Reply(status=429), "unreachable", "{host} answered 429 Too Many Requests"),
        (Reply(status=500), "unreachable", "{host} answered 500 Internal Server Error"),
        (Reply(status=503), "unreachable", "{host} answered 503 Service Unavailable"),
        (
            Reply(body="hello", headers={"Content-Type": "text/plain"}),
            "unreachable",
            "{url}/torch/ is no package listing (text/plain)",
        ),
        (Reply(body="{", headers=JSON), "unreachable", "{url}/torch/ is no package listing ({json})"),
        (
            Reply(body=b"no gzip", headers={"Content-Type": "text/html", "Content-Encoding": "gzip"}),
            "unreachable",
            "{host}: Error -3 while decompressing data: incorrect header check",
        ),
        (
            Reply(body=gzip.compress(b"<a>" * 1000)[:-20], headers={**JSON, "Content-Encoding": "gzip"}),
            "unreachable",
            "{host} broke the answer off",
        ),
        (truncated, "unreachable", "{host} broke the answer off"),
        (hung_up, "unreachable", "{host} broke the answer off"),
        (
            Reply(status=302, headers={"Location": "file:///etc/passwd"}),
            "unreachable",
            "{host} answered 302 Found - Redirection to url 'file:///etc/passwd' is not allowed",
        ),
    ],
)
def test_what_a_server_can_answer(server: PackageServer, reply, outcome: str, problem: str) -> None:
    server.replies["/torch/"] = reply
    expected = problem.format(host=server.netloc, url=server.url, json=JSON["Content-Type"])
    answer = ask(server.url)
    assert (answer.outcome, answer.wheels, answer.problem) == (outcome, (), expected)


def test_a_server_that_does_not_speak_http() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        address = f"127.0.0.1:{listener.getsockname()[1]}"

        def babble() -> None:
            connection, _ = listener.accept()
            with connection:
                connection.recv(1000)
                connection.sendall(b"SSH-2.0-OpenSSH_9.6\r\n")

        thread = threading.Thread(target=babble)
        thread.start()
        answer = ask(f"http://{address}")
        thread.join()
    assert (answer.outcome, answer.problem) == ("unreachable", f"{address}: SSH-2.0-OpenSSH_9.6")


def test_a_server_that_says_nothing(server: PackageServer) -> None:
    server.replies["/torch/"] = lambda _: server.released.wait(30) and None
    answer = ask(server.url, timeout=0.2)
    assert (answer.outcome, answer.problem) == ("unreachable", f"{server.netloc} did not answer in time")


def test_a_source_is_given_up_when_the_patience_ends(server: PackageServer) -> None:
    server.replies["/torch/"] = lambda _: server.released.wait(30) and None
    offers = list_wheels(host(), ["torch"], settings(server.url), patience=0.2)
    assert [one.problem for one in offers.unreachable()] == ["no answer within 0.2 seconds"]


def test_nobody_listens() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        address = f"127.0.0.1:{listener.getsockname()[1]}"
    answer = ask(f"http://{address}/simple")
    assert (answer.outcome, answer.problem) == ("unreachable", f"{address} refuses connections")


def test_a_name_that_does_not_resolve() -> None:
    answer = ask("https://user:secret@nothing.invalid/simple")
    assert (answer.outcome, answer.problem) == ("unreachable", "cannot resolve nothing.invalid")


@pytest.mark.parametrize(
    "index", ["https://", "http://[::1/simple", "http://host:port/", "gopher://host/", "http:///x"]
)
def test_an_index_that_is_no_address(index: str) -> None:
    answer = ask(index)
    assert (answer.outcome, answer.problem != "", "\n" in answer.problem) == ("unreachable", True, False)


def test_credentials_go_to_the_server_and_nowhere_else(server: PackageServer) -> None:
    server.replies["/torch/"] = Reply(status=302, headers={"Location": "/moved/"})
    server.replies["/moved/"] = Reply(body='<a href="torch-1-py3-none-any.whl">x</a>')
    with_login = server.url.replace("//", "//ada:p%40ss@")
    assert files(ask(with_login)) == [("1", f"{with_login}/moved/torch-1-py3-none-any.whl", None)]
    assert [headers.get("Authorization") for _, _, headers in server.requests] == ["Basic YWRhOnBAc3M="] * 2
    elsewhere = server.url.replace("127.0.0.1", "localhost")
    server.replies["/torch/"] = Reply(status=302, headers={"Location": f"{elsewhere}/moved/"})
    server.requests.clear()
    assert files(ask(with_login)) == [("1", f"{elsewhere}/moved/torch-1-py3-none-any.whl", None)]
    assert [headers.get("Authorization") for _, _, headers in server.requests] == ["Basic YWRhOnBAc3M=", None]


def test_a_password_never_appears_in_a_problem(server: PackageServer) -> None:
    server.replies["/torch/"] = Reply(headers={"Content-Type": "image/png"})
    answer = ask(server.url.replace("//", "//ada:hunter2@"))
    assert answer.problem == f"http://***@{server.netloc}/torch/ is no package listing (image/png)"


@pytest.mark.parametrize("variable", [True, False])
def test_netrc(
    server: PackageServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, variable: bool
) -> None:
    file = tmp_path / ("my-netrc" if variable else ".netrc")
    file.write_text("machine 127.0.0.1 login ada password secret\n")
    file.chmod(0o600)
    system = host(NETRC=str(file)) if variable else host()
    monkeypatch.setattr(type(system), "home", tmp_path)
    list_wheels(system, ["torch"], settings(server.url))
    assert [headers.get("Authorization") for _, _, headers in server.requests] == ["Basic YWRhOnNlY3JldA=="]


def test_a_proxy_is_asked_instead(server: PackageServer) -> None:
    server.replies["http://index.invalid/simple/torch/"] = Reply(
        body='<a href="torch-1-py3-none-any.whl">x</a>'
    )
    proxy = Setting(value=server.url, origin="~/.config/pip/pip.conf")
    assert files(ask("http://index.invalid/simple", proxy=proxy)) == [
        ("1", "http://index.invalid/simple/torch/torch-1-py3-none-any.whl", None)
    ]


def test_pytorchs_server_says_forbidden_where_it_means_absent(server: PackageServer) -> None:
    server.replies["/whl/cpu/torch/"] = Reply(status=403)
    assert ask(f"{server.url}/whl/cpu", kind="pytorch").outcome == "absent"


def test_pytorchs_index_is_asked_for_its_own_projects_only(server: PackageServer) -> None:
    source = Source(kind="pytorch", location=f"{server.url}/whl/cpu", variant="cpu")
    offers = list_wheels(host(), ["torch", "torchvision", "keras"], settings(server.url), sources=[source])
    assert [one.project for one in offers.listings] == ["torch", "torchvision"]


def test_a_flat_page_of_links(server: PackageServer) -> None:
    server.replies["/flat.html"] = Reply(
        body=f'<a href="{ESCAPED}">x</a><a href="keras-3-py3-none-any.whl">x</a>'
    )
    flat = f"{server.url}/flat.html"
    assert files(ask(flat, kind="find-links")) == [("2.13.0+cpu", f"{server.url}/{ESCAPED}", None)]
    assert ask(flat, "tensorflow", kind="find-links").outcome == "absent"


def test_folders_pages_and_single_wheels_on_disk(tmp_path: Path) -> None:
    folder = tmp_path / "my wheels"
    folder.mkdir()
    (folder / WHEEL).write_bytes(b"12345")
    (folder / "notes.txt").touch()
    (tmp_path / "page.html").write_text(
        f'<a href="my%20wheels/{ESCAPED}">x</a><a href="https://h/torch-1-py3-none-any.whl">'
    )
    here = (folder / WHEEL).as_uri()
    one = [("2.13.0+cpu", here, 5)]
    assert files(ask(str(folder), kind="find-links")) == one
    assert files(ask(folder.as_uri(), kind="find-links")) == one
    assert files(ask(str(folder / WHEEL), kind="find-links")) == one
    assert files(ask(str(tmp_path / "page.html"), kind="find-links")) == [
        *one,
        ("1", "https://h/torch-1-py3-none-any.whl", None),
    ]
    assert ask(str(folder), "keras", kind="find-links").outcome == "absent"
    missing = ask(str(tmp_path / "nowhere"), kind="find-links")
    assert (missing.outcome, missing.problem) == ("unreachable", f"there is no {tmp_path / 'nowhere'}")


def test_an_index_laid_out_as_folders(tmp_path: Path) -> None:
    (tmp_path / "files").mkdir()
    (tmp_path / "files" / WHEEL).write_bytes(b"123")
    (tmp_path / "simple" / "torch").mkdir(parents=True)
    (tmp_path / "simple" / "torch" / "index.html").write_text(
        f'<a href="../../files/{ESCAPED}#sha256=0">x</a>'
    )
    (tmp_path / "simple" / "keras").mkdir()
    (tmp_path / "simple" / "keras" / "keras-3.15.1-py3-none-any.whl").touch()
    index = (tmp_path / "simple").as_uri()
    assert files(ask(index)) == [("2.13.0+cpu", (tmp_path / "files" / WHEEL).as_uri(), 3)]
    assert [one.version for one in ask(index, "keras").wheels] == ["3.15.1"]
    assert ask(str(tmp_path / "simple"), "tensorflow").outcome == "absent"
    assert ask(str(tmp_path / "gone")).problem == f"there is no folder {tmp_path / 'gone'}"


def test_several_sources_and_projects_keep_their_order(server: PackageServer, tmp_path: Path) -> None:
    server.replies["/torch/"] = Reply(body='<a href="torch-1-py3-none-any.whl">x</a>')
    (tmp_path / "torch-2-py3-none-any.whl").touch()
    chosen = settings(
        server.url,
        extra_indexes=(Setting(value="http://nothing.invalid", origin="x"),),
        find_links=(Setting(value=str(tmp_path), origin="x"),),
    )
    offers = list_wheels(host(), ["torch", "keras", "Torch"], chosen)
    assert [(one.source.kind, one.project, one.outcome) for one in offers.listings] == [
        ("index", "torch", "ok"),
        ("index", "keras", "absent"),
        ("extra-index", "torch", "unreachable"),
        ("extra-index", "keras", "unreachable"),
        ("find-links", "torch", "ok"),
        ("find-links", "keras", "absent"),
    ]
    assert [one.version for one in offers.wheels("torch")] == ["1", "2"]
    assert [one.source.location for one in offers.unreachable()] == ["http://nothing.invalid"]


def test_a_defect_of_ours_becomes_a_line(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> Listing:
        raise RuntimeError("https://u:p@host broke")

    monkeypatch.setattr(listing, "ask", broken)
    assert ask("http://host").problem == "could not be read: RuntimeError: https://***@host broke"


def test_the_size_of_a_wheel(server: PackageServer, tmp_path: Path) -> None:
    server.replies["/w.whl"] = Reply(body=b"x" * 1234)
    source = Source(kind="index", location=server.url)
    wheel = Wheel(project="w", version="1", filename="w.whl", url=f"{server.url}/w.whl", source=source)
    known = settings(server.url)
    (tmp_path / "w.whl").write_bytes(b"12")
    assert wheel_size(host(), wheel, known) == 1234
    assert wheel_size(host(), replace(wheel, size=9), known) == 9
    assert wheel_size(host(), replace(wheel, url=f"{server.url}/other"), known) is None
    assert wheel_size(host(), replace(wheel, url=(tmp_path / "w.whl").as_uri()), known) == 2
    assert wheel_size(host(), replace(wheel, url=(tmp_path / "v.whl").as_uri()), known) is None
    assert [method for method, _, _ in server.requests] == ["HEAD", "HEAD"]


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("makes its certificate with openssl")
    path = tmp_path_factory.mktemp("tls") / "both.pem"
    command = [openssl, "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=test", "-days", "2"]
    command += ["-addext", "subjectAltName=IP:127.0.0.1", "-keyout", str(path), "-out", str(path) + ".crt"]
    subprocess.run(command, check=True, capture_output=True, timeout=60)
    path.write_text(path.read_text() + Path(f"{path}.crt").read_text())
    return path


def test_certificates(certificate: Path, tmp_path: Path) -> None:
    def encrypt(listener) -> None:
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        tls.load_cert_chain(certificate)
        listener.socket = tls.wrap_socket(listener.socket, server_side=True)

    running = serve(encrypt, "https")
    server = next(running)
    server.replies["/torch/"] = Reply(body='<a href="torch-1-py3-none-any.whl">x</a>')
    try:
        stranger = ask(server.url)
        assert (stranger.outcome, stranger.problem.split(":")[0:2]) == (
            "unreachable",
            ["the certificate of 127.0.0.1", server.url.rpartition(":")[2] + " is not trusted"],
        )
        bundle = Setting(value=str(certificate), origin="PIP_CERT")
        assert ask(server.url, certificates=bundle).outcome == "ok"
        for name in ("127.0.0.1", server.netloc):
            assert (
                ask(server.url, trusted_hosts=(Setting(value=name, origin="PIP_TRUSTED_HOST"),)).outcome
                == "ok"
            )
        gone = Setting(value=str(tmp_path / "no.pem"), origin="PIP_CERT")
        assert (
            ask(server.url, certificates=gone).problem
            == f"cannot read the certificates {tmp_path}/no.pem (PIP_CERT)"
        )
    finally:
        running.close()


@pytest.mark.network
def test_the_real_index_of_this_machine() -> None:
    from scaffold.sources.settings import read_settings
    from scaffold.system import HostSystem

    system = HostSystem()
    offers = list_wheels(system, ["keras"], read_settings(system))
    assert "3.14.0" in {one.version for one in offers.wheels("keras")}
