"""What the user agrees to before a download: asked on a terminal, said by options elsewhere."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from scaffold.setup import SetupPlan, Wishes
    from scaffold.system import System


def agreed(system: System, plan: SetupPlan, wishes: Wishes, *, yes: bool, asks: bool = True) -> Wishes:
    """The wishes with what was agreed to.

    Raises click.Abort on a no, ConsentNeeded where nobody can be asked.

    ``yes`` answers for the download as such; gigabytes of CUDA without a GPU need a word of their own.
    Where nobody reads along (``asks`` is false) nothing is asked, and the download goes ahead.
    """
    from scaffold.setup import demand_consent

    if not plan.environments:
        return wishes
    asks = asks and system.interactive
    if plan.consents and not wishes.allow_cuda and asks:
        for reason in plan.consents:
            click.echo(reason, err=True)
        click.confirm("Download it all the same?", default=False, abort=True, err=True)
        return replace(wishes, allow_cuda=True)
    demand_consent(plan, wishes)
    if asks and not yes and plan.download_size:
        click.confirm("Go on?", default=True, abort=True, err=True)
    return wishes


def demand_agreement(system: System, *, replace: bool, asks: bool) -> bool:
    """An environment that the user made goes only where they said so, or say so now; whether they did."""
    from scaffold.env.create import in_the_way

    problem = None if replace else in_the_way(Path.cwd())
    if problem is None:
        return replace
    if not (system.interactive and asks):
        raise problem
    click.echo(problem.message, err=True)
    click.confirm("Have another one made all the same?", default=False, abort=True, err=True)
    return True
