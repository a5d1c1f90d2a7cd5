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
    yield from _as_the_log_tells(facts)
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
                remedy=_GUARD,
            )


def _as_the_log_tells(facts: Facts) -> Iterator[Finding]:
    """Workers fail, none works, and the system is one that imports the script in each of them."""
    sign = facts.log.sign("workers-fail-zero-works") if facts.log else None
    system = _SYSTEMS.get(facts.machine.host.os)
    known = facts.sources is not None and any(one.spawns for one in facts.sources.sources)
    if sign is None or not system or known:
        return
    yield Finding(
        id="proj.main-guard",
        level="warning",
        title=f"Workers fail and num_workers=0 works: {system} starts each worker by importing the script",
        detail="what stands at the script's top level runs in every worker again, unless it is behind "
        'if __name__ == "__main__":',
        cause="main-guard-missing",
        not_the_cause=("the GPU and its driver: this happens on every machine of that system",),
        remedy=_GUARD,
    )


_GUARD = Remedy(
    text="put what the script does into a function main(), and call that below\n"
    'if __name__ == "__main__":   (num_workers=0 helps as well, and is slower)'
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
