"""A run on disk: settings, environment, one line an epoch, curves, weights.

runs/20260131-142501-pytorch/
    run.json            what was done, by which framework, when it began
    settings.json       every setting
    environment.json    Python, packages, machine, commit
    model.json          how to build the network again
    history.jsonl       one line an epoch
    events.*            the same for TensorBoard
    best.*  last.*      the best weights; all that an exact resume needs
    metrics.json        written last: a run that has it is finished
    report.html
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from .files import write_text
from .progress import Progress

if TYPE_CHECKING:
    from pathlib import Path

    from .events import Events


def read_history(path: Path) -> list[dict[str, Any]]:
    """Return the recorded epochs of a run; a last line that was cut off by a kill does not count."""
    file = path / "history.jsonl"
    rows = []
    for line in file.read_text(encoding="utf-8").splitlines() if file.is_file() else ():
        try:
            rows.append(json.loads(line))
        except ValueError:
            break
    return rows


class RunFolder:
    """The folder of one run, open for writing.

    `best` and `last` are the file names of the best weights and of the state to resume from, whose formats
    are the framework's own. `epochs` is how many are planned over all stages (0: not known); `resuming` says
    that the folder holds a state to go on from.
    """

    def __init__(self, path: Path, best: str, last: str, *, resume: bool = False, epochs: int = 0) -> None:
        self.path, self.epochs = path, epochs
        self.best, self.last = path / best, path / last
        self.resuming = resume and self.last.is_file()
        self._events: Events | None = None
        path.mkdir(parents=True, exist_ok=True)
        if not self.resuming:
            self.rewind(0)

    @property
    def _history_file(self) -> Path:
        return self.path / "history.jsonl"

    def log(self, stage: str, epoch: int, **values: float) -> None:
        """Record an epoch: a line of history, a point of each curve, a line for the reader.

        Epochs count from 0 over all stages. The usual values are train_loss, validation_loss,
        validation_accuracy, learning_rate and seconds.
        """
        numbers = {name: float(value) for name, value in values.items()}
        with self._history_file.open("a", encoding="utf-8", newline="\n") as file:
            file.write(json.dumps({"stage": stage, "epoch": epoch, **numbers}) + "\n")
        if self._events is None:
            from .events import Events  # tensorboard takes a moment to import

            self._events = Events(self.path, first_step=epoch)
        self._events.add(epoch, numbers)
        counted = f"{epoch + 1}/{self.epochs}" if self.epochs else f"{epoch + 1}"
        shown = "  ".join(f"{name.replace('_', ' ')} {value:.4g}" for name, value in numbers.items())
        print(f"{stage:<10}  epoch {counted:>6}  {shown}", flush=True)

    def history(self) -> list[dict[str, Any]]:
        """Return the recorded epochs."""
        return read_history(self.path)

    def rewind(self, epoch: int) -> None:
        """Forget the epochs from this one on; they will be run again."""
        if self._history_file.is_file():
            kept = [row for row in self.history() if row["epoch"] < epoch]
            write_text(self._history_file, "".join(json.dumps(row) + "\n" for row in kept))

    def progress(self, total: int, label: str) -> Progress:
        """Return a progress bar over the steps of an epoch, to be used in a `with` statement."""
        return Progress(total, label)

    def close(self) -> None:
        """Finish the event file."""
        if self._events is not None:
            self._events.close()
            self._events = None


class Follower(RunFolder):
    """The folder of a run that another process keeps: it may be read, and nothing is written or said."""

    def __init__(self, path: Path, best: str, last: str, *, resume: bool = False) -> None:
        self.path, self.epochs = path, 0
        self.best, self.last = path / best, path / last
        self.resuming = resume and self.last.is_file()
        self._events = None

    def log(self, stage: str, epoch: int, **values: float) -> None: ...

    def rewind(self, epoch: int) -> None: ...

    def progress(self, total: int, label: str) -> Progress:
        """Return a bar that is not drawn."""
        return Progress(total, label, shown=False)
