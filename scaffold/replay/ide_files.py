"""Facts of a project's IDE files as JSON, and back: texts are kept, their elements are read again."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from scaffold.pycharm.model import Module
from scaffold.pycharm.survey.files import parsed
from scaffold.pycharm.survey.model import (
    Folder,
    GitView,
    IdeFacts,
    IdeFile,
    IdeModule,
    IdeSettings,
    Lack,
    Run,
)
from scaffold.pycharm.survey.runs import runs
from scaffold.replay.typed import Odd, read, written

#: What stands in the file as it does in the facts.
_PLAIN: Mapping[str, Any] = {
    "root": Path,
    "home": Path | None,
    "name": str,
    "ours": bool,
    "git": GitView,
    "folders": tuple[Folder, ...],
    "packages": tuple[str, ...],
    "pytest": bool,
    "ignores_changeable": bool,
    "portable": Mapping[str, str],
    "settings": IdeSettings | None,
}
_OF_FILE: Mapping[str, Any] = {
    "path": str, "problem": str, "line": int, "conflict": int, "shared": bool, "outside": bool,
}  # fmt: skip


def write_ide(facts: IdeFacts) -> dict[str, Any]:
    """Everything but what can be read again from the files' texts."""
    lacks = [
        {"path": one.file.path, "number": number, "lacks": written(one.lacks, {})}
        for number, one in enumerate(facts.runs)
        if one.lacks
    ]
    return {
        **{name: written(getattr(facts, name), {}) for name in _PLAIN},
        "files": [_write_file(one) for one in facts.files],
        "modules": [_write_module(one) for one in facts.modules],
        "lacks": lacks,
        "ignores": None if facts.ignores is None else _write_bytes(facts.ignores),
    }


def _write_file(file: IdeFile) -> dict[str, Any]:
    return {
        **{name: getattr(file, name) for name in _OF_FILE},
        "content": _write_bytes(file.content),
    }


def _write_module(one: IdeModule) -> dict[str, Any]:
    module = written(one.module, {}) if one.module else None
    return {"path": one.path, "place": one.place, "there": one.file is not None, "module": module}


def _write_bytes(content: bytes) -> Any:
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        return {"base64": base64.b64encode(content).decode("ascii")}


def read_ide(value: Any, place: str) -> IdeFacts:
    """The facts of what `write_ide` wrote. Raises Odd."""
    names = {*_PLAIN, "files", "modules", "lacks", "ignores"}
    told = _object(value, place, names)
    plain = {name: read(kind, told[name], f"{place}.{name}", {}) for name, kind in _PLAIN.items()}
    files = tuple(_read_file(row, where) for row, where in _rows(told["files"], f"{place}.files"))
    by_path = {file.path: file for file in files}
    modules = [_read_module(row, where, by_path) for row, where in _rows(told["modules"], f"{place}.modules")]
    ignores = None if told["ignores"] is None else _read_bytes(told["ignores"], f"{place}.ignores")
    found = _with_lacks(runs(plain["root"], files), _rows(told["lacks"], f"{place}.lacks"))
    return IdeFacts(**plain, files=files, modules=tuple(modules), runs=found, ignores=ignores)


def _read_file(row: Any, place: str) -> IdeFile:
    told = _object(row, place, {*_OF_FILE, "content"})
    plain = {name: read(kind, told[name], f"{place}.{name}", {}) for name, kind in _OF_FILE.items()}
    file = IdeFile(**plain, content=_read_bytes(told["content"], f"{place}.content"))
    return file if file.path.endswith(".toml") or file.problem else parsed(file)


def _read_module(row: Any, place: str, files: Mapping[str, IdeFile]) -> IdeModule:
    told = _object(row, place, {"path", "place", "there", "module"})
    path = read(str, told["path"], f"{place}.path", {})
    return IdeModule(
        path=path,
        place=read(str, told["place"], f"{place}.place", {}),
        file=files.get(path) if read(bool, told["there"], f"{place}.there", {}) else None,
        module=read(Module | None, told["module"], f"{place}.module", {}),
    )


def _with_lacks(found: tuple[Run, ...], rows: list[tuple[Any, str]]) -> tuple[Run, ...]:
    lacking = dict[int, tuple[Lack, ...]]()
    for row, place in rows:
        told = _object(row, place, {"path", "number", "lacks"})
        number = read(int, told["number"], f"{place}.number", {})
        if not 0 <= number < len(found) or found[number].file.path != told["path"]:
            raise Odd(f"{place}: there is no such run configuration")
        lacking[number] = read(tuple[Lack, ...], told["lacks"], f"{place}.lacks", {})
    return tuple(replace(run, lacks=lacking.get(number, ())) for number, run in enumerate(found))


def _read_bytes(value: Any, place: str) -> bytes:
    if isinstance(value, str):
        return value.encode("utf-8", errors="replace")
    told = _object(value, place, {"base64"})
    try:
        return base64.b64decode(read(str, told["base64"], f"{place}.base64", {}), validate=True)
    except binascii.Error:  # whose words differ between releases of Python
        raise Odd(f"{place}.base64: this is no base64") from None


def _object(value: Any, place: str, names: set[str]) -> dict[str, Any]:
    if not isinstance(value, dict) or set(value) != names:
        raise Odd(f"{place}: an object with {', '.join(sorted(names))} is needed")
    return value


def _rows(value: Any, place: str) -> list[tuple[Any, str]]:
    if not isinstance(value, list):
        raise Odd(f"{place}: it is no list")
    return [(row, f"{place}[{number}]") for number, row in enumerate(value)]


#: Fields that have a form here; a new one of `IdeFacts` must get one, too.
COVERED = {*_PLAIN, "files", "modules", "runs", "ignores"}
