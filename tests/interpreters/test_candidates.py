from __future__ import annotations

from pathlib import Path

from scaffold.interpreters.candidates import candidates
from scaffold.interpreters.places import real_path

from .conftest import host


def seen(system) -> list[tuple[str, str]]:
    return [(one.origin, str(one.path)) for one in candidates(system)]


def test_linux_with_everything() -> None:
    system = host(
        "linux",
        "/home/ada/.local/share/uv/python/cpython-3.12.5-linux-x86_64-gnu/bin/python3",
        "/home/ada/.pyenv/versions/2.7.18/bin/python",
        "/home/ada/.pyenv/versions/3.12.1/bin/python",
        "/home/ada/.pyenv/versions/3.12.1/bin/python3",
        "/home/ada/.pyenv/versions/my-env/bin/python3",
        "/home/ada/.pyenv/versions/my-env/pyvenv.cfg",
        "/home/ada/.pyenv/shims/python3",
        "/home/ada/.local/share/mise/installs/python/3.13.0/bin/python3",
        "/home/ada/.asdf/installs/python/3.11.9/bin/python3",
        "/home/ada/miniconda3/conda-meta/history",
        "/home/ada/miniconda3/bin/python3",
        "/home/ada/miniconda3/envs/dl/conda-meta/history",
        "/home/ada/miniconda3/envs/dl/bin/python",
        "/data/env/conda-meta/history",
        "/data/env/bin/python3",
        "/data/gone/nothing",
        "/home/ada/work/.venv/pyvenv.cfg",
        "/home/ada/work/.venv/bin/python3",
        "/opt/tools/bin/python3.14",
        "/opt/tools/bin/python3.14t",
        "/opt/tools/bin/python3-config",
        "/opt/tools/bin/pythonw",
        "/opt/python3.10/bin/python3.10",
        "/usr/bin/python3.11",
        "/home/linuxbrew/.linuxbrew/bin/python3.13",
        files={"/home/ada/.conda/environments.txt": "/data/env\n\n/data/gone\n"},
        links={
            "/home/ada/.local/share/mise/installs/python/3.13": "./3.13.0",
            "/home/ada/.local/share/mise/installs/python/latest": "./3.13.0",
            "/home/ada/.local/share/mise/installs/python/3.13/bin/python3": "its folder is a link already",
            "/usr/bin/python3": "python3.11",
            "/bin": "usr/bin",
            "/bin/python3.11": "never asked",
        },
        PATH="/home/ada/work/.venv/bin:/home/ada/.pyenv/shims:.:relative:/opt/tools/bin:/opt/tools/bin:/usr/bin:/nowhere",
    )
    assert seen(system) == [
        ("uv", "/home/ada/.local/share/uv/python/cpython-3.12.5-linux-x86_64-gnu/bin/python3"),
        ("pyenv", "/home/ada/.pyenv/versions/2.7.18/bin/python"),
        ("pyenv", "/home/ada/.pyenv/versions/3.12.1/bin/python3"),
        ("mise", "/home/ada/.local/share/mise/installs/python/3.13/bin/python3"),
        ("asdf", "/home/ada/.asdf/installs/python/3.11.9/bin/python3"),
        ("conda", "/data/env/bin/python3"),
        ("conda", "/home/ada/miniconda3/bin/python3"),
        ("conda", "/home/ada/miniconda3/envs/dl/bin/python"),
        ("PATH", "/opt/tools/bin/python3.14"),
        ("PATH", "/opt/tools/bin/python3.14t"),
        ("system", "/usr/bin/python3.11"),
        ("homebrew", "/home/linuxbrew/.linuxbrew/bin/python3.13"),
        ("system", "/opt/python3.10/bin/python3.10"),
    ]


def test_variables_move_the_stores() -> None:
    system = host(
        "linux",
        "/a/cpython-3.12/bin/python3",
        "/b/versions/3.11.1/bin/python3",
        "/c/installs/python/3.11.2/bin/python3",
        "/d/installs/python/3.11.3/bin/python3",
        "/e/bin/python3",
        "/e/conda-meta/history",
        "/home/ada/.pyenv/versions/3.9.0/bin/python3",
        UV_PYTHON_INSTALL_DIR="/a",
        PYENV_ROOT="/b",
        MISE_DATA_DIR="/c",
        ASDF_DATA_DIR="/d",
        CONDA_EXE="/e/bin/conda",
    )
    assert [origin for origin, _ in seen(system)] == ["uv", "pyenv", "mise", "asdf", "conda"]


def test_macos() -> None:
    paths = (
        "/opt/homebrew/bin/python3.13",
        "/Library/Frameworks/Python.framework/Versions/3.12/bin/python3.12",
        "/usr/bin/python3",
    )
    expected = [
        ("homebrew", "/opt/homebrew/bin/python3.13"),
        ("python.org", "/Library/Frameworks/Python.framework/Versions/3.12/bin/python3.12"),
    ]
    assert seen(host("macos", *paths, PATH="/opt/homebrew/bin:/usr/bin")) == expected
    with_tools = host(
        "macos", *paths, "/Library/Developer/CommandLineTools", PATH="/opt/homebrew/bin:/usr/bin"
    )
    assert seen(with_tools) == [expected[0], ("system", "/usr/bin/python3"), expected[1]]


def test_windows() -> None:
    system = host(
        "windows",
        "C:/Users/ada/AppData/Local/Microsoft/WindowsApps/python.exe",
        "C:/Users/ada/AppData/Local/Programs/Python/Python312/python.exe",
        "C:/Users/ada/AppData/Local/Python/pythoncore-3.14-64/python.exe",
        "C:/Users/ada/AppData/Roaming/uv/python/cpython-3.11.9-windows-x86_64-none/python.exe",
        "C:/Users/ada/.pyenv/pyenv-win/versions/3.10.11/python.exe",
        "C:/Users/ada/miniconda3/python.exe",
        "C:/Users/ada/miniconda3/conda-meta/history",
        "D:/tools/python.exe",
        "D:/tools/pythonw.exe",
        "D:/env/pyvenv.cfg",
        "D:/env/Scripts/python.exe",
        PATH=r'C:\Users\ada\AppData\Local\Microsoft\WindowsApps;"D:\tools";D:\env\Scripts;relative',
    )
    assert seen(system) == [
        ("uv", "C:/Users/ada/AppData/Roaming/uv/python/cpython-3.11.9-windows-x86_64-none/python.exe"),
        ("pyenv", "C:/Users/ada/.pyenv/pyenv-win/versions/3.10.11/python.exe"),
        ("conda", "C:/Users/ada/miniconda3/python.exe"),
        ("PATH", "D:/tools/python.exe"),
        ("python.org", "C:/Users/ada/AppData/Local/Programs/Python/Python312/python.exe"),
        ("python.org", "C:/Users/ada/AppData/Local/Python/pythoncore-3.14-64/python.exe"),
    ]


def test_an_empty_machine() -> None:
    assert seen(host("linux")) == []


def test_links_are_followed_as_the_host_sees_them() -> None:
    system = host(
        links={"/bin": "usr/bin", "/usr/bin/python3": "../lib/python3.12/python", "/a": "/b", "/b": "/a"}
    )
    assert real_path(system, Path("/bin/python3")) == Path("/usr/lib/python3.12/python")
    assert real_path(system, Path("/usr/bin/../bin/x")) == Path("/usr/bin/x")
    assert real_path(system, Path("/a/x")).name == "x"  # a circle ends
