"""How a package is replaced in the environment that doctor looks at."""

from __future__ import annotations

from collections.abc import Iterable

from scaffold.checks.cures import anew
from scaffold.checks.facts import Facts
from scaffold.checks.model import Remedy
from scaffold.checks.surroundings import python_of
from scaffold.probing.packages.model import Package


def installing(facts: Facts, text: str, pins: Iterable[str]) -> Remedy:
    """Install these into the target; what scaffold makes is made anew from what the project asks for."""
    command = (python_of(facts), "-m", "pip", "install", *pins)
    if facts.environment is not None and not facts.adopted and facts.target is not None and facts.target.own:
        made = anew(facts)
        pinned = " ".join(f'"{one}"' for one in pins)
        return Remedy(
            text=f"{text}: write it into pyproject.toml ({pinned}), then make the environment anew",
            commands=made.commands,
        )
    return Remedy(text=text, commands=(command,))


def shown(package: Package) -> str:
    """A package with its version, as people say it.

    >>> shown(Package(name="torch", version="2.0.1")), shown(Package(name="numpy", version=">=2"))
    ('torch 2.0.1', 'numpy >=2')
    """
    return f"{package.name} {package.version}".strip()
