"""Limits, disks, file systems, proxies and certificates, staged with a mount namespace, ulimit and variables."""

from __future__ import annotations

import shutil
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.staged import Recipe, Staged
from tests.staged.made import distribution, environment
from tests.staged.made import torch as made_torch

#: Of this machine: a staged place must not depend on them.
UNSET: dict[str, str | None] = dict.fromkeys(
    (
        *(
            "VIRTUAL_ENV",
            "CONDA_PREFIX",
            "PYTHONPATH",
            "PYTHONHOME",
            "HF_HOME",
            "HF_ENDPOINT",
            "NO_PROXY",
            "no_proxy",
        ),
        *("HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"),
    )
)


def project(folder: Path, *, torch: bool = True) -> Path:
    """A folder with an environment in which PyTorch is installed, as far as its metadata tells."""
    place = folder / "net"
    place.mkdir()
    site = environment(place / ".venv")
    if torch:
        distribution(site, "torch", "2.9.0+cpu")
        made_torch(site, "2.9.0+cpu")
    return place


def mounted(*lines: str) -> tuple[str, ...]:
    """Start of a command that runs in a mount namespace of its own, after some mounts."""
    if sys.platform != "linux" or shutil.which("unshare") is None:
        pytest.skip("staged with the namespaces of Linux")
    tried = subprocess.run(["unshare", "-rm", "true"], capture_output=True, check=False)
    if tried.returncode:
        pytest.skip("this machine hands out no namespace")
    return ("unshare", "-rm", "sh", "-c", " && ".join((*lines, 'exec "$@"')), "sh")


def limited(line: str) -> tuple[str, ...]:
    """Start of a command that runs under another limit."""
    return ("sh", "-c", f'{line} && exec "$@"', "sh")


def _staged(place: Path, *, prefix: tuple[str, ...] = (), **environment: str | None) -> Staged:
    return Staged(
        folder=place,
        prefix=prefix,
        environment={**UNSET, **environment},
        python=place / ".venv/bin/python",
    )


def small_shared_memory(folder: Path) -> Staged:
    """A container's default: R9 of the failures' recipes."""
    return _staged(project(folder), prefix=mounted("mount -t tmpfs -o size=64m tmpfs /dev/shm"))


def filled_shared_memory(folder: Path) -> Staged:
    """What a killed training left."""
    lines = ("mount -t tmpfs -o size=1100m tmpfs /dev/shm", "fallocate -l 1050m /dev/shm/torch_4711_0_0")
    return _staged(project(folder), prefix=mounted(*lines))


def small_temporary_folder(folder: Path) -> Staged:
    """TMPDIR on a tmpfs of 20 MiB: R10."""
    (folder / "tmp").mkdir()
    line = f"mount -t tmpfs -o size=20m tmpfs {folder}/tmp"
    return _staged(project(folder), prefix=mounted(line), TMPDIR=str(folder / "tmp"))


def full_hub(folder: Path) -> Staged:
    """The cache of Hugging Face on a disk of its own that is full."""
    hub = folder / "hub"
    hub.mkdir()
    lines = (f"mount -t tmpfs -o size=40m tmpfs {hub}", f"fallocate -l 40m {hub}/blob")
    return _staged(project(folder), prefix=mounted(*lines), HF_HOME=str(hub))


def no_file_names(folder: Path) -> Staged:
    """A disk with room and without inodes."""
    hub = folder / "hub"
    hub.mkdir()
    line = f"mount -t tmpfs -o size=8g,nr_inodes=20 tmpfs {hub}"
    return _staged(project(folder), prefix=mounted(line), HF_HOME=str(hub))


def noexec_environment(folder: Path) -> Staged:
    """The project on a disk from which nothing may be started."""
    place = project(folder)
    kept = folder / "kept"
    place.rename(kept)
    place.mkdir()
    lines = (f"mount -t tmpfs -o noexec,size=2g tmpfs {place}", f"cp -a {kept}/. {place}", f"cd {place}")
    return _staged(place, prefix=mounted(*lines))


def read_only_project(folder: Path) -> Staged:
    """As a container's volume that was mounted with :ro."""
    place = project(folder)
    lines = (f"mount --bind {place} {place}", f"mount -o remount,ro,bind {place}", f"cd {place}")
    return _staged(place, prefix=mounted(*lines))


def few_open_files(folder: Path) -> Staged:
    """ulimit -n 128."""
    return _staged(project(folder), prefix=limited("ulimit -n 128"))


def little_address_space(folder: Path) -> Staged:
    """As on the login node of a cluster."""
    return _staged(project(folder), prefix=limited("ulimit -v 16000000"))


def short_time(folder: Path) -> Staged:
    """As on the login node of a cluster."""
    return _staged(project(folder), prefix=limited("ulimit -t 600"))


def missing_certificates(folder: Path) -> Staged:
    """A variable that outlived the environment whose certifi it named."""
    return _staged(project(folder), REQUESTS_CA_BUNDLE=str(folder / "old/.venv/certifi/cacert.pem"))


def empty_certificates(folder: Path) -> Staged:
    """What switched verification off, years ago."""
    return _staged(project(folder), SSL_CERT_FILE="")


def dead_proxy(folder: Path) -> Staged:
    """A VPN client that was closed."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    address = f"http://127.0.0.1:{port}"
    return _staged(project(folder), HTTPS_PROXY=address, HTTP_PROXY=address)


def desktop_proxy(folder: Path) -> Staged:
    """What GNOME writes for a SOCKS proxy."""
    return _staged(project(folder), ALL_PROXY="socks://proxy.example:1080/")


def hub_without_scheme(folder: Path) -> Staged:
    """HF_ENDPOINT as people copy it."""
    return _staged(project(folder), HF_ENDPOINT="hf-mirror.com")


def cloud(folder: Path) -> Staged:
    """A project below the folder of a cloud."""
    below = folder / "Dropbox"
    below.mkdir()
    return _staged(project(below))


def colon(folder: Path) -> Staged:
    """A folder that is called after the time."""
    place = folder / "run 12:30"
    place.mkdir()
    (place / "train.py").write_text("import torch\n")
    return Staged(folder=place, environment=UNSET, options=("--python", str(project(folder) / ".venv")))


def long_temporary_folder(folder: Path) -> Staged:
    """As batch systems name them."""
    long = folder / ("scratch-of-job-" + "4711" * 20)
    long.mkdir()
    return _staged(project(folder), TMPDIR=str(long))


def literal_home(folder: Path) -> Staged:
    """A run configuration expands no ~."""
    return _staged(project(folder), KERAS_HOME="~/models")


def other_charset(folder: Path) -> Staged:
    """A shell with an old Chinese locale."""
    return _staged(project(folder), LC_ALL="zh_CN.GB18030")


def wrong_interface(folder: Path) -> Staged:
    """Settings of another machine."""
    return _staged(project(folder), NCCL_SOCKET_IFNAME="ens99f0")


def logged(text: str) -> Callable[[Path], Staged]:
    """A log that was pasted."""

    def stage(folder: Path) -> Staged:
        log = folder / "train.log"
        log.write_text(text, encoding="utf-8")
        place = project(folder)
        return Staged(
            folder=place,
            options=("--from-log", str(log)),
            environment=UNSET,
            python=place / ".venv/bin/python",
        )

    return stage


RECIPES = (
    Recipe(name="shm-small", check="sys.shm", level="warning", stage=small_shared_memory),
    Recipe(name="shm-filled", check="sys.shm", level="warning", stage=filled_shared_memory),
    Recipe(name="tmp-too-small", check="sys.disk", level="warning", stage=small_temporary_folder),
    Recipe(name="hf-cache-full", check="sys.disk", level="error", stage=full_hub),
    Recipe(name="inodes-exhausted", check="sys.disk", level="error", stage=no_file_names),
    Recipe(name="noexec-environment", check="sys.noexec", level="error", stage=noexec_environment),
    Recipe(name="read-only-project", check="sys.read-only", level="error", stage=read_only_project),
    Recipe(name="fd-limit", check="sys.nofile", level="warning", stage=few_open_files),
    Recipe(
        name="address-space-limit", check="sys.address-space", level="warning", stage=little_address_space
    ),
    Recipe(name="cpu-time-limit", check="sys.cpu-time", level="warning", stage=short_time),
    Recipe(name="ca-bundle-missing", check="net.tls", level="error", stage=missing_certificates),
    Recipe(name="ca-bundle-empty", check="net.tls", level="error", stage=empty_certificates),
    Recipe(name="proxy-not-running", check="net.proxy", level="error", stage=dead_proxy),
    Recipe(name="proxy-socks", check="net.proxy", level="warning", stage=desktop_proxy),
    Recipe(name="hf-endpoint-malformed", check="net.hf-endpoint", level="warning", stage=hub_without_scheme),
    Recipe(name="cloud-sync-folder", check="sys.cloud-folder", level="warning", stage=cloud),
    Recipe(name="colon-in-path", check="sys.path-separator", level="error", stage=colon),
    Recipe(
        name="socket-path-too-long", check="sys.socket-path", level="warning", stage=long_temporary_folder
    ),
    Recipe(name="literal-path", check="sys.disk", level="warning", stage=literal_home),
    Recipe(name="charset-not-utf-8", check="sys.encoding", level="warning", stage=other_charset),
    Recipe(name="interface-missing", check="net.interface", level="warning", stage=wrong_interface),
    Recipe(
        name="log-shm-of-nccl",
        check="sys.shm",
        level="warning",
        stage=logged(
            "node:1 [3] misc/shmutils.cc:71 NCCL WARN Error while creating shared memory segment /dev/shm/n\n"
        ),
    ),
    Recipe(
        name="log-oom-killed",
        check="sys.memory",
        level="error",
        stage=logged("RuntimeError: DataLoader worker (pid 4711) is killed by signal: Killed.\n"),
    ),
    Recipe(
        name="log-nfs-locks",
        check="sys.file-locks",
        level="error",
        stage=logged("  fcntl.flock(fd, fcntl.LOCK_EX)\nOSError: [Errno 37] No locks available\n"),
    ),
)
