"""The wall behind the sandbox: what a process may not do any more, tried without any template."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

import scaffold.projects.foreign

PROBES = Path(scaffold.projects.foreign.__file__).with_name("probes")

SCRIPT = """
import json, os, shutil, socket, subprocess, sys
sys.path.insert(0, sys.argv[1])
import guard
own, template, outside = sys.argv[2:5]
guard.install([own], [template])
at = os.open(own, os.O_RDONLY)
TRIES = {
    "write own": lambda: open(own + "/a", "w").close(),
    "read template": lambda: open(template + "/t").close(),
    "read own": lambda: open(own + "/a").close(),
    "import": lambda: __import__("wave"),
    "list own": lambda: os.listdir(own),
    "nothing": lambda: open(os.devnull, "w").close(),
    "remove own, below an open folder": lambda: (os.mkdir(own + "/d"), shutil.rmtree(own + "/d")),
    "rename own, below an open folder": lambda: os.rename("a", "b", src_dir_fd=at, dst_dir_fd=at),
    "link own": lambda: (os.link(own + "/b", own + "/c"), os.rename(own + "/b", own + "/a")),
    "write template": lambda: open(template + "/t", "a").close(),
    "write outside": lambda: os.open(outside + "/x", os.O_CREAT | os.O_WRONLY),
    "write through a link": lambda: open(own + "/link/x", "w").close(),
    "write up": lambda: open(own + "/../outside/x", "w").close(),
    "read outside": lambda: open(outside + "/secret").read(),
    "list outside": lambda: os.listdir(outside),
    "scan outside": lambda: list(os.scandir(outside)),
    "make a folder": lambda: os.mkdir(outside + "/d"),
    "remove": lambda: os.remove(outside + "/secret"),
    "remove a tree": lambda: shutil.rmtree(outside),
    "rename": lambda: os.rename(outside + "/secret", own + "/stolen"),
    "rename away": lambda: os.rename(own + "/a", outside + "/a"),
    "link": lambda: os.symlink("x", outside + "/l"),
    "a second name": lambda: os.link(outside + "/secret", own + "/stolen"),
    "a second name for the template's": lambda: os.link(template + "/t", own + "/t"),
    "make a folder from an open one": lambda: os.mkdir("../outside/d", dir_fd=at),
    "remove from an open one": lambda: os.remove("../outside/secret", dir_fd=at),
    "rename out of an open one": lambda: os.rename("a", "../outside/a", src_dir_fd=at, dst_dir_fd=at),
    "datagram": lambda: socket.socket(type=socket.SOCK_DGRAM).sendto(b"x", ("192.0.2.1", 9)),
    "message": lambda: socket.socket(type=socket.SOCK_DGRAM).sendmsg([b"x"], [], 0, ("192.0.2.1", 9)),
    "mode": lambda: os.chmod(outside + "/secret", 0o777),
    "program": lambda: subprocess.run([sys.executable, "-c", ""]),
    "shell": lambda: os.system("true"),
    "network": lambda: socket.create_connection(("192.0.2.1", 9), timeout=1),
    "name": lambda: socket.getaddrinfo("example.org", 80),
}
found = {}
for name, attempt in TRIES.items():
    try:
        attempt()
        found[name] = "done"
    except guard.Refused as refusal:
        found[name] = "refused"
    except Exception as problem:
        found[name] = repr(problem)
print(json.dumps(found))
"""


@pytest.mark.skipif(os.name == "nt", reason="no folder can be opened there")
def test_what_is_refused(tmp_path: Path) -> None:
    own, template, outside = (tmp_path / name for name in ("own", "template", "outside"))
    for folder in (own, template, outside):
        folder.mkdir()
    (template / "t").write_text("")
    (outside / "secret").write_text("s")
    (own / "link").symlink_to(outside)
    command = [sys.executable, "-I", "-B", "-c", SCRIPT, str(PROBES), str(own), str(template), str(outside)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=own)
    found = json.loads(done.stdout)
    allowed = [
        "write own", "read template", "read own", "import", "list own", "nothing",
        "remove own, below an open folder", "rename own, below an open folder", "link own",
    ]  # fmt: skip
    assert [name for name, result in found.items() if result == "done"] == allowed
    assert [result for result in found.values() if result not in {"done", "refused"}] == []
    assert [one.name for one in outside.iterdir()] == ["secret"]
