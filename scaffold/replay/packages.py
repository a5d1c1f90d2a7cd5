"""Facts about installed distributions out of a loose description."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from scaffold.facts.told import Told
from scaffold.probing.packages.model import (
    TENSORFLOWS,
    Package,
    PackageFacts,
    Requested,
    SavedModel,
    TensorFlowBuild,
    TorchBuild,
)
from scaffold.probing.packages.names import normalised
from scaffold.probing.packages.torch import backend_of, cuda_of

#: Names that conda has for what Python calls otherwise.
_SAME = {"pytorch": "torch", "pytorch-cpu": "torch", "pytorch-gpu": "torch"}
_USER_SITE = re.compile(
    r"(?:^~|/(?:home|Users)/[^/]+|^/root)/\.local(?:/|$)|AppData.Roaming.Python", re.IGNORECASE
)
_LIMIT = 2000  # distributions; no environment has more


def told(description: Told) -> PackageFacts:
    """What the description tells; everything else stays unknown."""
    rows = list(_rows(description))[:_LIMIT]
    packages: list[Package] = []
    absent, requested = set(), []
    for name, row in rows:
        if row.flag("installed") is False:
            absent.add(name)
        elif row.has("requested") and not row.has("version"):
            requested.append(_requested(name, row))
        else:
            packages += _copies(name, row)
    by_name = dict(rows)
    return PackageFacts(
        packages=tuple(packages),
        complete=description.flag("packages_complete") or False,
        absent=frozenset(absent),
        conda=tuple(one for one in packages if one.installer == "conda"),
        torch=_torch(by_name.get("torch")),
        tensorflow=_tensorflow(by_name),
        models=tuple(_models(description)),
        requested=tuple(requested),
    )


def _rows(description: Told) -> Iterator[tuple[str, Told]]:
    """Name -> what is told, from an object, or from the lines of ``pip freeze``."""
    value = description.first("packages")
    items: list[tuple[Any, Any]] = []
    if isinstance(value, Mapping):
        items = list(value.items())
    elif isinstance(value, (list, tuple)):
        items = [_of_line(one) for one in value[:_LIMIT]]
    for name, row in items:
        if not isinstance(name, str) or not name.strip():
            continue
        key = normalised(name)
        yield _SAME.get(key, key), Told(_as_row(row), description.notes, f"packages.{name[:60]}.")


def _of_line(line: Any) -> tuple[Any, Any]:
    if isinstance(line, Mapping):
        return line.get("name"), line
    if not isinstance(line, str):
        return None, None
    match = re.match(r"\s*([A-Za-z0-9][\w.-]{0,100})\s*(?:\[[^]]*\])?\s*(.{0,100})", line[:300])
    if match is None:
        return None, None
    return match[1], (match[2].removeprefix("==").strip() or True)


def _as_row(value: Any) -> Mapping[str, Any]:
    if isinstance(value, Mapping):
        return value
    if value is None or isinstance(value, bool):
        return {"installed": bool(value)}
    if isinstance(value, (str, int, float)):
        return {"version": value}
    return {}


def _copies(name: str, row: Told) -> Iterator[Package]:
    """One distribution, or several copies of it; what is imported comes first."""
    imported = row.text("version_imported", "code_version")
    recorded = row.text("version_metadata", "version_in_env", "version_recorded")
    version = row.text("version") or imported or recorded
    one = _package(name, row, version)
    copies = row.whole("copies") or 1
    if imported and recorded and imported != recorded and (copies > 1 or row.has("version_in_env")):
        yield _package(name, row, imported)
        yield Package(name=name, version=recorded)
    elif copies > 1:
        yield one
        yield from (Package(name=name, version=recorded) for _ in range(min(copies, 9) - 1))
    elif imported and recorded and imported != recorded:
        yield Package(
            name=name, version=recorded, location=one.location, installer=one.installer, code_version=imported
        )
    else:
        yield one


def _package(name: str, row: Told, version: str) -> Package:
    manager, location = row.text("manager", "installer"), row.text("location")
    source = row.text("source")
    conda = "conda" in manager or "mamba" in manager
    return Package(
        name=name,
        version=version,
        location=location,
        installer="conda" if conda else manager,
        channel=row.text("channel") or ("conda-forge" if manager == "conda-forge" else ""),
        user_site=bool(_USER_SITE.search(location)) or row.flag("user_site") is True,
        requires=tuple(one for one in row.rows("requires") if isinstance(one, str))[:200],
        source=source,
        extras=_extras(row),
        built_for=row.text("built_for"),
    )


def _extras(row: Told) -> tuple[str, ...] | None:
    value = row.first("extras")
    known = isinstance(value, (list, tuple))
    return tuple(one for one in row.rows("extras") if isinstance(one, str))[:50] if known else None


def _requested(name: str, row: Told) -> Requested:
    text = row.text("requested")
    version = re.search(r"\d[\w.+!-]*", text)
    return Requested(name=name, version=version[0] if version else "", sdist="sdist" in text or None)


def _torch(row: Told | None) -> TorchBuild | None:
    if row is None or row.flag("installed") is False or (row.has("requested") and not row.has("version")):
        return None
    version = row.text("version_imported", "version")
    local = version.partition("+")[2]
    cuda = _cuda(row) if row.has("cuda_build", "cuda") else None
    named = row.text("backend").lower()
    if cuda is None:
        cuda = cuda_of(local) if local else "" if named in ("cpu", "rocm", "xpu") else None
    hip = row.text("hip", "hip_build", "rocm_build") or None
    if hip is None and local:
        hip = local[len("rocm") :] if local.startswith("rocm") else ""
    architectures = tuple(one for one in row.rows("arch_list") if isinstance(one, str))[:100]
    return TorchBuild(
        version=version,
        cuda=cuda,
        hip=hip,
        backend=named or ("cuda" if row.flag("cuda") else "") or backend_of(cuda, hip, local),
        architectures=architectures or None,
        cudnn=row.text("bundled_cudnn", "cudnn_build", "cudnn"),
        source="told",
    )


def _cuda(row: Told) -> str | None:
    """A version, or "" where the description says that there is none; None where it tells no number."""
    value = row.first("cuda_build", "cuda")
    if value is None or value is False:
        return ""
    if value is True:
        return None
    text = str(value).strip() if isinstance(value, (str, float, int)) else ""
    if text.lower() in ("none", "null", "cpu", "false", ""):
        return ""
    match = re.search(r"\d{1,3}(?:\.\d{1,3}){0,2}", text)
    return (cuda_of(text) or None) if text.lower().startswith("cu") else match[0] if match else None


def _tensorflow(rows: Mapping[str, Told]) -> TensorFlowBuild | None:
    name = next((one for one in TENSORFLOWS if one in rows), None)
    if name is None or rows[name].flag("installed") is False:
        return None
    row = rows[name]
    without = name in ("tensorflow-cpu", "tensorflow-macos", "tensorflow-intel")
    cuda = _cuda(row) if row.has("cuda_build", "cuda") else ("" if without else None)
    return TensorFlowBuild(
        version=row.text("version_imported", "version"),
        cuda=cuda,
        cudnn=row.text("cudnn_build", "cudnn"),
        source="told",
    )


def _models(description: Told) -> Iterator[SavedModel]:
    """Files that hold a model, and what is said of the Keras that saved them."""
    files = description.first("files")
    for path, state in list(files.items())[:_LIMIT] if isinstance(files, Mapping) else ():
        suffix = str(path).lower().rpartition(".")[2]
        kind = {"keras": "keras", "h5": "h5", "hdf5": "h5", "joblib": "pickle", "pkl": "pickle"}.get(suffix)
        if kind:
            text = state if isinstance(state, str) else ""
            match = re.search(
                r"keras(?:[\s_]version)?\s*[=v:]?\s*(\d+(?:\.\d+|\.x)*)", text[:300], re.IGNORECASE
            )
            keras = match[1] if match else ""
            yield SavedModel(path=str(path)[:300], kind=kind, keras=keras, told=text[:300])
