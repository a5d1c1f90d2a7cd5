"""The only change that is made to a template's code: the project's name in three spellings."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import PurePosixPath

from scaffold.projects.model import ProjectName, RunConfiguration

#: What stands in the templates: a package that can be imported, run, linted and debugged as it is.
PLACEHOLDER = ProjectName(distribution="your-project", package="your_project", title="Your Project")

_SPELLINGS = re.compile(f"{PLACEHOLDER.distribution}|{PLACEHOLDER.package}|{PLACEHOLDER.title}")

#: git looks for a NUL in as many bytes to tell binary from text (buffer_is_binary in xdiff-interface.c).
_LOOKED_AT = 8000


def rename_text(text: str, name: ProjectName) -> str:
    """A text with the three spellings replaced."""
    new = {
        PLACEHOLDER.distribution: name.distribution,
        PLACEHOLDER.package: name.package,
        PLACEHOLDER.title: name.title,
    }
    return _SPELLINGS.sub(lambda found: new[found[0]], text)


def rename_content(content: bytes, name: ProjectName) -> bytes:
    """A file's content, renamed where it is text; binary content and other encodings stay byte for byte."""
    text = as_text(content)
    return content if text is None else rename_text(text, name).encode("utf-8")


def as_text(content: bytes) -> str | None:
    """A file's content as what a name can stand in; None of binary content and of other encodings."""
    if b"\0" in content[:_LOOKED_AT]:
        return None
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        return None


def rename_path(path: PurePosixPath, name: ProjectName) -> PurePosixPath:
    """A path below the root with every part renamed."""
    return PurePosixPath(*(rename_text(part, name) for part in path.parts))


def rename_run(run: RunConfiguration, name: ProjectName) -> RunConfiguration:
    """A run configuration that starts the project's own package."""
    return replace(
        run,
        target=rename_text(run.target, name),
        arguments=tuple(rename_text(one, name) for one in run.arguments),
        smoke=tuple(rename_text(one, name) for one in run.smoke),
        environment={key: rename_text(value, name) for key, value in run.environment.items()},
        summary=rename_text(run.summary, name),
    )
