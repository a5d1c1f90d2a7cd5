"""The facts about drivers, on hosts that were written down."""

from __future__ import annotations

from pathlib import Path

from scaffold.machine import detect
from scaffold.probing.driver.model import DockerFacts, InstallFacts, LinkFacts, WslFacts
from scaffold.probing.driver.probe import probe
from scaffold.probing.scene import Scene
from scaffold.probing.target import Target
from scaffold.recorded import RecordedSystem
from tests.machine.builders import libcuda, linux, managed, nvml, seen

LIBCUDA = "/usr/lib/x86_64-linux-gnu/libcuda.so.1"


def probed(system: RecordedSystem):
    return probe(Scene(system=system, machine=detect(system), target=Target(folder=Path("/work"))))


def test_a_host_with_nothing_of_nvidias_leaves_everything_unknown() -> None:
    facts = probed(linux())
    assert (facts.answers.codes, facts.module_version, facts.library_version) == ({}, "", None)
    assert (facts.compat, facts.foreign_library, facts.refused, facts.hosted) == ("", "", (), "")
    assert (facts.secure_boot, facts.uvm, facts.slept) == (None, None, None)
    assert (facts.wsl, facts.docker, facts.install) == (WslFacts(), DockerFacts(), InstallFacts())
    assert facts.links == LinkFacts(interfaces=())


def test_a_host_whose_driver_works() -> None:
    facts = probed(
        linux(
            files={
                "/sys/module/nvidia/version": "580.95.05\n",
                "/sys/power/suspend_stats/success": "2\n",
                "/sys/firmware/efi/efivars/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c": "\x06\0\0\0\x01",
                "/var/lib/dpkg/info/libnvidia-compute-580:amd64.list": "",
                "/var/lib/dpkg/info/libnvidia-container1:amd64.list": "",
                "/var/run/reboot-required.pkgs": "linux-base\n",
                "/usr/local/cuda-12.4/version.json": "{}",
            },
            links={LIBCUDA: "libcuda.so.580.95.05"},
            probes={"libcuda": libcuda(seen(0)), "nvml": nvml(managed(0, used=5, mode=3, uncorrected=0, fabric=2))},
            cards=[("0000:01:00.0", "0x10de", "0x2504", "nvidia")],
        )
    )  # fmt: skip
    assert facts.answers.codes == {"libcuda": 0, "NVML": 0}
    (gpu,) = facts.answers.gpus
    assert (gpu.used, gpu.mode, gpu.uncorrected, gpu.fabric) == (5, "exclusive", 0, "in progress")
    assert (facts.module_version, facts.library_version) == ("580.95.05", "580.95.05")
    assert (facts.secure_boot, facts.slept, facts.uvm) == (True, True, False)
    assert facts.toolkits == ("/usr/local/cuda-12.4",)
    assert facts.install == InstallFacts(
        methods=("apt",),
        packages=("libnvidia-compute-580",),
        module_built=True,
        headers=None,
        restart_wanted=False,
    )


def test_a_module_that_was_not_built_for_the_kernel_that_runs() -> None:
    facts = probed(
        linux(
            files={
                "/lib/modules/6.8.0-45-generic/modules.dep": "",
                "/usr/bin/nvidia-uninstall": "",
                "/var/lib/dpkg/info/nvidia-driver-535.list": "",
                "/var/log/apt/history.log": "Start-Date: 2026-05-13  06:12:03\nCommandline: unattended-upgrade\n"
                "Upgrade: nvidia-driver-535:amd64 (535.1, 535.2)\n",
            },
            cards=[("0000:01:00.0", "0x10de", "0x2504", "")],
        )
    )
    assert facts.install == InstallFacts(
        methods=("runfile", "apt"),
        packages=("nvidia-driver-535",),
        module_built=False,
        headers=False,
        restart_wanted=False,
        upgraded="2026-05-13  06:12:03 unattended-upgrade",
    )


def test_a_linux_driver_inside_wsl_and_a_compatibility_libcuda() -> None:
    release = {"release": "5.15.167.4-microsoft-standard-WSL2"}
    inside = probed(linux(files={LIBCUDA: "", "/dev/dxg": ""}, platform=release))
    assert (inside.foreign_library, inside.wsl) == (LIBCUDA, WslFacts(door=True, library=False))
    linked = probed(
        linux(links={LIBCUDA: "/usr/lib/wsl/lib/libcuda.so.1"}, files={"/dev/dxg": ""}, platform=release)
    )
    assert linked.foreign_library == ""
    compat = "/usr/local/cuda/compat/libcuda.so.1"
    facts = probed(linux(files={compat: "", "/etc/ld.so.conf.d/00-compat.conf": "/usr/local/cuda/compat\n"}))
    assert facts.compat == compat


def test_gpus_that_the_iommu_keeps_apart() -> None:
    root = "/sys/bus/pci/devices"
    places = ("0000:01:00.0", "0000:02:00.0")
    files = {f"{root}/{one}/iommu_group/type": "DMA-FQ\n" for one in places}
    files["/sys/class/net/eno1/address"] = ""
    facts = probed(linux(files=files, cards=[(one, "0x10de", "0x2230", "") for one in places]))
    assert facts.links == LinkFacts(translated=True, interfaces=("eno1",))
