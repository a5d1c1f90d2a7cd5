"""Who put a Python there: the paths that tell."""

from __future__ import annotations

import re

#: The first that matches counts. Paths are compared with "/", without case.
_MARKS = (
    ("store", r"/windowsapps/|pythonsoftwarefoundation\.python"),
    ("conda", r"/(?:mini|ana)conda\d?/|/(?:mini|mamba)forge\d?/|/micromamba/|/\.?conda/"),
    ("uv", r"/uv/(?:data/)?python/"),
    ("pyenv", r"/\.?pyenv(?:-win)?/"),
    ("mise", r"/mise/installs/"),
    ("asdf", r"/\.asdf/installs/"),
    ("homebrew", r"/homebrew/|/linuxbrew/|/cellar/|^/usr/local/opt/python"),
    ("macports", r"^/opt/local/"),
    ("nix", r"^/nix/store/"),
    ("python.org", r"^/library/frameworks/python\.framework/|/python/python3\d+/|^[a-z]:/python3\d+/"),
    ("xcode", r"/xcode\.app/|/commandlinetools/"),
    ("embedded", r"/python_embed+ed/|python-3[\d.]+-embed"),
    ("system", r"^/usr/bin/|^/bin/"),
)  # fmt: skip


def manager_of(path: str) -> str:
    r"""Who a program belongs to, by its real path; "" where the path does not tell.

    >>> manager_of("/opt/homebrew/Cellar/python@3.12/3.12.4/bin/python3.12")
    'homebrew'
    >>> manager_of("C:\\Users\\ada\\AppData\\Local\\Programs\\Python\\Python312\\python.exe")
    'python.org'
    """
    text = path.replace("\\", "/").lower()
    return next((owner for owner, pattern in _MARKS if re.search(pattern, text)), "")
