"""What a stranger's template may try; each is refused before anything of it is used, whatever it comes in."""

from __future__ import annotations

import ast
import contextlib
import gzip
import io
import os
import stat
import sys
import tarfile
import tempfile
import tracemalloc
import zipfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest

from scaffold.errors import NoPermission, TemplateUnknown, TemplateUnreachable, TemplateUnsafe
from scaffold.projects.origins import limits
from scaffold.projects.origins.archive import unpack
from scaffold.projects.origins.fetch import fetched
from scaffold.projects.origins.parse import parse_location
from scaffold.system import HostSystem

from .conftest import commit, git, lay_template

#: Path in the template -> what it is: bytes, or where a link leads.
Evil = Mapping[str, bytes | str]

ATTACKS: Mapping[str, tuple[Evil, str]] = {
    "link to an absolute path": ({"a": "/etc/hostname"}, "leads out"),
    "link above the template": ({"common/a": "../../secret"}, "leads out"),
    "folder that is a link out": ({"common/a": "../.."}, "leads out"),
    "link by way of a link": ({"x/y/up": "..", "z": "x/y/up/../../../secret"}, "leads out"),
    "link with a drive": ({"a": "C:secret"}, "leads out"),
    "device name of Windows": ({"common/aux.py": b""}, "for a device"),
    "name that Windows cannot have": ({'common/a"b': b""}, "Windows cannot have"),
    "name that ends in a dot": ({"common/a.": b""}, "Windows cannot have"),
    "stream of NTFS": ({"common/a:b": b""}, "Windows cannot have"),
    "backslash": ({"common/..\\..\\b": b""}, "outside its folder"),
    "control character": ({"common/a\x1b[2J": b""}, "cannot be seen"),
    "names that differ in case": ({"common/Notes.txt": b""}, "in other letters"),
    "folders that differ in case": ({"COMMON/other.txt": b""}, "in other letters"),
    "git folder of another case": ({"common/.Git/config": b""}, "git repository"),
    "long path": ({f"common/{'a' * 120}/{'b' * 120}": b""}, "longer than"),
    "deep path": ({"common/" + "a/" * 40 + "b": b""}, "longer than"),
    "large file": ({"common/large": bytes(3000)}, "is larger than"),
    "many large files": ({f"common/{number}": bytes(900) for number in range(9)}, "beyond"),
    "many files": ({f"common/{number}": b"" for number in range(60)}, "one of more than"),
}  # fmt: skip


def in_folder(evil: Evil, folder: Path) -> str:
    for name, content in evil.items():
        path = folder / "tiny" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(content, str):
            path.symlink_to(content)
        else:
            path.write_bytes(content)
    return str(folder / "tiny")


def in_zip(evil: Evil, folder: Path) -> str:
    with zipfile.ZipFile(folder / "app.zip", "w") as archive:
        for one in sorted((folder / "tiny").rglob("*.*")):
            archive.write(one, one.relative_to(folder / "tiny").as_posix())
        for name, content in evil.items():
            entry = zipfile.ZipInfo(name)
            entry.filename = name  # zipfile itself would make another of a backslash
            entry.external_attr = ((stat.S_IFLNK if isinstance(content, str) else stat.S_IFREG) | 0o644) << 16
            archive.writestr(entry, content)
    return str(folder / "app.zip")


def in_tarball(evil: Evil, folder: Path) -> str:
    with tarfile.open(folder / "app.tar.gz", "w:gz") as archive:
        for one in sorted((folder / "tiny").rglob("*.*")):
            archive.add(one, one.relative_to(folder / "tiny").as_posix())
        for name, content in evil.items():
            member = tarfile.TarInfo(name)
            if isinstance(content, str):
                member.type, member.linkname = tarfile.SYMTYPE, content
                archive.addfile(member)
            else:
                member.size = len(content)
                archive.addfile(member, io.BytesIO(content))
    return str(folder / "app.tar.gz")


def in_git(evil: Evil, folder: Path) -> str:
    tree = folder / "tiny"
    git(tree, "init", "--quiet")
    git(tree, "config", "core.protectNTFS", "false")
    git(tree, "config", "core.protectHFS", "false")
    commit(tree, "honest")
    made: dict[bytes | str, str] = {}
    rows = []
    for name, content in evil.items():
        (folder / "blob").write_bytes(content.encode() if isinstance(content, str) else content)
        made[content] = made.get(content) or git(tree, "hash-object", "-w", str(folder / "blob"))
        rows.append(f"{'120000' if isinstance(content, str) else '100644'} {made[content]}\t{name}\0")
    git(tree, "update-index", "-z", "--index-info", given="".join(rows))
    git(tree, "commit", "--quiet", "-m", "evil")
    return f"git+{tree}"


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same bounds, for templates that a test makes in no time."""
    for name, value in (("MEMBERS", 50), ("LARGEST", 2000), ("ALL", 6000)):
        monkeypatch.setattr(limits, name, value)


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize("bring", [in_folder, in_zip, in_tarball, in_git])
@pytest.mark.parametrize("attack", ATTACKS)
def test_an_attack_is_refused(
    attack: str, bring: Callable[[Evil, Path], str], tmp_path: Path, system: HostSystem
) -> None:
    evil, words = ATTACKS[attack]
    if attack == "git folder of another case" and bring is in_git:
        pytest.skip("git itself makes no such tree")
    lay_template(tmp_path / "tiny")
    place = bring(evil, tmp_path)
    with pytest.raises(TemplateUnsafe) as caught, fetched(parse_location(place, tmp_path, None), system):
        pass
    assert words in caught.value.message
    assert caught.value.hint


@pytest.mark.parametrize("bring", [in_folder, in_zip, in_tarball, in_git])
def test_what_is_odd_and_does_no_harm(
    bring: Callable[[Evil, Path], str], tmp_path: Path, system: HostSystem
) -> None:
    lay_template(tmp_path / "tiny")
    harmless: dict[str, bytes | str] = {
        "common/link": "notes.txt",
        "docs/up": "../common",
        "{{ name|lower }}.py": b"",
        "dangling": "nothing",
        "common/\u00e9": b"",
    }
    if sys.platform != "darwin":  # there it is the same file
        harmless["common/e\u0301"] = b""
    place = bring(harmless, tmp_path)
    with fetched(parse_location(place, tmp_path, None), system) as found:
        assert (found.folder / "common/link").readlink() == Path("notes.txt")
        assert (found.folder / "docs/up/notes.txt").read_text() == "of 1.0.0\n"
        assert {name for name in harmless if (found.folder / name).is_file()} == {*harmless} - {
            "docs/up",
            "dangling",
        }


@pytest.mark.parametrize("bring", [in_folder, in_zip, in_tarball, in_git])
def test_two_spellings_of_an_accent_where_the_disk_takes_them_for_one(
    bring: Callable[[Evil, Path], str], tmp_path: Path, system: HostSystem, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "forms_are_one", lambda: True)
    lay_template(tmp_path / "tiny")
    place = bring({"common/\u00e9": b"", "common/e\u0301": b""}, tmp_path)
    with (
        pytest.raises(TemplateUnsafe, match="in other letters"),
        fetched(parse_location(place, tmp_path, None), system),
    ):
        pass


@pytest.mark.parametrize(
    "name", ["../out.txt", "/tmp/out.txt", "common/../../out.txt", "C:\\out.txt", "\\\\host\\out"]
)
@pytest.mark.parametrize("bring", [in_zip, in_tarball])
def test_an_archive_that_slips(
    name: str, bring: Callable[[Evil, Path], str], tmp_path: Path, system: HostSystem
) -> None:
    lay_template(tmp_path / "tiny")
    place = bring({name: b"out"}, tmp_path)
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(TemplateUnsafe), fetched(parse_location(place, tmp_path, None), system):
        pass
    assert sorted(tmp_path.rglob("*")) == before


@pytest.mark.parametrize("bring", [in_zip, in_tarball])
def test_an_archive_that_writes_through_its_own_link(
    bring: Callable[[Evil, Path], str], tmp_path: Path, system: HostSystem
) -> None:
    lay_template(tmp_path / "tiny")
    place = bring({"door": "common", "door/notes2.txt": b"x"}, tmp_path)
    with (
        pytest.raises(TemplateUnsafe, match="comes twice"),
        fetched(parse_location(place, tmp_path, None), system),
    ):
        pass


def test_a_zip_that_holds_a_name_twice(tmp_path: Path, system: HostSystem) -> None:
    lay_template(tmp_path / "tiny")
    place = in_zip({"a": b"1"}, tmp_path)
    with pytest.warns(UserWarning, match="Duplicate name"), zipfile.ZipFile(place, "a") as archive:
        archive.writestr("a", "2")
    with (
        pytest.raises(TemplateUnsafe, match="comes twice"),
        fetched(parse_location(place, tmp_path, None), system),
    ):
        pass


def test_a_large_file_in_a_zip_is_weighed_as_a_whole(
    tmp_path: Path, system: HostSystem, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It comes in pieces, each of which is small enough."""
    monkeypatch.setattr(limits, "LARGEST", 1 << 20)
    lay_template(tmp_path / "tiny")
    place = in_zip({"common/large": bytes((1 << 20) + 1)}, tmp_path)
    with (
        pytest.raises(TemplateUnsafe, match="'common/large' is larger than 1 MB"),
        fetched(parse_location(place, tmp_path, None), system),
    ):
        pass


def test_a_zip_that_grows(tmp_path: Path, system: HostSystem) -> None:
    lay_template(tmp_path / "tiny")
    with zipfile.ZipFile(tmp_path / "bomb.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("template.toml", "")
        archive.writestr("common/zeros", bytes(limits.HARMLESS + 1))
    with (
        pytest.raises(TemplateUnsafe, match="100 times"),
        fetched(parse_location("bomb.zip", tmp_path, None), system),
    ):
        pass


def test_a_zip_that_lies_about_its_sizes(tmp_path: Path) -> None:
    """Its directory says ten bytes, so no more than these are unpacked; the sum of them gives it away."""
    with zipfile.ZipFile(tmp_path / "liar.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a", bytes(5000))
    told, truth = (10).to_bytes(4, "little"), (5000).to_bytes(4, "little")
    content = (tmp_path / "liar.zip").read_bytes()
    assert content.count(truth) == 2
    (tmp_path / "liar.zip").write_bytes(content.replace(truth, told))
    (tmp_path / "out").mkdir()
    with pytest.raises(TemplateUnreachable) as caught:
        unpack(tmp_path / "liar.zip", tmp_path / "out", "liar.zip")
    assert caught.value.detail == ("Bad CRC-32 for file 'a'",)
    assert sum(one.stat().st_size for one in (tmp_path / "out").iterdir()) <= 10


@pytest.mark.parametrize("packing", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_a_zip_that_takes_all_the_memory_to_unpack(packing: int, tmp_path: Path, system: HostSystem) -> None:
    """Python unpacks whatever 256 kB of these become at once: a gigabyte of a few hundred bytes."""
    with zipfile.ZipFile(tmp_path / "app.zip", "w", packing) as archive:
        archive.writestr("template.toml", "")
    with (
        pytest.raises(TemplateUnsafe, match="any memory"),
        fetched(parse_location("app.zip", tmp_path, None), system),
    ):
        pass


def test_a_link_in_a_zip_that_lies_about_its_size_is_not_unpacked_whole(tmp_path: Path) -> None:
    size = 64 << 20
    with zipfile.ZipFile(tmp_path / "liar.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        entry = zipfile.ZipInfo("a")
        entry.external_attr, entry.compress_type = (stat.S_IFLNK | 0o777) << 16, zipfile.ZIP_DEFLATED
        archive.writestr(entry, b"t" * size)
    content = (tmp_path / "liar.zip").read_bytes()
    (tmp_path / "liar.zip").write_bytes(
        content.replace(size.to_bytes(4, "little"), (10).to_bytes(4, "little"))
    )
    (tmp_path / "out").mkdir()
    tracemalloc.start()
    try:
        with contextlib.suppress(TemplateUnreachable):
            unpack(tmp_path / "liar.zip", tmp_path / "out", "liar.zip")
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 8 << 20


@pytest.mark.skipif(os.name == "nt", reason="Windows has none of these")
@pytest.mark.parametrize("name", ["common/pipe", "template.toml"])
def test_a_pipe_is_not_read(name: str, tmp_path: Path, system: HostSystem) -> None:
    lay_template(tmp_path / "tiny")
    (tmp_path / "tiny" / name).unlink(missing_ok=True)
    os.mkfifo(tmp_path / "tiny" / name)
    with (
        pytest.raises((TemplateUnsafe, TemplateUnknown)),
        fetched(parse_location("./tiny", tmp_path, None), system),
    ):
        pass


def test_a_device_in_a_zip(tmp_path: Path, system: HostSystem) -> None:
    with zipfile.ZipFile(tmp_path / "app.zip", "w") as archive:
        entry = zipfile.ZipInfo("common/zero")
        entry.external_attr = (stat.S_IFCHR | 0o666) << 16
        archive.writestr(entry, "")
    with (
        pytest.raises(TemplateUnsafe, match="neither a file"),
        fetched(parse_location("app.zip", tmp_path, None), system),
    ):
        pass


def test_a_submodule_is_not_fetched(tmp_path: Path, system: HostSystem) -> None:
    other, tree = tmp_path / "other", tmp_path / "tiny"
    for one in (other, tree):
        lay_template(one)
        git(one, "init", "--quiet")
        commit(one, "first")
    git(tree, "submodule", "--quiet", "add", str(other), "sub")
    commit(tree, "with another one")
    with (
        pytest.raises(TemplateUnsafe, match="is a submodule"),
        fetched(parse_location("git+./tiny", tmp_path, None), system),
    ):
        pass


@pytest.mark.skipif(os.name == "nt", reason="the filter is a program of POSIX")
def test_no_filter_of_the_users_runs_because_a_template_asks_for_it(
    tmp_path: Path, system: HostSystem
) -> None:
    tree = tmp_path / "tiny"
    lay_template(tree)
    (tree / ".gitattributes").write_text("[attr]any filter=run\n*.txt any\n*.toml filter=run\n")
    git(tree, "init", "--quiet")
    commit(tree, "first")
    settings = tmp_path / "gitconfig"
    run = f"touch {tmp_path}/ran; cat"
    settings.write_text(f'[filter "run"]\n smudge = "{run}"\n clean = "{run}"\n process = "{run}"\n')
    system.environment = {**system.environment, "GIT_CONFIG_GLOBAL": str(settings)}
    with fetched(parse_location("git+./tiny", tmp_path, None), system) as found:
        assert (found.folder / "common" / "notes.txt").read_text() == "of 1.0.0\n"
    assert not (tmp_path / "ran").exists()


def test_a_few_objects_that_list_without_end(
    tmp_path: Path, system: HostSystem, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ten folders of ten folders, nine deep: a billion paths, in ten objects."""
    monkeypatch.setattr("scaffold.projects.origins.limits.LISTED", 1 << 20)
    tree = tmp_path / "tiny"
    tree.mkdir()
    git(tree, "init", "--quiet")
    (tmp_path / "blob").write_bytes(b"")
    made, kind = git(tree, "hash-object", "-w", str(tmp_path / "blob")), "100644 blob"
    for _ in range(9):
        made = git(tree, "mktree", given="".join(f"{kind} {made}\t{one}\n" for one in range(10)))
        kind = "040000 tree"
    git(tree, "update-ref", "HEAD", git(tree, "commit-tree", "-m", "bomb", made))
    with (
        pytest.raises(TemplateUnsafe, match="lists more names than a template can have"),
        fetched(parse_location("git+./tiny", tmp_path, None), system),
    ):
        pass


def test_a_repository_that_is_too_large_is_not_fetched(
    tmp_path: Path, system: HostSystem, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("scaffold.projects.origins.limits.FETCHED", 1 << 20)
    tree = tmp_path / "tiny"
    lay_template(tree)
    (tree / "noise").write_bytes(os.urandom(3 << 20))
    git(tree, "init", "--quiet")
    commit(tree, "first")
    with (
        pytest.raises(TemplateUnsafe, match="brings more than 1 MB"),
        fetched(parse_location("git+./tiny", tmp_path, None), system),
    ):
        pass


def test_the_parts_beside_a_template_are_looked_at_too(tmp_path: Path, system: HostSystem) -> None:
    lay_template(tmp_path / "tiny")
    (tmp_path / "parts").mkdir()
    (tmp_path / "parts" / "passwords").symlink_to("/etc/passwd")
    with (
        pytest.raises(TemplateUnsafe, match="leads out"),
        fetched(parse_location("./tiny", tmp_path, None), system),
    ):
        pass


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have no such names")
def test_a_link_whose_target_is_no_text(tmp_path: Path, system: HostSystem) -> None:
    lay_template(tmp_path / "tiny")
    (tmp_path / "tiny" / "link").symlink_to(os.fsdecode(b"caf\xe9"))
    with pytest.raises(TemplateUnsafe) as caught, fetched(parse_location("./tiny", tmp_path, None), system):
        pass
    assert "'link' is a link to 'caf\\udce9', which is not text in UTF-8" in caught.value.message
    assert caught.value.hint == "take it out of that folder, or tell the template's author"


@pytest.fixture
def nobody() -> Iterator[None]:
    """Somebody to whom something is forbidden; root itself may do all."""
    root = os.geteuid() == 0
    if root:
        os.seteuid(65534)
    yield
    if root:
        os.seteuid(0)


@pytest.mark.skipif(os.name != "posix", reason="permissions of POSIX")
@pytest.mark.parametrize("place", ["closed/tiny", "tiny.zip"])
@pytest.mark.usefixtures("nobody")
def test_what_may_not_be_read(place: str, system: HostSystem) -> None:
    with tempfile.TemporaryDirectory() as name:
        here = Path(name)
        lay_template(here / "closed" / "tiny")
        (here / "tiny.zip").write_bytes(b"PK")
        (here / "tiny.zip").chmod(0)
        (here / "closed").chmod(0)
        with pytest.raises(NoPermission) as caught, fetched(parse_location(place, here, None), system):
            pass
        (here / "closed").chmod(0o700)
    assert caught.value.message.endswith(f"{place} cannot be read: Permission denied")


def test_a_name_that_is_longer_than_any(tmp_path: Path) -> None:
    with pytest.raises(TemplateUnknown, match="cannot be looked at: File name too long"):
        parse_location(f"./{'a' * 300}", tmp_path, None)


def test_bounds_are_read_where_they_stand() -> None:
    """A name that is imported keeps the value of that moment, whatever a test sets."""
    folder = Path(limits.__file__).parent
    names = [
        (path.name, alias.name)
        for path in folder.glob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.ImportFrom) and node.module == limits.__name__
        for alias in node.names
    ]
    assert [(file, name) for file, name in names if name.isupper()] == []


def test_a_folder_below_cannot_be_reached_through_a_link(tmp_path: Path, system: HostSystem) -> None:
    lay_template(tmp_path / "outside")
    (tmp_path / "place").mkdir()
    (tmp_path / "place" / "tiny").symlink_to("../outside")
    with pytest.raises(TemplateUnknown), fetched(parse_location("./place//tiny", tmp_path, None), system):
        pass


def tarball(folder: Path, *members: tuple[tarfile.TarInfo, bytes]) -> str:
    """Of members that no honest program writes."""
    with tarfile.open(folder / "odd.tar.gz", "w:gz") as archive:
        for member, content in members:
            archive.addfile(member, io.BytesIO(content))
    return "odd.tar.gz"


def member(
    name: str, kind: bytes = tarfile.REGTYPE, link: str = "", content: bytes = b""
) -> tuple[tarfile.TarInfo, bytes]:
    made = tarfile.TarInfo(name)
    made.type, made.linkname, made.size = kind, link, len(content)
    return made, content


@pytest.mark.parametrize(
    ("members", "words"),
    [
        ([member("secret", tarfile.LNKTYPE, "/etc/passwd")], "'secret' is neither a file"),
        ([member("zero", tarfile.CHRTYPE)], "'zero' is neither a file"),
        ([member("pipe", tarfile.FIFOTYPE)], "'pipe' is neither a file"),
        ([member("a", content=b"1"), member("a", content=b"2")], "'a' comes twice"),
        ([member("a", content=b"1"), member("a/b")], "'a/b' lies in what is a file"),
        ([member("a/b"), member("a", content=b"1")], "'a' comes twice"),
        ([member("a", tarfile.SYMTYPE, "t" * 2000)], "'a' is a link with a target of more than"),
        ([member("a\udcff")], "cannot be seen"),
    ],
)  # fmt: skip
def test_a_tarball_with_an_odd_member(
    members: list[tuple[tarfile.TarInfo, bytes]], words: str, tmp_path: Path, system: HostSystem
) -> None:
    place = tarball(tmp_path, *members)
    with pytest.raises(TemplateUnsafe) as caught, fetched(parse_location(place, tmp_path, None), system):
        pass
    assert words in caught.value.message


def test_a_tarball_that_grows(tmp_path: Path, system: HostSystem) -> None:
    place = tarball(tmp_path, member("template.toml"), member("zeros", content=bytes(limits.HARMLESS + 1)))
    with (
        pytest.raises(TemplateUnsafe, match="100 times"),
        fetched(parse_location(place, tmp_path, None), system),
    ):
        pass


def test_a_tarball_whose_name_of_a_file_takes_all_the_memory(tmp_path: Path, system: HostSystem) -> None:
    """What describes a member is read at once; this name has two million letters."""
    place = tarball(tmp_path, member("n" * (2 << 20)))
    with pytest.raises(TemplateUnreachable) as caught, fetched(parse_location(place, tmp_path, None), system):
        pass
    assert (caught.value.code, len(caught.value.detail)) == ("template-damaged", 1)
    assert "is described in" in caught.value.detail[0]


@pytest.mark.parametrize(
    "spoil", [lambda whole: whole[:-20], lambda whole: whole[:40] + b"x" * 40 + whole[80:]]
)
def test_a_tarball_that_is_not_whole(
    spoil: Callable[[bytes], bytes], tmp_path: Path, system: HostSystem
) -> None:
    place = tarball(tmp_path, member("template.toml", content=os.urandom(3000)))
    (tmp_path / place).write_bytes(spoil((tmp_path / place).read_bytes()))
    with pytest.raises(TemplateUnreachable) as caught, fetched(parse_location(place, tmp_path, None), system):
        pass
    assert caught.value.code == "template-damaged"


def test_what_gzip_packed_and_is_no_tar(tmp_path: Path, system: HostSystem) -> None:
    (tmp_path / "notes.gz").write_bytes(gzip.compress(b"no tar" * 200))
    with (
        pytest.raises(TemplateUnreachable) as caught,
        fetched(parse_location("./notes.gz", tmp_path, None), system),
    ):
        pass
    assert caught.value.hint == "see that it is a whole .tar.gz archive"
