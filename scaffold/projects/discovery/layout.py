"""Where a project keeps its code, its tests and what nobody should index."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from scaffold.projects.folders import LARGE

#: What projects call the folder of their tests.
TESTS = ("tests", "test")


def source_roots(files: Iterable[str]) -> tuple[str, ...]:
    """``src`` where packages or modules lie in it; one that is itself a package is imported as ``src.x``."""
    names = set(files)
    below = any(one.startswith("src/") for one in names)
    return ("src",) if below and "src/__init__.py" not in names else ()


def folders_of_tests(files: Iterable[str]) -> tuple[str, ...]:
    """Folders at the root that hold tests."""
    tops = {one.partition("/")[0] for one in files if "/" in one and is_test(one)}
    return tuple(one for one in TESTS if one in tops)


def is_test(name: str) -> bool:
    """Whether pytest collects a file of that name."""
    file = name.rpartition("/")[2]
    return file.endswith(".py") and (file.startswith("test_") or file.endswith("_test.py"))


def large_folders(names: Callable[[str], tuple[str, ...]]) -> tuple[str, ...]:
    """Folders at the root that grow by their purpose; a package that bears such a name is code.

    ``names`` gives what lies in a folder below the root, () for what is none.
    """
    there = set(names(""))
    return tuple(one for one in LARGE if one in there and _is_large(names(one)))


def _is_large(names: tuple[str, ...]) -> bool:
    return bool(names) and not any(one.endswith(".py") for one in names)
