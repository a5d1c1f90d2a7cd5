"""What is known of the Python that is looked at."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Script:
    """A program that a package installed: its first line names the interpreter that runs it."""

    path: str
    interpreter: str  # as the first line names it
    alive: bool | None = None  # that interpreter is there


@dataclass(frozen=True, slots=True, kw_only=True)
class VenvFacts:
    """A virtual environment, by pyvenv.cfg, the link behind its program, and its scripts (PEP 405)."""

    folder: str = ""
    tool: str = ""  # uv, virtualenv, venv, poetry; as far as the files or the user tell
    home: str = ""  # where the base's program lay when it was made
    home_alive: bool | None = None  # a Python is still there
    made_at: str = ""  # the folder that it was made in, by its own files
    version: str = ""  # of the base when it was made
    program: str = ""  # bin/python: where its link leads; itself where it is no link
    program_alive: bool | None = None  # that file is there
    sees_system: bool | None = None  # include-system-site-packages
    stale: tuple[Script, ...] = ()  # scripts whose interpreter is gone, or another environment's
    scripts: int | None = None  # how many were looked at
    site_packages: bool | None = None  # there is a site-packages folder of the version that it says
    foreign_layout: str = ""  # bin on Windows, Scripts elsewhere: made by another system's Python


@dataclass(frozen=True, slots=True, kw_only=True)
class Called:
    """What a name on PATH starts: ``pip`` or ``python``."""

    name: str
    path: str = ""  # the program
    python: str = ""  # the interpreter that runs it; for python itself: where its link leads
    prefix: str = ""  # the environment or installation that it belongs to
    frameworks: tuple[str, ...] = ()  # that are installed there


@dataclass(frozen=True, slots=True, kw_only=True)
class Outside:
    """A distribution in the user's own site-packages, and the copy that it hides."""

    name: str  # normalised
    version: str = ""
    location: str = ""
    hidden: str = ""  # the version in the environment, "" where there is none
    imported: bool | None = None  # told to be the one that is imported


@dataclass(frozen=True, slots=True, kw_only=True)
class OnPath:
    """A folder of PYTHONPATH, and what of it is called as a module of Python's own or of the stack."""

    folder: str
    there: bool = True
    files: tuple[str, ...] = ()  # random.py; logging/ for a package


@dataclass(frozen=True, slots=True, kw_only=True)
class PythonFacts:
    """One interpreter, by its files. ``""`` and None mean unknown."""

    executable: str = ""
    alive: bool | None = None  # that program is there, links followed
    version: str = ""  # 3.12.4; 3.12 where no more is told
    implementation: str = ""  # CPython, PyPy
    machine: str = ""  # what it was built for: x86_64, aarch64, arm64
    bits: int | None = None
    manager: str = ""  # conda, pyenv, system, store, homebrew, uv, python.org, embedded
    prefix: str = ""
    base_prefix: str = ""
    virtual: bool | None = None  # an environment of its own (pyvenv.cfg)
    conda: str = ""  # base, or the environment's name or folder; "" where it is not conda's
    externally_managed: bool | None = None  # PEP 668
    marker: str = ""  # the file that says so
    managed_packages: tuple[str, ...] = ()  # frameworks that the system's package manager brought
    free_threaded: bool | None = None
    lacks: tuple[str, ...] = ()  # modules of the standard library that it was built without
    has_headers: bool | None = None  # Python.h, and on Windows libs/python3xx.lib
    has_pip: bool | None = None
    isolated_path: str = ""  # python3xx._pth: sys.path is what this file says
    user_site: str = ""  # the user's site-packages of this Python
    user_site_enabled: bool | None = None  # a virtual environment does not see it
    outside: tuple[Outside, ...] = ()  # frameworks and their companions that lie in the user's site
    site_packages: tuple[str, ...] = ()  # where its distributions lie, in the order of import
    writable: bool | None = None  # this user may install into it
    venv: VenvFacts | None = None  # None: not one, or unknown
    stale: tuple[Script, ...] = ()  # scripts of any installation whose interpreter is gone
    called: tuple[Called, ...] = ()  # what pip and python start in this shell
    activated: str = ""  # the environment that the shell says is active
    activated_alive: bool | None = None
    activated_prefix: str = ""  # the same, links followed
    placeholder: str = ""  # what PATH calls python, where it only opens Microsoft's Store
    on_path: tuple[OnPath, ...] = ()  # the folders of this process's PYTHONPATH
    pip_differs: bool | None = None  # told: pip and python belong to different environments

    @property
    def minor(self) -> tuple[int, int] | None:
        """``(3, 12)``; None where the version is unknown."""
        head = self.version.split(".")[:2]
        return (int(head[0]), int(head[1])) if len(head) == 2 and all(p.isdecimal() for p in head) else None

    def call(self, *names: str) -> Called | None:
        """What the first of these names starts, where it is known."""
        return next((one for name in names for one in self.called if one.name == name), None)
