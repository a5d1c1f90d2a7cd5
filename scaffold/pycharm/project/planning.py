"""Plan ``.idea`` of a project on disk."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from scaffold.errors import IdeFileBroken
from scaffold.files import read_present
from scaffold.pycharm.model import IdeProject
from scaffold.pycharm.project import record as records
from scaffold.pycharm.project.aside import Backups
from scaffold.pycharm.project.broken import document_or_error
from scaffold.pycharm.project.idea import FOLDER, idea_files, refuse_foreign_folder
from scaffold.pycharm.project.idea_plan import IdeaPlan
from scaffold.pycharm.project.merge import merged_idea
from scaffold.pycharm.project.record import RECORD
from scaffold.pycharm.project.rows import Modules
from scaffold.pycharm.survey.git import GIT
from scaffold.system import System


def plan_idea(
    root: Path,
    project: IdeProject,
    *,
    git: bool = False,
    committed: bool = False,
    registered: Mapping[str, Path] | None = None,
    home: Path | None = None,
    repair: bool = False,
) -> IdeaPlan:
    """What is to become of each file below ``.idea`` of the project in ``root``. Nothing is written.

    ``git`` and ``committed`` as `idea_files` has them. ``registered``: the interpreters that the IDEs of this
    machine know by name; None where nobody looked. ``home`` is the user's, for ``$USER_HOME$``. ``repair``: a
    file that is not XML is set aside and written anew.

    Raises IdeFileBroken that names a broken file and its line, TargetOccupied where ``.idea`` is no ordinary
    folder, NoPermission.
    """
    refuse_foreign_folder(root)
    wanted = {str(path): c for path, c in idea_files(project, git=git, committed=committed).items()}
    existing = dict(_existing(root, wanted, home))
    return merged_idea(existing, project, wanted, root=root, registered=registered, home=home, repair=repair)


def is_committed(root: Path, system: System) -> bool:
    """Whether git tracks files below ``.idea``; no where there is no git."""
    return bool(committed_files(root, system))


def committed_files(root: Path, system: System) -> frozenset[str]:
    """The files below ``.idea`` that git tracks, by their paths below the root."""
    if not system.exists(root / FOLDER):
        return frozenset()
    asked = system.run((*GIT, "-C", str(root), "ls-files", "-z", "--", str(FOLDER)), timeout=20)
    return frozenset(filter(None, asked.stdout.split("\0"))) if asked.ok else frozenset()


def _existing(root: Path, wanted: Mapping[str, bytes], home: Path | None) -> Iterator[tuple[str, bytes]]:
    """The files that matter: what we (may) write, modules that are listed, who may name one, our backups."""
    paths = {*wanted, *records.paths(read_present(root / RECORD)), str(RECORD)}
    for pattern in (".idea/runConfigurations/*.xml", ".idea/*.iml", f"{Backups.FOLDER}/*"):
        paths |= {path.relative_to(root).as_posix() for path in root.glob(pattern)}
    paths |= _listed(root, home)
    for path in sorted(paths):
        present = read_present(root / path)
        if present is not None:
            yield path, present


def _listed(root: Path, home: Path | None) -> set[str]:
    """The modules' files that ``modules.xml`` lists, of those that lie in the project."""
    path = root / FOLDER / "modules.xml"
    content = read_present(path)
    if content is None:
        return set()
    try:
        document = document_or_error(content, path, "project")
    except IdeFileBroken:  # told, or set aside, where the file's own turn comes
        return set()
    found = Modules(root=root, home=home).read(document.root)
    return {path for path in found if not Path(path).is_absolute() and ".." not in Path(path).parts}
