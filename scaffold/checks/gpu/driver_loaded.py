"""A driver that is not there, is not loaded, or is two drivers at once."""

from __future__ import annotations

from collections.abc import Iterator

from scaffold.checks.facts import Facts
from scaffold.checks.gpu import heard
from scaffold.checks.gpu.driver_obstacle import obstacle
from scaffold.checks.gpu.none_here import CHOOSE, none_here
from scaffold.checks.model import Evidence, Finding, Level, Remedy
from scaffold.machine.model import Accelerator

_NOT_PYTHON = ("PyTorch, TensorFlow and the CUDA toolkit: no program reaches the GPU without its driver",)
_LOOK = (("nvidia-smi",), ("dkms", "status"), ("sudo", "dmesg"))

#: The first capability for which frameworks of today have code: for older cards no driver helps.
_OLDEST = 5.0


def loaded(facts: Facts) -> Iterator[Finding]:
    """NVIDIA's kernel module runs the cards that are plugged in."""
    found = obstacle(facts)
    cards = tuple(one for one in heard.nvidia(facts) if one.status != "hidden")
    if found == "nouveau":
        yield _held_by_another(facts, cards)
    elif found == "missing":
        yield _finding(
            facts,
            f"{_plugged(cards)} no NVIDIA driver is installed where the program runs",
            "driver-missing",
            _installing(facts),
        )
    elif found == "not-loaded":
        yield _not_loaded(facts)


def _held_by_another(facts: Facts, cards: tuple[Accelerator, ...]) -> Finding:
    """Another driver of the kernel holds the card: nouveau, or one that hands it to a virtual machine."""
    bound = heard.driver(facts).bound or "nouveau"
    seen = heard.driver(facts).bound
    evidence = (Evidence(source="lspci -nnk", value=f"Kernel driver in use: {seen}"),) if seen else ()
    if bound in ("vfio-pci", "pci-stub", "xen-pciback"):
        cure = (
            "the card is set aside for a virtual machine: use it there, or take it back (remove its ids from "
            f"{bound}'s options in /etc/modprobe.d and the kernel's command line, then restart)"
        )
    else:
        cure = (
            f"block {bound} (a file /etc/modprobe.d/blacklist-{bound}.conf with the lines blacklist {bound} "
            f"and options {bound} modeset=0), then sudo update-initramfs -u (Fedora, RHEL: sudo dracut "
            "--force), install NVIDIA's driver where it is missing (sudo ubuntu-drivers install; Fedora: "
            "akmod-nvidia of RPM Fusion), then restart"
        )
    title = f"The driver {bound} holds {heard.named(cards)}, and it cannot compute"
    return _finding(facts, title, bound, cure, evidence)


def _plugged(cards: tuple[object, ...]) -> str:
    return f"{heard.named(cards)} is plugged in, and" if cards else "A program looked for a GPU, and"  # type: ignore[arg-type]


def _installing(facts: Facts) -> str:
    if none_here(facts) and not facts.machine.host.container:
        return (
            f"no GPU was found on this machine: let the code take the processor ({CHOOSE}); where a GPU "
            "should be here, look whether the system sees it (lspci, Device Manager), then install its driver"
        )
    if facts.machine.host.os == "windows":
        return "install the driver from nvidia.com/drivers (nvidia-smi shows it afterwards), then restart"
    return (
        "install NVIDIA's driver by one method (sudo ubuntu-drivers install on Ubuntu; Fedora: akmod-nvidia "
        "of "
        "RPM Fusion; Arch: nvidia-open), then restart"
    )


def _not_loaded(facts: Facts) -> Finding:
    known = heard.driver(facts)
    install = known.install
    release = facts.machine.host.kernel
    if known.secure_boot or heard.logged(facts, "kernel-refuses-module"):
        return _finding(
            facts,
            "NVIDIA's driver is installed, and Secure Boot lets the kernel load no module that nobody signed",
            "secure-boot-blocks-module",
            "enrol the key that signed the module (sudo mokutil --import /var/lib/shim-signed/mok/MOK.der or "
            "your distribution's, restart, confirm in the blue menu), or turn Secure Boot off in the "
            "firmware",
            (Evidence(source="SecureBoot (EFI variable)", value="on"),) if known.secure_boot else (),
        )
    if install.prime in ("intel", "off"):
        return _finding(
            facts,
            "This laptop was told to use the processor's graphics alone (prime-select), which keeps NVIDIA's "
            "module "
            "from being loaded",
            "prime-intel",
            "let both be used, then restart: sudo prime-select on-demand",
            (Evidence(source="/etc/prime-discrete", value=install.prime),),
        )
    if install.methods and len(install.methods) > 1:
        return _finding(
            facts,
            f"NVIDIA's driver was installed by {' and by '.join(install.methods)}, and its kernel module is "
            "not loaded",
            "driver-module-not-loaded",
            "keep one method: remove the driver of the others (sudo apt purge '*nvidia*', or sudo "
            "nvidia-uninstall), install it again by one method, restart, and keep apt from replacing it "
            "(sudo apt-mark hold nvidia-driver-NNN, or a pin in /etc/apt/preferences.d)",
            _upgraded(facts),
        )
    if install.module_built is False:
        headers = f"; the headers of {release} are missing as well" if install.headers is False else ""
        return _finding(
            facts,
            f"The kernel {release} runs, and no module of NVIDIA's driver was built for it{headers}",
            "driver-module-not-loaded",
            "install the headers of the running kernel and build the module (sudo apt install "
            "linux-headers-$(uname -r); sudo dkms autoinstall), or start the kernel that it was built for; "
            "then restart",
            (Evidence(source=f"/lib/modules/{release}", value="no nvidia.ko"), *_upgraded(facts)),
        )
    return _finding(
        facts,
        "NVIDIA's driver is installed, and its kernel module is not loaded",
        "driver-module-not-loaded",
        "see why (dkms status, mokutil --sb-state, sudo dmesg | grep -i nvidia): not built for this kernel, "
        "refused by Secure Boot, or replaced by an update. Install the headers of the running kernel and the "
        "driver again by one method (apt, or NVIDIA's own installer, never both), hold its packages "
        "(sudo apt-mark hold), then restart",
        _upgraded(facts),
    )


def _upgraded(facts: Facts) -> tuple[Evidence, ...]:
    upgraded = heard.driver(facts).install.upgraded
    return (Evidence(source="/var/log/apt/history.log", value=upgraded),) if upgraded else ()


def _finding(facts: Facts, title: str, cause: str, cure: str, evidence: tuple[Evidence, ...] = ()) -> Finding:
    cards = heard.nvidia(facts)
    return Finding(
        id="gpu.driver-not-loaded",
        level=_level(facts),
        title=title,
        detail="\n".join(facts.machine.notes),
        cause=cause,
        evidence=(*heard.seen(cards), *heard.answered(facts), *evidence),
        not_the_cause=_NOT_PYTHON,
        remedy=Remedy(text=cure, commands=_LOOK if facts.machine.host.os == "linux" else (("nvidia-smi",),)),
    )


def _level(facts: Facts) -> Level:
    """A card that no framework has code for loses nothing by having no driver."""
    known = [float(one.capability) for one in heard.nvidia(facts) if one.capability]
    useless = bool(known) and max(known) < _OLDEST and not heard.wanted(facts)
    return "info" if useless else "error"


def one_version(facts: Facts) -> Iterator[Finding]:
    """The libraries of the driver are of the version of its kernel module."""
    if obstacle(facts) != "mismatch":
        return
    known = heard.driver(facts)
    module, library = known.module_version or "", known.library_version or ""
    if module == library:
        module = library = ""  # seen at another moment than the one that the log tells of
    contained = bool(facts.machine.host.container)
    versions = f" ({library} and {module})" if module and library else ""
    yield Finding(
        id="gpu.driver-lib-mismatch",
        level="error",
        title="NVIDIA's libraries and the kernel module that runs are of two versions"
        + (versions or (": the container's and the host's" if contained else "")),
        detail=_why_two(facts, contained=contained),
        cause="driver-installed-in-container" if contained else "kernel-module-mismatch",
        evidence=(
            *((Evidence(source="/proc/driver/nvidia/version", value=module),) if module else ()),
            *((Evidence(source="libcuda.so.1", value=library),) if library else ()),
            *heard.answered(facts),
            *_upgraded(facts),
        ),
        not_the_cause=("PyTorch, TensorFlow and the CUDA toolkit",),
        remedy=_in_container(facts) if contained else _on_host(facts),
    )


def _why_two(facts: Facts, *, contained: bool) -> str:
    if contained:
        return (
            "A container uses the kernel module of its host; a driver that is installed inside it brings "
            "libraries of its own version. To restart the container does not help."
        )
    wanted = heard.driver(facts).install.restart_wanted
    return "The driver was updated while the old module was loaded" + (
        "; the package manager asks for a restart" if wanted else ""
    )


def _on_host(facts: Facts) -> Remedy:
    methods = heard.driver(facts).install.methods or ()
    twice = (
        f"; the driver was installed by {' and by '.join(methods)}: keep one method, and hold its packages "
        "(sudo apt-mark hold)"
        if len(methods) > 1
        else ""
    )
    return Remedy(
        text="reboot the computer; without a reboot, end every program that uses the GPU and load the module "
        "anew (sudo rmmod nvidia_drm nvidia_modeset nvidia_uvm nvidia && sudo modprobe nvidia). Take CUDA "
        "from "
        f"wheels, not from apt's cuda packages, which replace the driver{twice}",
        commands=(("sudo", "reboot"),),
    )


def _in_container(facts: Facts) -> Remedy:
    packages = heard.driver(facts).install.packages or ("libnvidia-compute-*", "nvidia-driver-*")
    return Remedy(
        text="remove the driver packages that were installed inside the container and recreate it: the "
        "runtime brings the libraries of the host; install a build of the framework that fits the host's "
        "driver instead of a driver. Where none was installed inside: the host itself must be rebooted",
        commands=(("sudo", "apt", "purge", *packages[:6]),),
    )
