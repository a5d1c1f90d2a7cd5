"""The command that installs a chosen build, for people who install by hand."""

from __future__ import annotations

from scaffold.builds.model import BuildPlan


def install_command(build: BuildPlan) -> tuple[str, ...]:
    """``pip install ...`` with the index that serves the build, what it needs beside it and its limits.

    The index is an extra one: what PyTorch itself needs comes from the ordinary index. The local version
    in the requirement (``+cu126``) is what keeps pip from taking the ordinary index's build.
    """
    where: tuple[str, ...] = ()
    if build.source_kind == "pytorch":
        where = ("--extra-index-url", build.source)
    elif build.source_kind == "find-links":
        where = ("--find-links", build.source)
    return ("pip", "install", build.requirement, *build.companions, *build.constraints, *where)
