"""Installed files whose content somebody changed, where an environment does not compute.

uv links an environment's files to its cache. An editor that writes into site-packages writes into the cache,
and so into every environment that is made of it afterwards; sizes need not change.
"""

from __future__ import annotations

from pathlib import Path

from scaffold.environments.condition.verify import damages
from scaffold.environments.model import Damage
from scaffold.errors import InstallFailed, ScaffoldError

#: More lines than this say no more.
SHOWN = 8


class AlteredFiles(InstallFailed):
    """The proof failed, and files differ from what their packages brought."""

    code = "install-altered"

    def __init__(self, found: tuple[Damage, ...], failure: ScaffoldError) -> None:
        self.distributions = tuple(dict.fromkeys(one.distribution for one in found))
        super().__init__(
            f"Installed files of {', '.join(self.distributions)} were changed since their packages were made",
            detail=(
                *(f"{one.distribution}: {one.path} ({one.what})" for one in found[:SHOWN]),
                failure.message,
            ),
            hint="drop them from uv's cache, then run the same command again: "
            f"uv cache clean {' '.join(self.distributions)}",
        )


def refuse_altered(location: Path, failure: ScaffoldError) -> None:
    """Raise `AlteredFiles` where an environment that does not compute holds altered files.

    Reads every file: seconds, spent only after a failure.
    """
    found = damages(location, deep=True)
    if found:
        raise AlteredFiles(found, failure) from failure
