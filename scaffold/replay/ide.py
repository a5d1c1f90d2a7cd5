"""Facts about a PyCharm project out of a loose description."""

from __future__ import annotations

from scaffold.facts.told import Told
from scaffold.pycharm.survey.model import IdeFacts


def told(description: Told) -> IdeFacts | None:  # noqa: ARG001
    """What the description tells; None where it tells nothing."""
    return None
