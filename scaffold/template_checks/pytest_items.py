"""A template as a file that pytest collects, and its checks as the items in it."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

import pytest

from scaffold.errors import ScaffoldError
from scaffold.setup import Wishes
from scaffold.template_checks.battery import ENVIRONMENT, MANIFEST, battery, fast_rows, slow_row
from scaffold.template_checks.model import Check, Row, judged, skipped
from scaffold.template_checks.project import Project
from scaffold.template_checks.pytest_plugin import MARK
from scaffold.template_checks.reading import Reading, read
from scaffold.template_checks.subject import Subject
from scaffold.template_checks.workflow import Aside, CheckRequest, environment, plan_check

MANIFEST_FILE = "template.toml"


class Templates:
    """The hooks of a run in which templates were named."""

    def __init__(self, config: pytest.Config, named: tuple[Path, ...], configured: tuple[Path, ...]) -> None:
        self._named = tuple(_manifest(one) for one in named)
        self._all = (*self._named, *(_manifest(one) for one in configured))
        #: Configured ones go with a run of everything, and not with one of a file that somebody names.
        self._every = config.args_source is not pytest.Config.ArgsSource.ARGS

    def pytest_ignore_collect(self, collection_path: Path) -> bool | None:
        """Tests in templates and parts are a project's, and run in one: nothing could import them here."""
        for one in self._all:
            below = collection_path.is_relative_to(one.parent) and collection_path not in {one.parent, one}
            if below or collection_path == one.parents[1] / "parts":
                return True
        other = collection_path / MANIFEST_FILE
        return True if other.is_file() and other not in self._all else None

    def pytest_collect_file(self, file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
        """A template that lies in what is collected anyway."""
        return TemplateFile.from_parent(parent, path=file_path) if file_path in self._all else None

    @pytest.hookimpl(tryfirst=True)  # before -k and -m choose
    def pytest_collection_modifyitems(self, session: pytest.Session, items: list[pytest.Item]) -> None:
        """And those that do not."""
        there = {item.path for item in items if isinstance(item, CheckItem)}
        for path in dict.fromkeys(self._all if self._every else self._named):
            if path not in there:
                items += TemplateFile.from_parent(session, path=path).collect()


class TemplateFile(pytest.File):
    """One ``template.toml``."""

    def collect(self) -> list[CheckItem]:
        """An item a check."""
        return [
            CheckItem.from_parent(self, name=check.id, check=check)
            for check in battery(self.reading.template)
        ]

    @cached_property
    def reading(self) -> Reading:
        """The manifests, read once."""
        if not self.path.is_file():
            raise pytest.UsageError(f"{self.path} is not there: no template to check")
        return read(self.path.parent)

    def row(self, check: Check) -> Row:
        """What became of a check; what several share is made by the first of them."""
        if check == MANIFEST:
            return judged(check, self.reading.problems)
        if not check.slow:
            return self._fast[check.id]
        made, project = self._environment
        if check == ENVIRONMENT:
            return made
        if project is None or self.reading.template is None:
            return skipped(check, "there is no environment")
        template = self.reading.template
        return slow_row(check, project, template, self._scratch / "mypy", template.frameworks)

    @cached_property
    def _scratch(self) -> Path:
        kept = tempfile.TemporaryDirectory(prefix="scaffold-check-", ignore_cleanup_errors=True)
        self.config.add_cleanup(kept.cleanup)
        return Path(kept.name).resolve()

    @cached_property
    def _fast(self) -> Mapping[str, Row]:
        template = self.reading.template
        assert template is not None
        subject = Subject(template=template, scratch=self._scratch / "rendered")
        subject.scratch.mkdir()
        return {row.check.id: row for row in fast_rows(subject, Aside(), self._python)}

    @cached_property
    def _environment(self) -> tuple[Row, Project | None]:
        system = Aside()
        request = CheckRequest(
            reading=self.reading,
            scratch=self._scratch,
            wishes=Wishes(frameworks=()),
            python=self._python,
        )
        plan = plan_check(system, request, lambda _: None)
        return environment(system, plan, lambda _: None, lambda _: None)

    @property
    def _python(self) -> Path | None:
        named = self.config.getoption("scaffold_python") or self.config.getini("scaffold_python")
        return self.config.rootpath / named if named else None


class CheckItem(pytest.Item):
    """One check of a template."""

    def __init__(self, *, check: Check, **more: Any) -> None:
        super().__init__(**more)
        self.check = check
        self.add_marker(MARK)
        if check.slow:
            self.add_marker("slow")

    def runtest(self) -> None:
        """Make the check; a skip is pytest's skip."""
        parent = self.parent
        assert isinstance(parent, TemplateFile)
        row = parent.row(self.check)
        if row.status == "skipped":
            pytest.skip(row.reason)
        if row.status == "failed":
            raise CheckFailed(row)

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """What a template's author reads: no line of ours."""
        problem = excinfo.value
        if isinstance(problem, CheckFailed):
            return "\n".join(_lines(problem.row))
        if isinstance(problem, ScaffoldError):
            return "\n".join(filter(None, (problem.message, *problem.detail, problem.hint)))
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, None, str]:
        """The heading of a failure."""
        return self.path, None, f"{self.path.parent.name}: {self.name}"


class CheckFailed(AssertionError):
    """A check that did not hold."""

    def __init__(self, row: Row) -> None:
        super().__init__(row.reason)
        self.row = row


def _lines(row: Row) -> Iterator[str]:
    yield f"does not hold: {row.check.proves}"
    yield row.reason
    yield from (f"  {one}" for one in row.output if one != row.reason)
    yield f"what to do: {row.remedy}"


def _manifest(folder: Path) -> Path:
    return folder.resolve() / MANIFEST_FILE
