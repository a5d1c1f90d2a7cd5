"""The computer less its accelerators, from a loose description."""

from __future__ import annotations

import re

from scaffold.facts.distributions import assumed_glibc, glibc_of, macos_version, split_version
from scaffold.facts.sketch import Sketch
from scaffold.facts.told import Told, shown
from scaffold.system import OperatingSystem

_SYSTEMS: tuple[tuple[str, OperatingSystem], ...] = (
    (r"darwin|mac ?os|os ?x|^mac", "macos"),
    (r"(?<!dar)win|^nt", "windows"),
    (r"linux|wsl", "linux"),
)
_ARCHITECTURES = {
    "x86_64": "x86_64", "amd64": "x86_64", "x64": "x86_64", "x86-64": "x86_64", "intel": "x86_64",
    "aarch64": "aarch64", "arm64": "aarch64", "armv8": "aarch64", "sbsa": "aarch64",
    "i386": "i686", "i686": "i686", "x86": "i686", "armv7l": "armv7l", "ppc64le": "ppc64le",
    "riscv64": "riscv64", "s390x": "s390x", "loongarch64": "loongarch64",
}  # fmt: skip
#: Distributions whose glibc no table tells.
_DISTRIBUTION = re.compile(
    "alpine|nixos|gentoo|void|slackware|solus|mageia|openwrt|euler|kylin|deepin|anolis|photon|coreos|flatcar|"
    "steamos|raspbian|raspberry|jetpack|l4t|tegra|yocto|gnu",
    re.IGNORECASE,
)
_WSL_KERNELS = {1: "4.4.0-19041-Microsoft", 2: "5.15.167.4-microsoft-standard-WSL2"}
_VERSION = r"\d+(?:\.\d+){0,3}"


def draw_host(told: Told, sketch: Sketch) -> None:
    """System, kernel, architecture, C library, processor, memory, disk, and what it runs inside."""
    inner = told.below("os")
    name = system_name(told)
    version = told.text("os_version", "distro", "distribution") or inner.text(
        "distro", "version", "os_version"
    )
    sketch.os = _system(told, name, version)
    sketch.wsl = _wsl(told, inner, name) if sketch.os == "linux" else 0
    sketch.release = _kernel(told, inner, sketch)
    sketch.machine = _machine(told, version, sketch)
    version = version or (name if _tells_version(name) else "")
    if sketch.os == "linux":
        _write_distribution(sketch, version)
        sketch.libc = _libc(told, inner, version, sketch)
    else:
        sketch.version = _version(version, sketch.os)
        if sketch.os == "macos":
            sketch.version = macos_version(told, sketch.version)
    _draw_container(told, inner, sketch)
    _draw_hardware(told, sketch)


def system_name(told: Told) -> str:
    """The operating system as it is told."""
    inner = told.below("os")
    return inner.text("family", "name", "os", "id") if inner.facts else told.text("os", "platform", "system")


def known_system(name: str) -> OperatingSystem | None:
    """The system that a name speaks of; None for one of which nothing is known.

    >>> known_system("Darwin"), known_system("Ubuntu 22.04"), known_system("win32"), known_system("freebsd")
    ('macos', 'linux', 'windows', None)
    """
    for pattern, system in _SYSTEMS:
        if re.search(pattern, name, re.IGNORECASE):
            return system
    return "linux" if glibc_of(name) or _DISTRIBUTION.search(name) else None


def minor_python(told: Told) -> str:
    """The Python that is named, as X.Y, or X.Yt for one without the GIL; "" where none is."""
    inner = told.below("python")
    value = inner.facts.get("version") if inner.facts else told.facts.get("python")
    # A JSON number loses its last zero: 3.1 was meant as 3.10, since no Python 3.1 is in use.
    text = f"{value}0" if value == 3.1 and isinstance(value, float) else ""
    text = text or (inner.text("version") if inner.facts else told.text("python", "python_version"))
    match = re.search(r"(?<![\d.])([23])\.(\d{1,2})(?:\.\d+)?(t?)(?!\d)", text, re.ASCII)
    match = match or re.search(r"\b(?:cp|py)([23])(\d{1,2})(t?)\b", text, re.ASCII)
    if not match:
        if text:
            told.note("python", text, "no version")
        return ""
    minor = f"{match[1]}.{match[2]}"
    kind = f"{text} {inner.text('implementation', 'name') if inner.facts else ''}"
    other = re.search("pypy|graalpy|jython|ironpython", kind, re.IGNORECASE)
    if other:
        told.notes.append(f"python: no framework has wheels for {other[0]}; CPython {minor} is meant")
    free = match[3] or re.search(r"free[ -]?thread", kind, re.IGNORECASE)
    return f"{minor}t" if free else minor


def _tells_version(name: str) -> bool:
    """``Ubuntu 24.04`` and ``arch`` tell more than the system's name; ``linux`` does not."""
    known = any(re.search(pattern, name, re.IGNORECASE) for pattern, _ in _SYSTEMS)
    return bool(re.search("[A-Za-z]", name)) and (not known or bool(re.search(r"\d", name)))


def _system(told: Told, name: str, version: str) -> OperatingSystem:
    known = known_system(name) or known_system(version)
    if known:
        return known
    told.notes.append(f"os: {'unknown' if name else 'not told'}, Linux is assumed")
    return "linux"


def _wsl(told: Told, inner: Told, name: str) -> int:
    source = told if told.has("wsl") else inner
    value = source.first("wsl")
    if value is None:
        return 2 if re.search("wsl", name, re.IGNORECASE) else 0
    if isinstance(value, str) and re.fullmatch(r"wsl ?[12]", value, re.IGNORECASE):
        return int(value[-1])
    if isinstance(value, bool) or str(value).lower() in {"true", "yes", "false", "no"}:
        return 2 if source.flag("wsl") else 0
    number = source.whole("wsl")
    if number in {0, 1, 2}:
        return number
    source.note("wsl", value, "neither 1 nor 2")
    return 2 if number else 0


def _kernel(told: Told, inner: Told, sketch: Sketch) -> str:
    release = told.text("kernel", "kernel_release") or inner.text("kernel", "kernel_release")
    if sketch.os == "linux" and not sketch.wsl and "microsoft" in release.lower():
        sketch.wsl = 1 if release.endswith("-Microsoft") else 2
    if sketch.wsl and "microsoft" not in release.lower():
        return _WSL_KERNELS[sketch.wsl]
    return release


def _machine(told: Told, version: str, sketch: Sketch) -> str:
    """The architecture as the system spells it; a translated process on a Mac hears x86_64."""
    text = told.text("arch", "architecture", "machine").lower()
    text = text or told.below("os").text("arch", "architecture", "machine").lower()
    known = _ARCHITECTURES.get(text, "")
    if sketch.os != "macos":
        return known or _other_machine(told, text, "x86_64")
    python = _ARCHITECTURES.get(told.below("python").text("machine", "arch").lower(), "")
    translated = told.flag("rosetta", "translated") or (known == "aarch64" and python == "x86_64")
    if translated:
        sketch.answer("sysctl -n sysctl.proc_translated", "1\n")
        return "x86_64"
    if not known:
        intel = re.match(r"\D*10\.", version)  # the first macOS for Apple silicon is 11
        return _other_machine(told, text, "x86_64" if intel else "arm64")
    return "x86_64" if known == "x86_64" else "arm64"


def _other_machine(told: Told, text: str, likely: str) -> str:
    """An architecture that is told stays, also one that nothing is published for; else the likely one."""
    if re.fullmatch(r"[a-z][\w-]{1,30}", text, re.ASCII):
        told.notes.append(f"arch: {shown(text)} is none that builds are known for")
        return text
    likely_name = {"arm64": "Apple silicon"}.get(likely, likely)
    told.notes.append(f"arch: {'unknown' if text else 'not told'}, {likely_name} is assumed")
    return likely


def _version(text: str, system: OperatingSystem) -> str:
    """``macOS 14.5`` is 14.5, ``Windows 11`` stays as it is told."""
    match = re.search(_VERSION, text)
    return match[0] if match and (system == "macos" or match[0] == text.strip()) else text


def _write_distribution(sketch: Sketch, distribution: str) -> None:
    name, version = split_version(distribution)
    if name or version:
        name = name.replace('"', "") or "Linux"
        sketch.files["/etc/os-release"] = f'NAME="{name[:1].upper()}{name[1:]}"\nVERSION_ID="{version}"\n'


def _libc(told: Told, inner: Told, distribution: str, sketch: Sketch) -> str:
    source = told if told.has("glibc", "libc", "musl") else inner
    musl = "" if source.first("musl") in (None, True) else source.text("musl")
    musl = musl or ("" if source.first("libc") is None else str(source.first("libc"))[:100])
    if source.first("musl") or "musl" in musl.lower() or "alpine" in distribution.lower():
        sketch.paths.add(f"/lib/ld-musl-{sketch.machine}.so.1")
        numbered = re.search(_VERSION, musl)
        return f"musl {numbered[0]}" if numbered else ""
    version = _glibc(source)
    if version:
        return f"glibc {version}"
    told_by_distribution = glibc_of(distribution)
    version = told_by_distribution or assumed_glibc()
    why = f"as {distribution} has it" if told_by_distribution else "an ordinary one"
    told.notes.append(f"glibc: not told, {version} is assumed, {why}")
    return f"glibc {version}"


def _glibc(source: Told) -> str:
    value = source.first("glibc", "libc")
    if isinstance(value, float) and re.fullmatch(r"2\.\d", str(value)):
        return f"{value}0"  # a JSON number loses its last zero: 2.40 was meant, not 2.4 of 2006
    if isinstance(value, dict):
        return Told(value, source.notes, "glibc.").matching(r"\d\.\d{1,3}", "version", "version")
    return source.matching(r"(?<![\d.])(?<!^-)2\.\d{1,3}", "version of glibc", "glibc", "libc")


def _draw_container(told: Told, inner: Told, sketch: Sketch) -> None:
    source = told if told.has("container") else inner
    value = source.first("container")
    kind = value.lower() if isinstance(value, str) else ""
    if kind in {"kubernetes", "k8s"}:
        sketch.environment["KUBERNETES_SERVICE_HOST"] = "10.0.0.1"
    elif kind == "podman":
        sketch.paths.add("/run/.containerenv")
    elif kind == "lxc":
        sketch.files["/proc/1/environ"] = "container=lxc"
    elif kind == "docker" or (value is not None and source.flag("container")):
        sketch.paths.add("/.dockerenv")
    else:
        return
    sketch.container = True


def _draw_hardware(told: Told, sketch: Sketch) -> None:
    inner = told.below("cpu")
    name = inner.text("model", "name") if inner.facts else told.text("cpu", "cpu_model", "processor")
    sketch.cpu_count = min(inner.whole("count", "cores") or told.whole("cpu_count", "cores") or 0, 4096)
    gigabytes = told.number("memory_gb", "ram_gb")
    if sketch.os == "linux":
        sketch.files["/proc/cpuinfo"] = f"model name\t: {name}\n" if name else ""
        if gigabytes:
            kilobytes = int(gigabytes * 1e9 / 1024)
            sketch.files["/proc/meminfo"] = f"MemTotal: {kilobytes} kB\nMemAvailable: {kilobytes} kB\n"
    elif sketch.os == "windows":
        sketch.environment |= {"SYSTEMROOT": "C:\\Windows", "PROCESSOR_IDENTIFIER": name}
        sketch.memory = [int(gigabytes * 1e9)] * 2 if gigabytes else None
    else:
        _draw_mac(told, sketch, name, gigabytes)
    free = told.number("disk_free_gb")
    sketch.disk_free = int(free * 1e9) if free is not None else None


def _draw_mac(told: Told, sketch: Sketch, name: str, gigabytes: float | None) -> None:
    gpus = [Told(row, []).text("name") for row in told.rows("gpus", "gpu")]
    chip = name or next((gpu for gpu in gpus if gpu), "")
    size = f"hw.memsize: {int(gigabytes * 1e9)}\n" if gigabytes else ""
    sketch.answer(
        "sysctl machdep.cpu.brand_string hw.memsize sysctl.proc_translated",
        (f"machdep.cpu.brand_string: {chip}\n" if chip else "") + size,
    )
