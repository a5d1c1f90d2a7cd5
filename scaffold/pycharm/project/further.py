"""An environment beside the project's own, as PyCharm sees it: a module, its interpreter, run configurations.

A run configuration names a module, and the module an interpreter. Those that are committed name the
project's own module, so that they work on every machine; a second environment is one machine's affair,
and so are its module and its run configurations: they lie in ``.idea``, which no one commits.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import PurePosixPath
from typing import TYPE_CHECKING
from xml.etree.ElementTree import Element, SubElement

from scaffold.projects.model import RunConfiguration
from scaffold.pycharm.documents.writing import to_bytes
from scaffold.pycharm.project.run_configurations import document, file_stem

if TYPE_CHECKING:
    from scaffold.builds.model import Framework
    from scaffold.projects.model import Tree
    from scaffold.pycharm.model import FurtherInterpreter, IdeProject

FOLDER = PurePosixPath(".idea")


def further_module(project: IdeProject, one: FurtherInterpreter) -> str:
    """The module's name: cnn-project-keras."""
    return f"{project.module}-{one.name}"


def further_files(project: IdeProject) -> Tree:
    """The module of each further environment, and the run configurations of its frameworks."""
    files: dict[PurePosixPath, bytes] = {}
    for one in project.further:
        module = further_module(project, one)
        files[FOLDER / f"{module}.iml"] = to_bytes(_module(project.module, one.sdk(module)))
        rows = further_runs(project.runs, one.frameworks)
        kinds = {run.name: run.kind for run in (*project.runs, *rows)}
        for there in rows:
            path = FOLDER / "runConfigurations" / f"{file_stem(there.name)}.xml"
            files[path] = to_bytes(document(there, module, kinds), declaration=False)
    return files


def further_runs(
    runs: tuple[RunConfiguration, ...], frameworks: tuple[Framework, ...]
) -> tuple[RunConfiguration, ...]:
    """The runs of some frameworks where these have the GPU; a compound starts its members of theirs there."""
    there = {run.name: on_gpu(run) for run in runs if run.framework in frameworks}
    return tuple(
        replace(run, members=tuple(there[name].name if name in there else name for name in run.members))
        for run in there.values()
    )


def on_gpu(run: RunConfiguration) -> RunConfiguration:
    """The same run where its framework has the GPU, under a name of its own.

    >>> on_gpu(RunConfiguration(name="train (Keras)", kind="module", target="a.train", folder="Keras")).name
    'train (Keras, GPU)'
    """
    name = f"{run.name[:-1]}, GPU)" if run.name.endswith(")") else f"{run.name} (GPU)"
    return replace(run, name=name, folder=f"{run.folder} (GPU)" if run.folder else "", default=False)


def _module(own: str, sdk: str) -> Element:
    """No content of its own: code and PYTHONPATH come from the project's module, which it depends on."""
    module = Element("module", type="PYTHON_MODULE", version="4")
    roots = SubElement(module, "component", name="NewModuleRootManager")
    SubElement(roots, "orderEntry", type="jdk", jdkName=sdk, jdkType="Python SDK")
    SubElement(roots, "orderEntry", {"type": "sourceFolder", "forTests": "false"})
    SubElement(roots, "orderEntry", {"type": "module", "module-name": own})
    return module
