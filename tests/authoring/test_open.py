"""A template as a live project: what is a link, what is not, and where it cannot be."""

from __future__ import annotations

import os
from pathlib import Path, PurePosixPath

import pytest

from scaffold.authoring.open import OpenReport, OpenRequest, carry_out, plan_open
from scaffold.errors import OptionRefused, TargetOccupied, TemplateUnknown, UpdateRefused
from scaffold.projects.record import read_record
from scaffold.system import HostSystem
from tests.projects.conftest import lay

#: Without frameworks: neither an index nor a build is asked for.
PLAIN = {
    "plain/template.toml": (
        'title = "Plain"\ndescription = "d"\nversion = "1.0.0"\n\n'
        '[[layer]]\nfolder = "common"\nparts = ["base"]\n\n'
        '[[run]]\nname = "hello"\nkind = "module"\ntarget = "your_project.hello"\nsummary = "greet"\n'
    ),
    "plain/common/README.md.jinja": "# {{ project.title }}\n",
    "plain/common/src/your_project/hello.py": 'print("your_project of Your Project")\n',
    "parts/base/part.toml": "",
    "parts/base/src/your_project/__init__.py": '"""Your Project."""\n',
}
LINKS = ["src/your_project/__init__.py", "src/your_project/hello.py"]


@pytest.fixture
def templates(tmp_path: Path) -> Path:
    lay(tmp_path / "templates", PLAIN)
    return tmp_path / "templates"


def request(templates: Path, **changed: object) -> OpenRequest:
    target = templates.parent / "live"
    return OpenRequest(
        **{"template": "./templates/plain", "target": target, "folder": templates.parent, **changed}
    )


def opened(asked: OpenRequest) -> OpenReport:
    system = HostSystem()
    return carry_out(system, plan_open(system, asked, lambda _: None), lambda _: None)


def test_every_file_of_a_layer_is_a_link_to_it(templates):
    report = opened(request(templates))
    live = templates.parent / "live"
    assert (report.linked, report.copied) == (2, 0)
    links = {
        str(one.relative_to(live).as_posix()): one.resolve() for one in live.rglob("*") if one.is_symlink()
    }
    assert links == {
        "src/your_project/__init__.py": templates / "parts/base/src/your_project/__init__.py",
        "src/your_project/hello.py": templates / "plain/common/src/your_project/hello.py",
    }
    assert (live / "README.md").read_text() == "# Your Project\n"
    assert sorted(one.name for one in live.iterdir()) == [
        ".run", ".scaffold", "README.md", "pyproject.toml", "requirements.txt", "src",
    ]  # fmt: skip
    assert read_record(live).origin == str(templates / "plain")


def test_an_edit_goes_into_the_template_and_back(templates):
    opened(request(templates))
    live, own = (
        templates.parent / "live/src/your_project/hello.py",
        templates / "plain/common/src/your_project/hello.py",
    )
    live.write_text("print(1)\n")
    assert own.read_text() == "print(1)\n"
    own.write_text("print(2)\n")
    assert live.read_text() == "print(2)\n"


def test_it_is_the_template_and_no_project_to_be_updated(templates):
    from scaffold.update import UpdateRequest, plan_update

    opened(request(templates))
    lay(templates, {"plain/common/src/your_project/hello.py": "print(3)\n"})
    live = templates.parent / "live"
    with pytest.raises(UpdateRefused) as caught:
        plan_update(HostSystem(), UpdateRequest(start=live))
    assert caught.value.code == "update-opened"
    assert (
        caught.value.message
        == f"{live} is the template itself, opened: its files are links to the template's own"
    )
    assert caught.value.hint.endswith(f": scaffold new NAME -t {templates / 'plain'}")


def test_copies_of_a_template_are_updated_as_any_project(templates):
    from scaffold.update import UpdateRequest, plan_update

    opened(request(templates, copies=True))
    lay(templates, {"plain/common/src/your_project/hello.py": "print(3)\n"})
    found = plan_update(HostSystem(), UpdateRequest(start=templates.parent / "live"))
    assert {str(one.path): one.kind for one in found.changes if one.kind != "unchanged"} == {
        "src/your_project/hello.py": "taken"
    }


def test_it_runs_as_a_project_and_its_runs_are_told(templates):
    from scaffold.cli.run_list import summaries_of

    opened(request(templates))
    assert summaries_of(templates.parent / "live") == {
        "hello": "greet",
        "hello (GPU)": "greet",
    }


@pytest.mark.parametrize("why", ["asked", "impossible"])
def test_without_links_there_are_copies(why, templates, monkeypatch):
    """As on Windows, where only developers and administrators may make links."""

    def refuse(*_: object, **__: object) -> None:
        raise OSError(1314, "A required privilege is not held by the client")

    if why == "impossible":
        monkeypatch.setattr(Path, "symlink_to", refuse)
    report = opened(request(templates, copies=why == "asked"))
    live = templates.parent / "live"
    assert (report.linked, report.copied) == (0, 2)
    assert [one for one in live.rglob("*") if one.is_symlink()] == []
    assert (live / LINKS[1]).read_bytes() == (templates / "plain/common" / LINKS[1]).read_bytes()
    assert [one.name for one in (live / "src/your_project").iterdir() if one.name.startswith(".")] == []


def test_what_another_package_brings_is_copied_and_read_only(templates, monkeypatch):
    """An edit of a shared part would be one of every template that is made of it."""
    from scaffold.projects import catalog

    lay(
        templates / "acme", {"parts/sound/part.toml": "", "parts/sound/src/your_project/sound.py": "HZ = 1\n"}
    )
    acme = catalog.Provider(name="acme", distribution="acme-templates", folder=templates / "acme")
    known = (*catalog.find_providers(), acme)
    monkeypatch.setattr(catalog, "find_providers", lambda: known)
    manifest = templates / "plain/template.toml"
    manifest.write_text(manifest.read_text().replace('"base"', '"base", "acme:sound"'))
    report = opened(request(templates))
    copy = templates.parent / "live/src/your_project/sound.py"
    assert (report.linked, report.copied, report.lent) == (2, 0, 1)
    assert copy.read_text() == "HZ = 1\n"
    assert not copy.is_symlink()
    assert os.name == "nt" or copy.stat().st_mode & 0o222 == 0
    plan = plan_open(HostSystem(), request(templates, target=templates.parent / "b"), lambda _: None)
    assert [(one.distribution, one.folder, one.parts) for one in plan.lent] == [
        ("acme-templates", templates / "acme/parts", ("sound",))
    ]
    asked = request(templates, target=templates.parent / "c", copies=True)
    assert (opened(asked).copied, plan_open(HostSystem(), request(templates, copies=True, target=templates / "d"),
            lambda _: None).lent) == (3, ())  # fmt: skip
    assert (templates.parent / "c/src/your_project/sound.py").stat().st_mode & 0o200


@pytest.mark.parametrize("where", ["site-packages", "target"])
def test_of_an_installed_package_nothing_is_linked(where, tmp_path):
    """Its files are the installer's: the next upgrade replaces them. An editable install has them elsewhere."""
    lay(tmp_path / where / "acme", PLAIN)
    if where == "target":  # pip install --target: told by the list of the package's files
        record = "acme/plain/template.toml,sha256=x,1\n"
        names = {"RECORD": record, "METADATA": "Metadata-Version: 2.1\nName: acme\nVersion: 1\n"}
        lay(tmp_path / where / "acme-1.dist-info", names)
    report = opened(
        request(tmp_path / "x", template=str(tmp_path / where / "acme/plain"), target=tmp_path / "live")
    )
    assert (report.linked, report.copied, report.lent) == (0, 0, 2)
    plan = plan_open(
        HostSystem(),
        request(tmp_path / "x", template=str(tmp_path / where / "acme/plain"), target=tmp_path / "b"),
        lambda _: None,
    )
    assert [(one.distribution, one.parts) for one in plan.lent] == [("acme", ())]


def test_a_plan_writes_nothing(templates):
    plan = plan_open(HostSystem(), request(templates), lambda _: None)
    assert list(plan.links) == [PurePosixPath(one) for one in LINKS]
    assert [str(path) for path in plan.made] == [
        ".run/hello.run.xml", ".scaffold/.gitignore", ".scaffold/pristine.tar.gz", ".scaffold/project.json", "README.md",
        "pyproject.toml", "requirements.txt",
    ]  # fmt: skip
    assert not (templates.parent / "live").exists()


def test_what_cannot_be_opened(templates, tmp_path):
    (tmp_path / "foreign").mkdir()
    (tmp_path / "foreign/copier.yml").write_text("")
    for template, kind in (
        ("gh:o/n", OptionRefused),
        ("a.zip", OptionRefused),
        ("./foreign", OptionRefused),
        ("./nowhere", TemplateUnknown),
    ):
        with pytest.raises(kind):
            opened(request(templates, template=template))
    (tmp_path / "live").mkdir()
    (tmp_path / "live/thesis.txt").write_text("mine")
    with pytest.raises(TargetOccupied):
        opened(request(templates))
    assert os.listdir(tmp_path / "live") == ["thesis.txt"]
