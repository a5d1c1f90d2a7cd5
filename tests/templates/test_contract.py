"""What every template of ours promises, seen from outside; the projects' own `test_contract.py` runs the programs."""

from __future__ import annotations

import ast
import re
from pathlib import PurePosixPath

import pytest

from scaffold.builds.model import Framework
from scaffold.projects.catalog import OWN_DISTRIBUTION, find_templates
from scaffold.projects.measured import read_measured
from scaffold.projects.model import Template
from scaffold.template_checks.imports import defined
from tests.templates.test_rendered import SELECTIONS, rendered

TEMPLATES = [one for one in find_templates().templates if one.provider == OWN_DISTRIBUTION]
PROGRAMS = ("train", "finetune", "evaluate", "predict", "search", "export")
LABELS: dict[Framework, str] = {"pytorch": "PyTorch", "keras": "Keras"}

#: modules of a project that the shared programs import, and what they take from each
MODULES = {
    "settings": {"Settings", "SMOKE", "DESCRIPTIONS"},
    "data": {"Data", "Split", "load", "load_unseen"},
    "engine": {"ModelCard", "TaskEngine", "card_of"},
    "baseline": {"compare"},
    "results": {"SCHEMA", "measure", "told", "report"},
    "transfer": {"start"},
    "prediction": {"predict"},
    "pytorch/engine": {"PyTorchEngine"},
    "tfkeras/engine": {"KerasEngine"},
}

each_template = pytest.mark.parametrize("template", TEMPLATES, ids=lambda one: one.name)


def test_nothing_is_wrong_with_any() -> None:
    assert [problem.message for problem in find_templates().problems] == []


@each_template
def test_both_frameworks_have_every_program_a_debugger_s_and_what_looks_after_them(template: Template) -> None:
    assert template.frameworks == ("pytorch", "keras")
    names = {run.name for run in template.runs}
    for label in LABELS.values():
        wanted = {*PROGRAMS, "train debug", "train and watch"}
        assert {f"{one} ({label})" for one in wanted} <= names
    assert {"tests", "TensorBoard", "doctor"} <= names
    assert all(run.smoke for run in template.runs if run.kind in ("module", "torchrun", "pytest"))
    assert all(run.summary for run in template.runs)


@each_template
def test_the_modules_that_the_shared_programs_import_are_there(template: Template) -> None:
    tree = rendered(template, "ab", template.frameworks)
    for module, names in MODULES.items():
        path = PurePosixPath("src/ab", f"{module}.py")
        assert names <= defined_in(tree[path].content.decode()), path


@each_template
def test_the_readme_says_what_goes_wrong_how_to_bring_ones_own_data_and_speaks_chinese(template: Template) -> None:
    for selection in SELECTIONS:
        text = rendered(template, "ab", selection)[PurePosixPath("README.md")].content.decode()
        titles = re.findall(r"^## (.*)", text, re.MULTILINE)
        assert len(set(titles)) == len(titles)
        assert {"What it reaches", "Run it", "Settings", "What a run leaves", "Fine-tuning"} <= set(titles)
        assert {"What often goes wrong", "When something goes wrong", "Another machine, a colleague"} <= set(titles)
        assert any(title.startswith("Your own") for title in titles) or "your own" not in template.data
        assert "## 中文简介" in text
        assert "{#" not in text
        other = set(LABELS) - set(selection)
        assert not any(f"({LABELS[one]})" in text for one in other)


@each_template
def test_floors_and_what_was_measured_agree(template: Template) -> None:
    """The figures are those of `benchmarks/templates.py`; each is at its floor or better."""
    measured = read_measured(template.folder)
    assert measured is not None
    jobs = {(one.framework, one.job) for one in measured.rows}
    assert {(framework, job) for framework in template.frameworks for job in ("train", "finetune")} <= jobs
    assert {one.job for one in template.floors} == {"train", "finetune"}
    for row in measured.rows:
        floors = [one for one in template.floors if (one.job, one.measure) == (row.job, row.measure)]
        assert floors, row
        assert all(one.holds(row.value) for one in floors), row


def defined_in(text: str) -> set[str]:
    return defined(ast.parse(text))
