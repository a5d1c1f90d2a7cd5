"""Projects that others made, seen by their files: whole answers on small trees."""

from __future__ import annotations

import json
from pathlib import Path, PurePosixPath

import pytest

from scaffold.projects.discovery import Discovered, FolderContents, SnapshotContents, discover
from scaffold.projects.model import RunConfiguration
from scaffold.projects.snapshot import Entry
from scaffold.pycharm.project.adding import added, configurations_in
from scaffold.pycharm.project.run_configurations import run_files
from scaffold.shell import quoted

GUARD = 'if __name__ == "__main__":\n    print(1)\n'


def lay(root: Path, **files: str) -> Path:
    """Files by their paths below ``root``."""
    for name, text in files.items():
        target = root / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")
    return root


def seen(root: Path, files: dict[str, str]) -> Discovered:
    """The answer, which is the same for a folder and for a rendering that lies nowhere yet."""
    found = discover(FolderContents(lay(root, **files)))
    snapshot = {PurePosixPath(name): Entry(text.encode()) for name, text in files.items()}
    assert discover(SnapshotContents(snapshot)) == found
    return found


def script(name: str, target: str = "", **more: bool) -> RunConfiguration:
    return RunConfiguration(name=name, kind="script", target=target or f"{name}.py", **more)


def module(name: str, target: str, **more: bool) -> RunConfiguration:
    return RunConfiguration(name=name, kind="module", target=target, **more)


def pytest_run(target: str) -> RunConfiguration:
    return RunConfiguration(name="tests", kind="pytest", target=target, terminal=False)


def test_what_pip_would_take_from_elsewhere_is_told_line_by_line(tmp_path):
    files = {
        "train.py": GUARD,
        "requirements.txt": "--index-url https://example.org/simple\n-f ./wheels\nnumpy\n-r more.txt\n"
        "Clip[a] @ git+https://example.org/clip.git@v1\n./my wheels\n-e ./lib; rm -r x\n"
        "https://example.org/net-1.0-py3-none-any.whl\n??\n",
        "more.txt": "--find-links x\ngit+ssh://git@example.org/net.git\n/opt/net.tar.gz\n",
    }
    by_hand = "is not taken over; afterwards, in its environment: python -m pip install"
    assert seen(tmp_path, files).notes == (
        "requirements.txt, line 6: not understood",
        "requirements.txt, line 9: not understood",
        f"requirements.txt, line 5: clip of a file or URL {by_hand} "
        + quoted("clip[a] @ git+https://example.org/clip.git@v1"),
        (
            "requirements.txt, line 8: net of a file or URL "
            f"{by_hand} https://example.org/net-1.0-py3-none-any.whl"
        ),
        (
            "more.txt, line 2: what a path or URL leads to is not taken over; "
            "install it afterwards, in its environment, with pip, as it stands there"
        ),
        f"more.txt, line 3: what a path or URL leads to {by_hand} /opt/net.tar.gz",
        f"requirements.txt, line 7: an editable project {by_hand} --editable {quoted('./lib; rm -r x')}",
        (
            "requirements.txt: --index-url and -f and --find-links are not used: "
            "your own settings of pip and uv decide which sources are asked (scaffold env mirrors)"
        ),
    )


def test_flat_scripts(tmp_path):
    files = {
        "README.md": "python train.py\n",
        "requirements.txt": "--extra-index-url https://u:secret@example.org/whl\n-r more.txt\n-c limits.txt\n"
        "Torch==2.4.0+cpu ; sys_platform == 'linux' \\\n  --hash=sha256:00\nnumpy<2  # old\n-e .\n"
        "foo @ https://u:secret@example.org/foo.zip\ngit+https://example.org/bar\n",
        "more.txt": "tqdm\n-r ../outside.txt\n",
        "limits.txt": "numpy>=1.20\nunasked<3\n",
        "model.py": "import torch\n\nNET = torch.nn.Linear(1, 1)\n",
        "train.py": f"import model\nimport torch\n{GUARD}",
        "evaluate.py": f"import model\n{GUARD}",
        "experiments/train.py": GUARD,
        "data/raw.csv": "1\n",
        "setup.py": "from setuptools import setup\nsetup(install_requires=open('x').read())\n",
    }
    assert seen(tmp_path, files) == Discovered(
        frameworks=("pytorch",),
        seen={"pytorch": "requirements.txt"},
        requirements=("tqdm", "numpy<2,>=1.20"),
        wanted=('torch==2.4.0+cpu; sys_platform == "linux"',),
        place="requirements.txt",
        excluded=("data",),
        runs=(
            script("train", default=True),
            script("train (experiments)", "experiments/train.py"),
            script("evaluate"),
        ),
        scripts=5,
        notes=(
            "requirements.txt: more.txt, line 2: what it includes is no file that can be read, so it is not judged",
            (
                "requirements.txt, line 8: foo of a file or URL is not taken over; "
                "install it afterwards, in its environment, with pip, as it stands there"
            ),
            (
                "requirements.txt, line 7: the project itself is installed where pyproject.toml or setup.py says how; "
                "else afterwards, in its environment: python -m pip install --editable ."
            ),
            (
                "requirements.txt, line 9: what a path or URL leads to is not taken over; "
                "afterwards, in its environment: python -m pip install git+https://example.org/bar"
            ),
            (
                "requirements.txt: --extra-index-url is not used: "
                "your own settings of pip and uv decide which sources are asked (scaffold env mirrors)"
            ),
            "requirements.txt: limits on what it does not name are left out: unasked",
            (
                "setup.py names no project that could be read, so that none is installed; "
                "afterwards, in its environment: python -m pip install --editable ."
            ),
        ),
    )


def test_a_src_layout_with_entry_points(tmp_path):
    files = {
        "pyproject.toml": """
[project]
name = "lab"
requires-python = ">=3.11"
dependencies = ["keras>=3", "tensorflow>=2.16", "rich"]
[project.scripts]
lab-train = "lab.training:main"
lab-nothing = "lab.quiet:main"
lab-gone = "lab.gone:main"
""",
        "src/lab/__init__.py": "",
        "src/lab/__main__.py": "print(1)\n",
        "src/lab/training.py": f"def main(): ...\n{GUARD}",
        "src/lab/quiet.py": "def main(): ...\n",
        "src/lab/deep/__init__.py": "",
        "src/lab/deep/tool.py": f"from . import x\n{GUARD}",
        "tests/test_lab.py": f"def test(): ...\n{GUARD}",
        "docs/conf.py": GUARD,
    }
    assert seen(tmp_path, files) == Discovered(
        frameworks=("keras",),
        seen={"keras": "pyproject.toml"},
        requirements=("keras>=3", "rich"),
        wanted=("tensorflow>=2.16",),
        place="pyproject.toml",
        requires_python=">=3.11",
        sources=("src",),
        tests=("tests",),
        runs=(
            module("lab", "lab", default=True),
            module("lab-train", "lab.training"),
            module("tool", "lab.deep.tool"),
            pytest_run("tests"),
        ),
        scripts=8,
    )


def test_setuptools_says_it_in_three_ways(tmp_path):
    cfg = {
        "setup.cfg": "[options]\npython_requires = >=3.8\ninstall_requires =\n    torch>=2\n    # old\n    six\n",
        "pkg/__init__.py": "",
    }
    found = seen(tmp_path / "cfg", cfg)
    assert (found.frameworks, found.requirements, found.place) == (("pytorch",), ("six",), "setup.cfg")
    assert found.requires_python == ">=3.8"
    script_only = {
        "setup.py": "import setuptools\nsetuptools.setup(install_requires=['torch', 'six>=1'], python_requires='>3')\n"
    }
    found = seen(tmp_path / "py", script_only)
    assert (found.wanted, found.requirements, found.requires_python) == (("torch",), ("six>=1",), ">3")
    dynamic = {
        "pyproject.toml": '[project]\nname = "x"\ndynamic = ["dependencies"]\n'
        '[tool.setuptools.dynamic]\ndependencies = {file = ["deps.txt"]}\n',
        "deps.txt": "six\n",
        "x.py": "",
    }
    found = seen(tmp_path / "dynamic", dynamic)
    assert (found.requirements, found.place) == (("six",), "deps.txt")


def test_poetry(tmp_path):
    files = {
        "pyproject.toml": """
[tool.poetry]
name = "thing"
[tool.poetry.dependencies]
python = "^3.10"
torch = "^2.4"
rich = {version = "~13.1", extras = ["jupyter"]}
old = {version = "*", optional = true}
mine = {git = "https://u:secret@example.org/x"}
either = "^1 || ^2"
""",
        "thing/__init__.py": "",
        "thing/app.py": GUARD,
    }
    assert seen(tmp_path, files) == Discovered(
        frameworks=("pytorch",),
        seen={"pytorch": "pyproject.toml, [tool.poetry]"},
        requirements=("rich[jupyter]>=13.1,<13.2",),
        wanted=("torch>=2.4,<3",),
        place="pyproject.toml, [tool.poetry]",
        requires_python=">=3.10,<4",
        runs=(module("app", "thing.app", default=True),),
        scripts=2,
        notes=(
            "pyproject.toml: mine of a file, folder or repository is not taken over",
            "pyproject.toml: either of a file, folder or repository is not taken over",
        ),
    )


def test_notebooks_alone(tmp_path):
    cells = [
        {"cell_type": "markdown", "source": ["import tensorflow"]},
        {"cell_type": "code", "source": ["!pip install torch\n", "%matplotlib inline\n", "import torch\n"]},
        {"cell_type": "code", "source": "for x in"},
    ]
    files = {"mnist.ipynb": json.dumps({"cells": cells}), "broken.ipynb": "{torch"}
    assert seen(tmp_path, files) == Discovered(
        frameworks=("pytorch",), seen={"pytorch": "mnist.ipynb"}, notebooks=2
    )


def test_a_tutorials_scripts_have_no_guard(tmp_path):
    files = {
        "1_手写数字识别.py": "import tensorflow as tf\nmodel = tf.keras.Sequential()\nmodel.fit()\n",
        "工具.py": "def f(): ...\n",
        "画图.py": "import 工具\nfor i in range(3):\n    print(i)\n",
        "helper.py": "print('imported')\n",
        "old.py": "import helper\nprint 'Python 2'\n",
        "use.py": "import helper\n",
    }
    assert seen(tmp_path, files) == Discovered(
        frameworks=("keras",),
        seen={"keras": "1_手写数字识别.py"},
        runs=(script("1_手写数字识别", default=True), script("画图")),
        scripts=6,
    )


@pytest.mark.parametrize(
    ("requirements", "code", "frameworks"),
    [
        ("keras\ntorch\n", "", ("pytorch",)),  # Keras on PyTorch
        ("keras\n", "", ("keras",)),
        ("keras\njax\n", "", ()),
        ("torchvision\ntensorflow-gpu\n", "", ("pytorch", "keras")),
        ("six\n", "import torch\nimport keras\n", ("pytorch",)),
        ("six\n", "try:\n    import torch\nexcept ImportError:\n    pass\n", ("pytorch",)),
        ("", "torch = 1\n", ()),
    ],
)
def test_frameworks(tmp_path, requirements, code, frameworks):
    files = {"requirements.txt": requirements, "a.py": code}
    assert seen(tmp_path, files).frameworks == frameworks


def test_a_library_for_whatever_is_there_has_no_framework(tmp_path):
    files = {
        "pyproject.toml": '[project]\nname = "x"\ndependencies = []\n',
        "x.py": "def f():\n    import torch\n",
    }
    assert seen(tmp_path, files) == Discovered(scripts=1)


def test_conda_names_frameworks_and_a_python(tmp_path):
    files = {
        "environment.yml": "dependencies:\n  - python=3.11\n  - pytorch=2.4\n  - mkl\n  - pip:\n      - six\n",
        "a.py": "",
    }
    found = seen(tmp_path, files)
    assert (found.frameworks, found.requirements, found.requires_python) == (
        ("pytorch",),
        ("six",),
        "==3.11.*",
    )


def test_nothing_that_a_project_holds_makes_it_fail(tmp_path):
    lay(tmp_path, **{"pyproject.toml": "[project\n", "a.py": GUARD, "setup.cfg": "x\n[options\n"})
    (tmp_path / "gbk.py").write_bytes("# -*- coding: gbk -*-\n# 中文\n".encode("gbk") + GUARD.encode())
    (tmp_path / "utf16.txt").write_text("six", encoding="utf-16")
    (tmp_path / "requirements.txt").write_text("torch\nsix\n", encoding="utf-16")
    (tmp_path / "null.py").write_bytes(b"\0")
    (tmp_path / "deep.py").write_text("(" * 5000)
    (tmp_path / "out").symlink_to("/etc")
    (tmp_path / "loop").symlink_to(tmp_path)
    (tmp_path / "gone.py").symlink_to("nowhere.py")
    found = discover(FolderContents(tmp_path))
    assert [one.name for one in found.runs] == ["a", "gbk"]
    assert (found.frameworks, found.requirements) == (("pytorch",), ("six",))
    assert [one.partition(":")[0] for one in found.notes] == ["pyproject.toml cannot be read"]


def test_many_files_are_bounded(tmp_path):
    for number in range(30):
        folder = tmp_path / f"f{number:02}"
        folder.mkdir()
        for one in range(25):
            (folder / f"run{one:02}.py").write_text(GUARD)
    found = discover(FolderContents(tmp_path))
    assert len(found.runs) == 20
    assert len({one.name for one in found.runs}) == 20
    assert found.notes == (
        "580 more programs got no run configuration",
        "the project has more files than are looked at: programs further down may have been missed",
    )


def test_run_configurations_that_are_there_are_not_doubled(tmp_path):
    own = run_files((script("mine", "a.py"), script("b", "c.py"), pytest_run("tests")), "m")
    files = {path: Entry(content) for path, content in own.items()}
    files[PurePosixPath(".run/broken.run.xml")] = Entry(b"<")
    present = configurations_in(files)
    assert sorted(one.name for one in present) == ["b", "mine", "tests"]
    wanted = (script("a", default=True), script("b"), pytest_run("tests"), module("m", "m"))
    assert added(wanted, present, tmp_path) == (script("b (2)", "b.py"), module("m", "m"))
