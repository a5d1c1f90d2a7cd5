"""``scaffold templates new``: a template of one's own, which works from the first moment.

It begins as a copy of another, less what is only true of that one: the parts stay where they
are, so that what they learn later comes along.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from scaffold import __version__
from scaffold.errors import NameRefused, OptionRefused
from scaffold.projects.model import Template
from scaffold.projects.snapshot import Entry, Snapshot

if TYPE_CHECKING:
    from scaffold.projects.catalog import Provider

#: What a new template is made from: images in two frameworks, on real data that its project brings.
DEFAULT = "cnn"

#: The first version of what nobody has used yet.
VERSION = "0.1.0"

#: Measured on the template that is copied; of the new one nothing is known.
_LEFT_OUT = frozenset({"measured.json"})


@dataclass(frozen=True, slots=True, kw_only=True)
class SkeletonPlan:
    """A new template, all its files decided."""

    name: str
    target: Path  # the folder that will be made: the template's own, or its distribution's
    template: PurePosixPath  # the template's folder below it; "." where that is it
    source: Template
    files: Snapshot
    notices: tuple[str, ...] = ()


def plan_skeleton(name: str, folder: Path, *, source: str = DEFAULT, package: bool = False) -> SkeletonPlan:
    """Decide every file of a template that is to lie in ``folder``; nothing is written.

    ``source`` is an installed template or a folder. With ``package``, a distribution around it, whose entry
    point brings it. Raises NameRefused, TemplateUnknown, TemplateBroken, TemplateUnsafe, OptionRefused,
    TargetOccupied.
    """
    from scaffold.projects.write import check_target

    _check_name(name)
    template, provider = _source(source)
    own = dict(_template_files(template, provider, name))
    target = (folder / (f"{name}-templates" if package else name)).absolute()
    check_target(target)
    within = PurePosixPath()
    if package:
        within = PurePosixPath("src", _module(name), "_templates", name)
        own = {**{within / path: one for path, one in own.items()}, **_package_files(name, template)}
    return SkeletonPlan(
        name=name, target=target, template=within, source=template, files=dict(sorted(own.items())),
        notices=tuple(_notices(name)),
    )  # fmt: skip


def write_skeleton(plan: SkeletonPlan) -> None:
    """Make the folder, wholly or not at all. Raises TargetOccupied, NoPermission, NoSpace."""
    from scaffold.projects.write import write_project

    write_project(plan.target, plan.files)


def _check_name(name: str) -> None:
    """A template's name is a folder, and the beginning of its projects' names."""
    from scaffold.projects.names import SUFFIX, propose, refusal

    reason = refusal(f"{name}{SUFFIX}") if name else "it is empty"
    if reason:
        proposal = propose(name or "my-template")
        raise NameRefused(
            f"{name!r} cannot be a template's name: {reason}", hint=f"scaffold templates new {proposal}"
        )


def _notices(name: str) -> Iterator[str]:
    """What a name brings with it that may be."""
    from scaffold.projects.catalog import find_templates
    from scaffold.projects.names import SUFFIX, refusal

    there = next((one for one in find_templates().templates if one.name == name), None)
    if there is not None:
        yield f"{there.provider} brings a template {name}, too: installed, yours is named by who brings it"
    reason = refusal(name)
    if reason:
        yield f"no project can be called {name}, only such as {name}{SUFFIX}: {reason}"


def _source(name: str) -> tuple[Template, Provider]:
    from scaffold.projects.catalog import Provider, find_providers, find_template
    from scaffold.projects.origins.fetch import in_place
    from scaffold.projects.origins.native import native_template
    from scaffold.projects.origins.parse import parse_location

    location = parse_location(name, Path.cwd(), Path.home())
    if location.kind in ("folder", "package"):
        found = in_place(location)
        if found.kind != "scaffold":
            raise OptionRefused(
                f"{name} is a template for {found.kind}", hint="only one of scaffold's own kind can be copied"
            )
        template = native_template(found)
    else:
        template = find_template(location.where if location.kind == "installed" else name)
    for provider in find_providers():
        if provider.folder == template.folder.parent:
            return template, provider
    return template, Provider(name="", distribution="", folder=template.folder.parent)


def _template_files(
    template: Template, provider: Provider, name: str
) -> Iterator[tuple[PurePosixPath, Entry]]:
    from scaffold.projects.compose import layer_files

    folders = dict.fromkeys(layer.folder for layer in template.layers)
    for folder in folders:
        for path, source in layer_files(folder):
            content = source.read_bytes()
            yield PurePosixPath(folder.relative_to(template.folder).as_posix()) / path, Entry(content)
    for source in sorted(one for one in template.folder.iterdir() if one.is_file()):
        if source.name == "template.toml":
            content = _manifest(source.read_text(encoding="utf-8"), provider, name).encode()
            yield PurePosixPath(source.name), Entry(content)
        elif source.name not in _LEFT_OUT:
            yield PurePosixPath(source.name), Entry(source.read_bytes())


def _manifest(text: str, provider: Provider, name: str) -> str:
    """The same manifest for the new template, its comments kept; parts are named with who brings them."""
    import tomlkit

    manifest = tomlkit.parse(text)
    title = name.replace("-", " ").replace("_", " ").capitalize()
    manifest["title"], manifest["version"] = title, VERSION
    manifest["description"] = f"What {name} does, in a line"
    for layer in manifest.get("layer", ()):
        bare = [part for part in layer.get("parts", ()) if ":" not in part]
        if bare and not provider.name:
            raise OptionRefused(
                f"the template to copy uses parts that lie beside it: {', '.join(bare)}",
                detail=("only those of an installed package can be named from elsewhere",),
                hint="copy its whole folder, parts and all; or install the package that brings it",
            )
        parts = [f"{provider.name}:{part}" if part in bare else part for part in layer.get("parts", ())]
        if parts:
            layer["parts"] = parts
    return tomlkit.dumps(manifest)


def _module(name: str) -> str:
    return f"{name.replace('-', '_')}_templates"


def _package_files(name: str, template: Template) -> dict[PurePosixPath, Entry]:
    """The distribution: what pip installs beside scaffold, and whose test is the whole battery of checks."""
    module = _module(name)
    texts = {
        "pyproject.toml": _PYPROJECT.format(name=name, module=module, version=VERSION),
        "README.md": _README.format(name=name, module=module, template=template.name, scaffold=__version__),
        f"src/{module}/__init__.py": f'"""Templates for scaffold: {name}. Nothing imports this."""\n',
        ".gitignore": "__pycache__/\n.venv/\nbuild/\ndist/\n*.egg-info/\n",
    }
    return {PurePosixPath(path): Entry(text.encode()) for path, text in texts.items()}


_PYPROJECT = """\
[build-system]
requires = ["hatchling>=1.27"]
build-backend = "hatchling.build"

[project]
name = "{name}-templates"
version = "{version}"
description = "Templates for scaffold: {name}"
readme = "README.md"
requires-python = ">=3.10"

# scaffold finds the templates by this name; nothing of the package is imported.
[project.entry-points."scaffold.templates"]
{name} = "{module}"

[tool.hatch.build.targets.wheel]
packages = ["src/{module}"]

# pytest checks the templates: scaffold's plugin reads this.
[tool.pytest.ini_options]
scaffold_templates = ["src/{module}/_templates/{name}"]
"""

_README = """\
# {name}-templates

A template for scaffold (the distribution `scaffold-dl`), made with its version {scaffold} from `{template}`.

```console
pip install --editable .                 # beside scaffold, in the same environment
scaffold templates                       # lists {name}, too
scaffold templates open {name} --to ../{name}-live    # edit, run and debug it as a project
scaffold templates check {name}          # all that its projects must keep
scaffold new my-{name}-project
```

The template lies in `src/{module}/_templates/{name}`; `template.toml` says what it is made of.
"""
