"""Names of distributions, and of the folders that their metadata lies in."""

from __future__ import annotations

import re


def normalised(name: str) -> str:
    """The one spelling of a distribution's name (PEP 503).

    >>> normalised("Typing_Extensions")
    'typing-extensions'
    """
    return re.sub(r"[-_.]+", "-", name.strip()).lower()


def parse_metadata_folder(name: str) -> tuple[str, str] | None:
    """Name and version of a ``.dist-info`` or ``.egg-info``; the version is "" where the folder tells none.

    >>> parse_metadata_folder("torch-2.13.0+cpu.dist-info")
    ('torch', '2.13.0+cpu')
    >>> parse_metadata_folder("h5py-2.10.0-py3.7.egg-info"), parse_metadata_folder("mine.egg-info")
    (('h5py', '2.10.0'), ('mine', ''))
    >>> parse_metadata_folder("torch") is None
    True
    """
    match = re.fullmatch(
        r"(?P<name>[A-Za-z0-9][A-Za-z0-9._]*?)(?:-(?P<version>[^-/]+))?(?:-py[\d.]+(?:-[\w.-]+)?)?\.(?:dist|egg)-info",
        name,
    )
    return (normalised(match["name"]), match["version"] or "") if match else None


def parse_conda_record(name: str) -> tuple[str, str] | None:
    """Name and version of a file in ``conda-meta``.

    >>> parse_conda_record("pytorch-2.3.0-py3.11_cuda12.1_cudnn8.9.2_0.json")
    ('pytorch', '2.3.0')
    >>> parse_conda_record("intel-openmp-2023.1.0-hdb19cb5_46306.json"), parse_conda_record("history")
    (('intel-openmp', '2023.1.0'), None)
    """
    parts = name.removesuffix(".json").rsplit("-", 2)
    return (parts[0].lower(), parts[1]) if name.endswith(".json") and len(parts) == 3 else None
