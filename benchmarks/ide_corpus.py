"""What `scaffold ide check` finds in PyCharm projects that people have published.

python benchmarks/ide_corpus.py FILES [--trees FOLDER]

FILES holds, a folder a repository, the files of .idea and .run alone; --trees folders of whole checkouts, of
which some may be the same repositories. Writes the table of docs/ide-check.md: numbers, nothing of the files.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from builds_table import table

from scaffold.checks.ide import inspect
from scaffold.pycharm.survey.survey import survey
from scaffold.system import HostSystem

PAGE = Path(__file__).resolve().parents[1] / "docs" / "ide-check.md"
BEGIN, END = "<!-- benchmarks/ide_corpus.py begins -->", "<!-- ends -->"

#: They compare with the rest of the repository, which FILES does not hold.
NEED_THE_TREE = frozenset(
    (
        "ide.run-config-script",
        "ide.run-config-module",
        "ide.run-config-tests",
        "ide.run-config-folder",
        "ide.run-config-env-file",
        "ide.run-config-member",
        "ide.run-config-bound",
        "ide.iml-missing",
        "ide.modules-missing",
        "ide.module-name",
        "ide.source-root",
        "ide.index-data",
        "ide.environment-indexed",
        "ide.test-runner",
        "ide.case-clash",
        "ide.half-committed",
        "ide.not-judged",
    )
)

#: In which order the levels are shown.
LEVELS = ("error", "warning", "info", "skipped", "unknown")


@dataclass(slots=True)
class Tally:
    """What was found in some projects."""

    projects: int = 0
    runs: int = 0
    having: Counter[str] = field(default_factory=Counter)  # rule -> projects
    levels: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))

    def add(self, root: Path, *, whole: bool) -> None:
        """One project more."""
        facts = survey(root, HostSystem())
        found = {one.id: one.level for one in inspect(facts) if one.level != "ok"}
        self.projects += 1
        self.runs += sum(run.stored and not run.template for run in facts.runs)
        for rule, level in found.items():
            if whole or rule not in NEED_THE_TREE:
                self.having[rule] += 1
                self.levels[rule].add(level)


def main() -> int:
    """Look at every project; write the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("files", type=Path)
    parser.add_argument("--trees", type=Path)
    options = parser.parse_args()
    alone, trees = Tally(), Tally()
    with tempfile.TemporaryDirectory() as folder:
        for repository in sorted(path for path in options.files.iterdir() if path.is_dir()):
            copy = Path(folder) / repository.name.partition("+")[2]
            _lay_out(repository, copy)
            for root in projects(copy):
                alone.add(root, whole=False)
    for checkout in sorted(options.trees.iterdir()) if options.trees else ():
        for root in projects(checkout):
            trees.add(root, whole=True)
    before, rest = PAGE.read_text(encoding="utf-8").split(BEGIN)
    text = "\n".join([BEGIN, "", page(alone, trees), "", END])
    PAGE.write_text(before + text + rest.partition(END)[2], encoding="utf-8")
    return 0


def projects(folder: Path) -> Iterator[Path]:
    """Folders that hold a project's files, not below one of those; what a template would make is none."""
    if any((folder / name).is_dir() for name in (".idea", ".run")):
        yield folder
        return
    for one in sorted(folder.iterdir()):
        if one.is_dir() and not one.is_symlink() and one.name != ".git" and "{{" not in one.name:
            yield from projects(one)


def _lay_out(repository: Path, copy: Path) -> None:
    """Today's files, and all of them in git; earlier versions have ``.rev-`` in their names."""
    shutil.copytree(repository, copy, ignore=lambda _, names: {name for name in names if ".rev-" in name})
    for command in (["init", "--quiet"], ["add", "--all", "--force"]):
        subprocess.run(["git", *command], cwd=copy, check=True, capture_output=True)


def page(alone: Tally, trees: Tally) -> str:
    """The table; a rule's line counts projects."""
    rules = sorted(
        alone.having | trees.having, key=lambda rule: (-(trees.having[rule] + alone.having[rule]), rule)
    )
    levels = {rule: alone.levels[rule] | trees.levels[rule] for rule in rules}
    rows = [
        [
            f"`{rule}`",
            ", ".join(sorted(levels[rule], key=LEVELS.index)),
            "not asked" if rule in NEED_THE_TREE else str(alone.having[rule]),
            str(trees.having[rule]),
        ]
        for rule in rules
    ]
    head = [
        "finding",
        "level",
        f"IDE files alone: of {alone.projects} projects ({alone.runs} run configurations)",
        f"whole repositories: of {trees.projects} projects ({trees.runs} run configurations)",
    ]
    return table(head, rows)


if __name__ == "__main__":
    sys.exit(main())
