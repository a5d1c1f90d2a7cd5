"""Scripts that start processes whenever they are imported."""

from __future__ import annotations

from collections.abc import Iterator

from scaffold.checks.facts import Facts
from scaffold.checks.model import Evidence, Finding, Remedy

_SYSTEMS = {"windows": "Windows", "macos": "macOS"}

#: Since this version, Linux has forkserver where it had fork.
_FORKSERVER = (3, 14)


def guarded(facts: Facts) -> Iterator[Finding]:
    """Where children import the script again, nothing in it starts children outside the guard."""
    if facts.sources is None:
        return
    for source in facts.sources.sources:
        why = _children_import(facts, source.start_method)
        if source.spawns and why:
            first = source.spawns[0]
            yield Finding(
                id="proj.main-guard",
                level="warning",
                title=f"{source.path} starts processes at its top level ({first.what}), and {why}",
                detail="each child imports the script again and comes to the same line: Python refuses "
                "(RuntimeError: ... has finished its bootstrapping phase), or hangs",
                cause="main-guard-missing",
                evidence=tuple(
                    Evidence(source=f"{source.path}:{one.line}" if one.line else source.path, value=one.what)
                    for one in source.spawns[:5]
                ),
                not_the_cause=("the GPU and its driver: this happens on every machine of that system",),
                remedy=Remedy(
                    text="put what the script does into a function main(), and call that below\n"
                    'if __name__ == "__main__":   (num_workers=0 helps as well, and is slower)'
                ),
            )


def _children_import(facts: Facts, method: str) -> str:
    """Why children import the script again; "" where they do not, or nobody knows."""
    system = _SYSTEMS.get(facts.machine.host.os)
    if system:
        return f"{system} starts each of them by importing the script"
    if method in ("spawn", "forkserver"):
        return f"the start method is set to {method}, which imports the script in each of them"
    minor = facts.python.minor if facts.python else None
    if minor is not None and minor >= _FORKSERVER and method != "fork":
        return f"Python {minor[0]}.{minor[1]} on Linux imports the script in each of them (forkserver)"
    return ""
