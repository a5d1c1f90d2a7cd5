"""What a template that nobody trusts may not do: the second wall, behind the sandbox of Jinja.

Python tells its audit hooks before it opens, lists, makes, removes or renames anything, starts a program or
reaches for the network. A hook cannot be taken back. It stops what a hole in the sandbox would lend to a
template: Python's own functions. It is no prison for a program: of `os.open` below an open folder, of pipes,
of ctypes (through which prompts reach the terminal) and of compiled modules it hears too little.
"""

import os
import stat
import sys

if os.name == "posix":
    import resource


class Refused(Exception):
    """A template reached for what is not its own."""

    def __init__(self, what):
        super().__init__(what)
        self.what = what


#: Event -> positions of the paths that are changed, and of the first folder that they are relative to. Of a
#: link both: who may write one name of a file may read and write the file.
CHANGES = {
    "os.chmod": ((0,), 2),
    "os.chown": ((0,), 3),
    "os.link": ((0, 1), 2),
    "os.mkdir": ((0,), 2),
    "os.remove": ((0,), 1),
    "os.rename": ((0, 1), 2),
    "os.rmdir": ((0,), 1),
    "os.symlink": ((1,), 2),
    "os.truncate": ((0,), None),
    "os.utime": ((0,), 3),
    "shutil.rmtree": ((0,), 1),
}
PROGRAMS = {
    "os.exec", "os.fork", "os.forkpty", "os.posix_spawn", "os.spawn", "os.startfile", "os.system",
    "pty.spawn", "subprocess.Popen",
}  # fmt: skip
SENDS = {"socket.connect", "socket.sendmsg", "socket.sendto"}
LOOKS = {"os.listdir", "os.scandir"}
WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND

#: Where time zones, terminals and devices are described.
SYSTEM = ("/usr/share", "/usr/lib", "/etc/localtime", "/etc/terminfo", "/lib/terminfo")
DEVICES = ("/dev/null", "/dev/tty", "/dev/urandom", "/dev/random")


def limit(memory, file, cpu):
    """Bytes of memory and of one file, seconds of computing; where the system can."""
    if os.name != "posix":
        return
    for name, wanted in (("AS", memory), ("FSIZE", file), ("CPU", cpu), ("CORE", 0)):
        kind = getattr(resource, f"RLIMIT_{name}", None)
        if kind is not None:
            _, hard = resource.getrlimit(kind)
            most = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
            try:
                resource.setrlimit(kind, (most, hard))
            except (OSError, ValueError):  # macOS has no limit of memory
                continue


def install(own, readable):
    """From here on change nothing but what is ``own``; read that, what is ``readable``, and Python itself."""
    python = [sys.prefix, sys.base_prefix, sys.exec_prefix, *sys.path, os.path.dirname(os.__file__)]
    guard = Guard(own, (*readable, *filter(None, python), *SYSTEM, *DEVICES))
    sys.addaudithook(guard.hear)


class Guard:
    """Where may be written and read."""

    def __init__(self, own, readable):
        self.mine = tuple(map(_real, own))
        self.may_write = (*self.mine, *map(_real, DEVICES[:2]))
        self.may_read = (*self.mine, *map(_real, readable))

    def hear(self, event, arguments):
        """Raise `Refused` for what may not be."""
        if event == "open":
            self.opened(*arguments)
        elif event in LOOKS:
            if not isinstance(arguments[0], int):
                demand(arguments[0] or ".", self.may_read, "list")
        elif event in CHANGES:
            self.changed(arguments, *CHANGES[event])
        elif event in PROGRAMS:
            raise Refused("start a program")
        elif event == "socket.getaddrinfo" or (event in SENDS and not _is_here(arguments[1])):
            raise Refused("use the network")

    def opened(self, path, mode, flags):
        """A file, by any of Python's ways."""
        if isinstance(path, int) or path is None:
            return
        if _writes(mode, flags):
            demand(path, self.may_write, "write")
        else:
            demand(path, self.may_read, "read")
        if os.fsdecode(path) not in DEVICES and _waits(path):
            raise Refused(f"open {os.fsdecode(path)}, which is a pipe or a device and no file")

    def changed(self, arguments, positions, folder):
        """Paths, each of which may be relative to an open folder of its own."""
        for number, position in enumerate(positions):
            path, beside = arguments[position], folder is not None and folder + number
            if isinstance(path, int):
                continue
            if beside and len(arguments) > beside and _is_handle(arguments[beside]):
                path = os.path.join(_place(arguments[beside]), os.fsdecode(path))
            demand(path, self.mine, "change")


def demand(path, roots, verb):
    """Refuse a path outside of every root, wherever links lead."""
    text = os.fsdecode(path)
    real = _real(text)
    if not any(real == root or real.startswith(root.rstrip(os.sep) + os.sep) for root in roots):
        raise Refused(f"{verb} {text}")


def _writes(mode, flags):
    if isinstance(mode, str):
        return any(letter in mode for letter in "wax+")
    return bool((flags or 0) & WRITING)


def _waits(path):
    try:
        mode = os.stat(path).st_mode
    except OSError:
        return False
    return not (stat.S_ISREG(mode) or stat.S_ISDIR(mode))


def _is_here(address):
    """Python makes pairs of sockets so on Windows."""
    return not isinstance(address, tuple) or address[0] in {"127.0.0.1", "::1"}


def _is_handle(value):
    return isinstance(value, int) and value >= 0


def _place(handle):
    """Where an open folder lies."""
    try:
        if sys.platform == "darwin":
            import fcntl

            return os.fsdecode(fcntl.fcntl(handle, fcntl.F_GETPATH, bytes(1024)).rstrip(b"\0"))
        return os.readlink(f"/proc/self/fd/{handle}")
    except OSError:
        raise Refused("change something in a folder that cannot be told") from None


def _real(path):
    return os.path.normcase(os.path.realpath(os.fsdecode(path)))
