"""`scaffold update` beside `copier update`: the same 60 files, 20 changed by the template, 10 by the user.

    python benchmarks/update.py      # with copier and git beside this interpreter; writes results/update.json

Whole processes in turn, each in a fresh copy of its project. Seconds are this machine's, ratios are to be
trusted; processor time (children included) hardly depends on what else the machine does.
"""

from __future__ import annotations

import json
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROUNDS = 5
FILES, BY_TEMPLATE, BY_USER = 60, 20, 10
HERE = Path(__file__).resolve().parent
RESULTS = HERE / "results" / "update.json"

TEMPLATE = """\
title = "Sixty"
description = "Sixty files"
version = "{version}"

[[layer]]
folder = "common"
parts = ["base"]

[[layer]]
folder = "pytorch"
framework = "pytorch"
"""


def text(number: int, version: int) -> str:
    """One file; the first 20 have another line in version 2."""
    lines = [f"step_{number}_{line} = {line}" for line in range(40)]
    if version == 2 and number < BY_TEMPLATE:
        lines[30] = "template = 2"
    return "\n".join(lines) + "\n"


def edited(root: Path, below: str) -> None:
    """What the user did: a line in each of ten files, half of them changed by the template, too."""
    for number in range(BY_TEMPLATE - BY_USER // 2, BY_TEMPLATE + BY_USER // 2):
        path = root / below / f"file_{number}.py"
        path.write_text("mine = 1\n" + path.read_text(encoding="utf-8"), encoding="utf-8")


def run(*command: str | Path, cwd: Path) -> None:
    """A command that must go well."""
    subprocess.run([*map(str, command)], cwd=cwd, check=True, stdin=subprocess.DEVNULL, capture_output=True)


def commit(folder: Path, *, tag: str = "") -> None:
    """Everything in a folder, into git."""
    identity = ("-c", "user.name=a", "-c", "user.email=a@example.org")
    if not (folder / ".git").exists():
        run("git", "init", "-q", cwd=folder)
    run("git", "add", "-A", cwd=folder)
    run("git", *identity, "commit", "-qm", "all", cwd=folder)
    if tag:
        run("git", "tag", tag, cwd=folder)


def ours(base: Path) -> tuple[Path, list[str]]:
    """A project of version 1, edited and committed, and the command that updates it to 2."""
    site = base / "site"
    package = site / "sixty_templates"

    def install(version: int) -> None:
        for number in range(FILES):
            put(package / f"sixty/common/src/your_project/file_{number}.py", text(number, version))
        put(package / "sixty/template.toml", TEMPLATE.format(version=f"{version}.0.0"))

    put(site / "sixty-1.0.dist-info/METADATA", "Metadata-Version: 2.1\nName: sixty\nVersion: 1.0\n")
    put(site / "sixty-1.0.dist-info/entry_points.txt", "[scaffold.templates]\nsixty = sixty_templates\n")
    put(package / "sixty/pytorch/notes.txt", "\n")
    put(package / "parts/base/src/your_project/__init__.py", "\n")
    put(package / "parts/base/part.toml", 'summary = "all"\n')
    install(1)
    start = "import site, sys; site.addsitedir(sys.argv.pop(1)); from scaffold.cli import main; main()"
    command = [sys.executable, "-c", start, str(site)]
    run(*command, "new", "a-sixty-project", "-t", "sixty:sixty", "--no-env", cwd=base)
    root = base / "a-sixty-project"
    edited(root, "src/a_sixty_project")
    commit(root)
    install(2)
    return root, [*command, "update", "-y"]


def theirs(base: Path) -> tuple[Path, list[str]]:
    """The same for copier."""
    template, root, copier = base / "template", base / "copied", str(Path(sys.executable).parent / "copier")
    put(template / "copier.yml", "name: a\n_subdirectory: files\n")
    put(template / "files/{{ _copier_conf.answers_file }}.jinja", "{{ _copier_answers|to_nice_yaml }}")
    for version in (1, 2):
        for number in range(FILES):
            put(template / f"files/file_{number}.py", text(number, version))
        commit(template, tag=f"v{version}.0.0")
        if version == 1:
            run(copier, "copy", "--defaults", template, root, cwd=base)
            edited(root, "")
            commit(root)
    return root, [copier, "update", "--defaults", "--conflict", "inline", "-q"]


def put(path: Path, content: str) -> None:
    """A file and its folders."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content, encoding="utf-8")


def measured(root: Path, command: list[str]) -> tuple[float, float]:
    """Wall and processor seconds of one update; the project is as before then."""
    with tempfile.TemporaryDirectory() as kept:
        shutil.copytree(root, Path(kept, "p"), symlinks=True)
        before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
        run(*command, cwd=root)
        wall, after = time.perf_counter() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
        shutil.rmtree(root)
        shutil.copytree(Path(kept, "p"), root, symlinks=True)
    return wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main() -> None:
    """Measure in turn and write down medians."""
    with tempfile.TemporaryDirectory() as folder:
        subjects = {"scaffold update": ours(Path(folder)), "copier update": theirs(Path(folder))}
        rows: dict[str, list[tuple[float, float]]] = {name: [] for name in subjects}
        for _ in range(ROUNDS):
            for name, (root, command) in subjects.items():
                rows[name].append(measured(root, command))
    found = {
        name: {
            "wall_median": round(statistics.median(wall for wall, _ in values), 3),
            "wall_least": round(min(wall for wall, _ in values), 3),
            "processor_median": round(statistics.median(cpu for _, cpu in values), 3),
        }
        for name, values in rows.items()
    }
    RESULTS.write_text(json.dumps({"rounds": ROUNDS, "files": FILES, "seconds": found}, indent=2) + "\n")
    for name, values in found.items():
        print(f"{name:18}" + "".join(f"{key}: {value:8.3f} s  " for key, value in values.items()))


if __name__ == "__main__":
    main()
