"""Which frameworks a project uses: as its requirements say, else as its code imports."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping

from scaffold.builds.model import Framework
from scaffold.code.parsing import parsed
from scaffold.code.statements import imports
from scaffold.projects.asking.files import of_requirements
from scaffold.projects.asking.model import Asked
from scaffold.projects.asking.reading import distribution, named_frameworks
from scaffold.projects.discovery.contents import NOTEBOOK, Contents, code

#: Characters of code that are parsed: about two seconds' work.
_PARSED = 4_000_000

_MODULES: Mapping[str, str] = {
    "torch": "torch", "torchvision": "torch", "lightning": "torch", "pytorch_lightning": "torch",
    "tensorflow": "tensorflow", "keras": "keras", "jax": "jax",
}  # fmt: skip

#: conda's names of them.
_CONDA: Mapping[str, str] = {
    **dict.fromkeys(("pytorch", "pytorch-cpu", "pytorch-gpu"), "torch"),
    **dict.fromkeys(("tensorflow", "tensorflow-cpu", "tensorflow-gpu"), "tensorflow"),
    "keras": "keras", "jax": "jax",
}  # fmt: skip

#: What is installed says what it needs; a folder of scripts may not.
_PACKAGED = ("pyproject.toml", "setup.py", "setup.cfg")

_FILE = re.compile(r"requirements[\w.-]*\.(?:txt|in)")


def frameworks(contents: Contents, found: Asked) -> Mapping[Framework, str]:
    """Each framework and where it was seen."""
    for place, names in _declared(contents, found):
        if seen := named_frameworks(names):
            return dict.fromkeys(seen, place)
    imported = _imported(contents, optional=False)
    if not imported and not any(contents.text(one) for one in _PACKAGED):
        imported = _imported(contents, optional=True)
    return {one: imported[name] for one in named_frameworks(tuple(imported)) for name in _of(one, imported)}


def _of(framework: Framework, imported: Mapping[str, str]) -> tuple[str, ...]:
    """The first module of a framework's that was imported."""
    names = ("torch",) if framework == "pytorch" else ("tensorflow", "keras")
    return tuple(one for one in imported if one in names)[:1]


def _declared(contents: Contents, found: Asked) -> Iterator[tuple[str, tuple[str, ...]]]:
    yield (
        found.place,
        (*(distribution(line) for line in found.lines), *(_CONDA.get(one, "") for one in found.conda)),
    )
    for folder in ("", "requirements/"):
        for name in contents.names(folder):
            if _FILE.fullmatch(name) or (folder and name.endswith(".txt")):
                more = of_requirements(contents.text, (folder + name,))
                yield folder + name, tuple(distribution(line) for line in more.lines)


def _imported(contents: Contents, *, optional: bool) -> Mapping[str, str]:
    """Each framework's distribution that the code imports, and the first file that does.

    ``optional``: also in a function or a ``try``, as a library does for whoever has it.
    """
    names: dict[str, str] = {}
    left = _PARSED
    for name in (*code(contents), *contents.listing.ending(NOTEBOOK)):
        text = contents.text(name) or ""
        if not any(module in text for module in _MODULES):
            continue
        text = notebook_code(text) if name.endswith(NOTEBOOK) else text
        left -= len(text)
        if left < 0:
            break
        tree = parsed(text)
        for one in imports(tree.body) if tree is not None else ():
            module = _MODULES.get(one.module.partition(".")[0])
            if module and (optional or not one.optional):
                names.setdefault(module, name)
    return names


def notebook_code(text: str) -> str:
    r"""The Python of a notebook's cells; lines for the shell and for IPython are left out.

    >>> cell = {"cell_type": "code", "source": ["!pip install torch\n", "import torch"]}
    >>> notebook_code(json.dumps({"cells": [cell]}))
    'pass\nimport torch\n'
    """
    try:
        cells = json.loads(text)["cells"]
        sources = ["".join(one["source"]) for one in cells if one["cell_type"] == "code"]
    except (ValueError, KeyError, TypeError, RecursionError):
        return ""
    good = [one for one in (_plain(source) for source in sources) if parsed(one) is not None]
    return "".join(f"{one}\n" for one in good)


def _plain(source: str) -> str:
    return re.sub(r"(?m)^([ \t]*)[%!?].*$", r"\1pass", source)
