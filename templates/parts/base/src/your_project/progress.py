"""A progress bar where someone watches; silence where the output goes to a file."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from types import TracebackType


class Progress:
    """A bar over `total` steps, to be used as a context manager. It leaves no trace when it ends."""

    def __init__(self, total: int, label: str, unit: str = "step", *, shown: bool = True) -> None:
        from tqdm import tqdm  # `--help` must not pay for it

        self._bar = tqdm(
            total=total,
            desc=label,
            unit=unit,
            unit_scale=unit == "B",
            leave=False,
            disable=not (shown and sys.stderr.isatty()),
            dynamic_ncols=True,
        )

    def advance(self, steps: int = 1, **numbers: float) -> None:
        """Go on by some steps and show numbers, such as the loss, beside the bar."""
        if numbers:
            self._bar.set_postfix({name: f"{value:.3g}" for name, value in numbers.items()}, refresh=False)
        self._bar.update(steps)

    def __enter__(self) -> Progress:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._bar.close()
