"""What a project's own files say, without being run; bounded, whatever the folder holds."""

from __future__ import annotations

from pathlib import Path

import pytest

from scaffold.code.parsing import parsed
from scaffold.code.statements import Import
from scaffold.machine import detect
from scaffold.probing.scene import Scene
from scaffold.probing.sources.assignments import Assignment, assignments
from scaffold.probing.sources.code import source_of
from scaffold.probing.sources.model import Source, SourceFacts, Spawning, Started, Unmarked
from scaffold.probing.sources.probe import probe
from scaffold.probing.target import Target
from scaffold.projects.walk import Listing, listing
from scaffold.recorded import RecordedSystem

LINUX = {
    "os": "linux",
    "machine": "x86_64",
    "release": "6.8.0",
    "version": "",
    "libc": "glibc 2.39",
    "cpu_count": 4,
}


def host(**more: object) -> RecordedSystem:
    return RecordedSystem({"schema": "scaffold/host/1", "platform": LINUX, "home": "/home/ada", **more})


def scene(folder: Path, **more: object) -> Scene:
    system = host(**more)
    return Scene(system=system, machine=detect(system, folder), target=Target(folder=folder))


def lay(folder: Path, **files: str) -> Path:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder


def test_only_the_users_own_files_are_listed(tmp_path) -> None:
    lay(
        tmp_path,
        **{
            "train.py": "", "run.sh": "", ".env": "", "photo.png": "", "src/app/__init__.py": "",
            ".venv/lib/x.py": "", "mine/pyvenv.cfg": "", "mine/lib/y.py": "", "data/load.py": "",
            "datasets/__init__.py": "", "node_modules/z.py": "", ".hidden/a.py": "",
        },
    )  # fmt: skip
    (tmp_path / "link").symlink_to(tmp_path / "src", target_is_directory=True)
    assert listing(tmp_path) == Listing(
        files=(".env", "run.sh", "train.py", "datasets/__init__.py", "src/app/__init__.py"), whole=True
    )
    assert listing(tmp_path, home=tmp_path) == Listing(files=(".env", "run.sh", "train.py"), whole=True)
    assert listing(tmp_path / "nowhere") == Listing()


def test_a_folder_of_many_files_ends_the_walk(tmp_path) -> None:
    for number in range(700):
        (tmp_path / f"m{number:03}.py").touch()
    found = listing(tmp_path)
    assert (len(found.files), found.whole) == (600, False)


def test_a_project_is_read(tmp_path) -> None:
    lay(
        tmp_path,
        **{
            "pyproject.toml": '[project]\nname = "app"\n',
            "README.md": "Start it:\n\n    python src/main.py --epochs 3\n    PYTHONPATH=. python src/ok.py\n",
            "src/main.py": 'from src.model import Net\nimport core\nif __name__ == "__main__":\n    Net()\n',
            "src/model.py": "try:\n    import torch\nexcept ImportError:\n    pass\n",
            "libs/one/core/__init__.py": "",
            "broken.py": "print 'hello'\n",
        },
    )
    assert probe(scene(tmp_path)) == SourceFacts(
        folder=str(tmp_path),
        files=("broken.py", "src/main.py", "src/model.py", "libs/one/core/__init__.py"),
        whole=False,
        sources=(
            Source(
                path="src/main.py",
                imports=(Import(module="src.model", line=1), Import(module="core", line=2)),
                guarded=True,
            ),
            Source(path="src/model.py", imports=(Import(module="torch", line=2, optional=True),)),
            Source(path="libs/one/core/__init__.py"),
        ),
        roots=("", "src"),
        started=(Started(script="src/main.py", place="README.md:3"),),
        unmarked=(Unmarked(folder="libs/one", names=("core",), seen="src/main.py:2"),),
        name="",  # the recorded host has no such file
    )


LOADER = "loader = DataLoader(data, num_workers={})\n"


@pytest.mark.parametrize(
    ("code", "spawns"),
    [
        (LOADER.format(2) + "for x in loader:\n    pass\n", [("DataLoader(num_workers=2)", 1)]),
        (LOADER.format(0) + "for x in loader:\n    pass\n", []),
        (LOADER.format(2) + "if __name__ == '__main__':\n    for x in loader:\n        pass\n", []),
        (LOADER.format(2) + "print(len(loader), loader.dataset)\n", []),
        (LOADER.format(2) + "trainer.fit(model, loader)\n", [("DataLoader(num_workers=2)", 1)]),
        ("N = 0\n" + LOADER.format("N") + "for x in loader:\n    pass\n", []),
        (
            LOADER.format("args.workers") + "next(iter(loader))\n",
            [("DataLoader(num_workers=args.workers)", 1)],
        ),
        (LOADER.format("0 if os.name == 'nt' else 4") + "next(iter(loader))\n", []),
        (
            "loaders = {k: DataLoader(v, num_workers=4) for k, v in sets.items()}\nnext(iter(loaders['train']))\n",
            [("DataLoader(num_workers=4)", 1)],
        ),
        (
            "def main():\n    for x in DataLoader(d, num_workers=2):\n        pass\nmain()\n",
            [("DataLoader(num_workers=2) in main()", 4)],
        ),
        (
            "def get():\n    return DataLoader(d, num_workers=2)\nfor x in get():\n    pass\n",
            [("the loaders of get()", 3)],
        ),
        ("def main():\n    for x in DataLoader(d, num_workers=2):\n        pass\n", []),
        ("import multiprocessing as mp\nmp.Pool(4)\n", [("Pool(...)", 2)]),
        ("from multiprocessing.dummy import Pool\nPool(4)\n", []),
        ("import torch.multiprocessing as mp\nmp.spawn(run, nprocs=2)\n", [("mp.spawn(...)", 2)]),
        ("Process(target=f).start()\n", [("Process(target=...)", 1)]),
        ("data = data.map(f, num_proc=4)\n", [("map(num_proc=4)", 1)]),
        ("model.fit(x, workers=4, use_multiprocessing=True)\n", [("fit(use_multiprocessing=True)", 1)]),
    ],
)
def test_what_starts_processes_at_the_top_level(code, spawns) -> None:
    found = source_of("a.py", code)
    assert found is not None
    assert found.spawns == tuple(Spawning(what=what, line=line) for what, line in spawns)


def test_what_code_sets_and_behind_which_imports() -> None:
    tree = parsed(
        "import os, torch\n"
        "os.environ['A'] = '1'\n"
        "os.environ.setdefault('B', device)\n"
        "os.environ.update({'C': '2', **more}, D='3')\n"
        "def f():\n    os.putenv('E', '')\n"
        "import keras\n"
        "print(os.environ['F'], os.environ.get('G'))\n"
    )
    assert tree is not None
    early = ("os", "torch")
    assert list(assignments(tree)) == [
        Assignment(name="A", value="1", line=2, after=early),
        Assignment(name="B", value=None, line=3, after=early),
        Assignment(name="D", value="3", line=4, after=early),
        Assignment(name="C", value="2", line=4, after=early),
        Assignment(name="E", value="", line=6, after=(*early, "keras")),
    ]


@pytest.mark.parametrize("text", ["(" * 5000, "\0", "def", "x = " + "-" * 20_000 + "1", "é" * 10, "#"])
def test_odd_code_never_raises(text) -> None:
    source_of("a.py", text)
