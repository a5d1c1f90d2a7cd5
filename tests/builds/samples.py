"""Machines and sources to choose builds for."""

import json
from dataclasses import replace
from pathlib import Path

from scaffold.builds.published import published
from scaffold.machine import Accelerator, Host, Machine
from scaffold.sources.model import Listing, Offers, Source, SourceSettings, Wheel
from scaffold.sources.settings import DEFAULT_INDEX
from tests.hosts import plain_host

LINES = (Path(__file__).parents[1] / "machines" / "machines.jsonl").read_text(encoding="utf-8").splitlines()
CORPUS = {line["id"]: line for line in map(json.loads, LINES)}

SETTINGS = SourceSettings(index=DEFAULT_INDEX)
PYPI = Source(kind="index", location=DEFAULT_INDEX.value)
CPU_INDEX = Source(kind="pytorch", location="https://download.pytorch.org/whl/cpu", variant="cpu")
FOLDER = Source(kind="find-links", location="/srv/wheels")
PYTHONS = ("3.10", "3.11", "3.12", "3.13", "3.14")


def host(os="linux", architecture="x86_64", glibc="2.36", os_version="", wsl=0, translated=False) -> Host:
    return plain_host(
        os=os,
        os_version=os_version,
        architecture=architecture,
        libc=f"glibc {glibc}" if os == "linux" else "",
        cpu_count=8,
        wsl=wsl,
        translated=translated,
    )


def gpu(capability, driver, name="GPU", index=0, **facts) -> Accelerator:
    return Accelerator(vendor="nvidia", index=index, name=name, capability=capability, driver=driver, **facts)


def nvidia(*capabilities, driver="580.95.05", **facts) -> Machine:
    gpus = (gpu(one, driver, f"card {index}", index) for index, one in enumerate(capabilities))
    return Machine(host=host(**facts), accelerators=tuple(gpus))


CPU = Machine(host=host())
MAC = Machine(
    host=host("macos", "arm64", os_version="14.5"),
    accelerators=(Accelerator(vendor="apple", index=0, name="Apple M2", capability="apple-silicon"),),
)


def of_corpus(line) -> Machine:
    """The machine that a line of the corpus describes."""
    facts = line["facts"]
    accelerators = [
        Accelerator(
            vendor=one["vendor"], index=index, name=one["name"], capability=one.get("cc", one.get("gfx", "")),
            driver=facts.get("nvidia_driver", "") if one["vendor"] == "nvidia" else "",
        )
        for one in facts["gpus"] for index in range(one.get("count", 1))
    ]  # fmt: skip
    if facts.get("pci"):
        stopped = Accelerator(vendor="nvidia", index=0, name="RTX 3060", status="nouveau")
        accelerators.append(stopped)
    return Machine(
        host=host(facts["os"], facts["arch"], facts.get("glibc", ""), wsl=facts.get("wsl", 0)),
        accelerators=tuple(accelerators),
    )


def offers(*listings) -> Offers:
    return Offers(settings=SETTINGS, listings=listings)


def listing(source, project, *filenames) -> Listing:
    """A source's answer; each file name is a wheel's."""
    wheels = tuple(
        Wheel(
            project=project,
            version=name.split("-")[1],
            filename=name,
            url=f"{source.location}/{name}",
            source=source,
        )
        for name in filenames
    )
    return Listing(source=source, project=project, outcome="ok" if wheels else "absent", wheels=wheels)


def unreachable(source, project="torch") -> Listing:
    problem = "cannot resolve download.pytorch.org"
    return Listing(source=source, project=project, outcome="unreachable", problem=problem)


def without_pytorch_index() -> Offers:
    """Everything on the ordinary index, and PyTorch's own does not answer."""
    kept = [one for one in published().listings if one.source.kind != "pytorch"]
    return Offers(settings=SETTINGS, listings=(*kept, unreachable(CPU_INDEX)))


def with_folder(base: Offers, *filenames) -> Offers:
    """The same with a folder of torch wheels beside it."""
    return replace(base, listings=(*base.listings, listing(FOLDER, "torch", *filenames)))
