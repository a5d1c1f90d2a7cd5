"""Facts for `scaffold.probing.libraries` out of a loose description."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from scaffold.facts.told import Told, one_line, spelt
from scaffold.probing.libraries.model import Library, LibraryFacts, Missing, Standard
from scaffold.probing.libraries.names import asked_as, version_in, version_of_folder

#: Words for a file that is not there; anything else says that it is.
_ABSENT = re.compile(
    r"\b(?:missing|absent|not (?:in|found|there|present|installed)|none|no|false|lost|removed)\b",
    re.IGNORECASE,
)
_LIBRARY = re.compile(r"[\w+.-]+\.(?:so(?:\.[\d.]+)?|dll|dylib|pyd|bc)", re.IGNORECASE)
_GLIBCXX = re.compile(r"GLIBCXX_(\d+\.\d+\.\d+)")
_FILES = 500  # of a description; nobody tells more
_LIBDEVICE = "libdevice.10.bc"

#: ``packages.torch.bundled_cudnn`` -> the library that it is about.
_BUNDLED = {"cudnn": "libcudnn", "nccl": "libnccl", "cublas": "libcublas", "nvjitlink": "libnvJitLink"}


def told(description: Told) -> LibraryFacts:
    """What the description tells; everything else stays unknown."""
    search = _search(description)
    there, missing = _files(description, search or ())
    runtime = description.below("vcredist")
    toolkit = description.below("toolkit")
    absent = description.has("vcredist") and description.first("vcredist") in (None, False, "missing", "none")
    if runtime.flag("installed") is False or absent:
        missing = (*missing, Missing(name="msvcp140.dll", where="the Visual C++ runtime"))
    devices = tuple(one.path for one in there if one.name == _LIBDEVICE)
    nowhere = any(one.name == _LIBDEVICE for one in missing)
    return LibraryFacts(
        copies=(*(one for one in there if one.name != _LIBDEVICE), *_bundled(description)),
        missing=tuple(one for one in missing if one.name != _LIBDEVICE),
        search=search,
        standard=_standard(description),
        libdevice=() if nowhere and not devices else devices or None,
        data_folder=_data_folder(description),
        toolkit=toolkit.text("version"),
        vc_runtime=runtime.matching(r"^\D*(\d+\.\d[\d.]*)", "version", "version"),
    )


def _search(description: Told) -> tuple[str, ...] | None:
    """The folders of LD_LIBRARY_PATH; None where it is not told, or told in words."""
    value = description.below("env", "environment", "variables").first("LD_LIBRARY_PATH")
    if not isinstance(value, str) or not value.strip().startswith(("/", ":", "$", "~")):
        return None
    return tuple(one_line(one) for one in value[:8000].split(":") if one.strip() != "...")


def _rows(description: Told) -> Iterator[tuple[str, str]]:
    """Path -> what is said of it."""
    files = description.first("files")
    if isinstance(files, Mapping):
        for path, state in list(files.items())[:_FILES]:
            if isinstance(path, str):
                yield one_line(path), "missing" if state is None or state is False else one_line(spelt(state))
    elif isinstance(files, (list, tuple)):
        yield from ((one_line(path), "present") for path in files[:_FILES] if isinstance(path, str))


def _files(description: Told, search: tuple[str, ...]) -> tuple[tuple[Library, ...], tuple[Missing, ...]]:
    there: list[Library] = []
    missing: list[Missing] = []
    for path, state in _rows(description):
        file = re.split(r"[/\\]", path)[-1]
        if not _LIBRARY.fullmatch(file):
            continue
        if _ABSENT.search(state):
            missing.append(Missing(name=asked_as(file), where=path))
            continue
        library = Library(name=asked_as(file), path=path, version=_version(path, file, state))
        if library.folder in search:
            library = Library(name=library.name, path=path, version=library.version, via="variable")
        elif re.search(r"site-packages|dist-packages", path):
            library = Library(
                name=library.name, path=path, version=library.version, via="package", owner=_owner(path)
            )
        elif re.match(r"(?:<env>|\$CONDA_PREFIX|%CONDA_PREFIX%)", path) or "/envs/" in path:
            library = Library(name=library.name, path=path, version=library.version, via="environment")
        there.append(library)
    return tuple(there), tuple(missing)


def _version(path: str, file: str, state: str) -> str:
    what = "cudnn" if file.startswith("libcudnn") else "cuda"
    said = re.fullmatch(r"(?:version |v)?(\d+\.\d+[\d.]*)", state.strip())
    return version_in(file) or (said[1] if said else "") or version_of_folder(path, what)


def _owner(path: str) -> str:
    """The folder below site-packages, which is mostly called as the distribution is."""
    match = re.search(r"(?:site|dist)-packages[/\\]([\w-]+)", path)
    return match[1] if match else ""


def _bundled(description: Told) -> Iterator[Library]:
    packages = description.first("packages")
    for name in list(packages)[:_FILES] if isinstance(packages, Mapping) else ():
        row = Told(packages[name], description.notes, f"packages.{name}.")
        for key, family in _BUNDLED.items():
            version = row.text(f"bundled_{key}")
            if version:
                yield Library(
                    name=f"{family}.so.{version.split('.')[0]}",
                    path=f"{family} of {name}",
                    via="package",
                    version=version,
                    owner=str(name)[:60],
                )


def _standard(description: Told) -> Standard | None:
    """The libstdc++ whose symbol versions are told."""
    copies = [
        (path, match[1])
        for path, state in _rows(description)
        if "libstdc++" in path and (match := _GLIBCXX.search(state)) and not _ABSENT.search(state)
    ]
    needs = description.below("libstdcxx")
    wanted = needs.matching(r"(\d+\.\d+\.\d+)", "version", "needs", "required")
    given = needs.matching(r"(\d+\.\d+\.\d+)", "version", "provides", "version")
    if not copies and not (wanted or given):
        return None
    path, provides = copies[0] if copies else (needs.text("path") or "libstdc++.so.6", given)
    return Standard(path=path, provides=provides, needs=wanted)


def _data_folder(description: Told) -> str:
    flags = description.below("env", "environment", "variables").text("XLA_FLAGS")
    match = re.search(r"--xla_gpu_cuda_data_dir=(\S+)", flags)
    return match[1] if match else ""
