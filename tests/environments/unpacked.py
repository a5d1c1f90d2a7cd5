"""Environments that are nothing but files: a pyvenv.cfg, an interpreter's link, unpacked wheels."""

from __future__ import annotations

import json
import sys
import zipfile
from collections.abc import Mapping
from pathlib import Path

from scaffold.environments.layout import UNFINISHED_MARK, Place
from scaffold.environments.state import State, write_state
from tests.environments.conftest import make_wheel

VERSION = "3.12.1"


def make_environment(location: Path, **more: str) -> Path:
    """An environment as its files tell it; its site-packages. ``more`` goes into pyvenv.cfg."""
    packages = location / "lib/python3.12/site-packages"
    packages.mkdir(parents=True)
    (location / "bin").mkdir()
    (location / "bin/python").symlink_to(sys.executable)
    settings = {"home": "/usr/bin", "version_info": VERSION, **more}
    (location / "pyvenv.cfg").write_text(
        "".join(
            f"{name.replace('_', '-') if name != 'version_info' else name} = {value}\n"
            for name, value in settings.items()
        )
    )
    return packages


def install(packages: Path, wheels: Path, name: str, version: str, files: Mapping[str, str]) -> Path:
    """Unpack a wheel of these files, as an installer does; its .dist-info folder."""
    wheels.mkdir(exist_ok=True)
    wheel = make_wheel(wheels, name, version, files)
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(packages)
    return packages / f"{name.replace('-', '_')}-{version}.dist-info"


def install_project(packages: Path, root: Path, *, editable: bool = True) -> None:
    """The project ``thing`` of `standins.make_project`, as an installer notes where it came from."""
    folder = packages / "thing-0.1.dist-info"
    folder.mkdir()
    (folder / "METADATA").write_text("Metadata-Version: 2.1\nName: thing\nVersion: 0.1\n")
    about = {"url": root.as_uri(), "dir_info": {"editable": True} if editable else {}}
    (folder / "direct_url.json").write_text(json.dumps(about))
    (folder / "RECORD").write_text(f"{folder.name}/METADATA,,\n{folder.name}/RECORD,,\n")


def make_ready(place: Place, *, location: Path | None = None) -> None:
    """The state that a finished run leaves."""
    place.state_file.parent.mkdir(exist_ok=True)
    state = State(status="ready", location=str(location or place.own_location), digest="0", installer="uv")
    write_state(place, state)


def make_unfinished(place: Place) -> None:
    """What a run that died leaves."""
    (place.own_location / UNFINISHED_MARK).touch()
    place.state_file.parent.mkdir(exist_ok=True)
    write_state(place, State(status="creating", location=str(place.own_location), digest="0"))
