"""Look it up on this machine."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from scaffold.probing.scene import Scene
from scaffold.probing.sources.code import source_in
from scaffold.probing.sources.model import Source, SourceFacts, Started
from scaffold.probing.sources.resolving import unmarked
from scaffold.probing.sources.shared import files_of
from scaffold.projects.walk import SCRIPTS, Files
from scaffold.pycharm.reading.macros import Macros
from scaffold.pycharm.reading.project_files import declared_name
from scaffold.pycharm.survey.model import IdeFacts

#: Bytes of code that are parsed: a quarter of a second's work. Texts are only searched.
_PARSED, _SEARCHED = 400_000, 1 << 20

#: ``python src/main.py``, with options; what sets PYTHONPATH before it knows what it does.
_STARTS = re.compile(
    r"(?P<path>PYTHONPATH=\S*)?(?:^|[\s`$;&\"'])(?:python[\d.]*|py|torchrun|accelerate launch)(?:\.exe)?"
    r"(?:\s+-[^m\s]\S*)*\s+(?P<script>[\w./\\-]+\.py)\b",
    re.MULTILINE,
)


def probe(scene: Scene) -> SourceFacts:
    """The user's code, by its files; nothing is imported."""
    folder = scene.target.folder
    files = files_of(scene)
    code = tuple(files.listing.ending(".py"))
    sources = tuple(_sources(files, code))
    roots = tuple(dict.fromkeys(_roots(folder, scene.ide)))
    return SourceFacts(
        folder=str(folder),
        files=code,
        whole=files.listing.whole and len(sources) == len(code),
        sources=sources,
        roots=roots,
        started=tuple(dict.fromkeys((*_in_texts(files), *_in_runs(scene.ide)))),
        unmarked=tuple(unmarked(code, sources, roots)),
        name=declared_name(folder, scene.system),
        safe_path=bool(scene.system.environment.get("PYTHONSAFEPATH")),
    )


def _sources(files: Files, code: tuple[str, ...]) -> Iterator[Source]:
    for path, text in files.texts(iter(code), _PARSED):
        tree = files.tree(path, text)
        if tree is not None:
            yield source_in(path, text, tree)


def _roots(folder: Path, ide: IdeFacts | None) -> Iterator[str]:
    """The folder itself, ``src`` where nothing says otherwise, and what PyCharm has for source."""
    yield ""
    modules = ide.known_modules if ide else ()
    for module in modules:
        for path in (*module.content, *module.sources):
            if path.is_relative_to(folder):
                yield path.relative_to(folder).as_posix().removeprefix(".")
    if not modules:
        yield "src"


def _in_texts(files: Files) -> Iterator[Started]:
    named = ("readme", "makefile", "dockerfile", "justfile", "procfile")
    names = (
        one
        for one in files.listing.files
        if one.lower().endswith(SCRIPTS) or one.rpartition("/")[2].lower().startswith(named)
    )
    for path, text in files.texts(names, _SEARCHED):
        for match in _STARTS.finditer(text):
            if not match["path"]:
                script = match["script"].replace("\\", "/").removeprefix("./")
                yield Started(
                    script=script, place=f"{path}:{text.count(chr(10), 0, match.start('script')) + 1}"
                )


def _in_runs(ide: IdeFacts | None) -> Iterator[Started]:
    """Run configurations that add neither the project's folder nor the source roots to the path."""
    for run in ide.runs if ide else ():
        adds = run.configuration.flag("ADD_CONTENT_ROOTS", default=True)
        if ide is None or run.template or adds or run.configuration.kind != "script":
            continue
        script = Path(Macros(project=ide.root, home=ide.home).all(run.option("SCRIPT_NAME")))
        if script.is_relative_to(ide.root):
            yield Started(script=script.relative_to(ide.root).as_posix(), place=run.place("SCRIPT_NAME"))
