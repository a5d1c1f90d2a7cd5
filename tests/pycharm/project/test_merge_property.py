"""Whatever stands in a file: merging keeps every element, attribute and comment that is not ours, byte for byte."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scaffold.pycharm.documents.source import document_of
from scaffold.pycharm.model import IdeProject
from scaffold.pycharm.project.idea import idea_files
from scaffold.pycharm.project.idea_plan import IdeaPlan
from scaffold.pycharm.project.merge import merged_idea
from scaffold.pycharm.project.record import RECORD

ROOT = Path("/home/ada/project")
NAMES = ("modules.xml", "misc.xml", "vcs.xml", "other.xml", "pyProjectModel.xml")

#: Tags, comments and CDATA as they stand in a file: what may neither get lost nor change.
PIECES = re.compile(r"<!--.*?-->|<!\[CDATA\[.*?\]\]>|<(?:[^>\"']|\"[^\"]*\"|'[^']*')*>", re.DOTALL)

#: What a merge may replace: the interpreter's name, and who names a module that was taken over.
REPLACED = re.compile(
    r"<orderEntry type=\"(?:inheritedJdk|jdk)\"|<component name=\"ProjectRootManager\"|<module fileurl"
)


def plan(existing: dict[str, bytes], module: str) -> IdeaPlan:
    project = IdeProject(module=module, runs=(), python="3.12.1", excluded=("data", "runs"))
    wanted = {str(path): content for path, content in idea_files(project, git=True).items()}
    return merged_idea(existing, project, wanted, root=ROOT)


def applied(existing: dict[str, bytes], done: IdeaPlan) -> dict[str, bytes]:
    """The files after a plan, in memory."""
    after = {**existing, str(RECORD): done.record}
    for one in done.files:
        if one.backup:
            after[one.backup] = existing[one.path]
        if one.content is not None:
            after[one.path] = one.content
        elif one.action in {"set aside", "remove"}:
            del after[one.path]
    return after


def pieces(content: bytes) -> Counter[str]:
    """<x/> and <x> count as one: an element may get its first child."""
    found = PIECES.findall(content.decode("utf-8-sig"))
    return Counter(re.sub(r"\s*/?>$", ">", piece) for piece in found)


def check(existing: dict[str, bytes], module: str) -> None:
    done = plan(existing, module)
    after = applied(existing, done)
    again = plan(after, module)
    assert again.changes == ()
    assert again.record == done.record
    for path, content in existing.items():
        lost = pieces(content) - pieces(after[path])
        assert [one for one in lost if not REPLACED.search(one)] == []
        assert sum(lost.values()) <= 1
        kept_tags = Counter(element.tag for element in document_of(content, ROOT / path).root.iter())
        now = Counter(element.tag for element in document_of(after[path], ROOT / path).root.iter())
        assert kept_tags <= now


def in_corpus() -> list[Path]:
    folder = Path(__file__).resolve().parents[4] / "shared/corpora/idea"
    return sorted(p for p in folder.rglob("*") if p.name in NAMES or p.suffix == ".iml")


@pytest.mark.parametrize("path", in_corpus(), ids=lambda path: "/".join(path.parts[-3:]))
def test_every_file_of_the_corpus_survives(shared: Path, path: Path) -> None:
    """Each as if it stood in a project of ours; a module's file as the project's own module."""
    module = path.stem if path.suffix == ".iml" else "cnn-project"
    check({f".idea/{path.name}": path.read_bytes()}, module)


def projects_of_the_corpus() -> list[Path]:
    folder = Path(__file__).resolve().parents[4] / "shared/corpora/idea"
    return sorted({p.parent for p in folder.rglob("modules.xml")})


@pytest.mark.parametrize("folder", projects_of_the_corpus(), ids=lambda path: path.parent.name)
def test_every_project_of_the_corpus_is_taken_over_whole(shared: Path, folder: Path) -> None:
    """Under another name than the IDE's: what its module said is in ours afterwards, and the rest where it was."""
    files = [p for p in folder.iterdir() if p.name in NAMES or p.suffix == ".iml"]
    existing = {f".idea/{p.name}": p.read_bytes() for p in files}
    done = plan(existing, "taken-over")
    after = applied(existing, done)
    assert plan(after, "taken-over").changes == ()
    aside = [one for one in done.files if one.action == "set aside"]
    for one in aside:
        assert after[one.backup] == existing[one.path]
        lost = pieces(existing[one.path]) - pieces(after[".idea/taken-over.iml"])
        assert [piece for piece in lost if not REPLACED.search(piece)] == []


text = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")), max_size=8)
names = st.sampled_from(
    ["a", "NewModuleRootManager", "content", "module", "modules", "option", "中", "mapping"]
)
attributes = st.dictionaries(
    st.sampled_from(["name", "value", "url", "type", "filepath", "directory", "x"]),
    text
    | st.sampled_from(
        ["ProjectModuleManager", "TestRunnerService", "file://$MODULE_DIR$", "ProjectRootManager"]
    ),
    max_size=3,
)


def escaped(value: str) -> str:
    return value.replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;").replace(">", "&gt;")


@st.composite
def elements(draw: st.DrawFn, depth: int = 3) -> str:
    tag = draw(names)
    start = f"<{tag}" + "".join(f' {name}="{escaped(value)}"' for name, value in draw(attributes).items())
    kind = draw(
        st.sampled_from(["empty", "children", "cdata", "text"] if depth else ["empty", "cdata", "text"])
    )
    if kind == "empty":
        return start + draw(st.sampled_from(["/>", " />", f"></{tag}>"]))
    if kind == "children":
        between = st.sampled_from(["", "\n  ", "<!-- > mine < -->", "\r\n\t"])
        inner = "".join(
            draw(between) + draw(elements(depth - 1)) for _ in range(draw(st.integers(0, 3)))
        ) + draw(between)
        return f"{start}>{inner}</{tag}>"
    body = draw(text)
    return (
        f"{start}>{f'<![CDATA[{body}]]>' if kind == 'cdata' and ']]>' not in body else escaped(body)}</{tag}>"
    )


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.sampled_from([*NAMES, "cnn-project.iml"]), st.lists(elements(), max_size=4))
def test_every_file_that_hypothesis_thinks_of_survives(name: str, inside: list[str]) -> None:
    tag = "module" if name.endswith(".iml") else "project"
    content = f'<{tag} version="4">\n  ' + "\n  ".join(inside) + f"\n</{tag}>"
    check({f".idea/{name}": content.encode()}, "cnn-project")
