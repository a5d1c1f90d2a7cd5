"""Shared libraries, read part by part; made here by the compiler, and damaged."""

from __future__ import annotations

import random
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from scaffold.probing.extensions.symbols import lacking
from scaffold.probing.libraries.compiled import read_elf
from scaffold.probing.libraries.elf import open_elf
from scaffold.system import HostSystem

needs_gcc = pytest.mark.skipif(
    sys.platform != "linux" or shutil.which("gcc") is None, reason="made by gcc for Linux"
)


def library(path: Path, code: str, *options: str) -> Path:
    command = ["gcc", "-shared", "-fPIC", "-x", "c", "-", "-x", "none", "-o", str(path), *options]
    subprocess.run(command, input=code, text=True, check=True)
    return path


@needs_gcc
def test_what_the_loader_reads_is_read(tmp_path) -> None:
    versions = tmp_path / "versions"
    versions.write_text("GLIBCXX_3.4.30 { global: newer; };\n", encoding="utf-8")
    given = library(
        tmp_path / "libstdc++.so.6",
        "int newer(void) { return 1; }",
        "-Wl,-soname,libstdc++.so.6",
        f"-Wl,--version-script={versions}",
    )
    asking = library(
        tmp_path / "libasking.so",
        "int newer(void); int _ZN3c104gone(void); __attribute__((weak)) int maybe(void);"
        "int use(void) { return newer() + _ZN3c104gone() + (maybe ? maybe() : 0); }",
        str(given),
        "-Wl,--enable-new-dtags,-rpath,/opt/lib",
        "-z",
        "execstack",
    )
    system = HostSystem()
    found, provider = read_elf(system, asking, names=True), read_elf(system, given)
    assert found is not None
    assert provider is not None
    assert [one for one in found.needed() if "stdc" in one] == ["libstdc++.so.6"]
    assert "GLIBCXX_3.4.30" in provider.versions_defined()
    assert "GLIBCXX_3.4.30" in found.versions_needed()
    assert {"newer", "_ZN3c104gone"} <= set(found.undefined())
    assert "maybe" not in set(found.undefined())
    assert (provider.defines("newer"), provider.defines("older"), found.defines("use")) == (True, False, True)
    assert (found.own_first, provider.own_first) == (False, None)
    assert (found.executable_stack, provider.executable_stack) == (True, False)


@needs_gcc
def test_a_function_that_no_library_of_torch_has_is_lacking(tmp_path) -> None:
    torch = tmp_path / "torch/lib"
    torch.mkdir(parents=True)
    library(torch / "libc10.so", "int _ZN3c105ErrorEv(void) { return 1; }")
    library(torch / "libc10_cuda.so", "int _ZN3c104cuda9SetDeviceEa(char d) { return d; }")
    code = "int _ZN3c104cuda9SetDeviceEi(int); int _ZN3c105ErrorEv(void); int other(void);"
    code += "int use(void) { return _ZN3c104cuda9SetDeviceEi(0) + _ZN3c105ErrorEv() + other(); }"
    extension = library(tmp_path / "ext.so", code)
    system = HostSystem()
    assert lacking(system, extension, torch) == ("_ZN3c104cuda9SetDeviceEi",)
    library(torch / "libc10_cuda.so", "int _ZN3c104cuda9SetDeviceEi(int d) { return d; }")
    assert lacking(system, extension, torch) == ()
    (torch / "libtorch_cpu.so").write_bytes(b"not a library")
    library(torch / "libc10_cuda.so", "int nothing(void) { return 1; }")
    assert lacking(system, extension, torch) == ()  # what cannot be read may define anything


@needs_gcc
def test_damaged_libraries_are_none_or_say_something(tmp_path) -> None:
    whole = library(tmp_path / "a.so", "int here(void) { return 1; }").read_bytes()
    chance, broken, system = random.Random(7), tmp_path / "broken.so", HostSystem()
    for _ in range(300):
        damaged = bytearray(whole[: chance.randrange(len(whole))])
        for _ in range(chance.randrange(40)):
            if damaged:
                damaged[chance.randrange(min(len(damaged), 4000))] = chance.randrange(256)
        broken.write_bytes(bytes(damaged))
        found = read_elf(system, broken, names=True)
        if found is not None:
            list(found.undefined())
            found.needed(), found.versions_defined(), found.versions_needed(), found.defines("here")
        assert isinstance(lacking(system, broken, tmp_path), tuple)


def test_other_files_are_none() -> None:
    for content in (b"", b"\x7fELF", b"\x7fELF\x01\x01" + bytes(100), b"MZ" + bytes(100)):
        assert open_elf(lambda offset, size, content=content: content[offset : offset + size]) is None
