"""Environments and what is installed in them, as installers leave them behind: real folders, real metadata."""

from __future__ import annotations

import sys
import venv
from pathlib import Path

import pytest

MINOR = f"{sys.version_info.major}.{sys.version_info.minor}"
#: Where an environment of this Python keeps its packages.
SITE = Path("lib") / f"python{MINOR}" / "site-packages"


def environment(folder: Path) -> Path:
    """A real environment, without pip; its site-packages."""
    if sys.platform == "win32":
        pytest.skip("staged with links and scripts of Unix")
    venv.create(folder, symlinks=True, with_pip=False)
    return folder / SITE


def distribution(
    site: Path,
    name: str,
    version: str,
    *requires: str,
    tag: str = "py3-none-any",
    installer: str = "pip",
) -> Path:
    """The metadata of an installed distribution."""
    folder = site / f"{name.replace('-', '_')}-{version}.dist-info"
    folder.mkdir(parents=True)
    needs = "".join(f"Requires-Dist: {one}\n" for one in requires)
    texts = {
        "METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n{needs}",
        "WHEEL": f"Wheel-Version: 1.0\nGenerator: staged\nRoot-Is-Purelib: false\nTag: {tag}\n",
        "INSTALLER": f"{installer}\n",
        "RECORD": "",
    }
    for file, text in texts.items():
        (folder / file).write_text(text, encoding="utf-8")
    return folder


def torch(site: Path, version: str, cuda: str = "") -> None:
    """PyTorch, as far as its file of versions goes; ``cuda`` is "" for a build without."""
    (site / "torch").mkdir(exist_ok=True)
    (site / "torch" / "__init__.py").write_text("", encoding="utf-8")
    text = f"__version__ = '{version}'\ndebug = False\ncuda: Optional[str] = {cuda or None!r}\n"
    (site / "torch" / "version.py").write_text(f"{text}hip: Optional[str] = None\n", encoding="utf-8")
