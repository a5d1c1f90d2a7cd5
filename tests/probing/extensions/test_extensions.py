"""Compiled extensions and their tools, looked up in real folders."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from scaffold.machine.model import Machine
from scaffold.probing.extensions.model import Extension, ExtensionFacts
from scaffold.probing.extensions.probe import probe
from scaffold.probing.scene import Scene
from scaffold.probing.target import Target
from scaffold.system import HostSystem
from tests.hosts import plain_host

HOST = plain_host(libc="glibc 2.39", cpu_count=8)


class Here(HostSystem):
    """This host, with variables and programs of the test's."""

    def __init__(self, **variables: str) -> None:
        super().__init__()
        self.environment = variables
        self.platform = replace(self.platform, os="linux")

    def which(self, program: str) -> Path | None:
        return None


def scene(tmp_path: Path, **variables: str) -> Scene:
    prefix = tmp_path / "env"
    (prefix / "lib/python3.12/site-packages").mkdir(parents=True, exist_ok=True)
    target = Target(folder=tmp_path, python=prefix / "bin/python", prefix=prefix)
    return Scene(system=Here(**variables), machine=Machine(host=HOST), target=target)


def test_an_environment_with_extensions(tmp_path) -> None:
    asked = scene(tmp_path, CUDA_HOME=str(tmp_path / "cuda"))
    site = tmp_path / "env/lib/python3.12/site-packages"
    (site / "flash_attn-2.7.4.post1+cu12torch2.5cxx11abiFALSE.dist-info").mkdir()
    (site / "bitsandbytes").mkdir()
    for name in ("libbitsandbytes_cuda121.so", "libbitsandbytes_cuda126.so", "libbitsandbytes_cpu.so"):
        (site / "bitsandbytes" / name).touch()
    (tmp_path / "requirements.txt").write_text("torch\n# apex\nFlash_Attn==2.7.4\ndeepspeed>=0.14\n")
    (tmp_path / "cuda/bin").mkdir(parents=True)
    (tmp_path / "cuda/bin/nvcc").touch()
    (tmp_path / "cuda/version.json").write_text('{"cuda_nvcc": {"name": "NVCC", "version": "12.4.131"}}')
    (tmp_path / "env/include/python3.12").mkdir(parents=True)
    assert probe(asked) == ExtensionFacts(
        extensions=(
            Extension(
                name="flash-attn",
                version="2.7.4.post1+cu12torch2.5cxx11abiFALSE",
                torch="2.5",
                cuda="12",
                source=str(site / "flash_attn-2.7.4.post1+cu12torch2.5cxx11abiFALSE.dist-info"),
            ),
        ),
        bitsandbytes=("121", "126"),
        wanted=("deepspeed",),
        wanted_in=str(tmp_path / "requirements.txt"),
        nvcc="12.4.131",
        toolkit_home=str(tmp_path / "cuda"),
        compiler="",
        headers=False,
        headers_at=str(tmp_path / "env/include"),
    )


def test_an_empty_environment(tmp_path) -> None:
    found = probe(scene(tmp_path, CC="/opt/clang"))
    assert found == ExtensionFacts(
        compiler="/opt/clang", headers=False, headers_at=str(tmp_path / "env/include")
    )
