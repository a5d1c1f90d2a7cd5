"""The derivatives written by hand beside difference quotients, and beside those of the frameworks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..program import Program, start
from ..settings import Settings

if TYPE_CHECKING:
    from collections.abc import Callable

    from ..program import Request
    from .network import Weights

SAMPLES = 16  # few: each weight takes two forward passes of them all


def work(request: Request[Settings]) -> None:
    """Print a table of the differences; a `ProjectError` names what is wrong."""
    from .. import data
    from ..engine import card_of
    from ..errors import ProjectError
    from .check import TOLERANCE, difference, numeric
    from .network import Network, initial

    samples = data.load(request.settings)
    batch = samples.train.take(slice(SAMPLES))
    card = card_of(samples, request.settings, request.framework)
    network = Network(card, initial(card, request.settings.seed))
    by_hand = network.backward(network.forward(batch.inputs), batch.labels)
    others = {"numeric": numeric(network, batch.inputs, batch.labels)}
    for name, gradients in frameworks().items():
        others[name] = gradients(card, network.weights, batch.inputs, batch.labels)

    print(f"{card.describe()}; {len(batch)} samples, float64")
    print("largest difference from the derivative written by hand, as a share of the largest derivative:\n")
    print(f"{'weights':<15}{'shape':<10}{'largest':>10}" + "".join(f"{name:>10}" for name in others))
    worst = {name: 0.0 for name in others}
    for key, own in by_hand.items():
        apart = {name: difference(own, gradients[key]) for name, gradients in others.items()}
        worst = {name: max(worst[name], apart[name]) for name in others}
        shape = "x".join(map(str, own.shape))
        shown = "".join(f"{value:>10.1e}" for value in apart.values())
        print(f"{key:<15}{shape:<10}{abs(own).max():>10.1e}{shown}")
    if wrong := [name for name, value in worst.items() if not value < TOLERANCE]:
        raise ProjectError(f"the derivatives differ from {', '.join(wrong)} by {TOLERANCE:.0e} or more")
    print(f"\nall differences are below {TOLERANCE:.0e}: the derivatives are right")


def frameworks() -> dict[str, Callable[..., Weights]]:
    """Return what computes the gradients in each framework that this project has."""
    import importlib
    import importlib.util

    from .. import engines

    found = {}
    for name in ("pytorch", "keras"):
        module = engines.module(name, "gradients")
        package, _, _ = module.rpartition(".")
        if importlib.util.find_spec(package) is not None:  # looks for the folder, imports no framework
            engines.find(name)  # says so when the framework is not installed
            found[name] = importlib.import_module(module).gradients
    return found


def check(argv: list[str] | None = None) -> None:
    """Read the command line and compare."""
    description = "Compare the derivatives by hand with difference quotients and with the frameworks."
    program = Program("check_gradients", Settings, ("data", "network"), description, {}, work)
    start(program, "numpy", argv)
