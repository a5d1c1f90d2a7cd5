"""Containers, and what Docker hands into them."""

from __future__ import annotations

from collections.abc import Iterator

from scaffold.checks.facts import Facts
from scaffold.checks.gpu import heard
from scaffold.checks.gpu.driver_obstacle import obstacle
from scaffold.checks.model import Evidence, Finding, Level, Remedy

_HOSTS_DRIVER = ("the driver of the host, where nvidia-smi works there", "what is installed in the image")
_GPUS = (
    "start the container with --gpus all (Compose: deploy.resources.reservations.devices; Kubernetes: "
    "resources.limits nvidia.com/gpu: 1); in PyCharm: run configuration > Docker container settings > Run "
    "options > --gpus all"
)


def handed_in(facts: Facts) -> Iterator[Finding]:
    """A container that wants a GPU was handed its devices and its libraries."""
    found = obstacle(facts)
    if found == "capabilities":
        yield _capabilities(facts)
    elif found == "no-device":
        yield _no_device(facts)


def _capabilities(facts: Facts) -> Finding:
    variables = facts.variables
    asked = variables.value("NVIDIA_DRIVER_CAPABILITIES") if variables else None
    return Finding(
        id="gpu.container-runtime",
        level="error",
        title="nvidia-smi works in this container and libcuda is not here: it was handed the tools of the "
        "driver, "
        "not its CUDA library",
        detail="NVIDIA_DRIVER_CAPABILITIES says what the runtime hands in; images that are not built on "
        "nvidia/cuda "
        "get utility alone, and CUDA needs compute.",
        cause="container-capabilities",
        evidence=(
            Evidence(source="NVIDIA_DRIVER_CAPABILITIES", value="not set" if asked is None else asked),
            *heard.seen(heard.nvidia(facts)),
        ),
        not_the_cause=_HOSTS_DRIVER,
        remedy=Remedy(
            text="give the container NVIDIA_DRIVER_CAPABILITIES=compute,utility (docker run -e, environment: "
            "in "
            "Compose, ENV in the Dockerfile) and start it anew; install no driver inside it",
            commands=(
                (
                    "docker",
                    "run",
                    "--gpus",
                    "all",
                    "-e",
                    "NVIDIA_DRIVER_CAPABILITIES=compute,utility",
                    "IMAGE",
                ),
            ),
        ),
    )


def _no_device(facts: Facts) -> Finding:
    variables = facts.variables
    asked = variables.value("NVIDIA_VISIBLE_DEVICES") if variables else None
    contained = bool(facts.machine.host.container)
    level = _level(facts, asked)
    return Finding(
        id="gpu.container-runtime",
        level=level,
        title="NVIDIA's driver runs, and no device file of a GPU is here" if not contained else _title(facts),
        detail="\n".join(facts.machine.notes),
        cause="container-without-gpu",
        evidence=(
            Evidence(source="/dev/nvidia0", value="missing"),
            *((Evidence(source="NVIDIA_VISIBLE_DEVICES", value=asked),) if asked is not None else ()),
            *(
                (Evidence(source="/sys/module/nvidia/version", value=version),)
                if (version := heard.driver_version(facts))
                else ()
            ),
        ),
        not_the_cause=_HOSTS_DRIVER,
        remedy=Remedy(
            text=f"{_GPUS}; the host needs NVIDIA's container toolkit"
            if contained
            else "make the device files: sudo nvidia-modprobe -u -c 0",
            commands=(("docker", "run", "--gpus", "all", "IMAGE", "nvidia-smi"),)
            if contained
            else (("sudo", "nvidia-modprobe", "-u", "-c", "0"),),
        ),
    )


def _title(facts: Facts) -> str:
    if _host_has_one(facts):
        return "The host runs NVIDIA's driver, and this container was handed no GPU"
    return "This container was handed no NVIDIA GPU, and what is installed in it is built for one"


def _host_has_one(facts: Facts) -> bool:
    """Whether anything here tells of a GPU, or a driver, of the host."""
    return bool(
        heard.nvidia(facts)
        or heard.driver_version(facts)
        or facts.machine.status == "host_driver_without_device"
    )


def _level(facts: Facts, asked: str | None) -> Level:
    """Many containers compute on the processor on purpose, with the build that pip takes by itself."""
    if not heard.wanted(facts):
        return "info"
    if facts.told or asked or _host_has_one(facts):
        return "error"
    packages = facts.packages.packages if facts.packages else ()
    chosen = any("+cu" in one.version for one in packages if one.name in ("torch", "jaxlib"))
    return "warning" if chosen else "info"


def may_open(facts: Facts) -> Iterator[Finding]:
    """This user, and this container, may open the GPU's device files."""
    found = obstacle(facts)
    if found == "taken-away":
        yield _taken_away(facts)
    elif found == "no-permission":
        yield _no_permission(facts)


def _taken_away(facts: Facts) -> Finding:
    cards = heard.named(heard.nvidia(facts))
    return Finding(
        id="gpu.device-nodes",
        level="error",
        title=f"This container had {cards}, and the kernel no longer lets it open the device files",
        detail="systemctl daemon-reload on the host (an update does it, too) takes the GPUs from running "
        "containers "
        "whose groups systemd manages; nvidia-smi then says Unknown Error inside and works on the host.",
        cause="container-cgroup-gpu-lost",
        evidence=heard.answered(facts) or (Evidence(source="nvidia-smi", value="Unknown Error"),),
        not_the_cause=(
            "the driver of the host; a version mismatch would say so, and need a reboot of the host",
            "PyTorch and the image",
        ),
        remedy=Remedy(
            text="restart the container, or recreate it. Against the next time: device links on the host "
            "(sudo "
            "nvidia-ctk system create-dev-char-symlinks --create-all), or Docker with "
            '"exec-opts": ["native.cgroupdriver=cgroupfs"] in /etc/docker/daemon.json, or CDI '
            "(--device nvidia.com/gpu=all)",
            commands=(("docker", "restart", "CONTAINER"),),
        ),
    )


def _no_permission(facts: Facts) -> Finding:
    contained = bool(facts.machine.host.container)
    cards = heard.nvidia(facts)
    return Finding(
        id="gpu.device-nodes",
        level="error",
        title=f"{heard.named(cards)} is there, and this user may not open its device files",
        detail="\n".join(facts.machine.notes),
        cause="no-permission",
        evidence=(*heard.seen(cards), *heard.answered(facts)),
        not_the_cause=("PyTorch and the CUDA toolkit",),
        remedy=Remedy(
            text="recreate the container with --gpus all (a device that is mounted by hand lacks the right "
            "to open "
            "it); rootless: no-cgroups = true in /etc/nvidia-container-runtime/config.toml"
            if contained
            else "join the group that may (ls -l shows it: sudo usermod -aG video,render $USER), then log in "
            "anew; on a cluster, ask the scheduler for a GPU (--gres=gpu:1)",
            commands=(("ls", "-l", "/dev/nvidiactl", "/dev/nvidia0"),),
        ),
    )


def docker_ready(facts: Facts) -> Iterator[Finding]:
    """Docker on this host can hand its GPU to a container."""
    docker = heard.driver(facts).docker
    failed = heard.logged(facts, "docker-no-gpu-driver", "docker-unknown-runtime", "container-cli-no-driver")
    gpu = any(one.status == "ok" for one in heard.nvidia(facts)) and not facts.machine.host.container
    if docker.packaging in ("snap", "desktop", "rootless") and (failed or gpu) and not facts.machine.host.wsl:
        yield _packaged(docker.packaging, failed=failed)
    elif gpu and not failed and docker.toolkit is False and not facts.machine.host.wsl:
        yield Finding(
            id="gpu.container-runtime",
            level="info",
            title="Docker is installed and NVIDIA's container toolkit is not: containers get no GPU here",
            cause="container-toolkit-missing",
            evidence=(Evidence(source="PATH", value="docker, and no nvidia-ctk"),),
            remedy=_toolkit(),
        )


def _toolkit() -> Remedy:
    return Remedy(
        text="where containers are to compute: install the toolkit and tell Docker",
        commands=(
            ("sudo", "apt", "install", "nvidia-container-toolkit"),
            ("sudo", "nvidia-ctk", "runtime", "configure", "--runtime=docker"),
            ("sudo", "systemctl", "restart", "docker"),
        ),
    )


def _packaged(packaging: str, *, failed: bool) -> Finding:
    kinds = {
        "snap": (
            "a snap, which does not see NVIDIA's container toolkit",
            ("sudo", "snap", "remove", "docker"),
        ),
        "desktop": (
            "Docker Desktop, which on Linux runs in a virtual machine without the GPU",
            ("docker", "context", "use", "default"),
        ),
        "rootless": (
            "rootless, and needs no-cgroups = true in the toolkit's settings",
            ("sudo", "nvidia-ctk", "config", "--set", "nvidia-container-cli.no-cgroups", "--in-place"),
        ),
    }
    what, command = kinds[packaging]
    cures = {
        "snap": "remove the snap, install Docker Engine from docker.com's packages and NVIDIA's container "
        "toolkit",
        "desktop": "install Docker Engine beside it, use its context, and install NVIDIA's container toolkit",
        "rootless": "tell the toolkit, and give Docker its runtime (nvidia-ctk runtime configure "
        "--config=$HOME/.config/docker/daemon.json)",
    }
    return Finding(
        id="gpu.container-runtime",
        level="error" if failed else "info",
        title=f"Docker cannot hand the GPU to a container here: it is {what}",
        cause="container-toolkit-missing",
        evidence=(Evidence(source="docker", value=packaging),),
        not_the_cause=("the driver, and the image",),
        remedy=Remedy(text=cures[packaging], commands=(command, *_toolkit().commands)),
    )
