"""The template that is checked, and what it renders: each selection of frameworks with either name."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from scaffold.builds.model import BuildPlan, Framework
from scaffold.errors import ScaffoldError, TemplateBroken
from scaffold.projects.export.model import selections
from scaffold.projects.model import ProjectName, RunConfiguration, Template
from scaffold.projects.names import LONGEST, project_name
from scaffold.projects.snapshot import Snapshot
from scaffold.template_checks.model import Problem
from scaffold.template_checks.sources import named_back, own_files, spelt

#: What a rendering is told where no machine is looked at: any release will do.
SAMPLES: Mapping[Framework, BuildPlan] = {
    "pytorch": BuildPlan(
        framework="pytorch", package="torch", version="2.14.1", variant="cpu",
        requirement="torch==2.14.1+cpu", device="cpu", source="", source_kind="pytorch",
    ),
    "keras": BuildPlan(
        framework="keras", package="tensorflow-cpu", version="2.21.0", variant="cpu",
        requirement="tensorflow-cpu==2.21.0", device="cpu", source="", source_kind="index",
        companions=("keras>=3.14",),
    ),
}  # fmt: skip
SAMPLE_PYTHON = "3.12"

#: The shortest name that says anything, and the longest that `project_name` takes.
NAMES = ("ab", "a-name-that-is-exactly-40-letters-long-a"[:LONGEST])


@dataclass(frozen=True, slots=True, kw_only=True)
class Variant:
    """One set of answers."""

    name: ProjectName
    frameworks: tuple[Framework, ...]

    @property
    def label(self) -> str:
        """How messages call it: ``pytorch+keras, 40 letters``."""
        return f"{'+'.join(self.frameworks) or 'no framework'}, {len(self.name.distribution)} letters"

    @property
    def folder(self) -> str:
        """Where it is written below a scratch folder."""
        return f"{'-'.join(self.frameworks) or 'plain'}/{self.name.distribution}"


def variants(template: Template) -> tuple[Variant, ...]:
    """Every selection of frameworks, with either name; the last one has all frameworks and the long name."""
    names = tuple(project_name(one) for one in NAMES)
    chosen = sorted(selections(template.frameworks), key=len)
    return tuple(Variant(name=name, frameworks=some) for some in chosen for name in names)


def rendered(template: Template, variant: Variant) -> Snapshot:
    """All files of a project, its record included. Raises `TemplateBroken`."""
    from scaffold.drawing.blueprint import draw, first_record

    builds = tuple(SAMPLES[one] for one in variant.frameworks)
    record = first_record(template, variant.name, variant.frameworks, builds, SAMPLE_PYTHON)
    return draw(template, record).whole


def together(told: Iterable[tuple[Variant, str | Problem]]) -> Iterator[Problem]:
    """Each problem once, with the answers that lead to it."""
    found: dict[Problem, dict[Variant, None]] = {}
    for variant, problem in told:
        one = problem if isinstance(problem, Problem) else Problem(text=problem)
        found.setdefault(one, {})[variant] = None
    for one, variants_of_it in found.items():
        first, *others = variants_of_it
        more = f" and {len(others)} more" if others else ""
        yield Problem(text=f"{first.label}{more}: {one}", remedy=one.remedy)


@dataclass(frozen=True, kw_only=True)
class Subject:
    """A template with its renderings, each made once; ``scratch`` is an empty folder to write them in."""

    template: Template
    scratch: Path
    _trees: dict[Variant, Snapshot | ScaffoldError] = field(default_factory=dict, repr=False)
    _written: set[Variant] = field(default_factory=set, repr=False)
    _files: dict[Variant, Mapping[str, str]] = field(default_factory=dict, repr=False)

    @property
    def variants(self) -> tuple[Variant, ...]:
        """Every set of answers."""
        return variants(self.template)

    def tree(self, variant: Variant) -> Snapshot:
        """What it renders. Raises `TemplateBroken`, each time anew.

        After one that took more than it may no other is begun: it would take as long.
        """
        if variant not in self._trees:
            try:
                self._refuse_after_limits()
                self._trees[variant] = rendered(self.template, variant)
            except TemplateBroken as problem:
                self._trees[variant] = problem
        found = self._trees[variant]
        if isinstance(found, ScaffoldError):
            raise found
        return found

    def _refuse_after_limits(self) -> None:
        broken = [one for one in self._trees.values() if isinstance(one, ScaffoldError)]
        if any(one.code == "template-limits" for one in broken):
            raise TemplateBroken("not rendered: another selection took more than a template may")

    @property
    def trees(self) -> Mapping[Variant, Snapshot]:
        """Those that can be rendered; the check ``composes`` tells of the others."""
        return {one: self.tree(one) for one in self.variants if self._renders(one)}

    def of_each(self, problems: Callable[[Variant, Snapshot], Iterable[str | Problem]]) -> Iterator[Problem]:
        """What is told of the renderings; what is told of several is said once."""
        yield from together(
            (one, self.own(one, problem))
            for one, tree in self.trees.items()
            for problem in problems(one, tree)
        )

    def own(self, variant: Variant, problem: str | Problem) -> Problem:
        """A problem of a rendering, in the names of the template and with its file."""
        one = problem if isinstance(problem, Problem) else Problem(text=problem)
        path = self.files(variant).get(one.path, one.path)
        return replace(one, path=path, text=named_back(one.text, variant.name, self.scratch / variant.folder))

    def files(self, variant: Variant) -> Mapping[str, str]:
        """Its files, and what the template's author calls each; not those that scaffold writes."""
        if variant not in self._files:
            sources = own_files(self.template, variant.name, variant.frameworks)
            self._files[variant] = {str(path): spelt(self.template, one) for path, one in sources.items()}
        return self._files[variant]

    def folder(self, variant: Variant) -> Path:
        """A rendering on disk, written once. It is thrown away again, so nothing is forced onto the disk."""
        root = self.scratch / variant.folder
        if variant not in self._written:
            for path, entry in self.tree(variant).items():
                target = root / path
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(entry.content)
            self._written.add(variant)
        return root

    def runs(self, variant: Variant) -> tuple[RunConfiguration, ...]:
        """Its run configurations, as the template has them."""
        from scaffold.projects.render import project_runs

        return project_runs(self.template, variant.name, variant.frameworks)

    def _renders(self, variant: Variant) -> bool:
        try:
            self.tree(variant)
        except TemplateBroken:
            return False
        return True
