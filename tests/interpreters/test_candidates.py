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


def test_linux_with_what_is_rarer() -> None:
    system = host(
        "linux",
        "/home/ada/.rye/py/cpython@3.12.2/bin/python3",
        "/home/ada/.rye/py/cpython@3.9.16/install/bin/python3",
        "/home/ada/.rye/self/bin/python3",
        "/home/ada/.rye/self/pyvenv.cfg",
        "/home/ada/.local/share/pdm/python/cpython@3.11.9/bin/python3",
        "/home/ada/.local/share/hatch/pythons/3.13/python/bin/python3",
        "/opt/hostedtoolcache/Python/3.12.7/x64/bin/python3",
        "/opt/hostedtoolcache/Python/3.12.7/x64.complete",
        "/opt/hostedtoolcache/Python/3.8.18/x64/bin/python3",
        "/home/ada/micromamba/envs/dl/conda-meta/history",
        "/home/ada/micromamba/envs/dl/bin/python3",
        "/home/ada/.local/share/mamba/envs/rl/conda-meta/history",
        "/home/ada/.local/share/mamba/envs/rl/bin/python",
        "/home/ada/.pixi/envs/tools/conda-meta/history",
        "/home/ada/.pixi/envs/tools/bin/python3",
        "/home/ada/.pixi/envs/no-python/conda-meta/history",
        "/usr/share/miniconda/conda-meta/history",
        "/usr/share/miniconda/bin/python3",
        "/nix/store/abc-python3-3.12.8/bin/python3.12",
        "/home/ada/.local/bin/python3.13",
        "/home/linuxbrew/.linuxbrew/opt/python@3.11/bin/python3.11",
        "/opt/python/3.11.8/bin/python3",
        "/opt/python/cp312-cp312/bin/python3",
        "/usr/local/python/3.12.5/bin/python3",
        "/usr/local/python3/bin/python3.10",
        "/usr/local/bin/python3/a folder of that name",
        "/usr/bin/python3.14",
        links={
            "/home/ada/.nix-profile/bin/python3.12": "/nix/store/abc-python3-3.12.8/bin/python3.12",
            "/home/ada/.local/bin/python3.12": "/home/ada/.rye/py/cpython@3.12.2/bin/python3",
            "/usr/local/python/current": "3.12.5",
            "/usr/local/python/current/bin/python3": "its folder is a link already",
        },
        PATH="/usr/bin/:/usr/local/bin",
    )
    assert seen(system) == [
        ("rye", "/home/ada/.rye/py/cpython@3.12.2/bin/python3"),
        ("rye", "/home/ada/.rye/py/cpython@3.9.16/install/bin/python3"),
        ("pdm", "/home/ada/.local/share/pdm/python/cpython@3.11.9/bin/python3"),
        ("hatch", "/home/ada/.local/share/hatch/pythons/3.13/python/bin/python3"),
        ("tool cache", "/opt/hostedtoolcache/Python/3.12.7/x64/bin/python3"),
        ("tool cache", "/opt/hostedtoolcache/Python/3.8.18/x64/bin/python3"),
        ("conda", "/home/ada/.local/share/mamba/envs/rl/bin/python"),
        ("conda", "/home/ada/.pixi/envs/tools/bin/python3"),
        ("conda", "/home/ada/micromamba/envs/dl/bin/python3"),
        ("conda", "/usr/share/miniconda/bin/python3"),
        ("system", "/usr/bin/python3.14"),
        ("nix", "/home/ada/.nix-profile/bin/python3.12"),
        ("PATH", "/home/ada/.local/bin/python3.13"),
        ("homebrew", "/home/linuxbrew/.linuxbrew/opt/python@3.11/bin/python3.11"),
        ("system", "/opt/python/3.11.8/bin/python3"),
        ("system", "/opt/python/cp312-cp312/bin/python3"),
        ("system", "/usr/local/python/3.12.5/bin/python3"),
        ("system", "/usr/local/python3/bin/python3.10"),
    ]


def test_second_names_of_an_installation() -> None:
    """The one that outlives an update, never one that may become another version."""
    mise, pyenv = "/home/ada/.local/share/mise/installs/python", "/home/ada/.pyenv/versions"
    uvs = "/home/ada/.local/share/uv/python"
    system = host(
        "linux",
        f"{mise}/3.13.0/bin/python3",
        f"{pyenv}/3.12.1/bin/python3",
        f"{uvs}/cpython-3.11.9-linux-x86_64-gnu/bin/python3",
        "/data/python-of-mine/bin/python3",
        links={
            **{f"{mise}/{name}": "3.13.0" for name in ("3", "3.13", "latest")},
            **{f"{mise}/{name}/bin/python3": "its folder is a link" for name in ("3", "3.13", "latest")},
            f"{pyenv}/default": f"{pyenv}/3.12.1",
            f"{pyenv}/default/bin/python3": "its folder is a link",
            f"{pyenv}/mine": "/data/python-of-mine",
            f"{pyenv}/mine/bin/python3": "its folder is a link",
            f"{uvs}/cpython-3.11-linux-x86_64-gnu": "cpython-3.11.9-linux-x86_64-gnu",
            f"{uvs}/cpython-3.11-linux-x86_64-gnu/bin/python3": "its folder is a link",
        },
    )
    assert seen(system) == [
        ("uv", f"{uvs}/cpython-3.11-linux-x86_64-gnu/bin/python3"),
        ("pyenv", f"{pyenv}/3.12.1/bin/python3"),
        ("pyenv", f"{pyenv}/mine/bin/python3"),
        ("mise", f"{mise}/3.13/bin/python3"),
    ]


def test_folders_of_version_managers_tell_the_version() -> None:
    names = {
        "3.8.18": "3.8.18", "cpython-3.8.20-linux-x86_64-gnu": "3.8.20", "cpython@3.9.16": "3.9.16",
        "pypy3.8-7.3.11": "", "miniconda3-3.8-23.1.0-1": "", "3.13t-dev": "", "3.13.0t": "", "my-python": "",
        "cpython-3.13.1+freethreaded-linux-x86_64-gnu": "", "3.8": "",
    }  # fmt: skip
    system = host("linux", *(f"/home/ada/.pyenv/versions/{name}/bin/python3" for name in names))
    assert {one.path.parts[-3]: one.version for one in candidates(system)} == names


def test_linux_inside_windows() -> None:
    """What WSL puts on PATH of Windows' is left alone: slow to list, and no Python of this system."""
    paths = (
        "/mnt/c/Python312/python.exe",
        "/mnt/c/tools/python3",
        "/opt/tools/python.exe",
        "/usr/bin/python3.12",
    )
    named = "/mnt/c/Python312:/mnt/c/tools:/opt/tools:/usr/bin"
    system = host("linux", *paths, PATH=named)
    assert seen(system) == [("PATH", "/mnt/c/tools/python3"), ("system", "/usr/bin/python3.12")]
    system = host("linux", *paths, release="5.15.153.1-microsoft-standard-WSL2", PATH=named)
    assert seen(system) == [("system", "/usr/bin/python3.12")]


def test_macos() -> None:
    paths = (
        "/opt/homebrew/bin/python3.13",
        "/opt/homebrew/opt/python@3.11/bin/python3.11",
        "/opt/homebrew/Caskroom/miniconda/base/conda-meta/history",
        "/opt/homebrew/Caskroom/miniconda/base/bin/python3",
        "/opt/local/bin/python3.10",
        "/Library/Frameworks/Python.framework/Versions/3.12/bin/python3.12",
        "/Users/ada/Library/Application Support/hatch/pythons/3.13/python/bin/python3",
        "/usr/local/Cellar/python@3.9/3.9.20/bin/python3.9",
        "/usr/bin/python3",
    )
    links = {
        "/usr/local/bin/python3.12": "/Library/Frameworks/Python.framework/Versions/3.12/bin/python3.12",
        "/usr/local/bin/python3.9": "../Cellar/python@3.9/3.9.20/bin/python3.9",
        "/Library/Frameworks/Python.framework/Versions/Current": "3.12",
        "/Library/Frameworks/Python.framework/Versions/Current/bin/python3.12": "its folder is a link already",
    }
    tools = "/Library/Developer/CommandLineTools"
    expected = [
        ("hatch", "/Users/ada/Library/Application Support/hatch/pythons/3.13/python/bin/python3"),
        ("conda", "/opt/homebrew/Caskroom/miniconda/base/bin/python3"),
        ("homebrew", "/opt/homebrew/bin/python3.13"),
        ("python.org", "/usr/local/bin/python3.12"),
        ("homebrew", "/usr/local/bin/python3.9"),
        ("macports", "/opt/local/bin/python3.10"),
        ("homebrew", "/opt/homebrew/opt/python@3.11/bin/python3.11"),
    ]
    path = "/opt/homebrew/bin:/usr/local/bin:/usr/bin"
    assert seen(host("macos", *paths, links=links, PATH=path)) == expected
    with_tools = [*expected[:5], ("system", "/usr/bin/python3"), *expected[5:]]
    assert seen(host("macos", *paths, tools, links=links, PATH=path)) == with_tools


def test_windows() -> None:
    system = host(
        "windows",
        "C:/Users/ada/AppData/Local/Microsoft/WindowsApps/python.exe",
        "C:/Users/ada/AppData/Local/Programs/Python/Python312/python.exe",
        "C:/Users/ada/AppData/Local/Python/bin/python3.14.exe",
        "C:/Users/ada/AppData/Local/Python/pythoncore-3.14-64/python.exe",
        "C:/Users/ada/AppData/Roaming/uv/python/cpython-3.11.9-windows-x86_64-none/python.exe",
        "C:/Users/ada/.pyenv/pyenv-win/versions/3.10.11/python.exe",
        "C:/Users/ada/.rye/py/cpython@3.12.2/install/python.exe",
        "C:/Users/ada/AppData/Local/mise/installs/python/3.13.1/python.exe",
        "C:/Users/ada/miniconda3/python.exe",
        "C:/Users/ada/miniconda3/conda-meta/history",
        "C:/ProgramData/anaconda3/python.exe",
        "C:/ProgramData/anaconda3/conda-meta/history",
        "C:/hostedtoolcache/windows/Python/3.12.7/x64/python.exe",
        "C:/Users/ada/scoop/apps/python/3.13.2/python.exe",
        "C:/Users/ada/scoop/apps/python311/3.11.9/python.exe",
        "C:/Users/ada/scoop/shims/python.exe",
        "C:/Python39/python.exe",
        "C:/Program Files/Python313/python.exe",
        "C:/Program Files (x86)/Python310-32/python.exe",
        "D:/tools/python.exe",
        "D:/tools/pythonw.exe",
        "D:/env/pyvenv.cfg",
        "D:/env/Scripts/python.exe",
        links={
            "C:/Users/ada/scoop/apps/python/current": r"\\?\C:\Users\ada\scoop\apps\python\3.13.2",
            "C:/Users/ada/scoop/apps/python/current/python.exe": "its folder is a link already",
        },
        PATH=r"C:\Users\ada\AppData\Local\Microsoft\WindowsApps;C:\Users\ada\AppData\Local\Python\bin;"
        r'C:\Users\ada\scoop\shims;"D:\tools\";D:\env\Scripts;relative',
    )
    assert seen(system) == [
        ("uv", "C:/Users/ada/AppData/Roaming/uv/python/cpython-3.11.9-windows-x86_64-none/python.exe"),
        ("pyenv", "C:/Users/ada/.pyenv/pyenv-win/versions/3.10.11/python.exe"),
        ("mise", "C:/Users/ada/AppData/Local/mise/installs/python/3.13.1/python.exe"),
        ("rye", "C:/Users/ada/.rye/py/cpython@3.12.2/install/python.exe"),
        ("tool cache", "C:/hostedtoolcache/windows/Python/3.12.7/x64/python.exe"),
        ("conda", "C:/Users/ada/miniconda3/python.exe"),
        ("conda", "C:/ProgramData/anaconda3/python.exe"),
        ("PATH", "D:/tools/python.exe"),
        ("python.org", "C:/Users/ada/AppData/Local/Programs/Python/Python312/python.exe"),
        ("python.org", "C:/Users/ada/AppData/Local/Python/pythoncore-3.14-64/python.exe"),
        ("python.org", "C:/Program Files/Python313/python.exe"),
        ("python.org", "C:/Program Files (x86)/Python310-32/python.exe"),
        ("python.org", "C:/Python39/python.exe"),
        ("scoop", "C:/Users/ada/scoop/apps/python/3.13.2/python.exe"),
        ("scoop", "C:/Users/ada/scoop/apps/python311/3.11.9/python.exe"),
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
