"""How broken and mistaken interpreters show in logs, in the wordings of shells, systems and tools."""

from __future__ import annotations

import io

import pytest

from scaffold.checks.from_log import with_log
from scaffold.logs.search import read_log
from scaffold.logs.signatures import FOLDER
from scaffold.toml import loads

OURS = {one["name"] for one in loads((FOLDER / "python.toml").read_text(encoding="utf-8"))["sign"]}

SEEN = [
    ("-bash: /usr/local/bin/virtualenv: /usr/local/opt/python/bin/python2.7: bad interpreter: No such file or directory", "bad-interpreter"),
    ("zsh: /Users/ada/app/.venv/bin/pip: bad interpreter: /Users/ada/old/.venv/bin/python3.11: no such file or directory", "bad-interpreter-zsh"),
    ('-bash: /Users/k/ML/venv/bin/pip: "/Users/k/Kurs: bad interpreter: No such file or directory', "bad-interpreter-spaces"),
    ("bash: ./.venv/bin/pip: cannot execute: required file not found", "bad-interpreter-spaces"),
    ("bash: /home/ada/.venv/bin/torchrun: 无法执行: 找不到需要的文件", "bad-interpreter-spaces"),
    ("-bash: /home/ada/.venv/bin/pip: /home/ada/old/bin/python: 错误的解释器: 没有那个文件或目录", "bad-interpreter"),
    ("fish: The file “/home/ada/.venv/bin/pip” specified the interpreter “/old/python”, which is not an executable command.", "bad-interpreter-spaces"),
    ("Fatal error in launcher: Unable to create process using '\"c:\\old\\venv\\scripts\\python.exe\"  \"C:\\new\\pip.exe\" list': 系统找不到指定的文件。", "windows-launcher"),
    ("No Python at '\"C:\\Users\\ada\\AppData\\Local\\Programs\\Python\\Python39\\python.exe'", "no-python-at"),
    ("did not find executable at 'C:\\Python311\\python.exe': 系统找不到指定的路径。", "no-python-at"),
    ("failed to locate pyvenv.cfg: 系统找不到指定的文件。", "no-python-at"),
    ("warning: Ignoring existing virtual environment linked to non-existent Python interpreter: .venv/bin/python3 -> /opt/python", "uv-broken-environment"),
    ("  Caused by: Broken symlink at `.venv/bin/python3`, was the underlying Python interpreter removed?", "uv-broken-environment"),
    ("uv run deletes and recreates .venv every time: .venv/bin/python -> /usr/local/bin/python3.14 (non-existent)", "uv-broken-environment"),
    ("/bin/sh: /Users/j/.local/share/virtualenvs/src-_ygy3i93/bin/python: No such file or directory", "interpreter-no-such-file"),
    ("bash: /home/ada/app/.venv/bin/pip: 没有那个文件或目录", "interpreter-no-such-file"),
    ("dyld[68805]: Library not loaded: /Library/Frameworks/Python.framework/Versions/3.9/Python\n  Referenced from: <8>", "macos-framework-gone"),
    ("dyld: Library not loaded: @executable_path/../.Python\n  Reason: image not found", "macos-framework-gone"),
    ("python: error while loading shared libraries: libpython3.11.so.1.0: cannot open shared object file", "libpython-gone"),
    ("Fatal Python error: init_fs_encoding: failed to get the Python codec of the filesystem encoding", "python-cannot-start"),
    ("Fatal Python error: initfsencoding: unable to load the file system codec", "python-cannot-start"),
    ("Python path configuration:\n  PYTHONHOME = '/home/ada/.venv'\n  PYTHONPATH = (not set)", "pythonhome-set"),
    ("Python path configuration:\n  PYTHONHOME = (not set)\n  program name = 'python3'\nFatal Python error: init_fs_encoding: failed to get the Python codec of the filesystem encoding", "python-without-library"),
    ("error: externally-managed-environment\n\nx This environment is externally managed", "externally-managed"),
    ("error: The interpreter at /usr is externally managed, and indicates the following:", "externally-managed"),
    ("The virtual environment was not created successfully because ensurepip is not available.", "ensurepip-missing"),
    ("pip list shows torch 2.9.1+cu130 but import torch: No module named 'torch'", "pip-lists-what-python-lacks"),
    ("Requirement already satisfied: torch in /usr/lib/python3/dist-packages (2.1)\nModuleNotFoundError: No module named 'torch'", "pip-lists-what-python-lacks"),
    ("ModuleNotFoundError: No module named 'tensorflow.keras'", "framework-missing"),
    ("ImportError: No module named torch", "framework-missing"),
    ('File "/opt/conda/envs/a/lib/python3.6/site-packages/x.py"\nFile "/home/ada/.local/lib/python3.6/site-packages/tensorflow/__init__.py"', "user-site-beside-environment"),
    ('File "C:\\Anaconda3\\envs\\dl\\lib\\site-packages\\keras\\x.py"\nFile "C:\\Users\\a\\AppData\\Roaming\\Python\\Python39\\site-packages\\numpy\\__init__.py"', "user-site-beside-environment"),
    ("traceback mixes ~/.local/lib/python3.6/site-packages/tensorflow with the conda env's protobuf", "user-site-beside-environment"),
    ("Python was not found; run without arguments to install from the Microsoft Store, or disable this shortcut", "store-placeholder"),
    ("ERROR: Could not install packages due to an OSError: [Errno 13] Permission denied: '/opt/conda/lib/python3.11/site-packages/numpy'", "pip-permission"),
    ("/home/ada/app/.venv/bin/python: No module named pip", "no-pip"),
    ("error: Project virtual environment directory `/p/.venv` cannot be used because it is not a valid Python environment (no Python executable was found)", "uv-not-an-environment"),
    ("EnvironmentNotWritableError: The current user does not have write permissions to the target environment.", "environment-not-writable"),
    ("PermissionError: [Errno 13] Permission denied: '/p/.venv/lib/python3.10/site-packages'", "environment-not-writable"),
    ("Activate.ps1 cannot be loaded because running scripts is disabled on this system. For more information, see about_Execution_Policies", "execution-policy"),
    ("因为在此系统上禁止运行脚本。有关详细信息, 请参阅 about_Execution_Policies", "execution-policy"),
    ("CondaError: Run 'conda init' before 'conda activate'", "conda-not-initialised"),
    ("'conda' 不是内部或外部命令, 也不是可运行的程序", "conda-not-initialised"),
    ("conda : The term 'conda' is not recognized as the name of a cmdlet", "conda-not-initialised"),
    ("'python' 不是内部或外部命令, 也不是可运行的程序", "python-not-found"),
    ("bash: pip: command not found", "python-not-found"),
    ("pyenv: python: command not found\n\nThe `python' command exists in these Python versions:", "python-not-found"),
    ("ModuleNotFoundError: No module named '_lzma'", "python-incomplete"),
    ("zsh: bad CPU type in executable: /usr/local/bin/python3", "python-of-another-processor"),
    ("bash: .venv/bin/python: cannot execute binary file: Exec format error", "python-of-another-processor"),
    ("window.cpp:1272: error: (-2:Unspecified error) The function is not implemented. Rebuild the library with Windows, GTK+ 2.x or Cocoa support.", "opencv-without-windows"),
    ('qt.qpa.plugin: Could not load the Qt platform plugin "xcb" in "/p/site-packages/cv2/qt/plugins" even though it was found.', "qt-of-opencv-in-front"),
    ('qt.qpa.plugin: Could not find the Qt platform plugin "xcb" in "/p/site-packages/cv2/qt/plugins"', "qt-of-opencv-in-front"),
    ('qt.qpa.plugin: Could not load the Qt platform plugin "xcb" in "" even though it was found.', "no-screen"),
    ("_tkinter.TclError: no display name and no $DISPLAY environment variable", "no-screen"),
]  # fmt: skip

HEALTHY = [
    "Requirement already satisfied: torch in ./.venv/lib/python3.12/site-packages (2.9.1)",
    "Defaulting to user installation because normal site-packages is not writeable",
    "/bin/bash^M: bad interpreter: No such file or directory",
    "FileNotFoundError: [Errno 2] No such file or directory: 'data/train.csv'",
    "cat: /etc/env/bin: No such file or directory",
    "Python path configuration:",
    "Successfully installed torch-2.9.1 numpy-2.1.0",
    'File "/home/ada/.local/lib/python3.10/site-packages/torch/nn/modules/module.py", line 1',
    "ModuleNotFoundError: No module named 'mypackage.torch_utils'",
    "PermissionError: [Errno 13] Permission denied: '/data/checkpoints/last.ckpt'",
    "Created virtual environment at .venv linked to Python interpreter /usr/bin/python3.12",
    "ModuleNotFoundError: No module named 'pip_tools'",
    "conda activate train",
    "$ conda init bash",
    "exec format error: /usr/local/bin/docker-entrypoint.sh",
    'Could not load the Qt platform plugin "windows" in "" even though it was found.',
    "NotImplementedError: the function is not implemented",
]


def names(text: str) -> set[str]:
    log = read_log(io.BytesIO(text.encode()), "log")
    return {one.signature.name for one in log.signs if not one.signature.quiet} & OURS


@pytest.mark.parametrize(
    ("text", "name"), SEEN, ids=[f"{number}-{name}" for number, (_, name) in enumerate(SEEN)]
)
def test_a_wording_is_recognised(text, name) -> None:
    assert name in names(text)


@pytest.mark.parametrize("text", HEALTHY)
def test_nothing_is_read_into_other_lines(text) -> None:
    assert names(text) == set()


def test_a_window_that_cannot_open_is_one_finding() -> None:
    """env.no-window, although Qt's plugin and the missing screen are both named."""
    text = (
        "qt.qpa.xcb: could not connect to display\nqt.qpa.plugin: Could not load the Qt platform plugin "
        '"xcb" in "/p/site-packages/cv2/qt/plugins" even though it was found.\nAborted (core dumped)'
    )
    findings = with_log((), read_log(io.BytesIO(text.encode()), "log"))
    assert [(one.id, one.cause) for one in findings] == [("env.no-window", "qt-plugins-of-opencv")]
