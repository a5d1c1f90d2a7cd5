"""Libraries of CUDA and cuDNN that the loader finds before those that the packages bring.

Wheels name the folders of their libraries in DT_RUNPATH, which the loader searches after LD_LIBRARY_PATH
(ld.so(8)). So an older library of the same name in one of its folders is loaded in place of the wheel's own.
A DT_RPATH without a DT_RUNPATH is searched before that variable: such a PyTorch finds its own ones first.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from scaffold.checks.facts import Facts
from scaffold.checks.libraries.built import cudnn_of
from scaffold.checks.model import Evidence, Finding, Remedy
from scaffold.checks.surroundings import os_is, python_of
from scaffold.checks.versions import release
from scaffold.probing.libraries.model import Library
from scaffold.probing.libraries.names import CUDA, version_of_folder

#: A folder of conda's, or of an environment below one.
_TOOLKIT = re.compile(r"/usr/local/cuda(?:/targets/[\w-]+)?/lib(?:64)?")
_CONDA = re.compile(r"(?:conda|mamba|miniforge)[^/]*(?:/envs/[^/]+)?/lib/?$", re.IGNORECASE)


def cudnn(facts: Facts) -> Iterator[Finding]:
    """No cuDNN that is older than the one that PyTorch was built with comes before it."""
    built, source = _torch_cudnn(facts)
    if not built or not _torch_cuda(facts) or _own_first(facts):
        return
    for found, variable in _other_cudnns(facts):
        if not _clashes(built, found.version):
            continue
        shown = facts.log is not None and facts.log.sign("cudnn-incompatible", "cudnn-on-path") is not None
        yield Finding(
            id="lib.cudnn-shadowed",
            level="error" if variable or shown else "warning",
            title=f"PyTorch was built with cuDNN {built}, and the loader finds cuDNN {found.version} first"
            if variable
            else f"PyTorch was built with cuDNN {built}, and an older cuDNN {found.version} is installed "
            f"beside it",
            detail="A folder of LD_LIBRARY_PATH is searched before the folders that PyTorch names for "
            "its own "
            "libraries."
            if variable
            else f"It is loaded in its place where LD_LIBRARY_PATH names {found.folder}.",
            cause="cudnn-shadowed",
            evidence=(
                Evidence(source=source, value=f"cuDNN {built}"),
                Evidence(source=found.path, value=f"cuDNN {found.version}"),
            ),
            not_the_cause=("the driver and nvcc: PyTorch brings its own cuDNN",),
            remedy=_without(facts, found.folder, "print(torch.backends.cudnn.version())"),
        )
        return


def _torch_cudnn(facts: Facts) -> tuple[str, str]:
    """The cuDNN of PyTorch, and who says so."""
    packages, libraries = facts.packages, facts.libraries
    if packages and packages.torch and release(packages.torch.cudnn):
        return packages.torch.cudnn, packages.torch.source or "torch"
    for one in libraries.of("libcudnn") if libraries else ():
        if one.via == "package" and one.version:
            return one.version, one.path
    built = cudnn_of(packages.torch) if packages and packages.torch and facts.told else ""
    return built, f"torch {packages.torch.version}" if packages and packages.torch and built else ""


def _own_first(facts: Facts) -> bool:
    """PyTorch's libraries name their folders in DT_RPATH: LD_LIBRARY_PATH comes after them."""
    return facts.libraries is not None and facts.libraries.own_first is True


def _torch_cuda(facts: Facts) -> bool:
    """Whether an installed PyTorch could load libraries of CUDA; a build without never does."""
    torch = facts.packages.torch if facts.packages else None
    return torch is not None and torch.cuda != "" and not os_is(facts, "windows", "macos")


def _other_cudnns(facts: Facts) -> Iterator[tuple[Library, bool]]:
    """Each cuDNN that is not a package's, and whether LD_LIBRARY_PATH leads to it; that one first."""
    libraries = facts.libraries
    if libraries is None:
        return
    copies = [one for one in libraries.of("libcudnn") if one.via in ("variable", "folder") and one.version]
    seen = {one.folder for one in copies}
    named = [
        Library(name="libcudnn.so", path=f"{folder}/libcudnn.so", via="variable", version=version)
        for folder in libraries.search or ()
        if folder not in seen and (version := version_of_folder(folder, "cudnn"))
    ]
    known = libraries.search is not None and not facts.told
    yield from ((one, True) for one in (*copies, *named) if one.via == "variable")
    if not known:  # where LD_LIBRARY_PATH was read, a folder that is not in it shadows nothing
        yield from ((one, False) for one in copies if one.via == "folder")


def _clashes(built: str, found: str) -> bool:
    """A cuDNN promises to run programs built with an older minor version of the same major, not the reverse.

    Another major version has another name (libcudnn.so.9) and is not taken for it.
    """
    wanted, there = release(built), release(found)
    if not wanted or not there or wanted[0] != there[0]:
        return False
    return (*there, 0, 0)[1] < (*wanted, 0, 0)[1]


def cuda(facts: Facts) -> Iterator[Finding]:
    """No CUDA library that is older than the one of the same name that a package brings comes before it."""
    libraries = facts.libraries
    if libraries is None or not _torch_cuda(facts) or _own_first(facts):
        return
    own = {one.name: one for one in reversed(libraries.copies) if one.via == "package" and one.version}
    clashes = [
        (mine, one)
        for one in libraries.of(*(name for name in CUDA if name != "libcudnn"))
        if one.via == "variable" and (mine := own.get(one.name)) and _older(one.version, mine.version)
    ]
    if clashes:
        yield _cuda_shadowed(facts, clashes)
        return
    yield from _toolkit_first(facts)


def _cuda_shadowed(facts: Facts, clashes: list[tuple[Library, Library]]) -> Finding:
    mine, first = clashes[0]
    return Finding(
        id="lib.cuda-shadowed",
        level="error",
        title=f"The loader finds {first.name} {first.version} before the {mine.version} that belongs to "
        f"PyTorch",
        detail="The libraries of a wheel belong together: libcusparse calls functions of its own "
        "libnvJitLink, "
        "libcublas those of its own libcublasLt. A folder of LD_LIBRARY_PATH is searched before them.",
        cause="cuda-lib-shadowed",
        evidence=tuple(
            Evidence(source=one.path, value=f"{one.name} {one.version}")
            for pair in clashes[:4]
            for one in pair
        ),
        not_the_cause=("the build of PyTorch: every build fails behind the same folder",),
        remedy=_without(facts, first.folder, "torch.ones(2, device='cuda')"),
    )


def _toolkit_first(facts: Facts) -> Iterator[Finding]:
    """A folder of an older toolkit of the same major version in LD_LIBRARY_PATH, where no files are known."""
    torch = facts.packages.torch if facts.packages else None
    libraries = facts.libraries
    if torch is None or libraries is None or not facts.told:
        return
    if any(one.level == "error" for one in cudnn(facts)):
        return  # the same folders, said already
    built = release(torch.cuda or "")
    for folder in libraries.search or ():
        found = release(version_of_folder(folder, "cuda") or _of_toolkit(folder, libraries.toolkit))
        if built and found and found[0] == built[0] and found < built:
            spelt = ".".join(map(str, found))
            yield Finding(
                id="lib.cuda-shadowed",
                level="error",
                title=f"LD_LIBRARY_PATH puts CUDA {spelt} before the CUDA {torch.cuda} that PyTorch brings",
                detail="Libraries of one major version have one name; the older ones are loaded and lack "
                "what "
                "the newer ones call.",
                cause="cuda-lib-shadowed",
                evidence=(
                    Evidence(source="LD_LIBRARY_PATH", value=folder),
                    Evidence(source=torch.source or "torch", value=f"cuda {torch.cuda}"),
                ),
                remedy=_without(facts, folder, "torch.ones(2, device='cuda')"),
            )
            return


def _of_toolkit(folder: str, version: str) -> str:
    """The system's toolkit, where its usual folder is meant: its link carries no number."""
    return version if _TOOLKIT.fullmatch(folder.rstrip("/")) else ""


def search_path(facts: Facts) -> Iterator[Finding]:
    """LD_LIBRARY_PATH leads into no other conda environment, whose libraries would replace this one's."""
    libraries = facts.libraries
    if libraries is None or not libraries.search or os_is(facts, "windows"):
        return
    own = {f"{one.rstrip('/')}/lib" for one in _own_prefixes(facts) if one}
    for folder in libraries.search:
        if not _CONDA.search(folder) or folder.rstrip("/") in own:
            continue
        yield Finding(
            id="lib.ld-path",
            level="warning",
            title=f"LD_LIBRARY_PATH puts {folder}, a whole conda environment's libraries, before all others",
            detail="Every program is given its libstdc++, OpenSSL, CUDA and OpenMP then, whatever it was "
            "built "
            "with: undefined symbols and missing versions follow.",
            cause="cuda-lib-shadowed",
            evidence=(Evidence(source="LD_LIBRARY_PATH", value=folder),),
            remedy=_without(facts, folder, ""),
        )
        return


def _own_prefixes(facts: Facts) -> Iterator[str]:
    """Folders of the environment that runs: its own libraries may come first."""
    if facts.target is not None and facts.target.prefix is not None:
        yield str(facts.target.prefix)
    if facts.python is not None:
        yield from (facts.python.prefix, facts.python.base_prefix)
    if facts.variables is not None:
        yield facts.variables.value("CONDA_PREFIX") or ""


def _older(found: str, wanted: str) -> bool:
    """By major and minor number: patches of one minor version replace each other."""
    there, mine = release(found), release(wanted)
    return there is not None and mine is not None and (*there, 0, 0)[:2] < (*mine, 0, 0)[:2]


def _without(facts: Facts, folder: str, code: str) -> Remedy:
    """The same command without the variable shows whether it was that."""
    place = next((one.place for one in facts.variables.of("LD_LIBRARY_PATH")), "") if facts.variables else ""
    where = f" (it is set in {place})" if place and place != "environment" else ""
    tried = f"import torch; {code}" if code else "import torch"
    return Remedy(
        text=f"take {folder} out of LD_LIBRARY_PATH, or unset LD_LIBRARY_PATH for this run{where}; it "
        f"usually "
        "comes from ~/.bashrc, a module system (module unload cuda cudnn) or the container's image",
        commands=(("env", "-u", "LD_LIBRARY_PATH", python_of(facts), "-c", tried),),
    )
