"""Where a breakpoint makes sense: in the training step of a training program, else where its work is done."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from scaffold.errors import OptionRefused
from scaffold.pycharm.debugging.code import (
    Function,
    Source,
    find_module,
    first_statement,
    functions,
    lines_with_code,
    parse,
    program_files,
)
from scaffold.pycharm.debugging.protocol import Breakpoint
from scaffold.pycharm.debugging.python_command import PythonCommand
from scaffold.system import System

#: Tests that get a breakpoint each, at most.
TEST_LIMIT = 300

#: Places where a network is asked that get a breakpoint each, at most.
ASKED_LIMIT = 4

#: A program of one of these names uses a trained network; every other one is taken to train.
_USES = ("evaluate", "evaluation", "eval", "predict", "prediction", "infer", "inference", "test", "score")

#: Functions that do one step, as people and the frameworks name them.
_STEPS = {"train_step", "training_step", "train_one_step", "train_batch", "train_one_batch", "step_fn"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A breakpoint, and why it stands there."""

    point: Breakpoint
    function: str  # Training.epoch; "" at the top of a file
    why: str


def entry_of(program: PythonCommand, roots: Sequence[Path], cwd: Path, system: System) -> Path | None:
    """The file that a program starts with; None where it is not found."""
    if program.is_module:
        return find_module(program.target, (*roots, cwd), system)
    path = cwd / program.target
    return path if system.exists(path) else None


def natural_places(entry: Path, roots: Sequence[Path], system: System) -> tuple[Place, ...]:
    """Where to stop in a program of ours: the best kind of place that it has, in the file nearest to it.

    Keras is told apart by what it is: `fit` compiles the step, and what is compiled runs outside Python.
    There the callback at a batch's end is the step's own line, beside the call of `fit`. A network can be
    asked in several files, and the program's name does not tell in which: it is stopped in each.
    """
    files = tuple(program_files(entry, roots, system))
    if any(word in entry.stem.lower().split("_") for word in _USES):
        return _asked_in(files) or start_places(entry, system)
    for rule in (_backward, _named_step, _batch_end, _fit):
        found = next((place for one in files for place in rule(one)), None)
        if found is not None:
            fit = next((place for one in files for place in _fit(one)), None) if rule is _batch_end else None
            return tuple(place for place in (found, fit) if place)
    return start_places(entry, system)


def _asked_in(files: Sequence[Source]) -> tuple[Place, ...]:
    """Where the network is asked, in each of the nearest files that do so."""
    for rule in (_scoring, _predicting):
        each = (next(rule(one), None) for one in files)
        if asked := tuple(place for place in each if place)[:ASKED_LIMIT]:
            return asked
    return ()


def start_places(entry: Path, system: System) -> tuple[Place, ...]:
    """Where any program can be stopped: at the first line of ``main`` or of what it does as a program."""
    source = parse(entry, system)
    if source is None:
        return ()
    for name, function in functions(source.tree):
        if name == "main":
            return (_at(source, first_statement(function.body), name, "the first line of main"),)
    for node in source.tree.body:
        if isinstance(node, ast.If) and "__name__" in ast.dump(node.test):
            return (_at(source, first_statement(node.body), "", "the first line of the program"),)
    skipped = (ast.Import, ast.ImportFrom, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    working = [one for one in source.tree.body if not isinstance(one, skipped)]
    if not working:
        return ()
    return (_at(source, first_statement(working), "", "the first line of the program"),)


def places_in_tests(targets: Iterable[str], cwd: Path, system: System) -> tuple[Place, ...]:
    """The first line of every test below the targets (files, folders, ``file.py::test``)."""
    files = dict.fromkeys(file for one in targets for file in _test_files(cwd / one.split("::")[0], system))
    found = (place for file in files for place in _tests(file, system))
    return tuple(place for place, _ in zip(found, range(TEST_LIMIT), strict=False))


def asked_place(wish: str, entry: Path | None, roots: Sequence[Path], cwd: Path, system: System) -> Place:
    """The breakpoint of ``--break``: ``FILE:LINE`` or the name of a function, ``Class.method``, ``method``.

    Raises OptionRefused for a line without code and for a name that the program does not have.
    """
    file, _, line = wish.rpartition(":")
    if file and line.isdecimal():
        return _asked_line(wish, file, int(line), (cwd, *roots), system)
    near = program_files(entry, roots, system) if entry else iter(())
    for source in near:
        for name, function in functions(source.tree):
            if name == wish or name.endswith(f".{wish}"):
                return _at(source, first_statement(function.body), name, "asked for")
    raise OptionRefused(
        f"--break {wish}: the program has no such function",
        detail=() if entry is None else (f"looked in {entry} and what it imports",),
        hint="name a line:  --break FILE:LINE",
    )


def _asked_line(wish: str, file: str, line: int, folders: Sequence[Path], system: System) -> Place:
    path = next((folder / file for folder in folders if system.exists(folder / file)), None)
    if path is None:
        raise OptionRefused(f"--break {wish}: there is no {file}", hint="give its path from where you are")
    lines = lines_with_code(path, system)
    if lines and line not in lines:
        next_line = min((one for one in lines if one > line), default=max(lines))
        raise OptionRefused(
            f"--break {wish}: line {line} holds no code",
            hint=f"the next that does:  --break {file}:{next_line}",
        )
    return Place(point=Breakpoint(file=str(path), line=line), function="", why="asked for")


def _at(source: Source, statement: ast.stmt, function: str, why: str) -> Place:
    point = Breakpoint(file=str(source.path), line=statement.lineno)
    return Place(point=point, function=function, why=why)


def _calls(source: Source, *methods: str) -> Iterator[tuple[str, ast.stmt]]:
    """Statements inside functions that call ``something.method(...)``, each with its function's name."""
    for name, function in functions(source.tree):
        for statement in _own_statements(function.body):
            if any(_is_call(node, methods) for node in _expressions(statement)):
                yield name, statement


def _is_call(node: ast.AST, methods: tuple[str, ...]) -> bool:
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in methods
        and not (isinstance(node.func.value, ast.Call) and getattr(node.func.value.func, "id", "") == "super")
    )


def _own_statements(body: Iterable[ast.stmt]) -> Iterator[ast.stmt]:
    """The statements of a function, not of those that are defined in it."""
    for statement in body:
        if isinstance(statement, Function | ast.ClassDef):
            continue
        yield statement
        for name in ("body", "orelse", "finalbody"):
            yield from _own_statements(getattr(statement, name, ()))
        for handler in getattr(statement, "handlers", ()):
            yield from _own_statements(handler.body)


def _expressions(statement: ast.stmt) -> Iterator[ast.AST]:
    """The expressions of one statement, less the statements inside it."""
    for child in ast.iter_child_nodes(statement):
        if not isinstance(child, ast.stmt | ast.ExceptHandler):
            yield from ast.walk(child)


def _backward(source: Source) -> Iterator[Place]:
    for name, statement in _calls(source, "backward"):
        yield _at(source, statement, name, "the training step: the loss goes backward")


def _fit(source: Source) -> Iterator[Place]:
    for name, statement in _calls(source, "fit"):
        yield _at(source, statement, name, "where the training begins: the call of fit")


def _predicting(source: Source) -> Iterator[Place]:
    for name, statement in _calls(source, "predict", "evaluate"):
        yield _at(source, statement, name, "where the network is asked")


def _first_lines(source: Source, fits: Callable[[str, Function], bool], why: str) -> Iterator[Place]:
    for name, function in functions(source.tree):
        if fits(name.rpartition(".")[2], function):
            yield _at(source, first_statement(function.body), name, why)


def _named_step(source: Source) -> Iterator[Place]:
    return _first_lines(source, lambda name, _: name in _STEPS, "the training step")


def _batch_end(source: Source) -> Iterator[Place]:
    why = "the end of a training step: fit compiles the step itself, and no debugger sees into it"
    return _first_lines(source, lambda name, _: name == "on_train_batch_end", why)


def _scoring(source: Source) -> Iterator[Place]:
    """Where gradients are switched off: in the loop over batches, where there is one."""
    for name, function in functions(source.tree):
        if any(_switches_off(one) for one in function.decorator_list):
            loops = (one for one in _own_statements(function.body) if isinstance(one, ast.For | ast.While))
            body = next((one.body for one in loops), function.body)
            yield _at(source, first_statement(body), name, "where the network is asked")
        for one in _own_statements(function.body):
            if isinstance(one, ast.With) and any(_switches_off(item.context_expr) for item in one.items):
                yield _at(source, first_statement(one.body), name, "where the network is asked")


def _switches_off(node: ast.expr) -> bool:
    target = node.func if isinstance(node, ast.Call) else node
    return getattr(target, "attr", getattr(target, "id", "")) in {"no_grad", "inference_mode"}


def _test_files(path: Path, system: System) -> Iterator[Path]:
    if path.suffix == ".py":
        yield path
        return
    for name in system.list_folder(path):
        if name.endswith(".py") and (name.startswith("test_") or name.endswith("_test.py")):
            yield path / name
        elif "." not in name and not name.startswith("__"):
            yield from _test_files(path / name, system)


def _tests(path: Path, system: System) -> Iterator[Place]:
    source = parse(path, system)
    if source is not None:
        yield from _first_lines(source, lambda name, _: name.startswith("test"), "the first line of a test")
