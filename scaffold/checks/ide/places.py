"""Absolute paths that are likely to be one machine's data, and not every system's own folders."""

from __future__ import annotations

import re

#: Where disks are put in and data are kept, by what people and clusters call it.
_DATA = re.compile(
    r"""/(?:mnt|media|Volumes|net|nfs|nas\d*|export|gpfs|lustre|beegfs|ceph|scratch\d*|raid\d*|hdd\d*|ssd\d*|nvme\d*
        |disks?\d*|data(?:[_-]?\w+)?|datasets?|storage\d*|share|shared|srv|projects?|cluster|root)/[^/]""",
    re.VERBOSE,
)

#: A disk of Windows; what every Windows has is none.
_WINDOWS = re.compile(
    r"/?[A-Za-z]:[\\/](?!(?:Windows|Program Files|ProgramData|Python\d*|Temp)\b)[^\\/]", re.IGNORECASE
)
_SHARE = re.compile(r"\\\\[^\\/]+\\[^\\/]+")

#: The system's own folders, programs, and what containers and web servers begin their paths with.
_SYSTEMS = re.compile(
    r"/(?:usr|bin|sbin|lib\w*|etc|dev|proc|sys|opt|run|tmp|var|boot|snap|nix|app|code|api|v\d+|static|private/tmp"
    r"|System|Library|Applications)(?:/|$)"
)

#: Names under which a folder or a file is given; a route of a web server is none.
_FOLDERS = re.compile(
    r"(?:^|[_-])(?:data|dataset|datadir|dir|directory|folder|out|output|ckpt|checkpoints?|weights|cache)(?:$|[_-])",
    re.IGNORECASE,
)
_TWO_PARTS = re.compile(r"/[\w.-]+/[\w.-]")


def of_one_machine(name: str, value: str) -> bool:
    r"""Whether a value, under the name of its option or variable, leads to data of one machine.

    Lists of paths are looked at one by one; URLs of other kinds than ``file:`` are no paths.

    >>> of_one_machine("DATA", "/mnt/big/mnist"), of_one_machine("DATA", "D:\\mnist")
    (True, True)
    >>> of_one_machine("--data-dir", "/imagenet/train"), of_one_machine("--root-path", "/imagenet/train")
    (True, False)
    >>> of_one_machine("LD_LIBRARY_PATH", "/usr/lib:/opt/x/lib"), of_one_machine("--from", "s3://b/mnt/x/")
    (False, False)
    """
    value = value.removeprefix("file://")
    if "://" in value:
        return False
    if _WINDOWS.match(value) or _SHARE.match(value):
        return True
    return any(_is_data(name, one) for one in re.split(r"[:;,]", value))


def _is_data(name: str, path: str) -> bool:
    if _SYSTEMS.match(path):
        return False
    return bool(_DATA.match(path) or (_FOLDERS.search(name) and _TWO_PARTS.match(path)))
