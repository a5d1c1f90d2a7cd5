"""The command that installs chosen builds, for people who install by hand."""

from __future__ import annotations

from collections.abc import Iterable

from scaffold.builds.model import BuildPlan


def install_command(*builds: BuildPlan) -> tuple[str, ...]:
    """``pip install ...`` with what the builds need beside them, their limits, and where they come from.

    PyTorch's index is an extra one: what PyTorch itself needs comes from the ordinary index. The local
    version in the requirement (``+cu126``) is what keeps pip from taking the ordinary index's build.
    """
    wanted = [
        *(build.requirement for build in builds),
        *(line for build in builds for line in (*build.companions, *build.constraints)),
    ]
    return ("pip", "install", *dict.fromkeys(wanted), *_options(builds))


def _options(builds: Iterable[BuildPlan]) -> Iterable[str]:
    options = {"pytorch": "--extra-index-url", "find-links": "--find-links"}
    for place, kind in dict.fromkeys((build.source, build.source_kind) for build in builds if build.source):
        yield from (options.get(kind, "--extra-index-url"), place)
