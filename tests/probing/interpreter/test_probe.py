"""Interpreters by their files: environments, conda, Homebrew, the Store, what is broken; nothing is started."""

from __future__ import annotations

import sys
import venv
from pathlib import Path

import pytest

from scaffold.probing.interpreter.model import Called, OnPath, Outside, Script
from scaffold.recording import RecordingSystem
from scaffold.system import HostSystem
from tests.probing.interpreter.hosts import ELF, MACH_X86, facts, host, told_apart

VENV = "/home/ada/project/.venv"
UV_BASE = "/home/ada/.local/share/uv/python/cpython-3.12.4-linux-x86_64-gnu"

CONFIGURATION = f"home = {UV_BASE}/bin\nimplementation = CPython\nuv = 0.9.1\nversion_info = 3.12.4\n"


def uv_project(**more):
    """A project whose environment uv made."""
    known = {
        "files": {
            f"{VENV}/pyvenv.cfg": CONFIGURATION,
            f"{VENV}/bin/activate": f"VIRTUAL_ENV='{VENV}'\n",
            f"{VENV}/bin/tensorboard": f"#!{VENV}/bin/python\nimport re\n",
        },
        "links": {f"{VENV}/bin/python": f"{UV_BASE}/bin/python3.12"},
        "bytes": {f"{UV_BASE}/bin/python3.12": {"0": ELF}},
        "paths": [
            f"{VENV}/lib/python3.12/site-packages/torch-2.9.1.dist-info",
            f"{UV_BASE}/lib/python3.12/os.py",
            f"{UV_BASE}/include/python3.12/Python.h",
        ],
    }
    for name, value in more.items():
        known[name] = value if name == "programs" else {**known.get(name, {}), **value}
    return known


def test_an_environment_of_uvs() -> None:
    found = facts(host(**uv_project()))
    assert told_apart(
        found, "executable", "alive", "version", "machine", "bits", "manager", "prefix", "base_prefix", "virtual",
        "externally_managed", "has_headers", "has_pip", "user_site_enabled", "site_packages", "stale",
    ) == {
        "executable": f"{VENV}/bin/python", "alive": True,
        "version": "3.12.4", "machine": "x86_64", "bits": 64, "manager": "uv", "prefix": VENV,
        "base_prefix": UV_BASE, "virtual": True, "externally_managed": None, "has_headers": True,
        "has_pip": False, "user_site_enabled": False,
        "site_packages": (f"{VENV}/lib/python3.12/site-packages",), "stale": (),
    }  # fmt: skip
    assert found.venv is not None
    assert told_apart(
        found.venv, "tool", "home", "home_alive", "made_at", "version", "program", "program_alive", "site_packages"
    ) == {
        "tool": "uv", "home": f"{UV_BASE}/bin", "home_alive": True, "made_at": VENV, "version": "3.12.4",
        "program": f"{UV_BASE}/bin/python3.12", "program_alive": True, "site_packages": True,
    }  # fmt: skip


def test_an_environment_whose_base_was_upgraded() -> None:
    """Arch, Homebrew: python3 is another minor version now, and packages lie in the old one's folder."""
    found = facts(
        host(
            files={f"{VENV}/pyvenv.cfg": "home = /usr/bin\nversion = 3.12.7\n"},
            links={f"{VENV}/bin/python": "/usr/bin/python3", "/usr/bin/python3": "python3.13"},
            paths=["/usr/bin/python3.13", f"{VENV}/lib/python3.12/site-packages/torch"],
        )
    )
    assert found.venv is not None
    assert (found.version, found.venv.version, found.venv.site_packages) == ("3.13", "3.12.7", False)


def test_scripts_that_start_another_python() -> None:
    old = "/home/ada/old/.venv"
    known = uv_project(
        files={f"{VENV}/bin/pip": f"#!{old}/bin/python\n", f"{VENV}/bin/activate": f"VIRTUAL_ENV={old}\n"}
    )
    found = facts(host(**known))
    assert found.stale == (Script(path=f"{VENV}/bin/pip", interpreter=f"{old}/bin/python", alive=False),)
    assert found.venv is not None
    assert (found.venv.made_at, found.venv.scripts) == (old, 2)


def test_a_folder_that_is_reached_by_a_link_was_not_moved() -> None:
    real = "/data/project/.venv"
    known = uv_project(
        files={
            f"{VENV}/bin/activate": f"VIRTUAL_ENV='{real}'\n",
            f"{VENV}/bin/tensorboard": f"#!{real}/bin/python",
        },
        links={"/home/ada/project": "/data/project", f"{real}/bin/python": f"{UV_BASE}/bin/python3.12"},
    )
    found = facts(host(**known))
    assert found.venv is not None
    assert (found.venv.made_at, found.stale, found.alive) == (VENV, (), True)


def test_a_conda_environment_with_packages_of_the_users() -> None:
    conda = "/home/ada/miniforge3/envs/train"
    found = facts(
        host(
            environment={"CONDA_PREFIX": conda, "CONDA_EXE": "/home/ada/miniforge3/bin/conda"},
            links={f"{conda}/bin/python": "python3.11"},
            paths=[
                f"{conda}/bin/python3.11",
                f"{conda}/conda-meta/python-3.11.9-h955ad1f_0.json",
                f"{conda}/lib/python3.11/site-packages/numpy-2.1.0.dist-info",
                "/home/ada/.local/lib/python3.11/site-packages/numpy-1.24.4.dist-info",
                "/home/ada/.local/lib/python3.11/site-packages/black-24.1.0.dist-info",
            ],
        ),
        python=f"{conda}",
    )
    assert told_apart(found, "version", "manager", "virtual", "conda", "user_site_enabled") == {
        "version": "3.11.9", "manager": "conda", "virtual": False, "conda": conda, "user_site_enabled": True,
    }  # fmt: skip
    site = "/home/ada/.local/lib/python3.11/site-packages"
    assert found.outside == (Outside(name="numpy", version="1.24.4", location=site, hidden="2.1.0"),)
    assert found.activated_prefix == conda


def test_a_system_that_keeps_its_python_for_itself() -> None:
    found = facts(
        host(
            links={"/usr/bin/python3": "python3.12"},
            paths=[
                "/usr/bin/python3.12",
                "/usr/lib/python3.12/EXTERNALLY-MANAGED",
                "/usr/lib/python3/dist-packages/torch-2.1.0.dist-info",
            ],
            programs={"python3": "/usr/bin/python3"},
        )
    )
    assert told_apart(found, "version", "manager", "prefix", "externally_managed", "marker", "managed_packages") == {
        "version": "3.12", "manager": "system", "prefix": "/usr", "externally_managed": True,
        "marker": "/usr/lib/python3.12/EXTERNALLY-MANAGED", "managed_packages": ("torch",),
    }  # fmt: skip


def test_homebrews_python_for_intel_on_apple_silicon() -> None:
    cellar = "/usr/local/Cellar/python@3.12/3.12.4/Frameworks/Python.framework/Versions/3.12"
    found = facts(
        host(
            "macos",
            links={
                "/usr/local/bin/python3": "../Cellar/python@3.12/3.12.4/Frameworks/Python.framework/Versions/3.12/bin/python3.12"
            },
            bytes={f"{cellar}/bin/python3.12": {"0": MACH_X86}},
            paths=[
                f"{cellar}/lib/python3.12/EXTERNALLY-MANAGED",
                "/usr/local/lib/python3.12/site-packages/numpy",
            ],
            programs={"python3": "/usr/local/bin/python3"},
        )
    )
    assert told_apart(found, "version", "machine", "manager", "base_prefix", "externally_managed", "site_packages") == {
        "version": "3.12", "machine": "x86_64", "manager": "homebrew", "base_prefix": cellar,
        "externally_managed": True, "site_packages": ("/usr/local/lib/python3.12/site-packages",),
    }  # fmt: skip


def test_windows_environment_with_launchers_of_another_place() -> None:
    base, folder = "C:/Users/ada/AppData/Local/Programs/Python/Python312", "C:/p/.venv"
    launcher = (b"MZ" + bytes(40) + b"#!C:\\old\\.venv\\Scripts\\python.exe\r\nPK\x03\x04").hex()
    found = facts(
        host(
            "windows",
            files={f"{folder}/pyvenv.cfg": f"home = {base}\nversion = 3.12.4\n"},
            bytes={f"{folder}/Scripts/pip.exe": {"0": launcher}},
            paths=[
                f"{folder}/Scripts/python.exe", f"{folder}/Lib/site-packages/pip", f"{base}/python.exe",
                f"{base}/python312.dll", f"{base}/include/Python.h", f"{base}/libs/python312.lib",
            ],
        ),
        folder="C:/p",
    )  # fmt: skip
    assert told_apart(found, "version", "manager", "prefix", "base_prefix", "has_headers", "has_pip") == {
        "version": "3.12.4", "manager": "python.org", "prefix": folder, "base_prefix": base,
        "has_headers": True, "has_pip": True,
    }  # fmt: skip
    assert found.stale == (
        Script(
            path=f"{folder}/Scripts/pip.exe", interpreter="C:\\old\\.venv\\Scripts\\python.exe", alive=False
        ),
    )


def test_the_stores_placeholder_and_an_embedded_python() -> None:
    apps = "C:/Users/ada/AppData/Local/Microsoft/WindowsApps"
    found = facts(host("windows", paths=[f"{apps}/python.exe"], programs={"python": f"{apps}/python.exe"}))
    assert (found.placeholder, found.manager) == (f"{apps}/python.exe", "store")
    place = "C:/comfy/python_embeded"
    found = facts(
        host("windows", paths=[f"{place}/python.exe", f"{place}/python312._pth", f"{place}/python312.dll"]),
        python=f"{place}/python.exe",
    )
    assert told_apart(found, "version", "manager", "isolated_path", "has_headers", "user_site_enabled") == {
        "version": "3.12", "manager": "embedded", "isolated_path": f"{place}/python312._pth",
        "has_headers": False, "user_site_enabled": False,
    }  # fmt: skip


def test_pip_of_one_environment_and_python_of_another() -> None:
    known = uv_project(
        files={"/home/ada/.local/bin/pip": "#!/usr/bin/python3.12\n"},
        programs={"python": f"{VENV}/bin/python", "pip": "/home/ada/.local/bin/pip"},
    )
    known["paths"] += ["/usr/bin/python3.12", "/usr/lib/python3/dist-packages/torch-2.5.1.dist-info"]
    assert facts(host(**known)).called == (
        Called(
            name="python", path=f"{VENV}/bin/python", python=f"{VENV}/bin/python", prefix=VENV, frameworks=("torch",)
        ),
        Called(
            name="pip", path="/home/ada/.local/bin/pip", python="/usr/bin/python3.12", prefix="/usr",
            frameworks=("torch",),
        ),
    )  # fmt: skip


def test_a_python_that_was_built_without_a_library() -> None:
    root = "/home/ada/.pyenv/versions/3.12.4"
    modules = [f"_m{number}.so" for number in range(40)] + ["_ctypes.cpython-312.so", "_ssl.cpython-312.so"]
    paths = [f"{root}/bin/python3.12", *(f"{root}/lib/python3.12/lib-dynload/{one}" for one in modules)]
    assert facts(host(paths=paths), python=f"{root}/bin/python3.12").lacks == ("_bz2", "_lzma", "_sqlite3")
    few = [f"{root}/bin/python3.12", f"{root}/lib/python3.12/lib-dynload/_m0.so"]  # the others are built in
    assert facts(host(paths=few), python=f"{root}/bin/python3.12").lacks == ()


@pytest.mark.skipif(sys.platform == "win32", reason="links of Unix")
def test_a_real_environment_and_its_recording_tell_the_same(tmp_path: Path) -> None:
    venv.create(tmp_path / ".venv", symlinks=True, with_pip=False)
    recording = RecordingSystem(HostSystem())
    found = facts(recording, folder=str(tmp_path))
    assert (found.version, found.virtual, found.alive) == (
        ".".join(map(str, sys.version_info[:3])),
        True,
        True,
    )
    assert found.venv is not None
    assert (found.venv.program_alive, found.venv.home_alive, found.venv.site_packages) == (True, True, True)
    assert found.venv.made_at == str(tmp_path / ".venv")


def test_nothing_at_all() -> None:
    found = facts(host())
    assert (found.executable, found.version, found.virtual, found.called) == ("", "", None, ())


def test_what_the_folders_of_pythonpath_hold() -> None:
    files = {"/x/random.py": "", "/x/mine.py": "", "/x/logging/__init__.py": "", "/x/test/data.txt": ""}
    system = host(files=files, environment={"PYTHONPATH": "/x:relative:/nowhere:"})
    assert facts(system).on_path == (
        OnPath(folder="/x", files=("logging/", "random.py")),
        OnPath(folder="/nowhere", there=False),
    )
