"""What is told of a project, of PyCharm, or seen in a log, leads to one finding; healthy facts to none."""

from __future__ import annotations

import pytest

from scaffold.checks import examine
from scaffold.checks.model import Evidence, Finding, Remedy
from scaffold.replay.read import described

WINDOWS = {"os": {"family": "windows"}}
LINUX = {"os": {"family": "linux"}}
LOADER = "from torch.utils.data import DataLoader\nfor b in DataLoader(x, num_workers=4):\n    pass\n"
POOL = "import multiprocessing as mp\npool = mp.Pool(2)\n"
OURS = ("proj.", "ide.", "train.")


def found(machine: dict, symptom: str = "") -> dict[str, str]:
    """Id -> level of the unsuppressed findings of this subject."""
    facts, _ = described({"machine": machine, **({"symptom": symptom} if symptom else {})})
    return {
        one.id: one.level
        for one in examine(facts)
        if one.id.startswith(OURS) and one.suppressed_by is None and one.level in ("error", "warning", "info")
    }


def ide(**facts: object) -> dict:
    return {"ide": {"name": "pycharm", **facts}}


def project(*files: str, **facts: object) -> dict:
    return {"project": {**({"files": list(files)} if files else {}), **facts}}


@pytest.mark.parametrize(
    ("machine", "findings"),
    [
        # names
        (project("torch.py"), {"proj.name-shadow": "error"}),
        (project("numpy/__init__.py", "a.py"), {"proj.name-shadow": "error"}),
        (project("src/main.py", "src/logging.py"), {"proj.name-shadow": "error"}),
        ({"project": {"files": {"types.py": "present"}}}, {"proj.name-shadow": "error"}),
        ({**project("datasets/__init__.py"), "packages": {"datasets": "3.1"}}, {"proj.name-shadow": "warning"}),
        (project("datasets/__init__.py"), {}),
        (project("test.py", "utils.py", "train.py", "app/random.py", "os.py"), {}),
        (project("torch/__init__.py", name="torch"), {}),
        # main guard
        ({**WINDOWS, "project": {"main.py": LOADER}}, {"proj.main-guard": "warning"}),
        ({"os": {"family": "macos"}, "project": {"main.py": POOL}}, {"proj.main-guard": "warning"}),
        ({**LINUX, "python": {"version": "3.14.0"}, "project": {"main.py": POOL}}, {"proj.main-guard": "warning"}),
        ({**LINUX, "python": {"version": "3.13.1"}, "project": {"main.py": POOL}}, {}),
        ({**LINUX, "project": {"main.py": POOL}}, {}),
        ({**WINDOWS, **project(code="DataLoader at module level, no guard")}, {"proj.main-guard": "warning"}),
        ({"os": {"family": "macos"}, **project("t.py", main_guard=False, num_workers=1)}, {"proj.main-guard": "warning"}),
        ({"os": {"family": "macos"}, **project("t.py", main_guard=True, num_workers=1)}, {}),
        ({**LINUX, **project("t.py", main_guard=False, num_workers=1)}, {}),
        # scripts of packages
        (project(entry="app/train.py", imports="from app.data import x"), {"proj.run-as-module": "error"}),
        (project(entry="pkg\\run.py", imports=["import os", "from pkg.a import b"]), {"proj.run-as-module": "error"}),
        (project(entry="train.py", imports="from app.data import x"), {}),
        # source roots
        ({**ide(), **project(layout="several packages", source_roots=[])}, {"ide.source-root": "info"}),
        ({**ide(), **project(layout="several packages", source_roots=["libs"])}, {}),
        # PyCharm's interpreter
        (ide(project_interpreter=None), {"ide.interpreter-missing": "error"}),
        (ide(project_interpreter="<No interpreter>"), {"ide.interpreter-missing": "error"}),
        (ide(project_interpreter="~/venv/bin/python"), {"ide.interpreter-missing": "error"}),
        (ide(project_interpreter="path of a removed venv"), {"ide.interpreter-missing": "error"}),
        (ide(run_configuration={"SDK_HOME": "%HOME%\\python.exe"}), {"ide.interpreter-missing": "error"}),
        (ide(**{"jdk.table.xml": '<homePath value="~/p/bin/python"/>'}), {"ide.interpreter-missing": "error"}),
        (ide(**{"jdk.table.xml": '<homePath value="/p/bin/python"/>'}), {}),
        (ide(), {}),
        (ide(project_interpreter="another than the terminal's"), {"ide.interpreter-mismatch": "warning"}),
        (
            {**ide(project_interpreter="C:\\Python39\\python.exe"), "python": {"manager": "conda"}},
            {"ide.interpreter-mismatch": "warning"},
        ),
        (
            {**ide(project_interpreter="/p/.venv/bin/python"), "venv": {"path": "/p/.venv"}},
            {},
        ),
        # sandboxes, layouts
        ({**LINUX, **ide(packaging="flatpak"), "venv": {"pyvenv.cfg.home": "/usr/bin"}}, {"ide.sandboxed": "warning"}),
        ({**LINUX, **ide(packaging="flatpak", project_interpreter="/usr/bin/python3.7")}, {"ide.sandboxed": "warning"}),
        ({**LINUX, **ide(packaging="flatpak"), "python": {"source": "host system"}}, {"ide.sandboxed": "warning"}),
        ({**LINUX, **ide(packaging="flatpak"), "python": {"manager": "pyenv"}}, {}),
        ({**LINUX, **ide(packaging="snap", project_interpreter="/usr/bin/python3.12")}, {}),
        (ide(**{"jdk.table.xml": '<homePath value="/usr/bin/indent"/>'}), {"ide.interpreter-missing": "error"}),
        (ide(**{"jdk.table.xml": '<homePath value="/home/a/bin/in-container.sh"/>'}), {}),
        (ide(**{"jdk.table.xml": '<homePath value="/usr/bin/pypy3"/>'}), {}),
        (ide(project_interpreter="conda environment; the terminal runs the system's python3"), {"ide.interpreter-mismatch": "warning"}),
        ({**ide(project_interpreter="/opt/conda/envs/a/bin/python"), "python": {"path": "/usr/bin/python3"}}, {"ide.interpreter-mismatch": "warning"}),
        ({**ide(project_interpreter="/usr/bin/python3"), "python": {"path": "/usr/bin/python3.12"}}, {}),
        ({**LINUX, **ide(packaging="toolbox"), "venv": {"pyvenv.cfg.home": "/usr/bin"}}, {}),
        ({**LINUX, **ide(packaging="flatpak"), "venv": {"pyvenv.cfg.home": "/home/a/.pyenv/bin"}}, {}),
        ({**WINDOWS, **ide(), "venv": {"Include": "missing"}}, {"ide.venv-layout": "warning"}),
        # files that others get
        (project(git_tracked=[".idea/workspace.xml", "a.py"]), {"ide.vcs-files": "warning"}),
        (
            project(git_tracked=[".idea/misc.xml"], **{"misc.xml": "project-jdk-name='/Users/b/bin/python'"}),
            {"ide.foreign-os": "warning"},
        ),
        (project(git_tracked=[".idea/misc.xml"], **{"misc.xml": "project-jdk-name='Python 3.12 (app)'"}), {"ide.sdk-name": "info"}),
        (project(**{"misc.xml": "<<<<<<< HEAD\n<project/>\n=======\n"}), {"ide.conflict-markers": "error"}),
        # run configurations
        (ide(run_configuration={"SCRIPT_NAME": "D:/old/x.py (missing)"}), {"ide.run-config-script": "error"}),
        (ide(run_configuration={"SCRIPT_NAME": "$PROJECT_DIR$/x.py", "WORKING_DIRECTORY": "deleted"}), {"ide.run-config-folder": "error"}),
    ],
)  # fmt: skip
def test_what_is_told_leads_to_one_finding(machine, findings) -> None:
    assert found(machine) == findings


@pytest.mark.parametrize(
    ("symptom", "findings"),
    [
        ("ModuleNotFoundError: No module named 'torch.nn'; 'torch' is not a package", {"proj.name-shadow": "error"}),
        ("AttributeError: partially initialized module 'torch' has no attribute 'Tensor' (most likely due to a circular import)", {"proj.name-shadow": "error"}),
        ("AttributeError: module 'random' has no attribute 'randint' (consider renaming '/p/random.py' since it has the same name as the standard library module)", {"proj.name-shadow": "error"}),
        ("ImportError: cannot import name 'Dataset' from 'datasets' (C:\\p\\datasets.py)", {"proj.name-shadow": "error"}),
        ("ImportError: cannot import name 'x' from 'datasets' (/e/lib/python3.11/site-packages/datasets/__init__.py)", {}),
        ("AttributeError: module 'torch' has no attribute 'xpu'", {}),
        ("AttributeError: partially initialized module 'transformers.utils' (most likely due to a circular import) when running python code.py", {"proj.name-shadow": "error"}),
        ('File "C:\\p\\random.py", line 1\nAttributeError: partially initialized module \'numpy.core\' has no attribute', {"proj.name-shadow": "error"}),
        ('File "/usr/lib/python3.12/random.py", line 1\nAttributeError: partially initialized module \'a.b\' has no attribute', {}),
        ("Working directory does not exist", {"ide.run-config-folder": "error"}),
        ("perpetual merge conflicts in workspace.xml", {"ide.vcs-files": "warning"}),
        ("I can run the project in PyCharm, but in the terminal: ModuleNotFoundError: No module named 'torch'", {"ide.interpreter-mismatch": "warning"}),
        ("Warning: You are running an unofficial Flatpak version of PyCharm !!!", {"ide.sandboxed": "warning"}),
        ("warning: Debugger speedups using cython not found. Run '\"/p/.venv/bin/python\" \"/opt/pycharm/helpers/pydev/setup_cython.py\" build_ext --inplace' to build.", {"ide.cython-debugger": "info"}),
        ("RuntimeError: An attempt has been made to start a new process before the\n        current process has finished its bootstrapping phase.", {"proj.main-guard": "warning"}),
        ("ImportError: attempted relative import with no known parent package", {"proj.run-as-module": "error"}),
        ("ModuleNotFoundError: No module named 'utils.general'", {"proj.run-as-module": "error"}),
        ("ModuleNotFoundError: No module named 'tensorboard'", {}),
        ("SyntaxError: (unicode error) 'unicodeescape' codec can't decode bytes in position 2-3", {"proj.path-escape": "error"}),
        ("FileNotFoundError: [Errno 2] No such file or directory: 'data/train.csv'", {"proj.working-directory": "warning"}),
        ("FileNotFoundError: [Errno 2] No such file or directory: '/etc/ld.so.cache'", {}),
        ("Error running 'train': Please select a valid Python interpreter", {"ide.interpreter-missing": "error"}),
        ("未为项目配置 Python 解释器", {"ide.interpreter-missing": "error"}),
        ("pycharm点击运行总是弹出编辑配置窗口", {"ide.interpreter-missing": "error"}),
        ('Cannot run program "D:\\p\\venv\\Scripts\\python.exe" (in directory "D:\\p"): CreateProcess error=2, 系统找不到指定的文件。', {"ide.interpreter-missing": "error"}),
        ("Cannot start process, the working directory 'C:\\old\\p' does not exist", {"ide.run-config-folder": "error"}),
        ("python: can't open file '/old/main.py': [Errno 2] No such file or directory", {"ide.run-config-script": "error"}),
        ("CONFLICT (content): Merge conflict in .idea/workspace.xml", {"ide.vcs-files": "warning"}),
        ("numpy works in the terminal but fails in PyCharm", {"ide.interpreter-mismatch": "warning"}),
        ("torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 2.00 GiB. GPU 0 has", {"train.out-of-memory": "error"}),
        ("RESOURCE_EXHAUSTED: Out of memory while trying to allocate 4294967296 bytes", {"train.out-of-memory": "error"}),
        ("Assertion `t >= 0 && t < n_classes` failed.\nRuntimeError: CUDA error: device-side assert triggered", {"train.label-range": "error"}),
        ("RuntimeError: CUDA error: device-side assert triggered", {"train.device-assert": "error"}),
        ("Received a label value of 10 which is outside the valid range of [0, 10).", {"train.label-range": "error"}),
        ("IndexError: index out of range in self", {"train.index-range": "error"}),
        ("ValueError: Shapes (None, 1) and (None, 10) are incompatible", {"train.label-form": "error"}),
        ("mat1 and mat2 shapes cannot be multiplied (32x512 and 256x10)", {"train.shape": "error"}),
        ('Input 0 of layer "dense" is incompatible with the layer: expected axis -1', {"train.shape": "error"}),
        ("RuntimeError: expected scalar type Long but found Float", {"train.dtype": "error"}),
        ("RuntimeError: Found dtype Double but expected Float", {"train.dtype": "error"}),
        ("Expected all tensors to be on the same device, but found at least two devices, cuda:0 and cpu!", {"train.device": "error"}),
        ("Input type (torch.cuda.FloatTensor) and weight type (torch.FloatTensor) should be the same", {"train.device": "error"}),
        ("TypeError: can't convert cuda:0 device type tensor to numpy.", {"train.to-numpy": "error"}),
        ("Epoch 3/10\n32/32 - loss: nan - accuracy: 0.1", {"train.nan": "warning"}),
        ("{'loss': nan, 'learning_rate': 1e-05}", {"train.nan": "warning"}),
        ("element 0 of tensors does not require grad and does not have a grad_fn", {"train.graph": "error"}),
        ("Expected more than 1 value per channel when training, got input size torch.Size([1, 64])", {"train.batch-of-one": "error"}),
        ("Attempting to unscale FP16 gradients.", {"train.half-weights": "error"}),
        ('Error(s) in loading state_dict for ResNet:\n\tMissing key(s) in state_dict: "conv1.weight"', {"train.state-dict": "error"}),
        ("_pickle.UnpicklingError: Weights only load failed.", {"train.weights-only": "error"}),
        ("Attempting to deserialize object on a CUDA device but torch.cuda.is_available() is False.", {"train.map-location": "error"}),
        ("PytorchStreamReader failed reading zip archive: failed finding central directory", {"train.file-broken": "error"}),
        ("_pickle.UnpicklingError: invalid load key, 'v'.", {"train.file-broken": "error"}),
        ("ValueError: num_samples should be a positive integer value, but got num_samples=0", {"train.no-data": "error"}),
        ("stack expects each tensor to be equal size, but got [3, 224, 224] at entry 0", {"train.collate": "error"}),
        ("PIL.UnidentifiedImageError: cannot identify image file 'a.jpg'", {"train.image": "error"}),
        ("AttributeError: Can't pickle local object 'main.<locals>.<lambda>'", {"train.worker-pickle": "error"}),
        ("Cannot re-initialize CUDA in forked subprocess.", {"train.cuda-fork": "error"}),
        ("RuntimeError: DataLoader worker (pid(s) 4711) exited unexpectedly", {"train.worker-died": "error"}),
        ("Expected to have finished reduction in the prior iteration before starting a new one.", {"train.ddp-unused": "error"}),
        ("TypeError: TrainingArguments.__init__() got an unexpected keyword argument 'evaluation_strategy'", {"train.argument": "error"}),
    ],
)  # fmt: skip
def test_a_log_alone_names_the_cause(symptom, findings) -> None:
    assert found({}, symptom) == findings


#: A spawned worker's traceback, before the line of the script that it came to.
SPAWNED = """  File "/usr/lib/python3.11/multiprocessing/spawn.py", line 246, in prepare
    _fixup_main_from_path(data['init_main_from_path'])
  File "<frozen runpy>", line 88, in _run_code
  File "/home/ada/train.py", line 4, in <module>
    {line}
"""
DIED = "RuntimeError: DataLoader worker (pid(s) 21895) exited unexpectedly\n"
DJANGO = '  File "/p/lib/python3.11/site-packages/django/apps/config.py", line 210\n'


@pytest.mark.parametrize(
    ("symptom", "findings"),
    [
        (SPAWNED.format(line='mp.set_start_method("spawn")') + DIED, {"proj.main-guard": "warning"}),
        (SPAWNED.format(line="for x in DataLoader(data, num_workers=2):") + DIED, {"proj.main-guard": "warning"}),
        (SPAWNED.format(line="import torch") + DIED, {"train.worker-died": "error"}),
        (DIED, {"train.worker-died": "error"}),
        ("ModuleNotFoundError: No module named 'core'\n", {"proj.run-as-module": "error"}),
        (DJANGO + "ModuleNotFoundError: No module named 'core'\n\ndjango.core.exceptions.ImproperlyConfigured", {}),
    ],
)  # fmt: skip
def test_a_traceback_above_says_more_than_the_last_line(symptom, findings) -> None:
    assert found({}, symptom) == findings


@pytest.mark.parametrize(
    ("system", "symptom", "findings"),
    [
        ("macos", "with num_workers=1 training dies at once, with 0 it runs", {"proj.main-guard": "warning"}),
        ("windows", "num_workers=0 works, with 4 it hangs", {"proj.main-guard": "warning"}),
        ("windows", "num_workers=4 卡住, 改为0 正常", {"proj.main-guard": "warning"}),
        ("linux", "with num_workers=1 training dies at once, with 0 it runs", {}),
        ("macos", "num_workers=4 is faster than 0, both work", {}),
    ],
)
def test_workers_that_fail_where_none_works(system, symptom, findings) -> None:
    assert found({"os": {"family": system}}, symptom) == findings


def test_a_path_of_windows_is_shown_as_it_is() -> None:
    facts, _ = described({"machine": {}, "symptom": r"can't open file 'C:\\p\\a.py': [Errno 2] No such file"})
    (finding,) = [one for one in examine(facts) if one.id == "ide.run-config-script"]
    assert finding.title == r"What is started is not there any more: C:\p\a.py"


HEALTHY = """\
Epoch 1/10
1875/1875 - 12s 6ms/step - loss: 0.2931 - accuracy: 0.9141 - val_loss: 0.1402 - val_accuracy: 0.9591
{'loss': 0.6931, 'grad_norm': 2.31, 'learning_rate': 4.9e-05, 'epoch': 0.02}
nanoseconds: 120, banana: 3, finance model loaded from checkpoints/last.pt
UserWarning: The given NumPy array is not writable, and PyTorch does not support non-writable tensors.
Some weights of BertForSequenceClassification were not initialized from the model checkpoint
100%|##########| 938/938 [00:12<00:00, 75.1it/s]
Saved model to .idea-of-mine/model.pt, memory allocated: 1.2 GiB, no errors
"""


def test_a_healthy_log_names_nothing() -> None:
    assert found({}, HEALTHY) == {}


def test_a_finding_is_whole() -> None:
    facts, _ = described({"machine": {"project": {"files": ["random.py", "main.py"]}}})
    (finding,) = [one for one in examine(facts) if one.id == "proj.name-shadow"]
    assert finding == Finding(
        id="proj.name-shadow",
        level="error",
        title="random.py of the project is imported in place of Python's own module random",
        detail="`import random` takes the first one on the path, and the folder of the script comes before "
        "everything that is installed; frameworks that import random get this file, too",
        cause="name-shadowing",
        evidence=(Evidence(source="random.py", value="has the name of Python's own module random"),),
        not_the_cause=("Python's installation",),
        remedy=Remedy(
            text="rename it, for instance to my_random (PyCharm: right click | Refactor | Rename, which renames "
            "its imports, too), and delete __pycache__ beside it"
        ),
    )


ENDED = "Process finished with exit code {}"
ENDED_ZH = "进程已结束\uff0c退出代码为 {}"


@pytest.mark.parametrize(
    ("code", "finding"),
    [
        ("-1073741819 (0xC0000005)", "run.crashed"),
        ("-1073740940 (0xC0000374)", "run.crashed"),
        ("-1073740791 (0xC0000409)", "run.crashed"),
        ("139 (interrupted by signal 11:SIGSEGV)", "run.crashed"),
        ("134 (interrupted by signal 6:SIGABRT)", "run.crashed"),
        ("132 (interrupted by signal 4:SIGILL)", "cpu.isa"),
        ("137 (interrupted by signal 9:SIGKILL)", "sys.memory"),
        ("0", ""),
        ("1", ""),
        ("130 (interrupted by signal 2:SIGINT)", ""),
    ],
)
@pytest.mark.parametrize("said", [ENDED, ENDED_ZH, "进程已结束,退出代码{}"])
def test_how_pycharm_says_that_a_program_ended(said, code, finding) -> None:
    facts, _ = described({"machine": {}, "symptom": said.format(code)})
    assert {one.id for one in examine(facts) if one.level == "error"} == ({finding} if finding else set())


def test_an_exit_code_says_nothing_where_the_cause_stands_above() -> None:
    told = "RuntimeError: CUDA error: device-side assert triggered\n" + ENDED.format(
        "134 (interrupted by signal 6: SIGABRT)"
    )
    facts, _ = described({"machine": {}, "symptom": told})
    assert [one.id for one in examine(facts) if one.level == "error"] == ["train.device-assert"]


@pytest.mark.parametrize(
    ("line", "seen"),
    [
        ("Segmentation fault (core dumped)", True),
        ("run.sh: line 3: 4242 Segmentation fault      (core dumped) python train.py", True),
        ("段错误 (核心已转储)", True),
        ("Fatal Python error: Segmentation fault", True),
        ("#  SIGSEGV (0xb) at pc=0x00007f", False),
        ("We had a Segmentation fault (core dumped) last week, it is gone", False),
    ],
)
def test_a_shell_says_that_a_program_crashed(line, seen) -> None:
    facts, _ = described({"machine": {}, "symptom": f"start\n{line}\nend"})
    assert any(one.id == "run.crashed" for one in examine(facts)) is seen
