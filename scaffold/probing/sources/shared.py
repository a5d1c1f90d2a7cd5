"""The project's files that several probes read, found once."""

from __future__ import annotations

from typing import cast

from scaffold.probing.scene import Scene
from scaffold.projects.walk import Files


def files_of(scene: Scene) -> Files:
    """The files of the folder that doctor was pointed at."""
    if "files" not in scene.shared:
        scene.shared["files"] = Files(scene.target.folder, scene.system.home)
    return cast("Files", scene.shared["files"])
