"""A repository's own settings start no program of its choice when git is asked what it tracks."""

from __future__ import annotations

import subprocess
from pathlib import Path

from scaffold.pycharm.project.planning import is_committed
from scaffold.system import HostSystem


def test_a_repository_with_a_monitor_of_its_own(tmp_path: Path) -> None:
    (tmp_path / ".idea").mkdir()
    (tmp_path / ".idea" / "a.xml").write_text("<a/>")
    monitor = tmp_path / "monitor.sh"
    monitor.write_text(f"#!/bin/sh\ntouch {tmp_path}/started\n")
    monitor.chmod(0o755)
    for command in (["init", "-q"], ["add", ".idea"], ["config", "core.fsmonitor", str(monitor)]):
        subprocess.run(["git", *command], cwd=tmp_path, check=True)
    assert is_committed(tmp_path, HostSystem())
    assert not (tmp_path / "started").exists()
