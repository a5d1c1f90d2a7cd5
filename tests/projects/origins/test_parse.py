"""Every way to say where a template is, and what must not be said."""

from __future__ import annotations

from pathlib import Path

import pytest

from scaffold.cli.errors import as_text
from scaffold.errors import OptionRefused
from scaffold.projects.origins.parse import at, parse_location

HOME = Path("/home/ada")


def parsed(text: str, cwd: Path = Path("/work")) -> tuple[str, ...]:
    found = parse_location(text, cwd, HOME)
    return found.kind, found.text, found.where, found.revision, found.folder


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("cnn", ("installed", "cnn", "cnn", "", "")),
        ("acme:cnn", ("installed", "acme:cnn", "acme:cnn", "", "")),
        ("pkg:acme_templates", ("package", "pkg:acme_templates", "acme_templates", "", "")),
        ("pkg:acme-templates/a/b/", ("package", "pkg:acme-templates/a/b", "acme-templates", "", "a/b")),
        ("gh:o/n", ("git", "gh:o/n", "https://github.com/o/n.git", "", "")),
        ("gh:o/n.git", ("git", "gh:o/n", "https://github.com/o/n.git", "", "")),
        ("gh:o/n@v1.2.0", ("git", "gh:o/n", "https://github.com/o/n.git", "v1.2.0", "")),
        ("gl:o/s/n@feature/x//a/b", ("git", "gl:o/s/n@feature/x//a/b", "https://gitlab.com/o/s/n.git", "feature/x", "a/b")),
        ("bb:o/n//cnn", ("git", "bb:o/n//cnn", "https://bitbucket.org/o/n.git", "", "cnn")),
        ("https://github.com/o/n", ("git", "https://github.com/o/n.git", "https://github.com/o/n.git", "", "")),
        ("https://git.example.org/n.git@main", ("git", "https://git.example.org/n.git@main", "https://git.example.org/n.git", "main", "")),
        ("git+https://ada:pw@example.org/n", ("git", "git+https://example.org/n", "https://ada:pw@example.org/n", "", "")),
        ("ssh://git@example.org:22/o/n.git//a", ("git", "ssh://git@example.org:22/o/n.git//a", "ssh://git@example.org:22/o/n.git", "", "a")),
        ("git@example.org:o/n.git@0123abc", ("git", "git@example.org:o/n.git", "git@example.org:o/n.git", "0123abc", "")),
        ("https://ada:pw@example.org/a.zip//cnn", ("archive", "https://example.org/a.zip//cnn", "https://ada:pw@example.org/a.zip", "", "cnn")),
        ("https://example.org/a@1.zip?key=1&path=b", ("archive", "https://example.org/a@1.zip?path=b", "https://example.org/a@1.zip?key=1&path=b", "", "")),
        ("https://example.org/a.zip?ref=a%20b", ("archive", "https://example.org/a.zip?ref=a%20b", "https://example.org/a.zip?ref=a%20b", "", "")),
        ("git+https://example.org/n?access_token=s3cr3t", ("git", "git+https://example.org/n", "https://example.org/n?access_token=s3cr3t", "", "")),
        ("ssh://git:s3cr3t@example.org/n.git", ("git", "ssh://git@example.org/n.git", "ssh://git:s3cr3t@example.org/n.git", "", "")),
        ("./nowhere", ("folder", "/work/nowhere", "/work/nowhere", "", "")),
        ("../nowhere//cnn", ("folder", "/nowhere//cnn", "/nowhere", "", "cnn")),
        ("~/templates/cnn", ("folder", "~/templates/cnn", "/home/ada/templates/cnn", "", "")),
        ("app.zip", ("archive", "/work/app.zip", "/work/app.zip", "", "")),
        ("app.tar.gz", ("tarball", "/work/app.tar.gz", "/work/app.tar.gz", "", "")),
        ("./APP.tgz//cnn", ("tarball", "/work/APP.tgz//cnn", "/work/APP.tgz", "", "cnn")),
        ("https://ada:pw@example.org/a.tar.gz//cnn", ("tarball", "https://example.org/a.tar.gz//cnn", "https://ada:pw@example.org/a.tar.gz", "", "cnn")),
        ("file:///data/my%20app.zip", ("archive", "/data/my app.zip", "/data/my app.zip", "", "")),
        ("~/n.git@v1", ("git", "~/n.git", "/home/ada/n.git", "v1", "")),
        ("~/work@v1//cnn", ("git", "git+~/work//cnn", "/home/ada/work", "v1", "cnn")),
        ("git+~/work", ("git", "git+~/work", "/home/ada/work", "", "")),
    ],
)  # fmt: skip
def test_a_place(text: str, expected: tuple[str, ...]) -> None:
    assert parsed(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "gh:o/n@feature/x//a",
        "git+~/work//cnn",
        "~/t",
        "pkg:a/b",
        "https://e.org/a.zip//b",
        "https://e.org/a.tgz//b",
    ],
)
def test_what_a_record_keeps_means_the_same_elsewhere(text: str) -> None:
    kept = parsed(text)[1]
    assert parsed(kept, Path("/another")) == parsed(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "-t",
        "--upload-pack=touch x",
        "ext::sh -c touch% x",
        "git+ext::sh -c touch% x",
        "fd::17",
        "ssh://-oProxyCommand=touch/x",
        "ssh://-oProxyCommand=touch@host/x",
        "git+ssh://-oProxyCommand=touch/x",
        "git@-oProxyCommand=touch:x",
        "git@host:-oProxyCommand=touch",
        "gh:-o/n",
        "gh:../n",
        "gh:o/../n",
        "gh:o",
        "gh:o/n@--upload-pack=x",
        "gh:o/n@a..b",
        "gh:o/n@a:b",
        "gh:o/n@",
        "gh:o/n//../../etc",
        "gh:o/n///etc",
        "gh:o/n//cnn@v1",
        "gh:o/n#subdirectory=cnn",
        "git://example.org/n.git",
        "https://[example.org/n.git",
        "http://example.org/n.git",
        "http://example.org/a.zip",
        "ftp://example.org/a.zip",
        "file://server/share/a.zip",
        "https:///a.zip",
        "https://example.org/n",
        "https://example.org/a.zip#x",
        "ssh://example.org/a.zip",
        "http://example.org/a.tar.gz",
        "pkg:",
        "pkg:../x",
        "pkg:a/../../b",
        "a b",
        "two\nlines",
        "./a.zip\0",
    ],
)
def test_what_names_no_place_or_would_be_an_option(text: str) -> None:
    with pytest.raises(OptionRefused) as caught:
        parsed(text)
    assert caught.value.code == "template-location"
    assert caught.value.hint


def test_a_password_is_not_repeated() -> None:
    with pytest.raises(OptionRefused) as caught:
        parsed("https://ada:secret@example.org/n")
    assert "secret" not in caught.value.message + caught.value.hint


@pytest.mark.parametrize(
    "text",
    [
        "gh:me:s3cr3t@owner/name",
        "gh:s3cr3t@owner/name!",
        "me:s3cr3t@host:x.git",
        "http:/me:s3cr3t@host/x.git",
        "https://me:s3cr3t/more@host/x.git",
        "https://host/x.git;token=s3cr3t",
        "https://host/x.git#frag=s3cr3t",
        "https://host/x;key=s3cr3t",
        "me:s3cr3t@host:x y.git",
    ],
)
def test_a_password_is_not_repeated_where_its_address_is_misspelt(text: str) -> None:
    with pytest.raises(OptionRefused) as caught:
        parse_location(text, Path("/work"), Path("/home/me"))
    assert caught.value.code == "template-location"
    assert "***" in caught.value.message
    assert "s3cr3t" not in as_text(caught.value)


def test_what_lies_at_a_path_tells_its_kind(repository: Path) -> None:
    home = repository.parent
    kinds = {
        text: parse_location(text, home, None).kind
        for text in ("./templates", "./templates.git", "templates.bundle")
    }
    assert kinds == {"./templates": "folder", "./templates.git": "git", "templates.bundle": "git"}


def test_a_path_may_hold_an_at_sign(tmp_path: Path) -> None:
    (tmp_path / "a@b").mkdir()
    assert parse_location("./a@b", tmp_path, None).where == str(tmp_path / "a@b")
    found = parse_location("./a@b@v1", tmp_path, None)
    assert (found.kind, found.where, found.revision) == ("git", str(tmp_path / "a@b"), "v1")


def test_another_revision_of_the_same_place(repository: Path, tmp_path: Path) -> None:
    assert at(parse_location("gh:o/n@main//cnn", tmp_path, None), "v2").text == "gh:o/n//cnn"
    assert at(parse_location("gh:o/n//cnn", tmp_path, None), "main").text == "gh:o/n@main//cnn"
    tree = at(parse_location(f"{repository}//tiny", tmp_path, None), "v1.9.0")
    assert (tree.kind, tree.text, tree.revision) == ("git", f"git+{repository}//tiny", "v1.9.0")
    for text in ("cnn", "pkg:a", str(tmp_path), "a.zip", "a.tar.gz"):
        with pytest.raises(OptionRefused, match="has no revisions"):
            at(parse_location(text, tmp_path, None), "v1")


def test_an_archive_is_known_by_its_first_bytes_whatever_it_is_called(tmp_path: Path) -> None:
    for name, content in (("a.zip", b"\x1f\x8b\x08"), ("a.tar.gz", b"PK\3\4")):
        (tmp_path / name).write_bytes(content)
    kinds = {name: parse_location(name, tmp_path, None).kind for name in ("a.zip", "a.tar.gz")}
    assert kinds == {"a.zip": "tarball", "a.tar.gz": "archive"}
    assert parse_location("./a.tar.gz", tmp_path, None).name == "a"
