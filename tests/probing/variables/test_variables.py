"""Where variables are set: the process, PyCharm's run configurations, files, scripts, code."""

from __future__ import annotations

from pathlib import Path

from scaffold.machine import detect
from scaffold.probing.scene import Scene
from scaffold.probing.sources import probe as sources
from scaffold.probing.target import Target
from scaffold.probing.variables.model import Variable, VariableFacts
from scaffold.probing.variables.probe import probe
from scaffold.pycharm.survey.survey import survey
from scaffold.replay.read import described
from tests.probing.sources.test_sources import host, lay

RUN = """<component name="ProjectRunConfigurationManager">
  <configuration name="train" type="PythonConfigurationType">
    <envs>
      <env name="CUDA_VISIBLE_DEVICES" value="1" />
      <env name="MY_OWN" value="x" />
    </envs>
  </configuration>
</component>
"""


def look(folder: Path, **environment: str) -> VariableFacts:
    system = host(environment=environment)
    return probe(
        Scene(
            system=system,
            machine=detect(system, folder),
            target=Target(folder=folder),
            ide=survey(folder, system),
        )
    )


def test_every_place_is_told_with_its_line(tmp_path) -> None:
    lay(
        tmp_path,
        **{
            ".run/train.run.xml": RUN,
            ".env": "# mine\nHF_TOKEN=s3cr3t\nHF_HOME=/data/hf\n",
            ".env.example": "HF_HOME=/elsewhere\n",
            "run.sh": "#!/bin/sh\nexport CUDA_VISIBLE_DEVICES=2\n",
            "train.py": "import os\nos.environ['KERAS_BACKEND'] = 'jax'\nimport keras\nos.environ['KERAS_BACKEND'] = 'x'\n",
        },
    )
    found = look(tmp_path, HTTPS_PROXY="http://bob:pass@proxy:3128", EDITOR="vi", OMP_NUM_THREADS="4")
    assert found == VariableFacts(
        found=(
            Variable(name="HTTPS_PROXY", value="http://***@proxy:3128"),
            Variable(name="OMP_NUM_THREADS", value="4"),
            Variable(
                name="CUDA_VISIBLE_DEVICES", value="1", kind="run-configuration", place=".run/train.run.xml:4"
            ),
            Variable(name="HF_TOKEN", value="(not shown)", kind="env-file", place=".env:2"),
            Variable(name="HF_HOME", value="/data/hf", kind="env-file", place=".env:3"),
            Variable(name="CUDA_VISIBLE_DEVICES", value="2", kind="script", place="run.sh:2"),
            Variable(name="KERAS_BACKEND", value="jax", kind="code", place="train.py:2"),
            Variable(name="KERAS_BACKEND", value="x", kind="code", place="train.py:4", late=True),
        ),
        complete=True,
    )
    assert found.is_unset("LD_LIBRARY_PATH")
    assert not found.is_unset("HF_HOME")


def test_a_description_tells_them(tmp_path) -> None:
    facts, _ = described(
        {
            "env": {
                "A": "1",
                "B": None,
                "C": "unset (default)",
                "D": 3,
                "E": "set by the program after import",
            },
            "ide": {"run_configuration": {"envs": {"F": "x"}}},
            "project": {"scripts": "*.sh with export CUDA_VISIBLE_DEVICES=2", ".env": "G=1\n"},
        }
    )
    assert facts.variables == VariableFacts(
        found=(
            Variable(name="A", value="1"),
            Variable(name="D", value="3"),
            Variable(name="E", value="", kind="code", place="the program's code", late=True, computed=True),
            Variable(name="F", value="x", kind="run-configuration", place="the run configuration"),
            Variable(name="CUDA_VISIBLE_DEVICES", value="2", kind="script", place="scripts"),
            Variable(name="G", value="1", kind="env-file", place=".env"),
        ),
        unset=frozenset(("B", "C")),
    )


def test_a_file_that_links_out_of_the_project_is_none_of_it(tmp_path) -> None:
    lay(tmp_path, **{"secrets/.env": "HF_HOME=/elsewhere\n", "project/train.py": ""})
    (tmp_path / "project/.env").symlink_to(tmp_path / "secrets/.env")
    assert look(tmp_path / "project") == VariableFacts(complete=True)


def test_a_long_file_of_variables_is_gone_through_once(tmp_path) -> None:
    """Each line is looked at once: the last one that sets a name is its place."""
    rows = [f"HF_HOME_{number}=x" for number in range(15_000)]
    lay(tmp_path, **{".env": "\n".join((*rows, "HF_HOME=/a", "export HF_HOME=/b"))})
    (found,) = look(tmp_path).of("HF_HOME")
    assert found == Variable(name="HF_HOME", value="/b", kind="env-file", place=".env:15002")


def test_files_are_listed_and_read_once_for_all_probes(tmp_path) -> None:
    lay(tmp_path, **{"a.py": "import os\nos.environ['HF_HOME'] = '/a'\n"})
    system = host()
    scene = Scene(system=system, machine=detect(system, tmp_path), target=Target(folder=tmp_path))
    first = probe(scene)
    (tmp_path / "a.py").unlink()
    assert probe(scene) == first
    assert sources.probe(scene).files == ("a.py",)
