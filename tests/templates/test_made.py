"""Every template's generated project, run: every run configuration, every entry as a file and as a module, its tests."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from scaffold.projects.catalog import OWN_DISTRIBUTION, find_templates
from scaffold.projects.model import RunConfiguration, Template
from scaffold.projects.names import project_name
from scaffold.template_checks.battery import MYPY, SLOW_TESTS, TESTS, smoke_check
from scaffold.template_checks.model import Row
from scaffold.template_checks.project import Project, own_tests, smoke
from scaffold.template_checks.tools import mypy
from scaffold.template_checks.workflow import Aside
from tests.conftest import MadeProject, one_thread

pytestmark = [pytest.mark.network, pytest.mark.environment, pytest.mark.slow]

TEMPLATES = [one for one in find_templates().templates if one.provider == OWN_DISTRIBUTION]

made_of_each = pytest.mark.parametrize(
    "made_project", [one.name for one in TEMPLATES], ids=[one.name for one in TEMPLATES], indirect=True
)


def runs(*kinds: str) -> Iterator[object]:
    for template in TEMPLATES:
        for run in template.runs:
            if run.kind in kinds:
                yield pytest.param(template.name, run, id=f"{template.name}: {run.name}")


def entries() -> Iterator[object]:
    """The programs in a template's package; those that parts bring to several templates are the same file in each."""
    seen: set[str] = set()
    for template in TEMPLATES:
        targets = {run.target for run in template.runs if run.kind == "module"} - seen
        seen |= targets
        for target in sorted(one for one in targets if one.startswith("your_project.")):
            yield pytest.param(template.name, target.partition(".")[2], id=f"{template.name}: {target}")


@pytest.mark.parametrize(
    ("made_project", "run"), list(runs("module", "script", "torchrun")), indirect=["made_project"]
)
def test_every_run_configuration_ends_well_with_its_smoke_arguments(
    made_project: MadeProject, run: RunConfiguration
) -> None:
    """As `scaffold templates check` does; what `scaffold run` adds to it has tests of its own."""
    assert_passed(smoke(project_of(made_project), smoke_check(run), run))


@pytest.mark.skipif(os.name == "nt", reason="a console's Ctrl-C cannot be typed by a test")
@pytest.mark.parametrize(("made_project", "run"), list(runs("compound")), indirect=["made_project"])
def test_every_compound_starts_its_members_and_ends_with_ctrl_c(
    made_project: MadeProject, run: RunConfiguration
) -> None:
    """Its members have smoke tests of their own: here they begin, side by side, and end together."""
    child = subprocess.Popen(
        [sys.executable, "-m", "scaffold", "run", run.name],
        cwd=made_project.root,
        env=one_thread(),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    silent, said = set(run.members), []
    for line in child.stdout:
        said.append(line)
        silent.discard(line.partition(" | ")[0].rstrip())
        if not silent:
            child.send_signal(signal.SIGINT)
            break
    rest, _ = child.communicate(timeout=120)
    assert (child.returncode, silent) == (130, set()), "".join(said) + rest


@pytest.mark.parametrize(("made_project", "entry"), list(entries()), indirect=["made_project"])
def test_every_entry_runs_as_a_file_and_as_a_module(made_project: MadeProject, entry: str) -> None:
    package = project_name(made_project.root.name).package
    file = Path("src", package, *entry.split(".")).with_suffix(".py")
    as_file = made_project.run(made_project.python, file, "--help")
    as_module = made_project.run(made_project.python, "-m", f"{package}.{entry}", "--help")
    assert (as_file.returncode, as_module.returncode) == (0, 0), as_file.stderr + as_module.stderr
    assert as_file.stdout.split("\n", 1)[1] == as_module.stdout.split("\n", 1)[1]


@made_of_each
def test_the_projects_own_quick_tests_pass(made_project: MadeProject) -> None:
    assert_passed(own_tests(project_of(made_project), TESTS, "not slow"))


@made_of_each
def test_the_projects_own_slow_tests_pass(made_project: MadeProject) -> None:
    """Accuracy floors, exact resume after a kill, fine-tuning against training from scratch."""
    assert_passed(own_tests(project_of(made_project), SLOW_TESTS, "slow"))


def project_of(made: MadeProject) -> Project:
    return Project(root=made.root, python=made.python, system=Aside())


def assert_passed(row: Row) -> None:
    assert row.status == "passed", "\n".join((row.reason, *row.output))


@made_of_each
def test_mypy_finds_nothing(made_project: MadeProject, tmp_path_factory: pytest.TempPathFactory) -> None:
    """With the project's own settings, and the types of what is installed in its environment."""
    cache = tmp_path_factory.getbasetemp() / "mypy"  # what frameworks and libraries bring is read once for all
    project = project_of(made_project)
    row = mypy(project.system, MYPY, project.root, project.python, cache=cache, environment=project.environment)
    assert_passed(row)


@made_of_each
def test_every_framework_writes_metrics_of_one_schema(made_project: MadeProject) -> None:
    template = next(one for one in TEMPLATES if one.name == made_project.template)
    shapes = []
    for run in kept_runs(template):
        done = made_project.scaffold("run", run.name)
        assert done.returncode == 0, done.stdout + done.stderr
        folder = made_project.root / value_of("--runs", run) / value_of("--run", run)
        shapes.append(shape(json.loads((folder / "metrics.json").read_text(encoding="utf-8"))))
        report = (folder / "report.html").read_text(encoding="utf-8")
        assert 'src="http' not in report
        assert 'href="http' not in report
    assert len(shapes) >= len(template.frameworks)
    assert all(one == shapes[0] for one in shapes)


def kept_runs(template: Template) -> list[RunConfiguration]:
    """The quick runs of a template whose folder is known beforehand, one a framework: those for the debugger."""
    return [run for run in template.runs if {"--runs", "--run"} <= set(run.arguments)]


def value_of(option: str, run: RunConfiguration) -> str:
    return run.arguments[run.arguments.index(option) + 1]


def shape(value: object) -> object:
    """The keys of nested objects and the types of values."""
    if isinstance(value, dict):
        return {key: shape(one) for key, one in sorted(value.items())}
    if isinstance(value, list):
        return [shape(value[0])] if value else []
    return float if isinstance(value, (int, float)) and not isinstance(value, bool) else type(value)
