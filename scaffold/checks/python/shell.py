"""What pip, python and the activation of a shell mean: one environment, or two."""

from __future__ import annotations

from collections.abc import Iterator

from scaffold.checks.facts import Facts
from scaffold.checks.model import Evidence, Finding, Level, Remedy
from scaffold.checks.python.cures import python_of
from scaffold.probing.interpreter.model import Called

#: Signs of a module that the running Python does not have.
_ABSENT = ("framework-missing", "pip-lists-what-python-lacks")


def pip_installs_for_python(facts: Facts) -> Iterator[Finding]:
    """What pip installs is what python imports."""
    python = facts.python
    if python is None:
        return
    if python.pip_differs:
        yield _told(facts)
        return
    ours, pip = python.call("python", "python3"), python.call("pip", "pip3")
    if ours is None or pip is None or not ours.prefix or not pip.prefix or ours.prefix == pip.prefix:
        yield from _installed_and_not_found(facts)
        return
    if python.prefix in (ours.prefix, pip.prefix):
        yield _two(facts, ours, pip)


def _told(facts: Facts) -> Finding:
    packages = facts.packages.packages if facts.packages else ()
    return Finding(
        id="env.pip-python-mismatch",
        level="error",
        title="pip installs into one Python, and python starts another one",
        detail="a package that pip lists is then not there for the program: No module named ...",
        cause="pip-python-mismatch",
        evidence=tuple(
            Evidence(source=one.location, value=f"{one.name} {one.version}".strip())
            for one in packages
            if one.location
        )[:4],
        not_the_cause=("the package, its build and the GPU: it is installed, for another Python",),
        remedy=_remedy(facts),
    )


def _remedy(facts: Facts, *packages: str) -> Remedy:
    python = python_of(facts)
    return Remedy(
        text="call pip through the interpreter that runs the program: python -m pip installs for exactly "
        "this one; in PyCharm that is the project's interpreter",
        commands=((python, "-m", "pip", *(("install", *packages) if packages else ("list",))),),
    )


def _two(facts: Facts, ours: Called, pip: Called) -> Finding:
    python = facts.python
    assert python is not None
    lacking = sorted(set(pip.frameworks) - set(ours.frameworks))
    level: Level = "error" if lacking else "warning" if python.has_pip else "info"
    has = f", which has {', '.join(lacking)}" if lacking else ""
    return Finding(
        id="env.pip-python-mismatch",
        level=level,
        title=f"pip installs into {pip.prefix}{has}, and python starts the one in {ours.prefix}",
        detail="what pip installs in this shell is not there for python"
        + ("" if python.has_pip else "; the environment has no pip of its own"),
        cause="pip-python-mismatch",
        evidence=(
            Evidence(source=pip.path, value=f"starts {pip.python}"),
            Evidence(source=ours.path, value=f"belongs to {ours.prefix}"),
        ),
        not_the_cause=("the packages: they are whole, in another environment",) if lacking else (),
        remedy=_remedy(facts, *lacking)
        if python.has_pip is not False
        else Remedy(
            text="install with uv pip install, which asks for no pip in the environment; or give it one, and "
            "call it as python -m pip",
            commands=((python_of(facts), "-m", "ensurepip"),),
        ),
    )


def _installed_and_not_found(facts: Facts) -> Iterator[Finding]:
    """The log says that a module is not there, and the environment that is looked at has it."""
    sign = facts.log.sign(*_ABSENT) if facts.log else None
    if sign is None or not sign.groups or facts.packages is None or _is_the_ides(facts):
        return
    if f"{sign.groups[0]}." in sign.text:
        return  # keras.src: a part that this release of an installed package does not have
    name = sign.groups[0].lower().replace("_", "-")
    package = facts.packages.of(name)
    if package is None:
        return
    shown = f"{name} {package.version}".strip()
    yield Finding(
        id="env.pip-python-mismatch",
        level="error",
        title=f"{shown} is installed, and the Python that ran did not find it",
        detail="the program was started by another interpreter than the one that pip installed for",
        cause="pip-python-mismatch",
        evidence=(Evidence(source=package.location or "packages", value=shown),),
        not_the_cause=("the package: it is there, for another Python",),
        remedy=_remedy(facts),
    )


def _is_the_ides(facts: Facts) -> bool:
    """The interpreter that PyCharm starts is another one: `checks.ide` says so."""
    return facts.ide is not None


def activated_whole(facts: Facts) -> Iterator[Finding]:
    """The environment that the shell calls active is there, and is the one that python starts."""
    python = facts.python
    if python is None or not python.activated:
        return
    ours = python.call("python", "python3")
    if python.activated_alive is False:
        yield _activation(
            f"The shell says that {python.activated} is active, and there is no such environment",
            python.activated,
            "not there",
        )
    elif ours is not None and ours.prefix and python.activated_prefix not in ("", ours.prefix):
        yield _activation(
            f"The shell says that {python.activated} is active, and python starts the one in {ours.prefix}",
            ours.path,
            f"belongs to {ours.prefix}",
        )


def _activation(title: str, source: str, value: str) -> Finding:
    return Finding(
        id="env.activation",
        level="warning",
        title=title,
        detail="its folder was put behind another one on PATH, or renamed or deleted since; tools that "
        "read the variable (uv, poetry) and the shell's python then mean two environments",
        cause="half-activated",
        evidence=(Evidence(source=source, value=value),),
        remedy=Remedy(text="leave it (deactivate, conda deactivate), and activate it anew in a new shell"),
    )
