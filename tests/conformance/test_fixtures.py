"""Every template among the peers' own tests: made by the peer and by scaffold, the same bytes, modes and links.

`fixtures.toml` says what comes of each. A fixture that it does not name fails the test: a new release of a
peer is noticed.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

import pytest

from scaffold.errors import ScaffoldError
from scaffold.projects.foreign import render
from scaffold.projects.names import project_name
from scaffold.projects.origins.fetch import fetched
from scaffold.projects.origins.parse import parse_location
from scaffold.projects.snapshot import Entry, Snapshot
from scaffold.system import HostSystem
from scaffold.toml import loads

from .conftest import PEERS

HERE = Path(__file__).parent
TABLE: Mapping[str, Any] = loads((HERE / "fixtures.toml").read_text(encoding="utf-8"))
MANIFESTS = ("copier.yml", "copier.yaml", "cookiecutter.json")
RENDERS = "renders"
NAME = "my-app"


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What came of one fixture."""

    result: str  # RENDERS, or an error's code
    files: Snapshot
    answers: Mapping[str, Any]
    more: bool  # something was skipped or refused for want of trust


def fixtures(root: Path) -> list[str]:
    """The folders below a source distribution's tests that are templates."""
    found = {path.parent for name in MANIFESTS for path in (root / "tests").glob(f"**/{name}")}
    return sorted(one.relative_to(root).as_posix() for one in found)


def by_scaffold(folder: Path, *, trust: bool) -> Outcome:
    system = HostSystem()
    try:
        with fetched(parse_location(str(folder), folder, folder), system) as found:
            made = render(found, system, name=project_name(NAME), answers={}, use_defaults=True, trust=trust)
    except ScaffoldError as problem:
        more = problem.code == "template-needs-trust"
        return Outcome(result=problem.code, files={}, answers={}, more=more)
    return Outcome(result=RENDERS, files=made.files, answers=made.answers, more=bool(made.skipped))


def by_peer(jobs: list[dict[str, Any]], folder: Path) -> list[str]:
    """What `peers.py` says of each job; it has a home of its own, and no terminal."""
    (folder / "jobs.json").write_text(json.dumps(jobs), encoding="utf-8")
    (folder / "home").mkdir()
    subprocess.run(
        [sys.executable, HERE / "peers.py", folder / "jobs.json", folder / "done.json"],
        cwd=folder, env={**os.environ, "HOME": str(folder / "home"), "USERPROFILE": str(folder / "home")},
        stdin=subprocess.DEVNULL, capture_output=True, check=True,
    )  # fmt: skip
    return [str(one) for one in json.loads((folder / "done.json").read_text(encoding="utf-8"))]


def tree(root: Path) -> Snapshot:
    """Files, links as they are written, empty folders; who may run a file."""
    return dict(_entries(root, PurePosixPath()))


def _entries(folder: Path, below: PurePosixPath) -> Iterator[tuple[PurePosixPath, Entry]]:
    children = sorted(folder.iterdir()) if folder.is_dir() else []  # Copier makes none for no file
    if not children and below.parts:
        yield below, Entry(kind="folder")
    for child in children:
        path = below / child.name
        if child.is_symlink():
            yield path, Entry(os.readlink(child).encode(), kind="link")
        elif child.is_dir():
            yield from _entries(child, path)
        else:
            yield path, Entry(child.read_bytes(), executable=bool(child.stat().st_mode & 0o100))


def outcomes(peer: str, root: Path, folder: Path) -> dict[str, dict[str, Any]]:
    """A row of the table for each fixture of a source distribution, as it comes out here and now."""
    runs: list[tuple[str, bool, Outcome]] = []
    for fixture in fixtures(root):
        plain = by_scaffold(root / fixture, trust=False)
        runs.append((fixture, False, plain))
        if plain.more:
            runs.append((fixture, True, by_scaffold(root / fixture, trust=True)))
    jobs = [
        {"peer": peer, "template": str(root / fixture), "target": str(folder / str(number) / NAME),
         "answers": {key: one for key, one in outcome.answers.items() if _is_named(one)}, "trust": trust}
        for number, (fixture, trust, outcome) in enumerate(runs)
    ]  # fmt: skip
    said = by_peer(jobs, folder)
    rows: dict[str, dict[str, Any]] = {}
    for (fixture, trust, outcome), job, theirs in zip(runs, jobs, said, strict=True):
        row = rows.setdefault(fixture, {})
        row["trusted" if trust else "plain"] = outcome.result
        row["peer_trusted" if trust else "peer"] = theirs or RENDERS
        if outcome.result == RENDERS and not theirs:
            differ = _differing(outcome.files, tree(_project(peer, Path(job["target"]))))
            row.update({"differ": differ} if differ else {})
    return rows


@pytest.mark.network
@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="modes and links of the fixtures are those of POSIX")
@pytest.mark.parametrize("peer", PEERS)
def test_every_fixture_comes_out_as_the_table_says(
    peer: str, sources: Mapping[str, Path], tmp_path: Path
) -> None:
    expected = {
        name: {key: one for key, one in row.items() if key != "why"} for name, row in TABLE[peer].items()
    }
    assert outcomes(peer, sources[peer], tmp_path) == expected


def _is_named(answer: object) -> bool:
    """What the project's name decides; all else is the fixture's default for the peer, too."""
    return isinstance(answer, str) and NAME.replace("-", " ") in answer.lower().replace("-", " ").replace(
        "_", " "
    )


def _project(peer: str, target: Path) -> Path:
    """Cookiecutter makes a folder in the folder that it is given."""
    return target if peer == "copier" else next(one for one in target.iterdir() if one.is_dir())


def _differing(ours: Snapshot, theirs: Snapshot) -> list[str]:
    return sorted(str(path) for path in {*ours, *theirs} if ours.get(path) != theirs.get(path))


def test_what_fails_where_the_peer_succeeds_is_explained() -> None:
    """And whatever differs: the reason stands beside it."""
    unexplained = [
        name
        for peer in PEERS
        for name, row in TABLE[peer].items()
        if (not same(row) or "differ" in row) and "why" not in row
    ]
    assert unexplained == []


def same(row: Mapping[str, Any]) -> bool:
    """Whether scaffold renders what the peer renders, and fails where it fails."""
    pairs = (("plain", "peer"), ("trusted", "peer_trusted"))
    return all((row.get(ours) == RENDERS) == (row.get(theirs) == RENDERS) for ours, theirs in pairs)
