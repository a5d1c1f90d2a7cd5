"""Pairs of installed releases that do not run together: a table, and one rule that asks it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from scaffold.checks.facts import Facts
from scaffold.checks.model import Evidence, Finding, Level, Remedy
from scaffold.checks.packages.remedies import installing, shown
from scaffold.checks.versions import minor, within
from scaffold.probing.packages.model import Package, PackageFacts
from scaffold.toml import loads

_DATA = Path(__file__).parent / "data" / "clashes.toml"


@dataclass(frozen=True, slots=True, kw_only=True)
class Clash:
    """Two packages, and which of their releases do not run together."""

    id: str
    cause: str
    level: Level
    package: tuple[str, ...]
    versions: str
    beside: tuple[str, ...]
    beside_versions: str
    why: str
    text: str
    pins: tuple[str, ...]
    os: tuple[str, ...] = ()  # only there; () everywhere


@cache
def clashes() -> tuple[Clash, ...]:
    """The table."""
    return tuple(_row(one) for one in loads(_DATA.read_text(encoding="utf-8"))["clash"])


def _row(row: dict[str, Any]) -> Clash:
    lists = {
        name: (value,) if isinstance(value := row.get(name, ()), str) else tuple(value)
        for name in ("package", "beside", "pins", "os")
    }
    return Clash(**{"level": "error", **row, **lists})


def clashing(facts: Facts) -> Iterator[tuple[Clash, Package, Package]]:
    """Every row that is known to hold, with the two packages that are, or will be, imported."""
    packages = facts.packages or _locked(facts)
    if packages is None:
        return
    for row in clashes():
        if row.os and facts.machine.host.os not in row.os:
            continue
        one, other = packages.of(*row.package), packages.of(*row.beside)
        if one is None or other is None:
            continue
        if within(one.version, row.versions) and within(other.version, row.beside_versions):
            yield row, one, other


def _locked(facts: Facts) -> PackageFacts | None:
    """What the project's lock would install, where nothing is installed yet (``--before``)."""
    lock = next((one for one in facts.manifest.locks if one.pins), None) if facts.manifest else None
    if not facts.before or lock is None:
        return None
    return PackageFacts(
        packages=tuple(
            Package(name=one.package, version=one.version, location=lock.path) for one in lock.pins
        )
    )


def pairs_fit(facts: Facts) -> Iterator[Finding]:
    """No two installed packages are known not to run together; one finding an id, however many pairs."""
    by_id: dict[tuple[str, str], list[tuple[Clash, Package, Package]]] = {}
    for found in clashing(facts):
        row, _, other = found
        by_id.setdefault((row.id, other.name), []).append(found)
    for found_here in by_id.values():
        yield _finding(facts, found_here)


def _finding(facts: Facts, found: list[tuple[Clash, Package, Package]]) -> Finding:
    worst = next((one for one in found if one[0].level == "error"), found[0])
    row, one, other = worst
    return Finding(
        id=row.id,
        level=row.level,
        title=f"{shown(one)} does not run with {shown(other)}"
        + (", and the lock pins both" if facts.before else ""),
        detail="\n".join(dict.fromkeys(each.why for each, _, _ in found)),
        cause=row.cause,
        evidence=tuple(
            Evidence(source=package.location or package.name, value=f"{package.name} {package.version}")
            for package in dict.fromkeys((*(each for _, each, _ in found), other))
        ),
        remedy=Remedy(text=f"{row.text}: write it into the project's requirements, then lock again")
        if facts.before
        else installing(facts, row.text, tuple(_filled(pin, one) for pin in row.pins)),
    )


def _filled(pin: str, package: Package) -> str:
    """``{minor}`` is the major and minor number of the first package: keras==2.15.* for TensorFlow 2.15.1."""
    numbers = minor(package.version)
    if "{minor}" not in pin:
        return pin
    return pin.replace("{minor}", f"{numbers[0]}.{numbers[1]}") if numbers else pin.partition("=")[0]
