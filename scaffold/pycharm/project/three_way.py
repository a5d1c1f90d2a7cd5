"""Our rows laid into a file that is there: three ways, so that what the user or the IDE did stays.

What we wrote last time tells whose a row is. One that is as we wrote it is ours, and follows what we want
now; one that is otherwise is theirs, and so is the absence of one that we wrote.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from xml.etree.ElementTree import Element

from scaffold.pycharm.model import IdeProject
from scaffold.pycharm.project.further import further_module
from scaffold.pycharm.project.rows import FOLDER, INTERPRETER, OTHER_SDK, Rows
from scaffold.pycharm.reading.sdk import parse_sdk_name


@dataclass(frozen=True, slots=True, kw_only=True)
class Merged:
    """What laying our rows into a file came to, a sentence each."""

    done: tuple[str, ...] = ()
    theirs: tuple[str, ...] = ()  # rows that stay as the user or the IDE made them
    interpreter: str = ""  # why another interpreter than ours stays; "" where ours is the one
    replaced: str = ""  # the name of the interpreter that ours took the place of, where it was not ours
    renamed: str = ""  # which name took the place of which, where the file named an interpreter


@dataclass(frozen=True, slots=True, kw_only=True)
class Before:
    """The rows of a file as we left them last time."""

    rows: Mapping[str, str] = field(default_factory=dict)
    found: frozenset[str] = frozenset()  # those that stood there before us: never ours to take away
    was: str = ""  # the name of the interpreter that ours replaced

    def new(self, there: Mapping[str, str], wanted: Mapping[str, str]) -> frozenset[str]:
        """The rows that we want, that are there, and that we did not lay there."""
        return frozenset(name for name in wanted.keys() - self.rows if there.get(name) == wanted[name])


@dataclass(frozen=True, slots=True, kw_only=True)
class Interpreters:
    """What is known of interpreters' names.

    ``registered`` is what the IDEs of this machine know: name -> interpreter. None: nobody looked, and a
    name that is not ours counts as one that leads somewhere.
    """

    module: str  # the module whose name is in the names that we give
    own: Path | None = None  # the environment's interpreter
    registered: Mapping[str, Path] | None = None

    def theirs(self, name: str, written: str) -> str:
        """Why a name that stands in a file is the user's choice and stays; "" where ours replaces it."""
        if name in {"", written}:
            return ""
        known = (self.registered or {}).get(name)
        if known is not None and known.exists():
            return "" if same_environment(known, self.own) else f"{name} ({known}) was chosen and stays"
        if self.registered is not None or project_in(name) == self.module:
            return ""
        return f"{name} was chosen and stays"

    def inherited(self, name: str, written: str, ours: str) -> str:
        """Why a module that names no interpreter goes on with the project's, ``name``; "" where it does not.

        A name that PyCharm resolves to the environment is better than ours while none could be told of ours,
        because it is open: the module would lose the interpreter that it has.
        """
        if ours and self.registered is not None and ours not in self.registered and self.is_own(name):
            return f"{name} stays: PyCharm knows it, and cannot be told of {ours} while it is open"
        return self.theirs(name, written)

    def gone(self, name: str) -> str:
        """Why a name that somebody wrote gives way to ours; "" where nobody looked for it."""
        if self.registered is None:
            return ""
        known = self.registered.get(name)
        if known is not None:
            return f"{name} was replaced: it led to {known}, which is not there"
        return f"{name} was replaced: no PyCharm here knows it"

    def is_own(self, name: str) -> bool:
        """Whether a name leads to the project's environment already."""
        known = (self.registered or {}).get(name)
        return known is not None and known.exists() and same_environment(known, self.own)


def interpreters_of(project: IdeProject, module: str, registered: Mapping[str, Path] | None) -> Interpreters:
    """Those of one module: a further environment's, or the project's own."""
    for one in project.further:
        if further_module(project, one) == module:
            return Interpreters(module=module, own=one.interpreter, registered=registered)
    return Interpreters(module=project.module, own=project.interpreter, registered=registered)


def project_in(name: str) -> str:
    """The project in an interpreter's name of the usual form; "" in a name of another form.

    >>> project_in("Python 3.12 (cnn-project) (2)")
    'cnn-project'
    """
    named = parse_sdk_name(name)
    return named.project if named is not None else ""


def same_environment(one: Path, other: Path | None) -> bool:
    """Whether two interpreters are one, or lie in one environment (``python`` beside ``python3.12``)."""
    if other is None:
        return False
    if one == other:
        return True
    try:
        if not one.parent.samefile(other.parent):
            return False
    except OSError:
        return False
    return one.name == other.name or (one.parent.parent / "pyvenv.cfg").exists()


def merge(
    rows: Rows,
    document: Element,
    wanted: Mapping[str, str],
    before: Before,
    interpreters: Interpreters,
) -> Merged:
    """Lay ``wanted`` into ``document``."""
    there, written = rows.read(document), before.rows
    one = _interpreter(rows, document, (there, wanted, before), interpreters)
    changed: dict[str, list[str]] = {}
    theirs: dict[str, list[str]] = {}
    for name in (*wanted, *(written.keys() - wanted.keys())):
        now, last, next_ = there.get(name), written.get(name), wanted.get(name)
        if name == INTERPRETER or now == next_:
            continue
        if now != last or name in before.found:
            theirs.setdefault(f"stays {now}" if now else "was taken away and stays so", []).append(name)
        elif next_ is None:
            rows.take(document, name)
            changed.setdefault(f"no longer {now}", []).append(name)
        else:
            rows.put(document, name, next_)
            changed.setdefault(next_, []).append(name)
    return replace(one, done=(*one.done, *_sentences(changed)), theirs=tuple(_sentences(theirs)))


def _sentences(rows: Mapping[str, list[str]]) -> Iterator[str]:
    """Rows that share a value in one sentence: ``data, runs: excluded``."""
    for value, names in rows.items():
        yield f"{', '.join(name.removeprefix(FOLDER) for name in names)}: {value}"


def _interpreter(
    rows: Rows,
    document: Element,
    ways: tuple[Mapping[str, str], Mapping[str, str], Before],
    interpreters: Interpreters,
) -> Merged:
    """Why another interpreter than ours stays, or the name that ours replaced, and what was done."""
    there, wanted, before = ways
    now, ours, last = (way.get(INTERPRETER, "") for way in (there, wanted, before.rows))
    if INTERPRETER not in {*wanted, *before.rows} or now == ours or (now and interpreters.is_own(now)):
        return Merged()
    if there.get(OTHER_SDK):
        return Merged(interpreter=f"{there[OTHER_SDK]}, of another language, stays")
    if not ours and (now != last or INTERPRETER in before.found):
        return Merged()
    if ours and (why := interpreters.theirs(now, last)):
        return Merged(interpreter=why)
    new = ours or before.was
    if new:
        rows.put(document, INTERPRETER, new)
    else:
        rows.take(document, INTERPRETER)
    if not (now and new):
        return Merged(done=(f"interpreter: {new or 'none'}",))
    _follow(document, now, new)
    renamed = f"{new} in place of {now}"
    replaced = now if ours and now != last else ""
    return Merged(replaced=replaced, renamed=renamed, done=(f"interpreter: {renamed}",))


def _follow(document: Element, old: str, new: str) -> None:
    """Whatever else in a file names the interpreter names the new one, too: Black's setting, a facet's."""
    for element in document.iter():
        if element.get("value") == old and "sdk" in element.get("name", "").casefold():
            element.set("value", new)
        if element.get("sdkName") == old:
            element.set("sdkName", new)
