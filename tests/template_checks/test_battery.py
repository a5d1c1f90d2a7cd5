"""The checks that need no environment: each passes for a good template, and fails for what it is there for."""

from __future__ import annotations

from pathlib import Path

import pytest

from scaffold.errors import TemplateBroken
from scaffold.system import HostSystem
from scaffold.template_checks.battery import battery, fast_rows
from scaffold.template_checks.model import KEPT, Check, Row, failed, judged
from scaffold.template_checks.reading import read
from scaffold.template_checks.subject import Subject, variants
from tests.template_checks.templates import MANIFEST, NUMBERS, PLAIN, README, TINY, TRAIN, laid

FAST = (
    *("composes", "reproducible", "readme", "placeholders", "portable", "metadata"),
    *("imports", "runs", "launches", "ruff-check", "ruff-format"),
)


def rows(folder: Path, scratch: Path) -> dict[str, Row]:
    reading = read(folder)
    assert reading.template is not None, reading.problems
    scratch.mkdir()
    return {
        row.check.id: row
        for row in fast_rows(Subject(template=reading.template, scratch=scratch), HostSystem())
    }


@pytest.mark.parametrize("files", [TINY, PLAIN], ids=["tiny", "plain"])
def test_a_good_template_passes_all(files: dict[str, str], tmp_path: Path) -> None:
    found = rows(laid(tmp_path / "tiny", files), tmp_path / "scratch")
    assert [(row.check.id, row.status, row.reason) for row in found.values()] == [
        (one, "passed", "") for one in FAST
    ]


def test_every_selection_is_rendered_with_a_short_and_a_long_name(tmp_path: Path) -> None:
    template = read(laid(tmp_path / "tiny", TINY)).template
    assert template is not None
    labels = [one.label for one in variants(template)]
    each = ("pytorch", "keras", "pytorch+keras")
    assert labels == [f"{one}, {length} letters" for one in each for length in (2, 40)]


def test_after_one_that_never_ends_no_other_is_begun(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    template = read(laid(tmp_path / "tiny", TINY), apart=True).template
    assert template is not None
    begun: list[object] = []

    def endless(*arguments: object) -> None:
        begun.append(arguments)
        raise TemplateBroken("it computed for more than 10 seconds", code="template-limits")

    monkeypatch.setattr("scaffold.projects.apart.rendered_apart", endless)
    row = next(fast_rows(Subject(template=template, scratch=tmp_path), HostSystem()))
    assert (row.check.id, row.status, len(begun)) == ("composes", "failed", 1)
    assert row.output == (
        "pytorch, 2 letters: it computed for more than 10 seconds",
        "pytorch, 40 letters and 4 more: not rendered: another selection took more than a template may",
    )


#: What is broken -> the file that is changed, its text, the checks that fail, the reason of the first.
BROKEN = {
    "two layers give one file": (
        "keras/src/your_project/numbers_of.py",
        NUMBERS,
        {"composes"},
        "keras, 2 letters and 3 more: two layers of the template 'tiny' give src/your_project/numbers_of.py",
    ),
    "an unknown word in the README": (
        "common/README.md.jinja",
        "# {{ project.titel }}\n",
        {"composes"},
        "has no attribute 'titel'",
    ),
    "a README that chance decides": (
        "common/README.md.jinja",
        "# Title\n\n{{ range(99999) | random }} {{ range(99999) | random }}\n",
        {"reproducible"},
        "pytorch+keras, 40 letters: README.md is not the same again",
    ),
    "no README": ("common/README.md.jinja", None, {"readme"}, "pytorch, 2 letters and 5 more: there is no README.md"),
    "a link that leads nowhere": (
        "common/README.md.jinja",
        README.replace("numbers_of.py", "gone.py"),
        {"readme"},
        "pytorch, 2 letters and 5 more: common/README.md.jinja leads to src/your_project/gone.py, which is not there",
    ),
    "jinja in jinja": (
        "common/README.md.jinja",
        "# {{ '{{' }}\n",
        {"readme"},
        "pytorch, 2 letters and 5 more: common/README.md.jinja holds {{",
    ),
    "a note in another encoding": (
        "common/notes.txt",
        b"your_project caf\xe9\n",
        {"placeholders"},
        "pytorch, 2 letters and 5 more: common/notes.txt still says your_project",
    ),
    "a folder of one machine": (
        "common/settings.cfg",
        "data = /home/ada/data\n",
        {"portable"},
        "common/settings.cfg, line 1, names a folder of one machine: /home/ada/",
    ),
    "what a tool left behind": (
        "common/.ipynb_checkpoints/a.txt",
        "",
        {"portable"},
        "common/.ipynb_checkpoints/a.txt was left behind by a tool, or belongs to one person alone",
    ),
    "a name that Windows refuses": (
        "common/what?.txt",
        "",
        {"portable"},
        "common/what?.txt cannot be a file's name on Windows",
    ),
    "a device of Windows": (
        "common/aux.txt",
        "",
        {"portable"},
        "common/aux.txt cannot be a file's name on Windows",
    ),
    "a name that is one with another where case does not count": (
        "common/readme.MD",
        "",
        {"portable"},
        "Windows and macOS take README.md and readme.MD for one file",
    ),
    "a framework that nobody chose": (
        "template.toml",
        MANIFEST.replace('folder = "common"\n', 'folder = "common"\ndependencies = ["torch>=2.10"]\n'),
        {"metadata"},
        "keras, 2 letters and 1 more: pyproject.toml asks for torch, and pytorch was not chosen",
    ),
    "an import of the other framework's side": (
        "keras/src/your_project/tfkeras/train.py",
        TRAIN.replace("your_project.numbers_of import double", "your_project.pytorch.train import double"),
        {"imports"},
        "keras, 2 letters and 1 more: keras/src/your_project/tfkeras/train.py: your_project.pytorch.train.double",
    ),
    "a module that is no Python": (
        "common/src/your_project/broken.py",
        "def (\n",
        {"imports", "ruff-check", "ruff-format"},
        "pytorch, 2 letters and 5 more: common/src/your_project/broken.py, line 1: invalid syntax",
    ),
    "a run without a summary": (
        "template.toml",
        MANIFEST.replace('summary = "train in Keras"\n', ""),
        {"runs"},
        "'train (Keras)' has no summary",
    ),
    "a run without smoke arguments": (
        "template.toml",
        MANIFEST.replace('smoke = ["-q"]\n', ""),
        {"runs"},
        "'tests' has no smoke arguments",
    ),
    "a run of a module that is not there": (
        "template.toml",
        MANIFEST.replace("tfkeras.train", "tfkeras.trian"),
        {"launches"},
        "keras, 2 letters and 3 more: 'train (Keras)': the module your_project.tfkeras.trian is not in src/your_project",
    ),
    "an import that nobody uses": (
        "common/src/your_project/more.py",
        '"""More."""\n\nimport os\n',
        {"ruff-check"},
        "pytorch, 2 letters and 5 more: common/src/your_project/more.py:3: F401 [*] `os` imported but unused",
    ),
    "a line that is not formatted": (
        "common/src/your_project/more.py",
        '"""More."""\n\nMORE = [1,2]\n',
        {"ruff-format"},
        "common/src/your_project/more.py",
    ),
    "a line that is too long with a long name": (
        "common/src/your_project/more.py",
        f'"""More."""\n\nMORE = "{"x" * 60}"  # your_project and your_project\n',
        {"ruff-check"},
        "pytorch, 40 letters and 2 more: common/src/your_project/more.py:3: E501 Line too long",
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", BROKEN)
def test_what_is_broken_fails_its_check_and_no_other(what: str, tmp_path: Path) -> None:
    path, content, wrong, reason = BROKEN[what]
    folder = laid(tmp_path / "tiny", TINY)
    if content is None:
        (folder / path).unlink()
    else:
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(content if isinstance(content, bytes) else content.encode())
    found = rows(folder, tmp_path / "scratch")
    assert {name for name, row in found.items() if row.status == "failed"} == wrong
    unproved = {name for name in FAST if name not in {*wrong, "runs"}} if "composes" in wrong else set()
    assert {name for name, row in found.items() if row.status == "skipped"} == unproved
    assert reason in next(row.reason for row in found.values() if row.status == "failed")


def test_what_was_not_rendered_has_passed_nothing(tmp_path: Path) -> None:
    files = {**TINY, "common/README.md.jinja": "# {{ project.titel }}\n"}
    found = rows(laid(tmp_path / "tiny", files), tmp_path / "scratch")
    lost = "6 of 6 renderings could not be made: composes says why"
    assert [
        (row.check.id, row.status, row.reason) for row in found.values() if row.check.id != "composes"
    ] == [(one, "passed", "") if one == "runs" else (one, "skipped", lost) for one in FAST[1:]]


#: What is wrong in a file -> what to do, where the check's own remedy is another's.
REMEDIES = {
    "common/src/your_project/more.py": ("def (\n", "imports", "correct the line: Python cannot read it"),
    "common/x.cfg": ("a = /home/ada/b\n", "portable", "take the folder from an argument or a variable"),
    "common/README.md.jinja": ("{{ nobody }}\n", "composes", "correct the name; at the top there are: "),
}


@pytest.mark.parametrize("path", REMEDIES)
def test_what_to_do_fits_what_is_wrong(path: str, tmp_path: Path) -> None:
    text, check, remedy = REMEDIES[path]
    row = rows(laid(tmp_path / "tiny", {**TINY, path: text}), tmp_path / "scratch")[check]
    assert row.status == "failed"
    assert row.remedy.startswith(remedy)


def test_each_line_is_told_once_and_in_the_file_where_it_is_mended(tmp_path: Path) -> None:
    """Of two parts beside it, in six renderings: three lines are three rows, not eighteen."""
    bad = '"""More."""\n\nimport os\nimport re\n'
    files = {**TINY, "common/src/your_project/more.py": bad}
    files["template.toml"] = MANIFEST.replace('folder = "keras"\n', 'folder = "keras"\nparts = ["sound"]\n')
    sound = {"part.toml": "", "src/your_project/sound.py": '"""Sound."""\n\nimport os\n'}
    laid(tmp_path / "parts" / "sound", sound)
    row = rows(laid(tmp_path / "tiny", files), tmp_path / "scratch")["ruff-check"]
    assert sorted(row.output) == [
        "keras, 2 letters and 3 more: parts/sound/src/your_project/sound.py:3: F401 [*] `os` imported but unused",
        "pytorch, 2 letters and 5 more: common/src/your_project/more.py:3: F401 [*] `os` imported but unused",
        "pytorch, 2 letters and 5 more: common/src/your_project/more.py:4: F401 [*] `re` imported but unused",
    ]


def test_where_the_keys_of_a_manifest_are_told_is_a_file(tmp_path: Path) -> None:
    place = battery(None)[0].remedy.removeprefix("the keys stand in ").partition("; ")[0]
    assert Path(place).read_text(encoding="utf-8").startswith("# ")


def test_a_symbolic_link_is_not_laid(tmp_path: Path) -> None:
    folder = laid(tmp_path / "tiny", TINY)
    (folder / "common" / "data.csv").symlink_to("/etc/hostname")
    row = rows(folder, tmp_path / "scratch")["composes"]
    assert row.status == "failed"
    assert "data.csv is a symbolic link, and a template may hold none" in row.reason
    assert row.remedy == "put the file itself in its place; what several layers need belongs into a part"


def test_without_ruff_the_code_was_not_checked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.executable", str(tmp_path / "python"))
    monkeypatch.setenv("PATH", str(tmp_path))
    row = rows(laid(tmp_path / "tiny", TINY), tmp_path / "scratch")["ruff-check"]
    assert (row.status, row.reason) == (
        "skipped",
        "ruff is neither in the environment nor on PATH: pip install ruff",
    )


def test_of_many_problems_the_first_are_shown_and_of_an_output_the_end() -> None:
    check = Check(id="one", proves="", remedy="")
    many = [str(number) for number in range(100)]
    assert judged(check, many).reason == "0 and 99 more"
    assert judged(check, many).output == tuple(many[:KEPT])
    assert failed(check, "it ended", many).output == tuple(many[-KEPT:])
