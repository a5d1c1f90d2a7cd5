"""Completion in the real shells: a line is typed with a Tab, run, and its words are what was meant."""

from __future__ import annotations

import json
import os
import shutil
import stat
import sys
from pathlib import Path

import pytest

from scaffold.completion.place import script
from tests.terminal import Terminal

REPOSITORY = Path(__file__).resolve().parents[3]

STARTS = {
    "bash": ["bash", "--norc", "--noprofile", "-i"],
    "zsh": ["zsh", "-f", "-i"],
    "fish": ["fish", "--no-config", "-i"],
}

#: What must be typed before the script is read.
BEFORE = {"bash": "", "zsh": "autoload -Uz compinit && compinit -D\n", "fish": ""}

RUN = '<component name="ProjectRunConfigurationManager"><configuration name="{}" type="PythonConfigurationType"/></component>'
NAMES = ("train (PyTorch)", "evaluate it's $HOME", "训练 (both)", "wow!! it's")


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project with run configurations of odd names; ``scaffold`` tells its words unless a shell asks."""
    root = tmp_path / "a project"
    (root / ".run").mkdir(parents=True)
    for number, name in enumerate(NAMES):
        (root / ".run" / f"{number}.run.xml").write_text(RUN.format(name), encoding="utf-8")
    (root / ".envs" / "keras").mkdir(parents=True)
    (root / "notes.txt").touch()
    programs = tmp_path / "bin"
    programs.mkdir()
    command = programs / "scaffold"
    command.write_text(
        f"#!{sys.executable}\n"
        "import json, os, sys\n"
        f"sys.path.insert(0, {str(REPOSITORY)!r})\n"
        "if '_SCAFFOLD_COMPLETE' in os.environ:\n"
        "    from scaffold.cli import main\n"
        "    main()\n"
        "print('WORDS:' + json.dumps(sys.argv[1:], ensure_ascii=True) + ':END')\n",
        encoding="utf-8",
    )
    command.chmod(command.stat().st_mode | stat.S_IXUSR)
    return root


TYPED = [
    ("scaffold temp\tsh\tvis\t", ["templates", "show", "vision-finetune"]),
    ("scaffold new x --template=tab\t", ["new", "x", "--template=tabular"]),
    ("scaffold new x --fra\tpy\t", ["new", "x", "--framework", "pytorch"]),
    ("scaffold run tr\t", ["run", "train (PyTorch)"]),
    ("scaffold run train\\ \\(P\t", ["run", "train (PyTorch)"]),
    ("scaffold run 'tr\t", ["run", "train (PyTorch)"]),
    ('scaffold run "tr\t', ["run", "train (PyTorch)"]),
    ("scaffold run ev\t", ["run", "evaluate it's $HOME"]),
    ('scaffold run "ev\t', ["run", "evaluate it's $HOME"]),
    ("scaffold run 训\t", ["run", "训练 (both)"]),
    ("scaffold run x -- --file no\t", ["run", "x", "--", "--file", "notes.txt"]),
    ("scaffold run x -- '../a p\tno\t", ["run", "x", "--", "../a project/notes.txt"]),
    ('scaffold run x -- "../a p\tno\t', ["run", "x", "--", "../a project/notes.txt"]),
    ('scaffold run "wo\t', ["run", "wow!! it's"]),
    ("scaffold env show ke\t", ["env", "show", "keras"]),
    ("scaffold doctor explain env.mi\t", ["doctor", "explain", "env.missing"]),
    ("true && scaffold doctor --only env.mi\t", ["doctor", "--only", "env.missing"]),
    ("scaffold completion po\t", ["completion", "powershell"]),
]


@pytest.mark.slow
@pytest.mark.parametrize("shell", STARTS)
def test_what_a_tab_makes_of_a_line(shell: str, project: Path, tmp_path: Path) -> None:
    if shutil.which(shell) is None:
        pytest.skip(f"{shell} is not installed")
    (tmp_path / "script").write_text(script(shell), encoding="utf-8")
    (tmp_path / "home").mkdir()
    environment = {
        "HOME": str(tmp_path / "home"), "PATH": f"{tmp_path / 'bin'}{os.pathsep}{os.environ['PATH']}",
        "XDG_CONFIG_HOME": str(tmp_path / "home"), "XDG_DATA_HOME": str(tmp_path / "home"), "TERM": "xterm",
    }  # fmt: skip
    with Terminal(STARTS[shell], cwd=project, environment=environment, columns=200) as terminal:
        terminal.type(f"{BEFORE[shell]}source '{tmp_path / 'script'}'\necho READ''Y\n")
        terminal.until("READY\n")
        made = []
        for line, _ in TYPED:
            terminal.type(f"{line}\n")
            terminal.until("WORDS:")
            terminal.until(":END")
            made.append(json.loads(terminal.said.rpartition("WORDS:")[2].partition(":END")[0]))
        terminal.type("exit\n")
        assert (made, terminal.end()) == ([words for _, words in TYPED], 0)
