"""Look it up on this machine: a few small files of the kernel, the loader and the package manager."""

from __future__ import annotations

from scaffold.machine.nvidia_traces import DXG, PACKAGED, WSL_FOLDER, file_version
from scaffold.probing.driver.installation import install_facts
from scaffold.probing.driver.links import link_facts
from scaffold.probing.driver.model import DockerFacts, DriverFacts, WslFacts
from scaffold.probing.scene import Scene
from scaffold.system import System

_SECURE_BOOT = "/sys/firmware/efi/efivars/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c"

#: A variable that only such a machine has -> what people call the machine.
_HOSTS = {
    "COLAB_RELEASE_TAG": "colab",
    "COLAB_GPU": "colab",
    "KAGGLE_KERNEL_RUN_TYPE": "kaggle",
    "STUDIO_LAB_HOME": "sagemaker",
    "RUNPOD_POD_ID": "runpod",
}


def probe(scene: Scene) -> DriverFacts:
    """The facts for a target; never starts anything of it."""
    system, machine = scene.system, scene.machine
    hosted = next((host for name, host in _HOSTS.items() if name in system.environment), "")
    if system.platform.os != "linux":
        return DriverFacts(answers=machine.nvidia, hosted=hosted)
    module = _module(system)
    library = next((f"{one}/libcuda.so.1" for one in PACKAGED if system.exists(f"{one}/libcuda.so.1")), "")
    version = file_version(system.resolve_link(library) or "") if library else ""
    wsl = machine.host.wsl == 2
    concerned = bool(machine.accelerators or library or module) or machine.status != "ok"
    return DriverFacts(
        answers=machine.nvidia,
        module_version=module,
        library_version=version or None,
        foreign_library=library if wsl and not _is_handed_in(system, library) else "",
        secure_boot=_secure_boot(system),
        nodes=any(system.exists(one) for one in ("/dev/nvidiactl", "/dev/nvidia0")),
        library=bool(library) or machine.nvidia.codes.get("libcuda") == 0 or None,
        tools=system.which("nvidia-smi") is not None,
        compat=compat_library(system),
        hosted=hosted,
        uvm=system.exists("/sys/module/nvidia_uvm") if module else None,
        slept=_slept(system),
        toolkits=tuple(
            f"/usr/local/{name}" for name in system.list_folder("/usr/local") if _is_toolkit(name)
        ),
        wsl=_wsl(system) if wsl else WslFacts(),
        docker=_docker(system),
        install=install_facts(system, module) if concerned else DriverFacts().install,
        links=link_facts(system),
    )


def _module(system: System) -> str:
    version = (system.read_text("/sys/module/nvidia/version") or "").strip()
    return version if version[:1].isdecimal() else ""


def _is_handed_in(system: System, library: str) -> bool:
    """Whether a libcuda in the distribution's folder is a link to the one that came from Windows."""
    return not library or (system.resolve_link(library) or "").startswith(WSL_FOLDER)


def _secure_boot(system: System) -> bool | None:
    """Four bytes of attributes, then 1 where it is on; None where the firmware does not say."""
    text = system.read_text(_SECURE_BOOT)
    return text.endswith("\x01") if text else None


def compat_library(system: System) -> str:
    """The first libcuda of NVIDIA's compatibility package on the loader's path; "" where there is none."""
    folders = [one for one in system.environment.get("LD_LIBRARY_PATH", "").split(":") if one]
    for name in system.list_folder("/etc/ld.so.conf.d"):
        lines = (system.read_text(f"/etc/ld.so.conf.d/{name}") or "").splitlines()
        folders += [line.strip() for line in lines if line.startswith("/")]
    places = (f"{folder.rstrip('/')}/libcuda.so.1" for folder in folders if "compat" in folder.split("/"))
    return next((place for place in places if system.exists(place)), "")


def _slept(system: System) -> bool | None:
    """The kernel counts how often the machine went to sleep since it was started."""
    count = (system.read_text("/sys/power/suspend_stats/success") or "").strip()
    return int(count) > 0 if count.isdecimal() else None


def _is_toolkit(name: str) -> bool:
    return name.startswith("cuda-") and name[5:6].isdecimal()


def _wsl(system: System) -> WslFacts:
    return WslFacts(door=system.exists(DXG), library=system.exists(f"{WSL_FOLDER}/libcuda.so.1"))


def _docker(system: System) -> DockerFacts:
    program = system.which("docker")
    if program is None:
        return DockerFacts()
    settings = system.read_text("/etc/docker/daemon.json") or ""
    tools = ("nvidia-ctk", "nvidia-container-runtime", "nvidia-container-cli")
    return DockerFacts(
        packaging="snap" if "/snap/" in f"{program} {system.resolve_link(program) or ''}" else "",
        toolkit=any(system.which(one) for one in tools),
        runtime="nvidia" in settings or any(system.list_folder("/etc/cdi")),
    )
