"""The C++ standard library: older than what a package was compiled with."""

from __future__ import annotations

from collections.abc import Iterator

from scaffold.checks.facts import Facts
from scaffold.checks.model import Evidence, Finding, Remedy
from scaffold.checks.surroundings import os_is
from scaffold.checks.versions import release


def cpp_library(facts: Facts) -> Iterator[Finding]:
    """The libstdc++ that is loaded has every version that the installed packages ask for."""
    known = facts.libraries.standard if facts.libraries else None
    if known is None or os_is(facts, "windows", "macos"):
        return
    provided, needed = release(known.provides), release(known.needs)
    if not provided or not needed or needed <= provided:
        return
    way = "a folder of LD_LIBRARY_PATH" if known.via == "variable" else "the system's folders"
    yield Finding(
        id="lib.libstdcxx",
        level="error",
        title=f"{known.needed_by or 'A package'} needs GLIBCXX_{known.needs}, and the libstdc++ that is "
        f"loaded "
        f"ends at GLIBCXX_{known.provides}",
        detail=f"It was compiled with a newer compiler than {known.path} belongs to, which is found first, "
        f"through {way}." + (f" {known.better} has it." if known.better else ""),
        cause="libstdcxx-too-old",
        evidence=(
            Evidence(source=known.path, value=f"up to GLIBCXX_{known.provides}"),
            Evidence(source=known.needed_by or "a package", value=f"needs GLIBCXX_{known.needs}"),
        ),
        not_the_cause=("CUDA and the driver",),
        remedy=Remedy(
            text="let the newer libstdc++ win: take the folder of the older one out of LD_LIBRARY_PATH"
            if known.better
            else "install a newer libstdc++ into the conda environment (without conda: the distribution's "
            "libstdc++6, or wheels instead of a build for a newer system), and take folders with an "
            "older one "
            "out of LD_LIBRARY_PATH",
            commands=() if known.better else (("conda", "install", "-c", "conda-forge", "libstdcxx-ng"),),
        ),
    )
