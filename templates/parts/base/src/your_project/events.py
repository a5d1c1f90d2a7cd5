"""Curves for TensorBoard, written without TensorFlow."""

from __future__ import annotations

import sys
import time
import types
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path


class Events:
    """Writes numbers to an event file in a folder. Without the tensorboard package it does nothing."""

    def __init__(self, folder: Path, first_step: int = 0) -> None:
        self._writer: Any = None
        # tensorboard imports TensorFlow when it is installed (3 s, 600 MB) unless this module is there
        sys.modules.setdefault("tensorboard.compat.notf", types.ModuleType("notf"))
        try:
            from tensorboard.compat.proto import event_pb2, summary_pb2
            from tensorboard.summary.writer.event_file_writer import EventFileWriter
        except ImportError:
            return
        self._event, self._summary = event_pb2, summary_pb2
        self._writer = EventFileWriter(str(folder))
        if first_step:  # a resumed run: what an earlier file says about this step and later ones is void
            start = event_pb2.SessionLog(status=event_pb2.SessionLog.START)
            self._add(first_step, session_log=start)

    def _add(self, step: int, **content: Any) -> None:
        self._writer.add_event(self._event.Event(wall_time=time.time(), step=step, **content))

    def add(self, step: int, values: dict[str, float]) -> None:
        """Write one point of each curve."""
        if self._writer is None:
            return
        points = [self._summary.Summary.Value(tag=tag, simple_value=value) for tag, value in values.items()]
        self._add(step, summary=self._summary.Summary(value=points))
        self._writer.flush()

    def close(self) -> None:
        """Finish the file; the writer's own thread ends with it."""
        if self._writer is not None:
            self._writer.close()
            self._writer = None
