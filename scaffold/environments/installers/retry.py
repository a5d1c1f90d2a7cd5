"""Patience with a bad network: an installer that failed for a passing reason is called again.

Two levels: uv and pip ask again by themselves within one call (`tools` leaves them their defaults, which
they know best), and what that does not cure is tried again here, after a pause that doubles. What will
not pass (refused credentials, a full disk, requirements that contradict each other) is told at once.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from dataclasses import dataclass

from scaffold.environments.installers.failures import diagnose, explain, unfinished
from scaffold.environments.model import InstallerName
from scaffold.system import Completed

#: How often in all what ran out of time is called: what arrived is in the cache by then.
TIMEOUTS = 2

#: Called with a line for people when something is tried again.
Tell = Callable[[str], None]

#: Calls the installer; given are the packages whose files must be fetched anew, not from a cache.
Call = Callable[[tuple[str, ...]], Completed]


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How long to wait before the next call. Ctrl-C ends the waiting at once."""

    first: float = 2.0  # seconds, doubled each time
    longest: float = 30.0
    jitter: float = 0.25  # up to so much of it more: a class of students does not come back all at once
    wait: Callable[[float], None] = time.sleep
    draw: Callable[[], float] = random.random  # from 0 to 1

    def pause(self, failures: int) -> float:
        """Seconds after so many failures."""
        seconds = min(self.longest, self.first * 2.0 ** (failures - 1))
        return seconds * (1 + self.jitter * self.draw())


#: Taken where a caller has none of its own.
PATIENCE = Patience()


def silent(text: str) -> None:
    """Nobody is told."""


def persistently(
    call: Call,
    installer: InstallerName,
    *,
    doing: str,
    tell: Tell = silent,
    patience: Patience | None = None,
) -> Completed:
    """Call the installer until it succeeds, or fails for a reason that will not pass.

    ``doing`` completes "could not ..."; raises what `failures.explain` makes of the last failure.
    """
    waiting, failures = patience or PATIENCE, 0
    afresh: dict[str, None] = {}
    while True:
        done = call(tuple(afresh))
        if done.ok:
            return done
        output = done.stdout + done.stderr
        failures += 1
        stopped = unfinished(installer, done, doing=doing)
        if stopped is not None:
            if done.outcome != "timeout" or failures >= TIMEOUTS:
                raise stopped
            tell(f"{stopped.message}: going on ({failures + 1} of {TIMEOUTS})")
            continue
        found, problem = diagnose(output), explain(installer, output, doing=doing, tried=failures)
        if found is None or failures >= found.sign.attempts:
            raise problem
        if found.sign.is_damage and found.name:
            afresh[found.name.partition("==")[0]] = None
        pause, count = waiting.pause(failures), f"{failures + 1} of {found.sign.attempts}"
        tell(f"{problem.message}: trying again in {pause:.0f} s ({count})")
        waiting.wait(pause)
