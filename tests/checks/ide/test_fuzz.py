"""Whatever stands in these files, the lint answers with findings, and its cures leave readable files."""

from __future__ import annotations

import tempfile
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from scaffold.checks.ide import inspect
from scaffold.pycharm.documents.source import document_of
from scaffold.pycharm.mending.plan import plan
from scaffold.pycharm.survey.survey import survey

from .projects import FILES, GitHost, run_xml

PATHS = (
    ".idea/modules.xml",
    ".idea/app.iml",
    ".idea/misc.xml",
    ".idea/workspace.xml",
    ".idea/externalDependencies.xml",
    ".idea/runConfigurations/a.xml",
    ".run/a.run.xml",
    "pyproject.toml",
)
WELL_FORMED = [text.encode() for text in (*FILES.values(), run_xml())]
ODD = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0\x0b\x0c"), max_size=30)
OPTION = st.sampled_from(
    ["PARAMETERS", "ENV_FILES", "SCRIPT_NAME", "WORKING_DIRECTORY", "SDK_HOME", "_new_target"]
)
RUN = st.dictionaries(
    OPTION, ODD | st.sampled_from(["'a", "$X$", "/app", "C:\\", "$PROJECT_DIR$/..", '"', "file://"])
).map(
    lambda options: run_xml(
        module="\u4e2d & <x>", **{k: "".join(c for c in v if c >= " ") for k, v in options.items()}
    )
)


@st.composite
def torn(draw: st.DrawFn) -> bytes:
    """A file of an IDE with a piece of it cut out, doubled, or replaced by anything."""
    content = draw(st.sampled_from(WELL_FORMED))
    start, end = sorted((draw(st.integers(0, len(content))), draw(st.integers(0, len(content)))))
    return content[:start] + draw(st.binary(max_size=20) | st.just(content[start:end] * 2)) + content[end:]


@settings(max_examples=60, deadline=None)
@given(
    st.dictionaries(
        st.sampled_from(PATHS), st.binary(max_size=200) | torn() | RUN.map(str.encode), max_size=4
    )
)
def test_any_bytes_give_findings(contents: dict[str, bytes]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "app"
        for path, content in {**{p: t.encode() for p, t in FILES.items()}, **contents}.items():
            (root / path).parent.mkdir(parents=True, exist_ok=True)
            (root / path).write_bytes(content)
        (root / ".git").mkdir()
        host = GitHost([*FILES, *PATHS])
        facts = survey(root, host)
        findings = inspect(facts)
        assert [one.detail for one in findings if one.id == "doctor.check-failed"] == []
        changes = plan(facts)
        for change in changes:
            if change.after is not None:
                if change.path != ".gitignore":
                    document_of(change.after, Path(change.path))
                (root / change.path).write_bytes(change.after)
            else:
                (root / change.path).unlink()
        assert plan(survey(root, host)) == ()  # a second time there is nothing to do
