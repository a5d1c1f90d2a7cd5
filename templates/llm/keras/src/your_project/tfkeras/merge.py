"""Put what a run of finetune has learned by LoRA into the network's weights.

python -m your_project.tfkeras.merge --run NAME
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from your_project import bases, jobs, merged_runs, program
from your_project.settings import SMOKE, Settings

if TYPE_CHECKING:
    from pathlib import Path

    from your_project.program import Request


def merge(request: Request[Settings]) -> None:
    """Write a run NAME-merged, whose network needs no adapters."""
    if request.settings.smoke:
        from your_project import finetuning

        finetuning.finetune(request)
    run = jobs.trained_run(request, ("finetune",))
    card = bases.card_of_run(run)

    def save(path: Path) -> None:
        from your_project.tfkeras import lora
        from your_project.tfkeras.engine import KerasEngine

        settings = Settings(device=request.settings.device, precision="fp32")
        tuned, whole = KerasEngine(settings, card), KerasEngine(settings, merged_runs.plain(card))
        tuned.load(jobs.weights_of(run))
        lora.merge(tuned.network, whole.network)
        whole.save(path / whole.best)

    merged_runs.write(run, card, save, overwrite=request.settings.overwrite)


def main(argv: list[str] | None = None) -> None:
    """Read the command line and merge."""
    words = "Add what LoRA has learned to a network's weights, and write a run that needs no adapters."
    program.start(
        program.Program("merge", Settings, ("machine", "the run"), words, SMOKE, merge), "keras", argv
    )


if __name__ == "__main__":
    main()
