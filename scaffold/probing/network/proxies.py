"""Proxies, wherever one is set, and whether one on this machine runs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from urllib.parse import urlsplit

from scaffold.probing.network.model import Proxy
from scaffold.probing.network.names import PROXIES, without_login
from scaffold.sources.model import SourceSettings
from scaffold.sources.redact import redact
from scaffold.system import System

INTERNET = r"HKCU\Software\Microsoft\Windows\CurrentVersion\Internet Settings"
#: reg.exe, scutil and gsettings answer at once or never.
SECONDS = 2.0
_HERE = ("127.0.0.1", "localhost", "::1")


def proxies(system: System, settings: SourceSettings | None) -> tuple[tuple[Proxy, ...], str]:
    """Every proxy that is set, and the address of a script that chooses one ("" where there is none)."""
    found = [
        Proxy(url=without_login(value), source=name, variable=True)
        for name in PROXIES
        if (value := system.environment.get(name, "").strip())
    ]
    if settings is not None and settings.proxy is not None and settings.proxy.origin not in PROXIES:
        found.append(
            Proxy(url=without_login(settings.proxy.value), source=settings.proxy.origin, honoured=False)
        )
    others, script = _of_system(system)
    open_ports = ports(system)
    return tuple(replace(one, listening=_listens(one.url, open_ports)) for one in (*found, *others)), script


def _of_system(system: System) -> tuple[tuple[Proxy, ...], str]:
    if system.platform.os == "windows":
        return windows_settings(system.run(["reg", "query", INTERNET], timeout=SECONDS).stdout)
    if system.platform.os == "macos":
        return mac_settings(system.run(["scutil", "--proxy"], timeout=SECONDS).stdout)
    return tuple(_of_desktop(system)), ""


def windows_settings(output: str) -> tuple[tuple[Proxy, ...], str]:
    r"""What ``reg query`` prints of the Internet settings; Python's libraries read a fixed proxy there.

    >>> output = "    ProxyEnable    REG_DWORD    0x1\n    ProxyServer    REG_SZ    127.0.0.1:7890\n"
    >>> windows_settings(output)[0][0].url
    '127.0.0.1:7890'
    >>> windows_settings("    ProxyEnable    REG_DWORD    0x0\n    AutoConfigURL    REG_SZ    http://w/p.pac\n")
    ((), 'http://w/p.pac')
    """
    rows = dict(re.findall(r"^    (\w+)    REG_\w+    (.*?)\s*$", output, re.MULTILINE))
    server, script = rows.get("ProxyServer", ""), rows.get("AutoConfigURL", "")
    on = rows.get("ProxyEnable", "").lower() in ("0x1", "1")
    fixed = (Proxy(url=without_login(server), source="Windows' settings"),) if on and server else ()
    return fixed, redact(script)


def mac_settings(output: str) -> tuple[tuple[Proxy, ...], str]:
    r"""What ``scutil --proxy`` prints; Python's libraries read a fixed proxy there.

    >>> output = "<dictionary> {\n  HTTPSEnable : 1\n  HTTPSPort : 8080\n  HTTPSProxy : proxy.example\n}\n"
    >>> mac_settings(output)[0][0].url
    'proxy.example:8080'
    """
    rows = dict(re.findall(r"^\s+(\w+) : (.*?)\s*$", output, re.MULTILINE))
    fixed: tuple[Proxy, ...] = ()
    if rows.get("HTTPSEnable") == "1" and rows.get("HTTPSProxy"):
        address = f"{rows['HTTPSProxy']}:{rows.get('HTTPSPort', '443')}"
        fixed = (Proxy(url=without_login(address), source="macOS' settings"),)
    script = rows.get("ProxyAutoConfigURLString", "") if rows.get("ProxyAutoConfigEnable") == "1" else ""
    return fixed, redact(script)


def _of_desktop(system: System) -> Iterator[Proxy]:
    """GNOME's settings, which no library of Python reads."""
    if "GNOME" not in system.environment.get("XDG_CURRENT_DESKTOP", "") or system.which("gsettings") is None:
        return
    schema = "org.gnome.system.proxy"
    rows = [
        system.run(["gsettings", "get", *key], timeout=SECONDS).stdout.strip().strip("'")
        for key in ((schema, "mode"), (f"{schema}.https", "host"), (f"{schema}.https", "port"))
    ]
    if rows[0] == "manual" and rows[1]:
        yield Proxy(url=f"{rows[1]}:{rows[2]}", source="the desktop's settings", honoured=False)


def ports(system: System) -> frozenset[int] | None:
    """The ports at which programs listen on this machine; None where nobody tells without asking them."""
    tables = [system.read_text(path) for path in ("/proc/net/tcp", "/proc/net/tcp6")]
    if system.platform.os != "linux" or tables[0] is None or len(tables[0]) > 900_000:
        return None
    return frozenset(port for text in tables if text for port in listening_ports(text))


def listening_ports(text: str) -> Iterator[int]:
    r"""The ports of /proc/net/tcp whose state is 0A (listening).

    >>> list(listening_ports("  sl  local_address rem_address   st\n   0: 0100007F:1ED2 00000000:0000 0A 0\n"
    ...                      "   1: 0100007F:0050 0100007F:9C40 01 0\n"))
    [7890]
    """
    for found in re.finditer(r"^\s*\d+: [0-9A-F]{8,32}:([0-9A-F]{4}) \S+ 0A\b", text, re.MULTILINE):
        yield int(found[1], 16)


def _listens(url: str, open_ports: frozenset[int] | None) -> bool | None:
    """Whether a program listens at a proxy's port on this machine; None for proxies elsewhere."""
    try:
        parts = urlsplit(url if "://" in url else f"http://{url}")
        host, port = parts.hostname, parts.port
    except ValueError:
        return None
    if host not in _HERE or port is None or open_ports is None:
        return None
    return port in open_ports
