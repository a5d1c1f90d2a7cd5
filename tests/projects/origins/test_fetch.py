"""Templates brought from every kind of place; git and zip for real, from this machine."""

from __future__ import annotations

import os
import shutil
import tarfile
import threading
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from scaffold.errors import OptionRefused, ScaffoldError, TemplateUnknown, TemplateUnreachable, TemplateUnsafe
from scaffold.projects.origins.fetch import fetched
from scaffold.projects.origins.kinds import demand_format
from scaffold.projects.origins.model import Fetched
from scaffold.projects.origins.parse import parse_location
from scaffold.sources.credentials import basic
from scaffold.system import HostSystem

from .conftest import commit, git, lay_template


def notes(text: str, cwd: Path, system: HostSystem) -> tuple[str, str, str]:
    """The version and revision of what is fetched, and the one file of its project."""
    with fetched(parse_location(text, cwd, None), system) as found:
        assert found.kind == "scaffold"
        files = sorted(one.relative_to(found.folder).as_posix() for one in found.folder.rglob("*"))
        assert files == ["common", "common/notes.txt", "template.toml"]
        return found.version, found.revision, (found.folder / "common/notes.txt").read_text()


@pytest.mark.parametrize("place", ["./templates.git", "templates.bundle", "git+./templates"])
def test_the_newest_version_is_taken_where_none_is_asked_for(place, repository, system):
    newest = git(repository, "rev-parse", "v1.10.0^{commit}")
    assert notes(f"{place}//tiny", repository.parent, system) == ("1.10.0", newest, "of 1.10.0\n")


@pytest.mark.parametrize("place", ["./templates.git", "templates.bundle", "./templates"])
def test_a_tag_a_branch_or_a_commit_can_be_asked_for(place, repository, system):
    old, last = git(repository, "rev-parse", "v1.9.0^{commit}"), git(repository, "rev-parse", "main")
    for revision in ("v1.9.0", "1.9.0"):
        assert notes(f"{place}@{revision}//tiny", repository.parent, system) == ("1.9.0", old, "of 1.9.0\n")
    for revision in (old, old[:9]):
        assert notes(f"{place}@{revision}//tiny", repository.parent, system) == (old[:12], old, "of 1.9.0\n")
    assert notes(f"{place}@main//tiny", repository.parent, system) == (last[:12], last, "of 3.0.0.dev0\n")


def test_without_tags_what_is_checked_out_is_taken(tmp_path, system):
    lay_template(tmp_path / "one")
    git(tmp_path / "one", "init", "--quiet")
    made = commit(tmp_path / "one", "first")
    assert notes("git+./one", tmp_path, system) == (made[:12], made, "of 1.0.0\n")


def test_a_folder_is_used_as_it_lies_there(repository, system):
    with fetched(parse_location("./templates//tiny", repository.parent, None), system) as found:
        assert found == Fetched(
            location=found.location, folder=repository / "tiny", kind="scaffold", version="", revision=""
        )


def test_nothing_stays_of_what_was_fetched(repository, system):
    with fetched(parse_location("./templates.git//tiny", repository.parent, None), system) as found:
        folder = found.folder
    assert not folder.exists()


def test_a_revision_that_there_is_not_names_those_that_there_are(repository, system):
    with (
        pytest.raises(TemplateUnreachable) as caught,
        fetched(parse_location("./templates.git@v1.8.0", repository.parent, None), system),
    ):
        pass
    assert (caught.value.code, caught.value.detail) == (
        "revision-unknown",
        ("tags: v1.9.0, v1.10.0, v2.0.0rc1",),
    )


def test_the_users_git_settings_change_no_byte(repository, tmp_path, system):
    """Those of the repository's author, hooks among them, are not there at all; the user's own are in force."""
    hook = tmp_path / "hooks" / "post-checkout"
    hook.parent.mkdir()
    hook.write_text(f"#!/bin/sh\ntouch {tmp_path}/ran\n")
    hook.chmod(0o755)
    settings = tmp_path / "gitconfig"
    settings.write_text(
        f"[core]\n autocrlf = true\n hooksPath = {hook.parent}\n fsmonitor = touch {tmp_path}/ran\n"
        f'[url "{repository.parent}/"]\n insteadOf = https://git.example.org/\n'
    )
    system.environment = {**system.environment, "GIT_CONFIG_GLOBAL": str(settings), "GIT_DIR": "/nowhere"}
    location = parse_location("https://git.example.org/templates.git//tiny", tmp_path, None)
    with fetched(location, system) as found:
        assert (found.folder / "common/notes.txt").read_bytes() == b"of 1.10.0\n"
    assert not (tmp_path / "ran").exists()


def test_without_git_the_way_out_is_told(repository, system):
    system.environment = {**system.environment, "PATH": "/nowhere"}
    system.run = lambda argv, **_: __import__("scaffold.system", fromlist=["Completed"]).Completed(
        argv=tuple(argv), outcome="missing"
    )
    with (
        pytest.raises(TemplateUnreachable) as caught,
        fetched(parse_location("gh:o/n", repository, None), system),
    ):
        pass
    assert (caught.value.code, caught.value.hint) == (
        "git-missing", "install git; or download the template as a .zip and name that",
    )  # fmt: skip


def zipped(folder: Path, archive: Path) -> Path:
    shutil.make_archive(str(archive.with_suffix("")), "zip", folder.parent, folder.name)
    return archive


@pytest.fixture
def server(tmp_path: Path) -> Iterator[tuple[str, Path]]:
    """A web server on this machine, and the folder that it serves."""
    folder = tmp_path / "served"
    folder.mkdir()

    class Quiet(SimpleHTTPRequestHandler):
        def do_GET(self) -> None:
            if self.path.startswith("/private") and self.headers.get("Authorization") != basic(
                "ada", "s3cr3t"
            ):
                self.send_error(401)
            else:
                super().do_GET()

        def log_message(self, *_: object) -> None:
            pass

    listening = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder)))
    thread = threading.Thread(target=listening.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{listening.server_port}", folder
    listening.shutdown()
    listening.server_close()


def test_a_login_is_used_kept_nowhere_and_known_from_netrc_the_next_time(server, tmp_path, system):
    address, folder = server
    lay_template(tmp_path / "app")
    (folder / "private").mkdir()
    zipped(tmp_path / "app", folder / "private" / "app.zip")
    said = f"{address.replace('//', '//ada:s3cr3t@')}/private/app.zip"
    with fetched(parse_location(said, tmp_path, None), system) as found:
        kept = found.location.text
    assert kept == f"{address}/private/app.zip"
    (tmp_path / "netrc").write_text("machine 127.0.0.1 login ada password s3cr3t\n")
    (tmp_path / "netrc").chmod(0o600)
    with pytest.raises(TemplateUnreachable), fetched(parse_location(kept, tmp_path, None), system):
        pass
    system.environment = {**system.environment, "NETRC": str(tmp_path / "netrc")}
    assert notes(kept, tmp_path, system)[2] == "of 1.0.0\n"


def test_an_archive_from_a_disk_and_from_a_server_is_the_same(server, tmp_path, system):
    import hashlib

    address, folder = server
    lay_template(tmp_path / "tiny")
    archive = zipped(tmp_path / "tiny", folder / "app.zip")
    sha256 = hashlib.sha256(archive.read_bytes()).hexdigest()
    expected = (sha256[:12], sha256, "of 1.0.0\n")
    assert notes(str(archive), tmp_path, system) == expected  # the one folder in it is the template
    assert notes(f"{address}/app.zip", tmp_path, system) == expected


def test_a_tarball_from_a_disk_and_from_a_server_is_the_same(server, tmp_path, system):
    """Of a folder, and of what is in one, which `tar -C tiny .` calls `.`."""
    import hashlib

    address, folder = server
    lay_template(tmp_path / "tiny")
    for name, within in (("of-a-folder.tar.gz", "tiny"), ("of-its-content.tgz", ".")):
        archive = folder / name
        with tarfile.open(archive, "w:gz") as packed:
            packed.add(tmp_path / "tiny", within)
        sha256 = hashlib.sha256(archive.read_bytes()).hexdigest()
        expected = (sha256[:12], sha256, "of 1.0.0\n")
        assert notes(str(archive), tmp_path, system) == expected
        assert notes(f"{address}/{name}", tmp_path, system) == expected


@pytest.mark.skipif(os.name == "nt", reason="files of Windows do not know who may run them")
def test_what_may_run_in_a_tarball_may_run(tmp_path, system):
    lay_template(tmp_path / "tiny")
    (tmp_path / "tiny" / "common" / "notes.txt").chmod(0o755)
    with tarfile.open(tmp_path / "app.tar.gz", "w:gz") as packed:
        packed.add(tmp_path / "tiny", "tiny")
    with fetched(parse_location("app.tar.gz", tmp_path, None), system) as found:
        modes = {one: os.access(found.folder / one, os.X_OK) for one in ("common/notes.txt", "template.toml")}
    assert modes == {"common/notes.txt": True, "template.toml": False}


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("nothing.tar.gz", None, "template-unreachable"),
        ("odd.tar.gz", b"<html>not an archive</html>", "template-damaged"),
        ("nothing.zip", None, "template-unreachable"),
        ("odd.zip", b"<html>not an archive</html>", "template-damaged"),
    ],
)
def test_an_archive_that_is_none(name, content, code, server, tmp_path, system):
    address, folder = server
    if content is not None:
        (folder / name).write_bytes(content)
    for text in (f"{address}/{name}", str(folder / name)):
        with (
            pytest.raises(TemplateUnreachable) as caught,
            fetched(parse_location(text, tmp_path, None), system),
        ):
            pass
        assert caught.value.code == code


def test_a_download_without_end_is_broken_off(server, tmp_path, system, monkeypatch):
    address, folder = server
    (folder / "large.zip").write_bytes(bytes(2000))
    monkeypatch.setattr("scaffold.projects.origins.limits.PACKED", 1000)
    with (
        pytest.raises(TemplateUnsafe, match="is larger than"),
        fetched(parse_location(f"{address}/large.zip", tmp_path, None), system),
    ):
        pass


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({"copier.yml": ""}, "copier"),
        ({"copier.yaml": ""}, "copier"),
        ({"cookiecutter.json": "{}"}, "cookiecutter"),
        ({"template.toml": ""}, "scaffold"),
        ({"copier.yml": "", "copier.yaml": ""}, "copier"),
    ],
)
def test_whose_format_a_folder_is_in(files, expected, tmp_path, system):
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    with fetched(parse_location(str(tmp_path), tmp_path, None), system) as found:
        assert found.kind == expected


def test_a_folder_of_several_formats(tmp_path, system):
    for name in ("copier.yml", "cookiecutter.json"):
        (tmp_path / name).write_text("")
    location = parse_location(str(tmp_path), tmp_path, None)
    with fetched(location, system) as found:
        assert (found.kind, found.notices) == (
            "copier",
            ("it holds copier.yml and cookiecutter.json: the first is taken; the other: --as cookiecutter",),
        )
    with fetched(replace(location, format="cookiecutter"), system) as found:
        assert (found.kind, found.notices) == ("cookiecutter", ())
    with (
        pytest.raises(OptionRefused, match=r"is a template for copier, and none for scaffold$"),
        fetched(replace(location, format="scaffold"), system) as found,
    ):
        demand_format(found)


def test_a_folder_of_no_format(tmp_path, system):
    location = parse_location(str(tmp_path), tmp_path, None)
    lay_template(tmp_path / "tiny")
    lay_template(tmp_path / "other")
    with pytest.raises(TemplateUnknown) as caught, fetched(location, system):
        pass
    assert caught.value.detail == ("looked for: template.toml, copier.yml, copier.yaml, cookiecutter.json",)
    assert caught.value.hint == f"there are templates below it: other, tiny; name one: {tmp_path}/other"
    with (
        pytest.raises(TemplateUnknown) as caught,
        fetched(parse_location(f"{tmp_path}//cnn", tmp_path, None), system),
    ):
        pass
    assert (caught.value.detail, caught.value.hint) == (
        ("there are: other, tiny",), f"name one of them: {tmp_path}/other"
    )  # fmt: skip


def test_a_package_is_found_by_either_name_and_not_imported(tmp_path, system, monkeypatch):
    lay_template(tmp_path / "acme_templates" / "cnn", "2.0.0")
    (tmp_path / "acme_templates" / "__init__.py").write_text("raise SystemExit('imported')")
    info = tmp_path / "acme_templates_dl-1.5.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: acme-templates-dl\nVersion: 1.5\n")
    (info / "RECORD").write_text("acme_templates/__init__.py,,\nacme_templates/cnn/template.toml,,\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    for name in ("acme_templates", "acme-templates-dl"):
        assert notes(f"pkg:{name}/cnn", tmp_path, system) == ("1.5", "", "of 2.0.0\n")
    for text in ("pkg:acme_nothing", "pkg:acme_templates/rnn"):
        with pytest.raises(ScaffoldError) as caught, fetched(parse_location(text, tmp_path, None), system):
            pass
        assert caught.value.code == "template-missing"


def test_a_package_that_keeps_its_templates_below_is_searched_there(tmp_path, system, monkeypatch):
    shelf = tmp_path / "acme_shelf" / "_templates"
    lay_template(shelf / "cnn", "2.0.0")
    monkeypatch.syspath_prepend(str(tmp_path))
    for text in (
        "pkg:acme_shelf",
        "pkg:acme_shelf/cnn",
        "pkg:acme_shelf//cnn",
        "pkg:acme_shelf/_templates/cnn",
    ):
        with fetched(parse_location(text, tmp_path, None), system) as found:
            assert (found.folder, found.location.name) == (shelf / "cnn", "cnn")
            assert find(found.location.text, tmp_path, system) == shelf / "cnn"
    (shelf / "other").mkdir()
    (shelf / "other" / "copier.yml").write_text("")
    with pytest.raises(TemplateUnknown) as caught:
        find("pkg:acme_shelf", tmp_path, system)
    assert caught.value.hint == "there are templates below it: cnn, other; name one: pkg:acme_shelf/cnn"


def find(text, cwd, system):
    with fetched(parse_location(text, cwd, None), system) as found:
        return found.folder


def test_what_lies_in_the_archive_of_a_work_tree_beside_the_template_is_passed_over(tmp_path, system):
    lay_template(tmp_path / "tiny")
    with zipfile.ZipFile(tmp_path / "app.zip", "w") as archive:
        for name in ("tiny/.git/hooks/post-checkout", "tiny/__pycache__/x.pyc", "__MACOSX/tiny/._x"):
            archive.writestr(name, "x")
        for one in (tmp_path / "tiny").rglob("*.*"):
            archive.write(one, one.relative_to(tmp_path).as_posix())
    assert notes("app.zip", tmp_path, system)[2] == "of 1.0.0\n"


def test_a_tag_is_remembered_as_it_is_spelt(repository, system):
    for text, described in (("./templates.git//tiny", "v1.10.0"), ("./templates.git@main//tiny", "")):
        with fetched(parse_location(text, repository.parent, None), system) as found:
            assert found.described == described


def test_the_command_to_be_copied_is_quoted_for_the_shell() -> None:
    from scaffold.projects.origins.model import Location
    from scaffold.projects.origins.program import failed
    from scaffold.system import Completed

    place = Location(kind="git", text="x", where="https://example.org/x;touch PWN.git")
    hint = failed(place, Completed(argv=("git",), outcome="exited", status=128)).hint
    assert hint.endswith("git ls-remote -- 'https://example.org/x;touch PWN.git'")
