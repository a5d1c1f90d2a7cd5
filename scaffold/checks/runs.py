"""The IDE's files of a project, as `scaffold ide check` looks at them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from scaffold.checks.facts import Facts
from scaffold.checks.ide import asked, inspect
from scaffold.checks.ide.settings import RULES
from scaffold.checks.model import Finding


def ide_files(facts: Facts) -> Iterator[Finding]:
    """What the rules of `scaffold.checks.ide` say, and whether anything can be started at all."""
    for one in inspect(facts.ide) if facts.ide is not None else ():
        if one.id == "ide.run-config" and facts.location is not None and facts.unusable:
            title = f"Whether run configurations start was not looked at: {facts.unusable}"
            yield replace(one, level="skipped", title=title)
        else:
            yield one
    for rule in RULES:
        yield from asked(rule, facts)
