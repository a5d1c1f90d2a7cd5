from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import scaffold
from scaffold.pycharm.products import BY_CODE, LINES, TITLES, parse_folder_name

#: What PyCharm's programs, packages, folders and products are called.
NAMES = re.compile(r"PyCharmCE|PyCharm Community|com\.jetbrains\.|pycharm64|pycharm-(professional|community)")


def texts(path: Path) -> Iterator[tuple[int, str]]:
    """Every string of a module that is no docstring."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    prose = {id(one.value) for one in ast.walk(tree) if isinstance(one, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in prose:
            yield node.lineno, node.value


def test_what_pycharm_is_called_stands_in_one_module() -> None:
    source = Path(scaffold.__file__).parent
    found = {
        path.relative_to(source).as_posix()
        for path in source.rglob("*.py")
        for _, text in texts(path)
        if NAMES.search(text)
    }
    assert found == {"pycharm/products.py"}


def test_every_product_has_its_own_names() -> None:
    assert {line.product for line in LINES} == set(TITLES) == set(BY_CODE.values())
    for line in LINES:
        assert parse_folder_name(f"{line.product}2026.2") == (line.product, "2026.2")
    packages = [one for line in LINES for one in (*line.snaps, *line.flatpaks)]
    assert len(packages) == len(set(packages))
