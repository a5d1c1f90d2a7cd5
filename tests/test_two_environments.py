"""A GPU machine on which PyTorch and Keras each get the GPU, the second in an environment of its own."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from scaffold import machine as machines
from scaffold.env.create import ProjectPlan, carry_out, plan_for_project
from scaffold.environments.layout import Place, places
from scaffold.environments.model import Progress
from scaffold.environments.planned import read_devices, read_packages
from scaffold.environments.proving.proofs import read_proofs
from scaffold.environments.state import is_ready
from scaffold.errors import ProofFailed
from scaffold.projects.record import RECORD, read_record, record_content
from scaffold.pycharm.launching.launch import resolve
from scaffold.pycharm.reading.configurations import configurations
from scaffold.setup import SetupReport, Wishes
from scaffold.system import HostSystem
from tests.environments.conftest import make_wheel
from tests.environments.standins import ANYTHING, PYTHON, TORCH, make_project, make_wheels
from tests.machine.hosts import machine

#: As the other stand-ins, and with a GPU.
TORCH_CUDA = TORCH.replace("2.13.0+cpu", "2.14.1+cu126").replace(
    "cuda = hip = None",
    "hip = None\n    def get_device_name(self, *args): return 'A GPU'\n    def __int__(self): return 1",
)
TENSORFLOW_CUDA = (
    ANYTHING
    + """
import sys
class TensorFlow(Anything):
    def list_physical_devices(self, *args): return ["GPU:0"]
    def get_device_details(self, *args): return {"device_name": "A GPU"}
    def get_build_info(self): return {}
sys.modules[__name__] = it = TensorFlow()
it.__version__ = "2.21.0"
"""
)


@pytest.fixture(scope="module")
def wheels(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Builds for both, of which only the GPU's differ from those of the other tests."""
    folder = make_wheels(tmp_path_factory.mktemp("gpu") / "wheels")
    make_wheel(folder, "torch", "2.14.1+cu126", {"torch.py": TORCH_CUDA})
    make_wheel(folder, "tensorflow", "2.21.0", {"tensorflow.py": TENSORFLOW_CUDA}, requires=["keras"])
    return folder


@pytest.fixture
def system(
    home: Path, monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> HostSystem:
    """This machine with the GPU of another; the stand-ins for frameworks compute on whatever is asked for."""
    monkeypatch.setenv("UV_CACHE_DIR", str(tmp_path_factory.getbasetemp() / "uv-cache"))
    gpu, here = machine("kubernetes-one-h100"), HostSystem()
    own = replace(gpu, host=replace(gpu.host, libc="glibc 2.36"))
    monkeypatch.setattr(machines, "detect", lambda *_: own)
    return here


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A project of the image classifier's template, so that it has run configurations."""
    root = make_project(tmp_path / "project", "pytorch", "keras")
    record = replace(read_record(root), template="cnn", provider="scaffold-dl")
    (root / RECORD).write_bytes(record_content(record))
    (root / ".git").mkdir()
    return root


def planned(system: HostSystem, root: Path, wheels: Path, *, together: bool | None = None) -> ProjectPlan:
    wishes = Wishes(frameworks=(), python=PYTHON, index=str(wheels), together=together)
    return plan_for_project(system, root, wishes, lambda text: None)


def made(system: HostSystem, plan: ProjectPlan) -> SetupReport:
    def silent(progress: Progress) -> None:
        """Nobody looks."""

    return carry_out(system, plan, lambda text: None, silent)


def test_each_framework_has_the_gpu_in_its_own(system, root, wheels) -> None:
    plan = planned(system, root, wheels).setup
    assert [(one.requirement, one.device) for one in plan.choice.builds] == [
        ("torch==2.14.1+cu126", "cuda"),
        ("tensorflow-cpu==2.21.0", "cpu"),
    ]
    assert [(one.requirement, one.device) for one in plan.choice.apart] == [
        ("tensorflow[and-cuda]==2.21.0", "cuda")
    ]
    assert [one.place for one in plan.environments] == [Place(root), Place(root, "keras")]
    report = made(system, planned(system, root, wheels))
    assert [(one.framework, one.device) for one in report.proofs] == [
        ("pytorch", "cuda"),
        ("keras", "cpu"),
        ("keras", "cuda"),
    ]
    own, keras = (set(one.environment.packages) for one in report.made)
    assert own - keras == {"torch", "tensorflow-cpu"}
    assert keras - own == {"tensorflow"}
    assert places(root) == (Place(root), Place(root, "keras"))
    assert all(is_ready(place) for place in places(root))
    assert read_devices(Place(root)) == {"pytorch": "cuda", "keras": "cpu"}
    assert read_devices(Place(root, "keras")) == {"keras": "cuda"}
    assert read_packages(Place(root, "keras"))[0] == {"tensorflow": "2.21.0"}
    kept = {place: [one.proof.device for one in read_proofs(place)] for place in places(root)}
    assert kept == {Place(root): ["cuda", "cpu"], Place(root, "keras"): ["cuda"]}


def test_its_run_configurations_start_in_it(system, root, wheels) -> None:
    made(system, planned(system, root, wheels))
    idea = root / ".idea"
    assert sorted(one.name for one in idea.glob("*.iml")) == ["thing-keras.iml", "thing.iml"]
    programs = {"train", "finetune", "evaluate", "predict", "search", "export"}
    names = {*programs, "train and watch", "train debug"}
    assert {one.name for one in configurations(root)} == {f"{name} (Keras, GPU)" for name in names}
    launch = resolve(root, "train (Keras, GPU)", system=system)
    assert launch.problems == ()
    assert launch.argv == (str(root / ".envs/keras/bin/python"), "-m", "thing.tfkeras.train")
    assert launch.environment["PYTHONPATH"].split(":")[:2] == [str(root), str(root / "src")]
    assert launch.environment["VIRTUAL_ENV"] == str(root / ".envs/keras")


def test_one_for_both_where_that_is_asked_for(system, root, wheels) -> None:
    """What was made for the second one before leaves PyCharm's files; its folder is the user's to remove."""
    made(system, planned(system, root, wheels))
    report = made(system, planned(system, root, wheels, together=True))
    assert [(one.framework, one.device) for one in report.proofs] == [("pytorch", "cuda"), ("keras", "cuda")]
    assert sorted(one.name for one in (root / ".idea").glob("*.iml")) == ["thing.iml"]
    assert configurations(root) == ()
    assert is_ready(Place(root, "keras"))
    again = plan_for_project(
        system, root, Wishes(frameworks=(), python=PYTHON, index=str(wheels)), lambda text: None
    )
    assert again.wishes.together is True  # as before, until somebody says otherwise
    assert again.wishes.arguments == ("--python", PYTHON, "--index", str(wheels), "--together")


def test_a_second_one_that_does_not_compute_leaves_the_first(system, root, tmp_path) -> None:
    folder = make_wheels(tmp_path / "wheels")
    make_wheel(folder, "torch", "2.14.1+cu126", {"torch.py": TORCH_CUDA})
    make_wheel(folder, "tensorflow", "2.21.0", {"tensorflow.py": "raise ImportError('no libcudnn.so.9')\n"})
    with pytest.raises(ProofFailed) as caught:
        made(system, planned(system, root, folder))
    assert caught.value.code == "proof-no-import"
    assert is_ready(Place(root))
    assert places(root) == (Place(root),)
    assert sorted(one.name for one in (root / ".idea").glob("*.iml")) == ["thing.iml"]
