"""What doctor says of interpreters and environments, from facts alone."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from scaffold.checks import examine
from scaffold.checks.facts import Facts
from scaffold.checks.interpreter import environment_there
from scaffold.checks.model import Finding
from scaffold.checks.python import RULES
from scaffold.environments.model import Environment
from scaffold.logs.search import read_log
from scaffold.machine import detect
from scaffold.probing.interpreter.model import Called, OnPath, Outside, PythonFacts, Script, VenvFacts
from scaffold.probing.manifest.model import ManifestFacts
from scaffold.probing.packages.model import Package, PackageFacts
from scaffold.probing.room.model import Place, RoomFacts
from scaffold.probing.sources.model import SourceFacts
from scaffold.probing.target import Target
from scaffold.probing.variables.model import Variable, VariableFacts
from scaffold.replay.read import described
from tests.probing.interpreter.hosts import host

FOLDER = Path("/p")
ENV = "/p/.venv"
SITE = f"{ENV}/lib/python3.12/site-packages"
VENV = VenvFacts(
    folder=ENV, tool="venv", home="/usr/bin", home_alive=True, made_at=ENV, version="3.12.4",
    program="/usr/bin/python3.12", program_alive=True, sees_system=False, scripts=9, site_packages=True,
)  # fmt: skip
PYTHON = PythonFacts(
    executable=f"{ENV}/bin/python", alive=True, version="3.12.4", machine="x86_64", bits=64, manager="system",
    prefix=ENV, base_prefix="/usr", virtual=True, user_site_enabled=False, site_packages=(SITE,), has_pip=True,
    writable=True, venv=VENV,
)  # fmt: skip
HEALTHY = Facts(
    machine=detect(host(), FOLDER),
    target=Target(
        folder=FOLDER, python=Path(f"{ENV}/bin/python"), prefix=Path(ENV), how=".venv of the folder"
    ),
    python=PYTHON,
    variables=VariableFacts(complete=True),
)
CONDA = replace(
    PYTHON,
    prefix="/c/envs/t",
    virtual=False,
    venv=None,
    manager="conda",
    conda="/c/envs/t",
    user_site_enabled=True,
)


def said(facts: Facts) -> list[Finding]:
    return [one for one in examine(facts, RULES) if one.level != "ok"]


def brief(facts: Facts) -> list[tuple[str, str, str]]:
    return [(one.id, one.level, one.cause) for one in said(facts)]


def with_python(python: PythonFacts = PYTHON, **changes: Any) -> Facts:
    return replace(HEALTHY, python=replace(python, **changes))


def with_venv(**changes: Any) -> Facts:
    return with_python(venv=replace(VENV, **changes))


def with_log(facts: Facts, text: str) -> Facts:
    return replace(facts, log=read_log(io.BytesIO(text.encode()), "log"))


def called(*rows: tuple[str, str, tuple[str, ...]]) -> tuple[Called, ...]:
    return tuple(
        Called(
            name=name,
            path=f"/first/{name}",
            python=f"{prefix}/bin/python",
            prefix=prefix,
            frameworks=frameworks,
        )
        for name, prefix, frameworks in rows
    )


def test_a_healthy_environment() -> None:
    (found,) = examine(HEALTHY, RULES)
    assert (found.id, found.level) == ("env.venv-broken", "ok")


def test_nothing_is_said_of_what_is_unknown() -> None:
    assert examine(Facts(machine=HEALTHY.machine), RULES) == ()
    unknown = replace(HEALTHY, target=None, python=PythonFacts(), variables=VariableFacts())
    assert examine(unknown, RULES) == ()
    assert examine(replace(unknown, python=PythonFacts(venv=VenvFacts())), RULES) == ()


def test_a_link_that_leads_nowhere_whole() -> None:
    facts = with_venv(program="/opt/python3.12/bin/python3.12", program_alive=False)
    (found,) = said(replace(facts, manifest=ManifestFacts(files=("requirements.txt",))))
    assert found.title == (
        "The environment's interpreter leads to /opt/python3.12/bin/python3.12, and nothing is there"
    )
    assert [(one.source, one.value) for one in found.evidence] == [
        (f"{ENV}/bin/python", "leads to /opt/python3.12/bin/python3.12, which is missing"),
        (f"{ENV}/pyvenv.cfg", "home = /usr/bin"),
    ]
    assert found.remedy is not None
    assert found.remedy.commands == (
        ("python3.12", "-m", "venv", "--clear", ENV),
        (f"{ENV}/bin/python", "-m", "pip", "install", "-r", "requirements.txt"),
    )


STALE = (Script(path=f"{ENV}/bin/pip", interpreter="/old/.venv/bin/python", alive=False),)

BROKEN = {
    "base removed": (with_venv(home_alive=False), "error", "venv-base-removed"),
    "base upgraded": (with_venv(site_packages=False), "error", "venv-base-upgraded"),
    "moved": (with_venv(made_at="/old/.venv", stale=STALE), "error", "venv-moved"),
    "moved, without programs": (with_venv(made_at="/old/.venv", scripts=0), "warning", "venv-moved"),
    "of another system": (
        with_venv(program="", program_alive=False, foreign_layout="Scripts"), "error", "venv-foreign-os",
    ),
    "some scripts": (with_python(stale=STALE), "error", "stale-shebang"),
    "scripts of another environment": (
        with_python(stale=(replace(STALE[0], alive=True),)), "warning", "stale-shebang",
    ),
    "no environment at all": (with_python(alive=False, venv=None, virtual=None), "error", "venv-base-removed"),
    "of one patch version of Homebrew's": (
        with_venv(home="/opt/homebrew/Cellar/python@3.12/3.12.4/bin"), "warning", "venv-base-removed",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", BROKEN)
def test_a_broken_environment(case) -> None:
    facts, level, cause = BROKEN[case]
    assert brief(facts) == [("env.venv-broken", level, cause)]
    (found,) = said(facts)
    assert found.evidence
    assert found.remedy is not None


def test_an_environment_of_uvs_is_made_again_with_uv() -> None:
    facts = with_venv(tool="uv", program_alive=False)
    (found,) = said(facts)
    assert found.remedy is not None
    assert found.remedy.commands == (("uv", "venv", "--python", "3.12", "--clear", ENV),)
    made = found.remedy.commands
    for files, filled in (
        (("pyproject.toml", "uv.lock"), ("uv", "sync")),
        (("pyproject.toml",), ("uv", "sync")),
        (("requirements.txt",), ("uv", "pip", "install", "--python", ENV, "-r", "requirements.txt")),
    ):
        (again,) = said(replace(facts, manifest=ManifestFacts(files=files)))
        assert again.remedy.commands == (*made, filled)


@pytest.mark.parametrize(
    "facts",
    [
        with_venv(made_at="/private/tmp/p/.venv"),  # one folder, two names; the scripts work
        with_venv(made_at=".venv", stale=()),
        with_venv(made_at=f"{ENV}/"),
        with_venv(home="/opt/homebrew/opt/python@3.12/bin"),
        with_venv(home_alive=None, site_packages=None),
    ],
)
def test_environments_that_are_whole(facts) -> None:
    assert brief(facts) == []


NUMPY = Outside(
    name="numpy", version="1.26.4", location="~/.local/lib/python3.12/site-packages", hidden="2.3.1"
)


def test_the_users_site_whole() -> None:
    (found,) = said(replace(HEALTHY, target=None, python=replace(CONDA, outside=(NUMPY,))))
    assert (found.id, found.level, found.title) == (
        "env.user-site",
        "error",
        "numpy 1.26.4 comes from the user site, and the conda environment has numpy 2.3.1",
    )
    assert [(one.source, one.value) for one in found.evidence] == [
        (NUMPY.location, "numpy 1.26.4, hides 2.3.1")
    ]
    assert found.remedy is not None
    assert found.remedy.commands == (
        ("conda", "env", "config", "vars", "set", "PYTHONNOUSERSITE=1"),
        ("python", "-m", "pip", "uninstall", "numpy"),
    )


BARE = replace(CONDA, conda="", manager="pyenv")
SITES = {
    "conda, nothing hidden": (replace(CONDA, outside=(replace(NUMPY, hidden=""),)), "error"),
    "another version's": (
        replace(CONDA, outside=(replace(NUMPY, location="~/.local/lib/python3.9/site-packages"),)), "",
    ),
    "Windows, another version's": (
        replace(CONDA, outside=(replace(NUMPY, location="C:/Users/a/AppData/Roaming/Python/Python39"),)), "",
    ),
    "bare, hiding": (replace(BARE, outside=(NUMPY,)), "warning"),
    "bare, hiding nothing": (replace(BARE, outside=(replace(NUMPY, hidden=""),)), ""),
    "bare, the same twice": (replace(BARE, outside=(replace(NUMPY, hidden="1.26.4"),)), ""),
    "not seen from an environment": (replace(PYTHON, outside=(NUMPY,)), ""),
}  # fmt: skip


@pytest.mark.parametrize("case", SITES)
def test_the_users_site(case) -> None:
    python, level = SITES[case]
    assert brief(replace(HEALTHY, python=python)) == (
        [("env.user-site", level, "user-site-leak")] if level else []
    )


def test_the_users_site_is_switched_off() -> None:
    off = VariableFacts(found=(Variable(name="PYTHONNOUSERSITE", value="1"),))
    assert brief(replace(HEALTHY, python=replace(CONDA, outside=(NUMPY,)), variables=off)) == []


def of(name: str, value: str, **more: Any) -> Facts:
    return replace(HEALTHY, variables=VariableFacts(found=(Variable(name=name, value=value, **more),)))


def test_pythonhome_whole() -> None:
    (found,) = said(of("PYTHONHOME", "/p/.venv", kind="run-configuration", place=".run/train.run.xml:4"))
    assert (found.id, found.level, found.cause) == ("env.pythonhome", "error", "pythonhome-set")
    assert [(one.source, one.value) for one in found.evidence] == [
        (".run/train.run.xml:4", "PYTHONHOME=/p/.venv")
    ]
    assert found.remedy is not None
    assert found.remedy.text.startswith("take it out of .run/train.run.xml:4")


HELD = PackageFacts(packages=(Package(name="numpy", version="1.19.5", location="/opt/py/site-packages"),))
PATHS = {
    "another version, nothing there": (of("PYTHONPATH", "/opt/ros/lib/python3.9/site-packages"), "warning"),
    "another version, and a failure": (
        with_log(of("PYTHONPATH", "/usr/lib/python3.9"), "AssertionError: SRE module mismatch"), "error",
    ),
    "another environment's": (of("PYTHONPATH", "/opt/py/site-packages"), "warning"),
    "another environment's, with numpy": (replace(of("PYTHONPATH", "/opt/py/site-packages"), packages=HELD), "error"),
    "the project's own sources": (of("PYTHONPATH", "/p/src:/p"), ""),
    "the environment's own": (of("PYTHONPATH", SITE), ""),
    "Windows": (of("PYTHONPATH", "C:\\Python39\\Lib\\site-packages;C:\\p\\src"), "warning"),
    "empty": (of("PYTHONPATH", ""), ""),
}  # fmt: skip


@pytest.mark.parametrize("case", PATHS)
def test_pythonpath(case) -> None:
    facts, level = PATHS[case]
    assert brief(facts) == ([("env.pythonhome", level, "pythonpath-set")] if level else [])


def test_pythonhome_of_the_very_python_that_runs() -> None:
    bare = replace(PYTHON, virtual=False, venv=None, prefix="/opt/python", manager="")
    assert brief(replace(of("PYTHONHOME", "/opt/python/"), python=bare)) == []


MANAGED = replace(
    PYTHON, virtual=False, venv=None, externally_managed=True, marker="/usr/lib/python3.12/EXTERNALLY-MANAGED", prefix="/usr"
)  # fmt: skip


def test_a_python_of_the_systems() -> None:
    facts = replace(HEALTHY, python=MANAGED)
    assert brief(facts) == [("env.externally-managed", "info", "externally-managed")]
    assert brief(with_log(facts, "error: externally-managed-environment"))[0][1] == "error"
    assert brief(replace(facts, target=None))[0][1] == "error"
    named = replace(facts.target, how="--python") if facts.target else None
    assert brief(replace(facts, target=named))[0][1] == "error"
    working = replace(facts, target=named, python=replace(MANAGED, managed_packages=("torch",)))
    assert brief(working)[0][1] == "info"
    (found,) = said(replace(facts, target=None, python=replace(MANAGED, managed_packages=("torch",))))
    assert found.remedy is not None
    assert found.remedy.commands[0] == ("python3", "-m", "venv", "--system-site-packages", ".venv")


SHELLS = {
    "one": (called(("python", ENV, ()), ("pip", ENV, ())), []),
    "torch where pip is": (
        called(("python", ENV, ()), ("pip", "/usr", ("torch",))),
        [("env.pip-python-mismatch", "error", "pip-python-mismatch")],
    ),
    "two, and both the same": (
        called(("python", ENV, ("torch",)), ("pip", "/usr", ("torch",))),
        [("env.pip-python-mismatch", "warning", "pip-python-mismatch")],
    ),
    "neither is the one that is looked at": (called(("python", "/usr", ()), ("pip", "/opt", ("torch",))), []),
    "no pip": (called(("python", ENV, ())), []),
}


@pytest.mark.parametrize("case", SHELLS)
def test_what_pip_and_python_start(case) -> None:
    rows, expected = SHELLS[case]
    assert brief(with_python(called=rows)) == expected


def test_an_environment_without_pip_is_told_of() -> None:
    facts = with_python(called=called(("python", ENV, ()), ("pip", "/usr", ())), has_pip=False)
    assert brief(facts) == [("env.pip-python-mismatch", "info", "pip-python-mismatch")]


def test_a_module_that_is_installed_and_not_found() -> None:
    torch = PackageFacts(packages=(Package(name="torch", version="2.9.1", location=SITE),), complete=True)
    facts = with_log(replace(HEALTHY, packages=torch), "ModuleNotFoundError: No module named 'torch'")
    assert brief(facts) == [("env.pip-python-mismatch", "error", "pip-python-mismatch")]
    missing = with_log(replace(HEALTHY, packages=PackageFacts(complete=True)), "No module named 'torch'")
    assert brief(missing) == [("pkg.framework-missing", "error", "framework-missing")]


def test_a_shell_that_is_half_activated() -> None:
    gone = with_python(activated="/old/.venv", activated_alive=False)
    behind = with_python(
        activated="/c", activated_alive=True, activated_prefix="/c", called=called(("python", ENV, ()))
    )
    whole = with_python(
        activated=ENV, activated_alive=True, activated_prefix=ENV, called=called(("python", ENV, ()))
    )
    warning = [("env.activation", "warning", "half-activated")]
    assert [brief(one) for one in (gone, behind, whole)] == [warning, warning, []]


def test_a_python_that_was_built_without_modules() -> None:
    assert brief(with_python(lacks=("_lzma",))) == [
        ("env.python-incomplete", "warning", "python-without-modules")
    ]
    assert brief(with_python(lacks=("_ctypes", "_lzma")))[0][1] == "error"


def test_pythons_of_others() -> None:
    assert brief(with_python(writable=False)) == [("env.not-writable", "warning", "env-not-writable")]
    assert brief(with_python(replace(CONDA, conda="base"))) == [("env.conda-base", "info", "conda-base")]
    assert brief(with_python(placeholder="C:/WindowsApps/python.exe")) == [
        ("env.store-placeholder", "warning", "store-placeholder")
    ]
    embedded = replace(PYTHON, virtual=False, venv=None, isolated_path="C:/py/python312._pth")
    assert brief(with_python(embedded)) == [("env.embedded", "info", "embedded-python")]


def imported(symptom: str, **machine: Any) -> list[tuple[str, str, str]]:
    """What is said of a description, errors and warnings."""
    facts, _ = described({"machine": machine, "symptom": symptom})
    said = [one for one in examine(facts) if one.suppressed_by is None]
    return [(one.id, one.level, one.cause) for one in said if one.level in ("error", "warning")]


CONDA_TOLD = {
    "python": {"version": "3.8", "manager": "conda", "path": "/home/s/miniconda3/envs/a/bin/python"}
}
OF_USER = "/home/s/.local/lib/python3.8/site-packages"
LEAK = ("env.user-site", "error", "user-site-leak")
ON_PATH = ("env.pythonhome", "error", "pythonpath-set")


@pytest.mark.parametrize(
    ("symptom", "machine", "expected"),
    [
        (f"{OF_USER}/numpy/__init__.py", CONDA_TOLD, [LEAK]),
        (f"{OF_USER}/black/__init__.py", CONDA_TOLD, []),
        ("/home/s/.local/lib/python3.6/site-packages/numpy/__init__.py", CONDA_TOLD, []),
        (f"{OF_USER}/numpy/__init__.py", {**CONDA_TOLD, "env": {"PYTHONNOUSERSITE": "1"}}, []),
        (f"{OF_USER}/numpy/__init__.py", {"python": {"version": "3.8", "manager": "virtualenv"}}, []),
        (f"{OF_USER}/numpy/__init__.py", {}, []),
        (f'File "/home/s/miniconda3/envs/a/bin/train.py"\nFile "{OF_USER}/torch/__init__.py"', {}, [LEAK]),
        ("(dl) PS C:\\p> python a.py\nC:\\Users\\l\\AppData\\Roaming\\Python\\Python311\\site-packages\\torch\\x.py", {}, [LEAK]),
        ("(.venv) PS C:\\p> dir\nC:\\Users\\l\\AppData\\Roaming\\Python\\Python311\\site-packages\\torch\\x.py", {}, []),
    ],
)  # fmt: skip
def test_the_log_has_a_module_of_the_users_site(symptom, machine, expected) -> None:
    assert imported(symptom, **machine) == expected


ROS = "/opt/ros/melodic/lib/python2.7/dist-packages"
NOETIC = "/opt/ros/noetic/lib/python3/dist-packages"
TF2 = 'File "{}/tf2_py/__init__.py", line 38\nImportError: dynamic module does not define module export function (PyInit__tf2)'


@pytest.mark.parametrize(
    ("symptom", "path", "python", "expected"),
    [
        ("", ROS, {"version": "3.8"}, [("env.pythonhome", "warning", "pythonpath-set")]),
        (f"cv2 comes from {ROS}", ROS, {"version": "3.8"}, [ON_PATH]),
        ("", NOETIC, {"version": "3.11", "manager": "conda"}, [("env.pythonhome", "warning", "pythonpath-set")]),
        ("", NOETIC, {"version": "3.8", "manager": "venv"}, []),
        ("", "/opt/ros/humble/lib/python3.10/site-packages", {"version": "3.10", "manager": "conda"}, []),
        (TF2.format(ROS), None, {}, [ON_PATH]),
        (TF2.format("/home/w/tf/devel/lib/python3/dist-packages"), None, {}, [ON_PATH]),
        (f"ImportError: {ROS}/cv2.so: undefined symbol: PyCObject_Type", None, {}, [ON_PATH]),
        ("ImportError: dynamic module does not define module export function (PyInit_mine)", None, {}, []),
    ],
)  # fmt: skip
def test_what_ros_puts_on_the_path(symptom, path, python, expected) -> None:
    machine = {"env": {"PYTHONPATH": path}} if path else {}
    assert imported(symptom, python=python, **machine) == expected


def test_a_path_hides_nothing_that_it_does_not_cause() -> None:
    facts = with_log(
        replace(HEALTHY, variables=VariableFacts(found=(Variable(name="PYTHONPATH", value=ROS),))),
        "libcudnn.so.8: cannot open shared object file: No such file or directory",
    )
    found = {one.id: one.suppressed_by for one in said(facts)}
    assert found == {"env.pythonhome": None, "lib.gpu-libs": None}


def test_pip_of_another_python_by_their_own_words() -> None:
    pip, python = "pip 23.2.1 from /x/pip (python 3.11)", "Python 3.12.0"
    missing = "ModuleNotFoundError: No module named 'torch'"
    mismatch = [("env.pip-python-mismatch", "error", "pip-python-mismatch")]
    assert imported(f"{missing}\n{pip}\n{python}") == mismatch
    assert imported(f"{python}\n{pip}\n{missing}") == mismatch
    assert imported(f"{pip}\nPython 3.11.7\n{missing}") != mismatch
    assert imported("", toolkit={"pip": "of Python 3.11"}, python={"version": "3.12.0"}) == mismatch
    assert imported("", toolkit={"pip": "of Python 3.12"}, python={"version": "3.12.0"}) == []


def test_what_python_prints_of_itself_counts() -> None:
    dump = "PYTHONHOME = (not set)\n  PYTHONPATH = (not set)\n  program name = 'python3'\n"
    failed = (
        "Fatal Python error: init_fs_encoding: failed to get the Python codec\nNo module named 'encodings'"
    )
    assert imported(dump + failed) == [("env.venv-broken", "error", "venv-base-removed")]
    assert imported(failed) == [("env.pythonhome", "error", "pythonhome-set")]
    assert imported("ModuleNotFoundError: No module named 'encodings'") == [
        ("env.pythonhome", "error", "pythonhome-set")
    ]
    assert imported("No module named 'encodings.cp65001'") == []


def test_what_pythonpath_brings_in_place_of_pythons_own() -> None:
    def path(folder: str, *files: str, there: bool = True) -> Facts:
        facts = with_python(on_path=(OnPath(folder=folder, there=there, files=files),))
        return replace(
            facts,
            variables=VariableFacts(found=(Variable(name="PYTHONPATH", value=folder),)),
            sources=SourceFacts(folder="/p"),
        )

    (found,) = said(path("/x", "json.py", "random.py", "test.py"))
    assert (found.id, found.level) == ("env.pythonhome", "error")
    assert found.title == (
        "PYTHONPATH puts /x first, and it holds json.py, random.py, imported in place of what others mean by "
        "that name"
    )
    assert said(path("/x", "test.py")) == []
    assert said(path("/p", "random.py")) == []  # the project's own: proj.name-shadow
    assert said(path("/nowhere/site-packages", there=False)) == []
    assert [one.level for one in said(path("/other/site-packages"))] == ["warning"]


def test_a_file_of_variables_that_nobody_reads_sets_no_path() -> None:
    there = Variable(name="PYTHONPATH", value="/o/site-packages", kind="env-file", place=".env:1")
    assert said(replace(HEALTHY, variables=VariableFacts(found=(there,)))) == []


def test_a_read_only_disk_is_no_other_users() -> None:
    place = Place(path=ENV, role="environment", writable=False, options=("ro",))
    facts = replace(with_python(writable=False), room=RoomFacts(places=(place,)))
    assert brief(facts) == []


def test_modules_that_are_not_here() -> None:
    missing = [("env.module-missing", "error", "module-missing")]
    for module, package in (("cv2", "opencv-python"), ("sklearn", "scikit-learn"), ("yaml", "pyyaml")):
        facts, _ = described({"machine": {}, "symptom": f"ModuleNotFoundError: No module named '{module}'"})
        (found,) = [one for one in examine(facts) if one.id == "env.module-missing"]
        assert found.remedy is not None
        assert found.remedy.commands == (("python", "-m", "pip", "install", package),)
    assert imported("ModuleNotFoundError: No module named 'sklearn.ensemble'") == missing
    assert imported("ModuleNotFoundError: No module named 'tqdm'") == missing
    assert imported("ModuleNotFoundError: No module named 'mine'") == []
    assert imported("ModuleNotFoundError: No module named 'yaml_mine'") == []


def test_an_environment_of_the_projects_own_is_counted() -> None:
    environment = Environment(
        location=Path(ENV),
        python=Path(f"{ENV}/bin/python"),
        version="3.12.4",
        home=Path("/usr/bin"),
        packages={"torch": "2.9.1"},
    )
    facts = Facts(
        machine=HEALTHY.machine, root=FOLDER, location=Path(ENV), environment=environment, state="ready"
    )
    (found,) = environment_there(facts)
    assert (found.id, found.level, found.title) == ("env.interpreter", "ok", "Python 3.12.4 with 1 package")
