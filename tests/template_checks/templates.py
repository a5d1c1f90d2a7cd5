"""The smallest templates that pass every check, to be broken in one place at a time."""

from __future__ import annotations

from pathlib import Path

MANIFEST = """\
title = "Tiny"
description = "The smallest template that passes every check"
version = "1.0.0"

[[layer]]
folder = "common"

[[layer]]
folder = "pytorch"
framework = "pytorch"

[[layer]]
folder = "keras"
framework = "keras"

[[run]]
name = "train (PyTorch)"
kind = "module"
target = "your_project.pytorch.train"
smoke = ["--smoke"]
framework = "pytorch"
summary = "train in PyTorch"
default = true

[[run]]
name = "train (Keras)"
kind = "module"
target = "your_project.tfkeras.train"
smoke = ["--smoke"]
framework = "keras"
summary = "train in Keras"

[[run]]
name = "tests"
kind = "pytest"
target = "tests"
smoke = ["-q"]
summary = "the project's own tests"
"""

PLAIN_MANIFEST = """\
title = "Plain"
description = "A template without a framework: any Python runs its project"
version = "1.0.0"

[[layer]]
folder = "common"

[[run]]
name = "double"
kind = "module"
target = "your_project.numbers_of"
smoke = ["21"]
summary = "twice as much"

[[run]]
name = "tests"
kind = "pytest"
target = "tests"
smoke = ["-q"]
summary = "the project's own tests"
"""

README = """\
# {{ project.title }}

See [the code](src/{{ project.package }}/numbers_of.py).
{% for run in runs %}
- {{ run.name }}: {{ run.summary }}
{% endfor %}
"""

NUMBERS = '''\
"""Numbers."""

from __future__ import annotations

import sys


def double(number: int) -> int:
    """Twice as much."""
    return 2 * number


if __name__ == "__main__":
    sys.stdout.write(f"{double(int(sys.argv[1]))}\\n")
'''

TESTS = '''\
"""Tests of numbers."""

from __future__ import annotations

from your_project.numbers_of import double


def test_double() -> None:
    assert double(2) == 4
'''

TRAIN = '''\
"""Train."""

from __future__ import annotations

import sys

from your_project.numbers_of import double

if __name__ == "__main__":
    sys.stdout.write(f"{double(21)}\\n")
'''

COMMON = {
    "common/README.md.jinja": README,
    "common/src/your_project/__init__.py": '"""Your Project."""\n',
    "common/src/your_project/numbers_of.py": NUMBERS,
    "common/tests/test_numbers_of.py": TESTS,
}

TINY = {
    "template.toml": MANIFEST,
    **COMMON,
    "pytorch/src/your_project/pytorch/__init__.py": '"""The PyTorch side."""\n',
    "pytorch/src/your_project/pytorch/train.py": TRAIN,
    "keras/src/your_project/tfkeras/__init__.py": '"""The Keras side."""\n',
    "keras/src/your_project/tfkeras/train.py": TRAIN,
}

PLAIN = {"template.toml": PLAIN_MANIFEST, **COMMON}


def laid(folder: Path, files: dict[str, str]) -> Path:
    """A template in a folder."""
    for path, text in files.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8", newline="")
    return folder
