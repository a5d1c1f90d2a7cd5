"""Whole facts out of a row: what a healthy machine of that kind shows to every probe."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from scaffold.checks.facts import Facts
from scaffold.code.statements import Import
from scaffold.probing.cpu.model import CpuFacts
from scaffold.probing.extensions.model import ExtensionFacts
from scaffold.probing.interpreter.model import Called, PythonFacts, VenvFacts
from scaffold.probing.libraries.model import Library, LibraryFacts, Standard
from scaffold.probing.network.model import NetworkFacts
from scaffold.probing.packages.model import Package, PackageFacts, TensorFlowBuild, TorchBuild
from scaffold.probing.room.model import Limits, Place, RoomFacts
from scaffold.probing.sources.model import Source, SourceFacts
from scaffold.probing.target import Target
from scaffold.probing.variables.model import Variable, VariableFacts
from scaffold.replay.read import described

GIB = 1 << 30
AVX = frozenset(("sse4_1", "sse4_2", "ssse3", "avx", "avx2", "fma", "f16c", "bmi1", "bmi2", "popcnt"))


class Row:
    """One machine, and where things lie on it."""

    def __init__(self, told: Mapping[str, Any]) -> None:
        self.told = told
        self.os = told["os"]["family"]
        self.arch = told.get("arch", "x86_64")
        self.manager = told.get("manager", "python.org" if self.os == "windows" else "pyenv")
        self.version = told.get("python", "3.12.11")
        self.packages = {name: version for name, version in told["packages"].items() if version}
        home = {"windows": "C:\\Users\\li", "macos": "/Users/li"}.get(self.os, "/home/li")
        self.slash = "\\" if self.os == "windows" else "/"
        self.home, self.project = home, self.join(home, "cnn-project")
        conda = self.manager == "conda"
        self.prefix = (
            self.join(home, "miniforge3", "envs", "dl") if conda else self.join(self.project, ".venv")
        )
        minor = ".".join(self.version.split(".")[:2])
        if self.os == "windows":
            self.site = self.join(self.prefix, "Lib", "site-packages")
            self.python = self.join(self.prefix, *(() if conda else ("Scripts",)), "python.exe")
        else:
            self.site = self.join(self.prefix, "lib", f"python{minor}", "site-packages")
            self.python = self.join(self.prefix, "bin", "python")

    def join(self, *parts: str) -> str:
        return self.slash.join(parts)


def facts_of(told: Mapping[str, Any]) -> Facts:
    """What every probe would have seen."""
    row = Row(told)
    machine = {key: told[key] for key in ("os", "arch", "gpu", "driver", "container") if key in told}
    known, _ = described({"machine": {"arch": "x86_64", **machine}})
    return replace(
        known,
        told=False,
        target=Target(
            folder=Path(row.project),
            python=Path(row.python),
            prefix=Path(row.prefix),
            how=".venv of the folder",
        ),
        python=python(row),
        packages=packages(row),
        variables=variables(row),
        libraries=libraries(row),
        extensions=ExtensionFacts(
            nvcc="", toolkit_home="", compiler="" if row.os == "windows" else "/usr/bin/cc", headers=True
        ),
        sources=sources(row),
        room=room(row),
        network=NetworkFacts(
            offline=False,
            no_proxy="",
            endpoint="",
            interfaces=("eth0", "lo"),
            unset=frozenset(("HTTP_PROXY", "HTTPS_PROXY")),
        ),
        cpu=CpuFacts(
            model="a processor",
            has=AVX if row.arch == "x86_64" else frozenset(("neon", "asimd")),
            complete=True,
        ),
    )


def python(row: Row) -> PythonFacts:
    conda = row.manager == "conda"
    base = (
        row.prefix
        if conda
        else {"windows": "C:\\Python312"}.get(row.os, f"{row.home}/.pyenv/versions/{row.version}")
    )
    venv = VenvFacts(
        folder=row.prefix, tool="virtualenv", home=base, home_alive=True, made_at=row.prefix, version=row.version,
        program=row.python, program_alive=True, sees_system=False, scripts=20, site_packages=True,
    )  # fmt: skip
    return PythonFacts(
        executable=row.python, version=row.version, implementation="CPython", machine=row.arch, bits=64, manager=row.manager,
        prefix=row.prefix, base_prefix=base, virtual=not conda, conda="dl" if conda else "", externally_managed=False,
        free_threaded=False, has_headers=True, has_pip=True, user_site=f"{row.home}/.local/lib/site-packages",
        user_site_enabled=conda, site_packages=(row.site,), writable=True, venv=None if conda else venv,
        activated=row.prefix, activated_alive=True, activated_prefix=row.prefix,
        called=tuple(Called(name=one, path=row.join(row.prefix, "bin", one), python=row.python, prefix=row.prefix) for one in ("pip", "python")),
    )  # fmt: skip


def packages(row: Row) -> PackageFacts:
    version = row.packages.get("torch", "")
    tag = version.partition("+")[2]
    cuda = f"{tag[2:4]}.{tag[4:]}" if tag.startswith("cu") else ""
    torch = TorchBuild(
        version=version, cuda=cuda, hip="6.4.43484" if tag.startswith("rocm") else "", xpu="20250101" if tag == "xpu" else "",
        backend="cuda" if cuda else tag.rstrip("0123456789.") or "cpu", source=row.join(row.site, "torch", "version.py"),
    )  # fmt: skip
    flow = row.packages.get("tensorflow") or row.packages.get("tensorflow-cpu", "")
    with_cuda = row.os == "linux" and "tensorflow" in row.packages
    installer = "uv" if row.manager == "uv" else "pip"
    return PackageFacts(
        packages=tuple(Package(name=one, version=text, location=row.site, installer=installer) for one, text in row.packages.items()),
        complete=True,
        places=(row.site,),
        torch=torch if version else None,
        tensorflow=TensorFlowBuild(
            version=flow, cuda="12.5.1" if with_cuda else "", cudnn="9" if with_cuda else "", rocm=False,
            source=row.join(row.site, "tensorflow", "python", "platform", "build_info.py"),
        ) if flow else None,
    )  # fmt: skip


def variables(row: Row) -> VariableFacts:
    set_ = {
        "PATH": row.join(row.prefix, "bin"),
        "HOME": row.home,
        "LANG": "C.UTF-8",
        **row.told.get("env", {}),
    }
    set_["CONDA_PREFIX" if row.manager == "conda" else "VIRTUAL_ENV"] = row.prefix
    return VariableFacts(
        found=tuple(Variable(name=name, value=value) for name, value in set_.items()), complete=True
    )


def libraries(row: Row) -> LibraryFacts:
    if row.os != "linux":
        return LibraryFacts(vc_runtime="14.44.35211" if row.os == "windows" else "")
    nvidia = [name for name in row.packages if name.startswith("nvidia-cudnn")]
    copies = tuple(
        Library(
            name=f"libcudnn.so.{row.packages[name].split('.')[0]}", via="package", version=row.packages[name], owner=name,
            path=row.join(row.site, "nvidia", "cudnn", "lib", "libcudnn.so.9"),
        )
        for name in nvidia
    )  # fmt: skip
    standard = Standard(
        path="/usr/lib/x86_64-linux-gnu/libstdc++.so.6", provides="3.4.33", needs="3.4.29", needed_by="torch"
    )
    return LibraryFacts(
        copies=copies,
        search=(),
        standard=standard,
        libdevice=(row.join(row.site, "nvidia"),) if nvidia else None,
    )


def room(row: Row) -> RoomFacts:
    system = {"windows": "ntfs", "macos": "apfs"}.get(row.os, "ext4")

    def place(role: Any, path: str) -> Place:
        return Place(
            role=role, path=path, exists=True, writable=True, total=500 * GIB, free=200 * GIB, free_files=10_000_000,
            file_system=system, mount="/", works=True if role == "environment" else None,
        )  # fmt: skip

    shared = Place(
        role="shared-memory",
        path="/dev/shm",
        exists=True,
        writable=True,
        total=16 * GIB,
        free=16 * GIB,
        file_system="tmpfs",
    )
    windows = row.os == "windows"
    return RoomFacts(
        places=(
            place("environment", row.prefix), place("project", row.project), place("home", row.home),
            place("temporary", row.join(row.home, "tmp")), place("hub", row.join(row.home, ".cache", "huggingface")),
        ),
        shared_memory=shared if row.os == "linux" else None,
        limits=Limits() if windows else Limits(open_files=65536, open_files_hard=1 << 20, processes=63_000, locked_memory=64 << 10),
        leftovers=0, cpu_quota=0.0, swap=8 * GIB, long_paths=True if windows else None, store_python=False if windows else None,
        commit_limit=96 * GIB if windows else None, commit_free=64 * GIB if windows else None, strict_overcommit=False,
        watches=524_288 if row.os == "linux" else None, charset="cp936" if row.told.get("locale") else "UTF-8",
    )  # fmt: skip


def sources(row: Row) -> SourceFacts:
    train = Source(
        path="train.py",
        imports=(Import(module="torch", line=1), Import(module="cnn_project.loop", line=2)),
        guarded=True,
    )
    return SourceFacts(
        folder=row.project, files=("train.py", "src/cnn_project/__init__.py", "src/cnn_project/loop.py"), whole=True,
        sources=(train,), roots=("", "src"), name="cnn-project",
    )  # fmt: skip
