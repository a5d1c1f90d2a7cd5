"""Facts as JSON knows them, and back: strictly, by their fields' types, naming the place that is odd."""

from __future__ import annotations

import dataclasses
import math
import types
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path, PurePath
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from scaffold.errors import ScaffoldError

#: A count or a size that is larger than this is none.
_LARGEST = 1 << 63


class Odd(ValueError):
    """A value that is not what its place holds: the place and why."""


#: A type with a form of its own -> how it is written, how it is read.
Forms = Mapping[type, tuple[Callable[[Any], Any], Callable[[Any, str], Any]]]


def written(value: Any, forms: Forms) -> Any:
    """The value as JSON knows it. Fields that are as they are by default are left out."""
    if type(value) in forms:
        return forms[type(value)][0](value)
    if isinstance(value, ScaffoldError):
        return {
            "code": value.code,
            "message": value.message,
            "detail": list(value.detail),
            "hint": value.hint,
        }
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        told = {one.name: getattr(value, one.name) for one in dataclasses.fields(value) if one.init}
        return {name: written(one, forms) for name, one in told.items() if one != _default(type(value), name)}
    if isinstance(value, Mapping):
        return {str(key): written(one, forms) for key, one in value.items()}
    if isinstance(value, (frozenset, set)):
        return sorted((written(one, forms) for one in value), key=str)
    if isinstance(value, (tuple, list)):
        return [written(one, forms) for one in value]
    return str(value) if isinstance(value, PurePath) else _scalar(value)


def _scalar(value: Any) -> Any:
    """A number that JSON has no word for is unknown."""
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if value is None or isinstance(value, (str, int, float, bool)):
        return value
    raise TypeError(f"{type(value).__name__} has no form in a file of facts")


def read(kind: Any, value: Any, place: str, forms: Forms) -> Any:
    """The value as its type wants it. Raises Odd, and TypeError for a type that facts do not have."""
    origin = get_origin(kind)
    if origin in (Union, types.UnionType):
        return _one_of(get_args(kind), value, place, forms)
    if origin is Literal:
        if value not in get_args(kind) or isinstance(value, bool) != any(value is a for a in (True, False)):
            raise Odd(f"{place}: {_short(value)} is none of {', '.join(map(str, get_args(kind)))}")
        return value
    if origin in (tuple, list, frozenset, set):
        return _sequence(origin, get_args(kind), value, place, forms)
    if origin is not None and issubclass(origin, Mapping):
        return _mapping(get_args(kind), value, place, forms)
    if kind in forms:
        return forms[kind][1](value, place)
    if isinstance(kind, type) and issubclass(kind, ScaffoldError):
        return _error(value, place, forms)
    if dataclasses.is_dataclass(kind):
        return _object(kind, value, place, forms)
    return _plain(kind, value, place)


def _one_of(kinds: tuple[Any, ...], value: Any, place: str, forms: Forms) -> Any:
    if value is None and types.NoneType in kinds:
        return None
    problem = Odd(f"{place}: it is null")
    for kind in kinds:
        if kind is not types.NoneType:
            try:
                return read(kind, value, place, forms)
            except Odd as odd:
                problem = odd
    raise problem


def _sequence(origin: Any, kinds: tuple[Any, ...], value: Any, place: str, forms: Forms) -> Any:
    if not isinstance(value, list):
        raise Odd(f"{place}: {_short(value)} is no list")
    if origin is tuple and kinds[-1:] != (...,):
        if len(value) != len(kinds):
            raise Odd(f"{place}: {len(kinds)} values are needed, {len(value)} are there")
        pairs = zip(kinds, value, strict=True)
        return tuple(read(kind, one, f"{place}[{n}]", forms) for n, (kind, one) in enumerate(pairs))
    return origin(read(kinds[0], one, f"{place}[{number}]", forms) for number, one in enumerate(value))


def _mapping(kinds: tuple[Any, ...], value: Any, place: str, forms: Forms) -> dict[Any, Any]:
    if not isinstance(value, dict):
        raise Odd(f"{place}: {_short(value)} is no object")
    key, kind = kinds
    names = {name: _key(key, name, place) for name in value}
    return {names[name]: read(kind, one, f"{place}.{_short(name)}", forms) for name, one in value.items()}


def _key(kind: Any, name: str, place: str) -> Any:
    """JSON has only texts for names."""
    if kind is int:
        if not name.removeprefix("-").isdecimal() or len(name) > 18:
            raise Odd(f"{place}: {_short(name)} is no number")
        return int(name)
    return Path(name) if kind is Path else name


def _error(value: Any, place: str, forms: Forms) -> ScaffoldError:
    told = _mapping((str, Any), value, place, forms)
    if not {"code", "message"} <= set(told) <= {"code", "message", "detail", "hint"}:
        raise Odd(f"{place}: an error has code, message, detail and hint")
    return ScaffoldError(
        read(str, told["message"], f"{place}.message", forms),
        detail=read(tuple[str, ...], told.get("detail", []), f"{place}.detail", forms),
        hint=read(str, told.get("hint", ""), f"{place}.hint", forms),
        code=read(str, told["code"], f"{place}.code", forms),
    )


def _object(kind: Any, value: Any, place: str, forms: Forms) -> Any:
    if not isinstance(value, dict):
        raise Odd(f"{place}: {_short(value)} is no object")
    hints = fields_of(kind)
    unknown = [name for name in value if name not in hints]
    if unknown:
        raise Odd(f"{place}.{_short(unknown[0])}: there is no such fact")
    missing = [name for name in hints if name not in value and _default(kind, name) is dataclasses.MISSING]
    if missing:
        raise Odd(f"{place}.{missing[0]}: it is missing")
    return kind(**{name: read(hints[name], one, f"{place}.{name}", forms) for name, one in value.items()})


@cache
def fields_of(kind: Any) -> Mapping[str, Any]:
    """Field -> type, of a dataclass."""
    hints = get_type_hints(kind)
    return {one.name: hints[one.name] for one in dataclasses.fields(kind) if one.init}


def _default(kind: Any, name: str) -> Any:
    field = next(one for one in dataclasses.fields(kind) if one.name == name)
    if field.default_factory is not dataclasses.MISSING:
        return field.default_factory()
    return field.default


def _plain(kind: Any, value: Any, place: str) -> Any:
    if kind is Any or kind is object:
        return value
    if kind is Path:
        return Path(_text(value, place))
    if kind is str:
        return _text(value, place)
    if kind is bool and isinstance(value, bool):
        return value
    if kind in (int, float) and isinstance(value, (int, kind)) and not isinstance(value, bool):
        if not math.isfinite(value) or abs(value) >= _LARGEST:
            raise Odd(f"{place}: the number is too large")
        return kind(value)
    if kind in (bool, int, float):
        raise Odd(f"{place}: {_short(value)} is no {'flag' if kind is bool else 'number'}")
    raise TypeError(f"{place}: {kind} has no form in a file of facts")


def _text(value: Any, place: str) -> str:
    if not isinstance(value, str):
        raise Odd(f"{place}: {_short(value)} is no text")
    if "\0" in value:
        raise Odd(f"{place}: a text holds a null character")
    return value


def _short(value: Any) -> str:
    from scaffold.facts.told import shown

    if isinstance(value, (dict, list)):
        return "an object" if isinstance(value, dict) else "a list"
    return shown(value)
