"""Environments that conda makes: micromamba, mamba and conda are found, asked and called here.

conda brings Python and pip; what the project needs comes as wheels by uv or pip, as everywhere else:
PyTorch and TensorFlow publish no conda packages of their own any more. The user's own configuration
(``.condarc``: channels, mirrors, proxies, certificates) stays in force.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from scaffold.environments.installers import tools
from scaffold.environments.installers.sign import Sign
from scaffold.environments.layout import Place, is_conda
from scaffold.environments.model import CondaProgram, EnvironmentPlan
from scaffold.environments.state import read_state
from scaffold.errors import InstallFailed, ScaffoldError
from scaffold.interpreters.managers import conda_roots
from scaffold.system import System, without

#: Free for everyone, unlike conda's built-in ``defaults``; taken where the user has named no channel.
CHANNEL = "conda-forge"

#: The first pip that tells how many bytes have come; the one of the environment.
PIP = "pip>=24.1"

#: Seconds: a hundred megabytes over a slow line, and the index of a channel besides.
TIME_LIMIT = 3600.0

#: The quickest first. They differ in nothing that is asked of them here.
_PROGRAMS = ("micromamba", "mamba", "conda")

#: Homebrew puts the program itself here.
_BREWED = (Path("/opt/homebrew"), Path("/usr/local"))

#: Describe the environment that happens to be active, not the one that is made.
_OF_ACTIVATION = (
    "CONDA_DEFAULT_ENV",
    "CONDA_EXE",
    "CONDA_PREFIX",
    "CONDA_PROMPT_MODIFIER",
    "CONDA_PYTHON_EXE",
    "CONDA_SHLVL",
    "_CE_",
    "_CONDA_",
)

#: In the order in which they are tried; the message says which program failed.
SIGNS: tuple[Sign, ...] = (
    Sign(
        code="conda-terms",
        pattern=r"Terms of Service|CondaToS",
        message="A channel of Anaconda wants its terms accepted",
        hint=f"accept them: conda tos accept, or take the free one: conda config --set channels {CHANNEL}",
    ),
    Sign(
        code="conda-no-network",
        pattern=r"CONNECTION FAILED|Could not resolve|Connection refused|Timeout was reached|timed out"
        r"|Failed to connect|NewConnectionError|Max retries|SSLError|ConnectionError|Download error",
        message="A channel of conda's cannot be reached",
        hint="check the network and the proxy; ~/.condarc names mirrors of conda-forge (custom_channels)",
    ),
    Sign(
        code="conda-no-python",
        pattern=r"PackagesNotFound|nothing provides|No solution|Unsatisfiable|does not exist"
        r"|UnavailableInvalidChannel",
        message="The channels of conda's have no such Python",
        hint="choose another one with --python, or other channels in ~/.condarc",
    ),
)


def find_conda(system: System) -> CondaProgram | None:
    """micromamba, mamba or conda: as a shell's hook names them, on PATH, where installers put them."""
    for path in _candidates(system):
        if system.exists(path):
            name = path.stem.lower()
            kind = next((one for one in _PROGRAMS if name.startswith(one)), "conda")
            return CondaProgram(path=path, kind=kind, channels=_channels(path, kind, system))  # type: ignore[arg-type]
    return None


def conda_before(place: Place, system: System) -> CondaProgram | None:
    """The program for an environment that conda made for the project before: what was asked for once holds.

    None where virtualenv made it, where the user did, and where conda is gone meanwhile.
    """
    state = read_state(place)
    if state is None or state.adopted or not is_conda(place.own_location):
        return None
    return find_conda(system)


def demand_conda(system: System) -> CondaProgram:
    """`find_conda`; InstallFailed with the command that gets one where there is none."""
    found = find_conda(system)
    if found is None:
        raise InstallFailed(
            "conda was asked for, and neither micromamba nor mamba nor conda is here",
            detail=("looked at: CONDA_EXE and MAMBA_EXE, PATH, the folders of their installers",),
            hint=f"get micromamba: {_HOW_TO_GET[system.platform.os]}\n"
            "or do without conda: leave out --backend conda",
            code="conda-missing",
        )
    return found


#: https://mamba.readthedocs.io/en/latest/installation/micromamba-installation.html, 2026-11
_HOW_TO_GET: Mapping[str, str] = {
    "linux": '"${SHELL}" <(curl -L https://micro.mamba.pm/install.sh)',
    "macos": "brew install micromamba",
    "windows": "Invoke-Expression ((Invoke-WebRequest -Uri https://micro.mamba.pm/install.ps1).Content)",
}


def _candidates(system: System) -> Iterator[Path]:
    windows = system.platform.os == "windows"
    for name in ("MAMBA_EXE", "CONDA_EXE"):
        if system.environment.get(name):
            yield Path(system.environment[name])
    for program in _PROGRAMS:
        found = system.which(program)
        if found is not None:
            yield found
    homes = [] if system.home is None else [system.home]
    for home in homes:
        yield home / ".local" / "bin" / ("micromamba.exe" if windows else "micromamba")
    for root in (*conda_roots(system), *_BREWED):
        for program in _PROGRAMS:
            yield root / "Scripts" / f"{program}.exe" if windows else root / "bin" / program


def _channels(program: Path, kind: str, system: System) -> tuple[str, ...]:
    """conda-forge; none where the user's configuration names channels: those are in force."""
    asked = ["config", "--show", "channels", "--json"] if kind == "conda" else ["config", "list", "channels"]
    done = system.run([program, *asked], timeout=60, environment=environment(system))
    own = set(parse_channels(done.stdout)) - {"defaults", "nodefaults"} if done.ok else set()
    return () if own else (CHANNEL,)


def parse_channels(text: str) -> tuple[str, ...]:
    r"""What conda (JSON) and micromamba (YAML) say of the channels that are configured.

    >>> parse_channels('{\n  "channels": [\n    "defaults"\n  ]\n}')
    ('defaults',)
    >>> parse_channels("channels:\n  - conda-forge\n"), parse_channels("\x00")
    (('conda-forge',), ())
    """
    import yaml

    try:
        found = yaml.safe_load(text)
    except (yaml.YAMLError, ValueError, RecursionError):
        return ()
    channels = found.get("channels") if isinstance(found, dict) else None
    return tuple(one for one in channels if isinstance(one, str)) if isinstance(channels, list) else ()


def environment(system: System) -> dict[str, str]:
    """Environment variables for a call: the user's settings, nothing of what is active in this shell."""
    kept = without(tools.cleaned(system.environment), *_OF_ACTIVATION)
    return {**kept, "NO_COLOR": "1", "CONDA_REPORT_ERRORS": "false"}


def make_prefix(plan: EnvironmentPlan, conda: CondaProgram, folder: Path, system: System) -> None:
    """Python and pip in ``plan.location``, where nothing but scaffold's mark may lie.

    Raises InstallFailed (conda-no-network, conda-no-python, conda-terms, environment-not-created).
    """
    # ``create`` refuses a folder that holds anything, or empties it; ``install`` wants this file only.
    history = plan.location / "conda-meta" / "history"
    history.parent.mkdir()
    history.touch()
    done = system.run(
        tools.guarded(install_command(plan, conda), system),
        timeout=TIME_LIMIT,
        environment=environment(system),
        cwd=folder,
    )
    if not done.ok:
        raise explain(plan, conda, done.stdout + done.stderr)


def install_command(plan: EnvironmentPlan, conda: CondaProgram) -> list[str]:
    """The one call that fills a prefix; the same for all three programs."""
    named = [part for one in conda.channels for part in ("--channel", one)]
    return [
        str(conda.path), "install", "--yes", "--quiet", "--prefix", str(plan.location),
        *(["--override-channels", *named] if named else []),
        f"python={plan.interpreter.minor}", PIP,
    ]  # fmt: skip


def explain(plan: EnvironmentPlan, conda: CondaProgram, output: str) -> ScaffoldError:
    """What a failed call means; what all installers have in common (a full disk) is told as theirs."""
    from scaffold.environments.installers import failures
    from scaffold.errors import NoPermission, NoSpace

    known = failures.explain("pip", output, doing="create the environment")
    if isinstance(known, (NoSpace, NoPermission)):
        return known
    detail = failures.evidence(output)
    for sign in SIGNS:
        if re.search(sign.pattern, output, re.IGNORECASE):
            return InstallFailed(sign.message, detail=detail, hint=sign.hint, code=sign.code)
    return InstallFailed(
        f"{conda.kind} could not make an environment in {plan.location}",
        detail=detail,
        hint=f"see what it does by itself: {conda.path} create --prefix ELSEWHERE "
        f"python={plan.interpreter.minor}",
        code="environment-not-created",
    )
