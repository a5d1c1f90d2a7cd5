"""What a project asks for: of all the places where it may stand, the one that its tools go by."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from scaffold.builds.model import FRAMEWORKS, Framework
from scaffold.projects.asking.files import of_conda, of_requirements
from scaffold.projects.asking.model import Asked, Read
from scaffold.projects.asking.setuptools import of_setup_cfg, of_setup_py
from scaffold.projects.asking.tables import of_poetry, of_project

#: Distribution -> the framework that a build is chosen of when it is asked for.
PLANNED: Mapping[str, Framework] = {
    "torch": "pytorch",
    **dict.fromkeys(("tensorflow", "tensorflow-cpu", "tensorflow-gpu"), "keras"),
}

#: Any of these runs notebooks, in PyCharm and VS Code, too.
KERNEL = frozenset(("ipykernel", "jupyter", "jupyterlab", "notebook"))

#: Beside these, what is made for a framework, and asks for it itself.
_COMPANIONS: Mapping[str, Framework] = {
    **dict.fromkeys(("torchvision", "torchaudio", "lightning", "pytorch-lightning"), "pytorch"),
    **dict.fromkeys(("keras", "tf-keras", "tensorflow-datasets", "keras-hub", "keras-cv"), "keras"),
}  # fmt: skip


def asked(document: Mapping[str, Any], read: Read) -> Asked:
    """The first place that names requirements, in the order in which installers look.

    ``document`` is ``pyproject.toml``, empty where there is none. The Python that is asked for may stand in
    another place than the requirements.
    """
    found = (
        of_project(document, read),
        of_poetry(document),
        of_setup_cfg(read),
        of_setup_py(read),
        of_requirements(read),
        of_conda(read),
    )
    taken = next((one for one in found if one.lines), None)
    taken = taken or next((one for one in found if one.conda or one.notes), Asked())
    return replace(taken, python=next((one.python for one in found if one.python), ""))


def named_frameworks(names: tuple[str, ...]) -> tuple[Framework, ...]:
    """The frameworks that distributions stand for. Keras alone beside PyTorch or JAX runs on that one.

    >>> named_frameworks(("keras", "torch")), named_frameworks(("keras",)), named_frameworks(("jax",))
    (('pytorch',), ('keras',), ())
    """
    there = {PLANNED.get(one) or _COMPANIONS.get(one) for one in names}
    elsewhere = not there.isdisjoint({"pytorch"}) or "jax" in names
    if elsewhere and not any(one != "keras" and _is_of_keras(one) for one in names):
        there -= {"keras"}
    return tuple(one for one in FRAMEWORKS if one in there)


def _is_of_keras(name: str) -> bool:
    return (PLANNED.get(name) or _COMPANIONS.get(name)) == "keras"


def distribution(line: str) -> str:
    """The normalised name in a line of PEP 508. Raises InvalidRequirement, a ValueError."""
    from packaging.requirements import Requirement
    from packaging.utils import canonicalize_name

    return canonicalize_name(Requirement(line).name)
