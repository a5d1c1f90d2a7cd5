"""Prose of a template that comes from anywhere, rendered in a process that is watched and bounded.

The sandbox of jinja keeps a text from reaching for anything; it does not keep it from taking all the memory,
or from never ending. Templates of installed distributions are rendered here without it: their code is trusted
as soon as it is installed.
"""

from __future__ import annotations

import pickle
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import scaffold
from scaffold.errors import TemplateBroken
from scaffold.projects.foreign.child import Limits, Room, confined, printed, room, too_much, why_died
from scaffold.projects.prose import Prose, SharedProse
from scaffold.results import read_json
from scaffold.system import HostSystem
from scaffold.watched import run_watched

_SCRIPT = Path(__file__).parent / "foreign" / "probes" / "prose.py"

#: A README needs 50 MB and a few milliseconds.
LIMITS = Limits(seconds=60.0, cpu=10, memory=1 << 30, file=64 << 20, total=96 << 20)
#: Characters of all its texts. As JSON one takes six bytes at most.
TEXT = 8 << 20


def rendered_apart(
    texts: Sequence[Prose], context: Mapping[str, Any], shared: SharedProse, name: str
) -> tuple[str, ...]:
    """Each text, rendered, all in one process; ``name`` is the template's.

    Raises `TemplateBroken`, with the code ``template-limits`` where it takes more than `LIMITS`.
    """
    with room() as place:
        asked, answer = place.folder / "asked.pickle", place.folder / "answer.json"
        request = {
            "scaffold": str(Path(scaffold.__file__).resolve().parents[1]),
            "result": str(answer),
            "limits": {"memory": LIMITS.memory, "file": LIMITS.file, "cpu": LIMITS.cpu, "text": TEXT},
            "work": pickle.dumps(([(one.source, one.text) for one in texts], dict(context), shared)),
        }
        asked.write_bytes(pickle.dumps(request))
        ended = run_watched(
            [sys.executable, "-I", "-B", "-X", "utf8", _SCRIPT, asked],
            environment=confined(HostSystem().environment, place),
            cwd=place.out,
            seconds=LIMITS.seconds,
            output=place.output,
            wrong=lambda: too_much(place.folder, LIMITS),
        )
        if ended.stopped:
            raise _stopped(ended.stopped, name, place)
        try:
            told = read_json(answer.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            raise _stopped(why_died(ended, place, LIMITS), name, place) from None
    if "problem" in told:
        raise TemplateBroken(**told["problem"])
    return tuple(told["texts"])


def _stopped(why: str, name: str, place: Room) -> TemplateBroken:
    return TemplateBroken(
        f"template {name}: {why}",
        detail=printed(place, most=1),  # the file that it was at
        hint="its prose may loop without end: tell its author, or take another version of it",
        code="template-limits",
    )
