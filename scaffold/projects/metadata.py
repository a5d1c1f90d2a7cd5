"""A project's ``pyproject.toml`` and ``requirements.txt``, built from what was chosen for it.

uv, pip and PyCharm's buttons must all come to the same builds of the frameworks. A local version
(``+cu126``) would make ``[project] dependencies`` unresolvable elsewhere, and an extra has no default,
so each accelerator is a dependency group with an index of its own, and this machine's is the default.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from scaffold.projects.requirements import (
    BUILD,
    PYTORCH,
    TEST,
    Group,
    accelerator_groups,
    constraints,
    direct_requirements,
    exact_requirements,
    portable_requirements,
)
from scaffold.projects.toml_tables import inline, lines, table, text

if TYPE_CHECKING:
    from tomlkit.items import AoT, Table

    from scaffold.builds.model import BuildPlan, Framework
    from scaffold.projects.model import ProjectName, Template

#: The Pythons for which both frameworks have wheels.
PYTHONS = ("3.11", "3.13")

LINE_LENGTH = 110

#: What a framework's code imports, where that is not the name of its distribution.
FRAMEWORK_MODULES = {"pytorch": ("torch",), "keras": ("keras", "tensorflow")}

#: The same for other distributions.
MODULES = {"pillow": "PIL", "scikit-learn": "sklearn"}

#: Keras' own use of NumPy and TensorFlow: nothing that a project could change.
KERAS_NOISE = (
    "ignore:__array__ implementation:DeprecationWarning",
    "ignore:The structure of `inputs`:UserWarning",
)


def pyproject(
    template: Template,
    name: ProjectName,
    frameworks: tuple[Framework, ...],
    builds: tuple[BuildPlan, ...],
    python: str,
) -> str:
    """The text of ``pyproject.toml``. ``python`` is the minor version that was chosen: 3.12."""
    import tomlkit

    groups = accelerator_groups(builds) if "pytorch" in frameworks else ()
    dependencies = (*portable_requirements(frameworks, builds), *direct_requirements(template, frameworks))
    document = tomlkit.document()
    document["build-system"] = table(
        requires=list(BUILD),
        build_backend="flit_core.buildapi",
    )
    document["project"] = table(
        name=name.distribution,
        version="0.1.0",
        description=template.description,
        readme="README.md",
        requires_python=supported_pythons(python),
        dependencies=lines(dependencies),
    )
    document["dependency-groups"] = _groups(groups)
    document["tool"] = _tools(
        name, frameworks, groups, constraints(builds), imported_modules(frameworks, dependencies)
    )
    return text(document)


def requirements(
    template: Template,
    name: ProjectName,
    frameworks: tuple[Framework, ...],
    builds: tuple[BuildPlan, ...],
) -> str:
    """The text of ``requirements.txt``: what pip, and PyCharm where it drives pip, installs here."""
    lines = [
        f"# {name.title} with the builds that were chosen for the machine it was made on.",
        "# pyproject.toml says what fits other machines.",
        *_index_lines(builds),
        *(exact_requirements(builds) or portable_requirements(frameworks, ())),
        *direct_requirements(template, frameworks),
        *TEST,
        "-e .",
    ]
    return "\n".join(lines) + "\n"


def supported_pythons(python: str) -> str:
    """``requires-python``: where both frameworks are known to run, widened to the Python in use."""
    minors = sorted(int(one.split(".")[1]) for one in (*PYTHONS, python))
    return f">=3.{minors[0]},<3.{minors[-1] + 1}"


def imported_modules(frameworks: tuple[Framework, ...], dependencies: tuple[str, ...]) -> tuple[str, ...]:
    """The modules that a project imports from what it depends on: ``pillow>=10.3`` is ``PIL``."""
    from packaging.requirements import Requirement
    from packaging.utils import canonicalize_name

    names = {canonicalize_name(Requirement(line).name) for line in dependencies}
    modules = {MODULES.get(name, name.replace("-", "_")) for name in names - {"tensorflow-cpu"}}
    modules.update(one for framework in frameworks for one in FRAMEWORK_MODULES[framework])
    return tuple(sorted(modules, key=str.casefold))


def _index_lines(builds: tuple[BuildPlan, ...]) -> list[str]:
    """PyTorch's index beside the default one; an exact local version keeps the two apart."""
    lines = []
    for build in builds:
        if build.source_kind == "pytorch":
            lines.append(f"--extra-index-url {PYTORCH}/{build.variant}")
        elif build.source_kind == "find-links" and "+" in build.requirement:
            lines += [
                f"# {build.requirement} came from a folder of wheels. Elsewhere:",
                f"#   pip install --extra-index-url {PYTORCH}/{build.variant} -r requirements.txt",
            ]
    return list(dict.fromkeys(lines))


def _groups(groups: tuple[Group, ...]) -> Table:
    accelerators = {group.name: lines(group.requirements) for group in groups}
    # The build backend is a group, so that it is locked, and the project installs itself without an index.
    made = table(**accelerators, test=lines(TEST), build=lines(BUILD))
    import tomlkit

    for group in groups:
        if group.note:
            made.add(tomlkit.comment(group.note))
    if len(groups) > 1:
        command = f"uv sync --no-default-groups --group test --group build --group {groups[1].name}"
        made.add(tomlkit.comment(f"on another machine: {command}"))
    return made


def _tools(
    name: ProjectName,
    frameworks: tuple[Framework, ...],
    groups: tuple[Group, ...],
    limits: tuple[str, ...],
    modules: tuple[str, ...],
) -> Table:
    import tomlkit

    tools = tomlkit.table(is_super_table=True)
    flit = tomlkit.table(is_super_table=True)
    flit["module"] = table(name=name.package)
    pytest = tomlkit.table(is_super_table=True)
    options = table(
        testpaths=["tests"],
        pythonpath=["src"],
        addopts="-ra --strict-markers",
        markers=["slow: takes more than ten seconds"],
    )
    if "keras" in frameworks:
        options["filterwarnings"] = lines(KERAS_NOISE)
    pytest["ini_options"] = options
    tools["flit"] = flit
    tools["uv"] = _uv(groups, limits)
    tools["pytest"] = pytest
    tools["ruff"] = _ruff()
    tools["mypy"] = _mypy(modules)
    return tools


def _mypy(modules: tuple[str, ...]) -> Table:
    """What deep learning installs seldom has types; a missing module of one's own is a mistake."""
    import tomlkit

    mypy = table(files=["src", "tests"], check_untyped_defs=True)
    overrides = tomlkit.aot()
    names = lines(f"{module}.*" for module in modules)
    overrides.append(table(module=names, ignore_missing_imports=True))
    mypy["overrides"] = overrides
    return mypy


def _uv(groups: tuple[Group, ...], limits: tuple[str, ...]) -> Table:
    uv = table(default_groups=[*(group.name for group in groups[:1]), "test", "build"])
    if limits:
        uv["constraint-dependencies"] = lines(limits)
    if len(groups) > 1:
        uv["conflicts"] = [[inline(group=group.name) for group in groups]]
    served = [group for group in groups if group.index]
    if served:
        uv["sources"] = _sources(served)
        uv["index"] = _indexes(served)
    return uv


def _sources(groups: list[Group]) -> Table:
    """Which index serves torch in each group, and what only that index has for it."""
    import tomlkit

    served: dict[str, list[Group]] = {"torch": groups}
    for group in groups:
        for name in group.companions:
            served.setdefault(name, []).append(group)
    sources: Table = tomlkit.table()
    for name, its in served.items():
        sources[name] = lines(inline(index=f"pytorch-{one.name}", group=one.name) for one in its)
    return sources


def _indexes(groups: list[Group]) -> AoT:
    import tomlkit

    indexes = tomlkit.aot()
    for group in groups:  # explicit: it serves torch alone, never numpy or a namesake
        indexes.append(table(name=f"pytorch-{group.name}", url=group.index, explicit=True))
    return indexes


def _ruff() -> Table:
    ruff = table(line_length=LINE_LENGTH, src=["src"])
    ruff["lint"] = table(
        select=["E", "F", "W", "I", "UP", "B", "SIM", "RUF"],
        ignore=["UP036"],  # the code also runs on older Pythons than this project happens to ask for
    )
    return ruff
