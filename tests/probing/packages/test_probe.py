"""Installed distributions, found by their files on a real disk."""

from __future__ import annotations

import json
import struct
import zipfile
from pathlib import Path

import pytest

from scaffold.machine import detect
from scaffold.probing.packages.model import Package, PackageFacts, SavedModel, TensorFlowBuild, TorchBuild
from scaffold.probing.packages.probe import probe
from scaffold.probing.packages.saved_models import keras_of_archive, keras_of_hdf5
from scaffold.probing.scene import Scene
from scaffold.probing.target import Target
from scaffold.system import HostSystem, System

PLAIN = "Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n\nA long description.\nVersion: 9\n"


@pytest.fixture
def system(tmp_path) -> HostSystem:
    system = HostSystem()
    home = {"HOME": str(tmp_path / "home"), "USERPROFILE": str(tmp_path / "home")}
    system.environment = home  # no PYTHONPATH of the machine that tests run on
    return system


def facts(system: System, folder: Path, prefix: Path) -> PackageFacts:
    target = Target(folder=folder, python=prefix / "bin" / "python", prefix=prefix)
    return probe(Scene(system=system, machine=detect(system, folder), target=target))


def installed(site: Path, folder: str, files: dict[str, str]) -> None:
    (site / folder).mkdir(parents=True)
    for name, text in files.items():
        (site / folder / name).write_text(text)


def venv(folder: Path, version: str = "3.11.4", more: str = "") -> tuple[Path, Path]:
    prefix = folder / ".venv"
    site = prefix / "lib" / "python3.11" / "site-packages"
    site.mkdir(parents=True)
    (prefix / "pyvenv.cfg").write_text(f"home = {folder}/base/bin\nversion = {version}\n{more}")
    return prefix, site


def test_what_an_environment_holds(system, tmp_path) -> None:
    prefix, site = venv(tmp_path)
    installed(site, "torch-2.13.0+cu126.dist-info", {
        "METADATA": "Name: torch\nVersion: 2.13.0+cu126\nRequires-Dist: filelock\nRequires-Python: >=3.10\n\n",
        "INSTALLER": "uv\n", "WHEEL": "Wheel-Version: 1.0\nTag: cp311-cp311-manylinux_2_28_x86_64\n",
        "direct_url.json": '{"url": "https://download.pytorch.org/whl/cu126/torch.whl", "archive_info": {}}',
    })  # fmt: skip
    (site / "torch").mkdir()
    (site / "torch" / "version.py").write_text(
        "__version__ = '2.13.0+cu126'\ncuda: Optional[str] = '12.6'\nhip = None\n"
    )
    installed(
        site,
        "Typing_Extensions-4.16.0.dist-info",
        {"METADATA": PLAIN.format(name="typing_extensions", version="4.16.0")},
    )
    (site / "old-1.0-py3.11.egg-info").write_text(PLAIN.format(name="old", version="1.0"))
    (site / "tensorflow" / "python" / "platform").mkdir(parents=True)
    (site / "tensorflow" / "python" / "platform" / "build_info.py").write_text(
        "build_info = OrderedDict([('cuda_version', '12.5.1'), ('cudnn_version', '9'), ('is_cuda_build', True)])"
    )
    installed(
        site, "tensorflow-2.21.0.dist-info", {"METADATA": PLAIN.format(name="tensorflow", version="2.21.0")}
    )
    installed(site, "numpy-2.1.0.dist-info", {})
    installed(site, "~andas-2.2.0.dist-info", {})
    found = facts(system, tmp_path, prefix)
    place = str(site)
    assert found == PackageFacts(
        packages=(
            Package(name="typing-extensions", version="4.16.0", location=place),
            Package(name="numpy", location=place),
            Package(name="old", version="1.0", location=place),
            Package(name="tensorflow", version="2.21.0", location=place),
            Package(
                name="torch", version="2.13.0+cu126", location=place, installer="uv", requires=("filelock",),
                requires_python=">=3.10", tags=("cp311-cp311-manylinux_2_28_x86_64",),
                code_version="2.13.0+cu126", source="https://download.pytorch.org/whl/cu126/torch.whl",
            ),
        ),
        complete=True,
        places=(place,),
        torch=TorchBuild(
            version="2.13.0+cu126", cuda="12.6", hip="", backend="cuda", source=str(site / "torch" / "version.py")
        ),
        tensorflow=TensorFlowBuild(
            version="2.21.0", cuda="12.5.1", cudnn="9",
            source=str(site / "tensorflow" / "python" / "platform" / "build_info.py"),
        ),
        unreadable=(str(site / "numpy-2.1.0.dist-info"),),
        leftovers=(str(site / "~andas-2.2.0.dist-info"),),
    )  # fmt: skip


def test_the_first_copy_on_the_path_is_the_one_that_is_imported(system, tmp_path) -> None:
    prefix, site = venv(tmp_path, more="include-system-site-packages = true\n")
    user = tmp_path / "home" / ".local" / "lib" / "python3.11" / "site-packages"
    base = tmp_path / "base" / "lib" / "python3.11" / "site-packages"
    extra, added = tmp_path / "extra", tmp_path / "added"
    for number, place in enumerate((extra, user, site, added, base)):
        installed(
            place,
            f"numpy-1.{number}.dist-info",
            {"METADATA": PLAIN.format(name="numpy", version=f"1.{number}")},
        )
    (site / "paths.pth").write_text(f"# a comment\nimport sys\n{added}\n{tmp_path}/nowhere\n")
    system.environment = {**system.environment, "PYTHONPATH": f"{extra}:relative:"}
    home = type(system).home
    try:
        type(system).home = property(lambda _: tmp_path / "home")  # type: ignore[assignment]
        found = facts(system, tmp_path, prefix)
        alone = facts(_without_user_site(system), tmp_path, prefix)
    finally:
        type(system).home = home  # type: ignore[assignment]
    assert [(one.version, one.user_site) for one in found.all_of("numpy")] == [
        ("1.0", False), ("1.1", True), ("1.2", False), ("1.3", False), ("1.4", False),
    ]  # fmt: skip
    assert [one.version for one in alone.all_of("numpy")] == ["1.0", "1.2", "1.3", "1.4"]
    assert found.version("numpy") == "1.0"


def _without_user_site(system: HostSystem) -> HostSystem:
    other = HostSystem()
    other.environment = {**system.environment, "PYTHONNOUSERSITE": "1"}
    return other


def test_conda_says_what_it_installed(system, tmp_path) -> None:
    prefix = tmp_path / "envs" / "train"
    site = prefix / "lib" / "python3.12" / "site-packages"
    site.mkdir(parents=True)
    records = prefix / "conda-meta"
    records.mkdir()
    (records / "history").write_text("")
    (records / "python-3.12.8-h1_0.json").write_text("{}")
    (records / "mkl-2024.1.0-intel_1.json").write_text(
        json.dumps({"build": "intel_1", "channel": "https://repo.anaconda.com/pkgs/main/linux-64"})
    )
    found = facts(system, tmp_path, prefix)
    assert found.places == (str(site),)
    assert found.of_conda("mkl") == Package(
        name="mkl", version="2024.1.0", location=str(records), installer="conda", channel="pkgs/main",
        source="mkl-2024.1.0-intel_1",
    )  # fmt: skip


def test_nothing_is_there(system, tmp_path) -> None:
    assert facts(system, tmp_path, tmp_path / "nowhere") == PackageFacts()


def test_models_tell_which_keras_saved_them(system, tmp_path) -> None:
    prefix, _ = venv(tmp_path)
    (tmp_path / "models").mkdir()
    with zipfile.ZipFile(tmp_path / "models" / "a.keras", "w") as archive:
        archive.writestr("metadata.json", '{"keras_version": "3.9.0"}')
    (tmp_path / "broken.keras").write_bytes(b"PK\x03\x04 no archive")
    with zipfile.ZipFile(tmp_path / "other.keras", "w") as archive:
        archive.writestr("metadata.json", "[" * 100_000)
    assert facts(system, tmp_path, prefix).models == (
        SavedModel(path=str(tmp_path / "models" / "a.keras"), kind="keras", keras="3.9.0"),
    )


def attribute(value: bytes, *, inline: bool) -> bytes:
    """A file with the attribute alone, as h5py 3 writes it (in the heap) or an old one (inline)."""
    name = b"keras_version\0\0\0"
    space = bytes((1, 0, 0, 0, 0, 0, 0, 0))
    if inline:
        kind = bytes((0x13, 1, 0, 0, len(value), 0, 0, 0))
        return (b"\x89HDF\r\n\x1a\n" + bytes(200) + name + kind + space + value).ljust(512, b"\0")
    kind = bytes.fromhex("19010100100000001000000001000000000008000000 0000".replace(" ", ""))
    where = struct.pack("<IQI", len(value), 512, 2)
    head = (b"\x89HDF\r\n\x1a\n" + bytes(200) + name + kind + space + where).ljust(512, b"\0")
    other = struct.pack("<HHIQ", 1, 1, 0, 10) + b"tensorflow".ljust(16, b"\0")
    return (
        head
        + b"GCOL\1\0\0\0"
        + struct.pack("<Q", 4096)
        + other
        + struct.pack("<HHIQ", 2, 1, 0, len(value))
        + value
    )


@pytest.mark.parametrize("inline", [True, False])
def test_the_attribute_of_an_hdf5_file(inline, tmp_path) -> None:
    whole = attribute(b"2.13.1", inline=inline)
    path = tmp_path / "model.h5"
    path.write_bytes(whole)
    assert keras_of_hdf5(path) == "2.13.1"
    for end in range(0, len(whole), 7):
        path.write_bytes(whole[:end])
        assert keras_of_hdf5(path) in ("", "2.13.1")


@pytest.mark.parametrize("value", [b"2.13.1", "3.9.0"], ids=["as Keras 2 writes it", "as Keras 3 writes it"])
def test_the_attribute_of_a_real_hdf5_file(value, tmp_path) -> None:
    h5py = pytest.importorskip("h5py")
    path = tmp_path / "model.h5"
    with h5py.File(path, "w") as file:
        file.attrs["keras_version"] = value
        file.attrs["backend"] = "tensorflow"
        file.create_dataset("weights", data=[0.5] * 1000)
    assert keras_of_hdf5(path) == (value.decode() if isinstance(value, bytes) else value)


def test_files_that_lie(system, tmp_path) -> None:
    """Whatever stands in the files, the probe answers."""
    prefix, site = venv(tmp_path, version="garbage")
    installed(site, "torch-1-2-3.dist-info", {"METADATA": "\0\0\0"})
    installed(
        site,
        "numpy-1.0.dist-info",
        {"METADATA": "Name: numpy\nVersion:\nRequires-Dist\n", "direct_url.json": "[" * 9000},
    )
    (site / "torch").mkdir()
    (site / "torch" / "version.py").write_bytes(b"\xff\xfe__version__")
    (site / "loop.pth").write_text("\0\n../../..\n" * 500)
    found = facts(system, tmp_path, prefix)
    assert [one.name for one in found.packages] == ["numpy"]
    assert found.torch is None


@pytest.mark.parametrize("method", [zipfile.ZIP_DEFLATED, zipfile.ZIP_LZMA, zipfile.ZIP_BZIP2])
def test_a_damaged_archive_tells_no_version(tmp_path, method) -> None:
    path = tmp_path / "model.keras"
    with zipfile.ZipFile(path, "w", method) as archive:
        archive.writestr("metadata.json", json.dumps({"keras_version": "3.9.0", "filler": "x" * 400}))
    assert keras_of_archive(path) == "3.9.0"
    whole = path.read_bytes()
    place = whole.index(b"metadata.json") + len("metadata.json")
    for begin in (place, place + 9):
        path.write_bytes(whole[:begin] + b"\xff" * 12 + whole[begin + 12 :])
        assert keras_of_archive(path) == ""
