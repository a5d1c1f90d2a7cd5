"""The recorded hosts in tests/machines, by name."""

from pathlib import Path

from scaffold.machine import Machine, detect
from scaffold.recorded import RecordedSystem

FOLDER = Path(__file__).parents[1] / "machines"
NAMES = sorted(path.stem for path in FOLDER.glob("*.json"))


def host(name: str) -> RecordedSystem:
    return RecordedSystem.load(FOLDER / f"{name}.json")


def machine(name: str) -> Machine:
    return detect(host(name), Path("/home/ada/projects"))
