"""Libraries that ask for an executable stack, which new systems refuse."""

from __future__ import annotations

from collections.abc import Iterator

from scaffold.checks.facts import Facts
from scaffold.checks.model import Evidence, Finding, Remedy
from scaffold.checks.versions import at_least


def not_executable(facts: Facts) -> Iterator[Finding]:
    """No library of a package asks for an executable stack where glibc 2.41 or newer refuses that."""
    marked = facts.libraries.executable_stack if facts.libraries else ()
    name, _, version = facts.machine.host.libc.partition(" ")
    if not marked or name != "glibc" or not at_least(version, "2.41"):
        return
    yield Finding(
        id="lib.execstack",
        level="error",
        title=f"{marked[0].rpartition('/')[2]} asks for an executable stack, which glibc {version} refuses",
        detail="glibc 2.41 and newer do not make the stack executable for a library that is loaded late. The "
        "mark is a mistake of the build: an assembler file did not say that it needs none.",
        cause="executable-stack-refused",
        evidence=(
            *(Evidence(source=one, value="PT_GNU_STACK: executable") for one in marked[:4]),
            Evidence(source=facts.machine.host.found_by.get("libc", "libc"), value=facts.machine.host.libc),
        ),
        remedy=Remedy(
            text="update the package that holds it: newer builds lack the mark; or take the mark away",
            commands=(("patchelf", "--clear-execstack", marked[0]),),
        ),
    )
