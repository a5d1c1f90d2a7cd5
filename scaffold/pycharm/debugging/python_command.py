"""A Python command line taken apart, and put together again as PyCharm's debugger has it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from scaffold.projects.model import WORKER_LAUNCHERS

#: Options of the interpreter whose value is the next argument.
_WITH_VALUE = {"-W", "-X", "--check-hash-based-pycs"}


@dataclass(frozen=True, slots=True, kw_only=True)
class PythonCommand:
    """``python OPTIONS (-m MODULE | SCRIPT) ARGUMENTS``."""

    python: str
    options: tuple[str, ...]
    is_module: bool
    target: str  # a dotted module, or a script's path
    arguments: tuple[str, ...]


def split(argv: Sequence[str]) -> PythonCommand:
    """What a command line of `Launch.argv` starts.

    >>> split(["python", "-X", "dev", "-m", "torch.distributed.run", "--standalone", "train.py"])
    PythonCommand(python='python', options=('-X', 'dev'), is_module=True, target='torch.distributed.run', \
arguments=('--standalone', 'train.py'))
    >>> split(["python", "-u", "train.py", "-m", "2"]).target
    'train.py'
    """
    python, at = argv[0], 1
    while at < len(argv) and argv[at].startswith("-") and argv[at] != "-m":
        at += 2 if argv[at] in _WITH_VALUE else 1
    is_module = at < len(argv) and argv[at] == "-m"
    start = at + 1 if is_module else at
    return PythonCommand(
        python=python,
        options=tuple(argv[1:at]),
        is_module=is_module,
        target=next(iter(argv[start : start + 1]), ""),
        arguments=tuple(argv[start + 1 :]),
    )


def program_of(command: PythonCommand) -> PythonCommand:
    """The project's own program: the one that torchrun starts, where torchrun is what is started.

    >>> torchrun = "python -m torch.distributed.run --standalone --nproc_per_node=2"
    >>> program_of(split([*torchrun.split(), "-m", "cnn.train", "--smoke"])).target
    'cnn.train'
    >>> program_of(split([*torchrun.split(), "-m", "--", "cnn.train", "--run", "x"])).target
    'cnn.train'
    >>> program_of(split([*torchrun.split(), "/p/train.py"])).target
    '/p/train.py'
    """
    if not command.is_module or command.target not in WORKER_LAUNCHERS:
        return command
    words = command.arguments
    for at, word in enumerate(words):
        target = at + 2 if words[at + 1 : at + 2] == ("--",) else at + 1  # the end of torchrun's own options
        if word in {"-m", "--module"} and target < len(words):
            return _inner(command, words, target, is_module=True)
        if word.endswith(".py") and not word.startswith("-"):
            return _inner(command, words, at, is_module=False)
    return command


def _inner(command: PythonCommand, words: tuple[str, ...], at: int, *, is_module: bool) -> PythonCommand:
    return PythonCommand(
        python=command.python,
        options=command.options,
        is_module=is_module,
        target=words[at],
        arguments=words[at + 1 :],
    )


def debugged(argv: Sequence[str], engine: Path, port: int) -> tuple[str, ...]:
    """The command line with which PyCharm debugs what ``argv`` runs (PyDebugRunner.kt, 2024.2 to 2026.3).

    >>> " ".join(debugged(["python", "-X", "dev", "-m", "cnn.train", "--epochs", "1"], Path("pydevd.py"), 7))
    'python -X dev pydevd.py --module --multiprocess --qt-support=auto --client 127.0.0.1 --port 7 --file \
cnn.train --epochs 1'
    """
    command = split(argv)
    return (
        command.python,
        *command.options,
        str(engine),
        *(("--module",) if command.is_module else ()),
        "--multiprocess",
        "--qt-support=auto",
        *("--client", "127.0.0.1", "--port", str(port)),
        *("--file", command.target),
        *command.arguments,
    )
