"""Folders that imports need, and PyCharm does not know as source roots."""

from __future__ import annotations

from collections.abc import Iterator

from scaffold.checks.facts import Facts
from scaffold.checks.model import Evidence, Finding, Remedy


def marked(facts: Facts) -> Iterator[Finding]:
    """Every folder below which the project's own imports resolve is a source root."""
    if facts.sources is None or (not facts.told and facts.ide is None):
        return  # without PyCharm's files nobody can say what it has for source
    said = {"src"} if facts.ide is not None and facts.ide.packages else set()  # `ide.modules.roots` says it
    found = [one for one in facts.sources.unmarked if one.folder not in said]
    if found:
        folders = ", ".join(one.folder for one in found[:4])
        yield Finding(
            id="ide.source-root",
            level="info",
            title=f"The project's own imports resolve only below {folders}, and that is no source root",
            detail="it marks them as unresolved, completes nothing of them, and does not put the folders on "
            "PYTHONPATH when it starts something",
            cause="source-root-missing",
            evidence=tuple(
                Evidence(source=one.seen or one.folder, value=", ".join(one.names[:6]) or "no source root")
                for one in found[:8]
            ),
            remedy=Remedy(
                text="mark each as source root (PyCharm: right click | Mark Directory as | Sources Root), or "
                "install the packages editable (pip install -e FOLDER)"
            ),
        )
