"""DLLs on a recorded Windows."""

from __future__ import annotations

import random
from pathlib import Path

from scaffold.machine.model import Machine
from scaffold.probing.libraries.model import Compiled, Library, LibraryFacts, Missing
from scaffold.probing.libraries.pe import Dll, read_dll
from scaffold.probing.libraries.probe import probe
from scaffold.probing.scene import Scene
from scaffold.probing.target import Target
from scaffold.recorded import RecordedSystem, normalised
from tests.hosts import plain_host
from tests.probing.libraries.dlls import dll

PREFIX = "C:/Users/ada/envs/dl"
SITE = f"{PREFIX}/Lib/site-packages"


class Windows(RecordedSystem):
    """A recorded host whose DLLs are made up."""

    def __init__(self, dlls: dict[str, bytes], *paths: str) -> None:
        self._dlls = {normalised(path): content for path, content in dlls.items()}
        super().__init__(
            {
                "schema": "scaffold/host/1",
                "platform": {
                    "os": "windows",
                    "machine": "AMD64",
                    "release": "11",
                    "version": "10.0.22631",
                    "libc": "",
                    "cpu_count": 8,
                },
                "environment": {"SYSTEMROOT": "C:/Windows", "PATH": "C:/tools;C:/Windows/System32"},
                "paths": [*dlls, f"{SITE}/torch/__init__.py", "C:/Windows/System32/kernel32.dll", *paths],
            }
        )

    def read_bytes(self, path, *, offset=0, size=1 << 20):
        content = self._dlls.get(normalised(path))
        return None if content is None else content[offset : offset + size]


def facts(system: Windows) -> LibraryFacts:
    host = plain_host(os="windows", cpu_count=8)
    target = Target(folder=Path("C:/p"), python=Path(f"{PREFIX}/python.exe"), prefix=Path(PREFIX))
    return probe(Scene(system=system, machine=Machine(host=host), target=target))


def test_what_is_imported_and_nowhere_is_missing() -> None:
    system = Windows(
        {
            f"{SITE}/torch/lib/c10.dll": dll(
                "KERNEL32.dll", "api-ms-win-crt-heap-l1-1-0.dll", "MSVCP140.dll"
            ),
            f"{SITE}/torch/lib/fbgemm.dll": dll("c10.dll", "libomp140.x86_64.dll", "helper.dll"),
            "C:/Windows/System32/msvcp140.dll": dll(version="14.38.33135.0"),
        },
        "C:/tools/helper.dll",
        f"{PREFIX}/Library/bin/libiomp5md.dll",
        f"{SITE}/torch/lib/libiomp5md.dll",
    )
    assert facts(system) == LibraryFacts(
        copies=(
            Library(
                name="libiomp5md.dll",
                path=str(Path(SITE) / "torch/lib/libiomp5md.dll"),
                via="package",
                owner="torch",
            ),
            Library(
                name="libiomp5md.dll",
                path=str(Path(PREFIX) / "Library/bin/libiomp5md.dll"),
                via="environment",
            ),
        ),
        missing=(
            Missing(
                name="libomp140.x86_64.dll",
                needed_by="torch\\lib\\fbgemm.dll",
                where=str(Path("C:/Windows/System32")),
            ),
        ),
        vc_runtime="14.38.33135.0",
        compiled=(
            Compiled(file="torch\\lib\\c10.dll", toolset="14.44"),
            Compiled(file="torch\\lib\\fbgemm.dll", toolset="14.44"),
        ),
    )


def test_where_system32_cannot_be_listed_nothing_is_missing() -> None:
    system = Windows({f"{SITE}/torch/lib/c10.dll": dll("VCRUNTIME140.dll")})
    system._paths = {one for one in system._paths if "System32" not in one}
    assert facts(system).missing == ()


def test_a_dll_says_what_it_is() -> None:
    content = dll("a.dll", "B.DLL", toolset=(14, 9), version="14.29.30133.0", machine=0xAA64)
    found = read_dll(lambda offset, size: content[offset : offset + size], version=True)
    assert found == Dll(machine="arm64", toolset="14.09", imports=("a.dll", "B.DLL"), version="14.29.30133.0")


def test_damaged_dlls_raise_nothing() -> None:
    whole, chance = dll("a.dll", "b.dll", version="14.29.30133.0"), random.Random(11)
    path = f"{SITE}/torch/lib/c10.dll"
    for _ in range(300):
        damaged = bytearray(whole[: chance.randrange(len(whole))])
        for _ in range(chance.randrange(30)):
            if damaged:
                damaged[chance.randrange(len(damaged))] = chance.randrange(256)
        assert isinstance(facts(Windows({path: bytes(damaged)})), LibraryFacts)
