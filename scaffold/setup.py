"""From a machine to an environment that computes: the half of the work that ``new`` and ``env`` share.

Look (facts), plan (a frozen object with its reasons), carry out (that very object).
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from scaffold import builds, machine
from scaffold.builds.model import BuildChoice, Framework
from scaffold.environments.model import Backend, Environment, EnvironmentPlan, Proof
from scaffold.errors import ConsentNeeded, NoBuild, OptionRefused, SourceUnreachable
from scaffold.interpreters.model import Interpreter
from scaffold.machine.model import Machine
from scaffold.system import System

if TYPE_CHECKING:
    from scaffold.pycharm.registration.model import RegistrationReport
    from scaffold.sources.model import Offers, SourceSettings

#: Called when a step begins, with words for people.
Announce = Callable[[str], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wishes:
    """What the user asked for, as far as it decides about the environment."""

    frameworks: tuple[Framework, ...]
    python: str | None = None  # 3.12, a path, or None: choose
    index: str = "auto"  # auto, pypi (the ordinary index alone), a mirror's name, a URL, a folder of wheels
    allow_cuda: bool = False  # gigabytes of CUDA are welcome on a machine without a GPU
    backend: Backend = "auto"  # what installs; auto: uv where it is there
    together: bool | None = None  # one environment, also where a framework gets the GPU only in its own

    @property
    def arguments(self) -> tuple[str, ...]:
        """The same wishes on the command line of ``scaffold env create``."""
        python = ("--python", self.python) if self.python else ()
        index = ("--index", self.index) if self.index != "auto" else ()
        backend = ("--backend", self.backend) if self.backend != "auto" else ()
        flags = (
            ("--allow-cuda", self.allow_cuda),
            ("--together", self.together),
            ("--apart", self.together is False),
        )
        return (*python, *index, *backend, *(flag for flag, said in flags if said))

    def refuse_empty(self) -> None:
        """An empty value is a script's unset variable, not a wish."""
        for option, value in (("--python", self.python), ("--index", self.index)):
            if value is not None and not value.strip():
                raise OptionRefused(f"{option} is empty", hint=f"give {option} a value, or leave it out")


@dataclass(frozen=True, slots=True, kw_only=True)
class SetupPlan:
    """A machine, an interpreter and a build of each framework that fit each other, and what they cost."""

    machine: Machine
    interpreter: Interpreter
    choice: BuildChoice
    environments: tuple[EnvironmentPlan, ...]  # the project's own first; empty: not asked for

    @property
    def frameworks(self) -> tuple[Framework, ...]:
        """The frameworks that were chosen for."""
        return tuple(build.framework for build in self.choice.builds)

    @property
    def consents(self) -> tuple[str, ...]:
        """What somebody must agree to before anything is downloaded."""
        return tuple(build.needs_consent for build in self.choice.builds if build.needs_consent)

    @property
    def download_size(self) -> int:
        """Bytes to be downloaded for all environments, as far as the sources tell; what two share, once."""
        sizes = {
            (one.name, one.version, one.source): one.size or 0
            for plan in self.environments
            for one in plan.downloads
            if not one.local
        }
        return sum(sizes.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """One environment that stands, and the proofs that its frameworks compute."""

    environment: Environment
    proofs: tuple[Proof, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SetupReport:
    """What stands after the environments were made, the project's own first."""

    made: tuple[Made, ...]
    kept: tuple[str, ...]  # files of .idea that were there and were not touched
    warnings: tuple[str, ...] = ()  # that the project itself is not installed, why, and the way on
    registration: RegistrationReport | None = None  # the interpreters, in PyCharm's own settings

    @property
    def proofs(self) -> tuple[Proof, ...]:
        """Every proof, in every environment."""
        return tuple(proof for one in self.made for proof in one.proofs)


def plan_setup(
    system: System,
    *,
    root: Path,
    wishes: Wishes,
    requirements: tuple[str, ...],
    environment: bool,
    announce: Announce,
    allowed: str = "",
    wanted: tuple[str, ...] = (),
) -> SetupPlan:
    """Look at the machine, choose Python and builds together, and resolve what they bring.

    ``requirements`` are the project's own (PEP 508), less the frameworks; ``allowed`` is its
    ``requires-python``; ``wanted`` limits the frameworks' releases (``torch==2.4.0``). Writes nothing. Raises
    PythonMissing, NoBuild, OptionRefused, UserDataRefused, InstallFailed where requirements contradict.
    """
    from scaffold.builds import user_data
    from scaffold.environments.layout import Place
    from scaffold.environments.plan import plan_environment

    wishes.refuse_empty()
    own = user_data.apply(system)
    seen, interpreter, choice, settings = _choose(
        system, root, wishes, announce, allowed=allowed, wanted=wanted, tables_will_do=not environment
    )
    plans: tuple[EnvironmentPlan, ...] = ()
    if environment:
        announce("working out what has to be downloaded")
        plans = tuple(
            plan_environment(
                system,
                place=Place(root, name),
                interpreter=interpreter,
                builds=builds,
                requirements=requirements,
                settings=settings,
                backend=wishes.backend,
                tell=announce,
            )
            for name, builds in (("", choice.builds), *((one.framework, (one,)) for one in choice.apart))
        )
    choice = replace(choice, notices=(*choice.notices, *own.notes))
    return SetupPlan(machine=seen, interpreter=interpreter, choice=choice, environments=plans)


def _choose(
    system: System,
    root: Path,
    wishes: Wishes,
    announce: Announce,
    *,
    allowed: str,
    wanted: tuple[str, ...],
    tables_will_do: bool,
) -> tuple[Machine, Interpreter, BuildChoice, SourceSettings]:
    """Python and builds, chosen together of what the machine and its sources have.

    Where no source can be reached and ``tables_will_do``, of what was published.
    """
    from scaffold.builds.limits import limited
    from scaffold.builds.published import told_by_tables
    from scaffold.interpreters import choose as pythons
    from scaffold.interpreters.find import find
    from scaffold.sources.authorization import refuse_unauthorized
    from scaffold.sources.settings import read_settings, with_wish

    announce("looking at the machine")
    settings = with_wish(read_settings(system), wishes.index)
    with ThreadPoolExecutor(3) as pool:
        knocking = pool.submit(refuse_unauthorized, settings, system)
        looking = pool.submit(machine.detect, system, root.parent)
        searching = pool.submit(find, system)
        knocking.result()
        seen, found = looking.result(), searching.result()
    architecture = seen.host.architecture  # of the processor, also where this process is translated
    fixed = pythons.resolve(system, wishes.python, found, machine=architecture) if wishes.python else None
    found = pythons.within(system, found, fixed, allowed)
    announce("asking which builds can be had")
    choose = partial(
        builds.choose,
        seen,
        [fixed.minor] if fixed else sorted({one.minor for one in found.interpreters}),
        wishes.frameworks,
        wanted_python=fixed.minor if fixed else None,
        index_policy="pypi" if wishes.index == "pypi" else "auto",
        together=bool(wishes.together),
    )
    offers = limited(_offers(system, seen, settings, wishes), wanted)
    try:
        choice = choose(offers)
    except (SourceUnreachable, NoBuild) as problem:
        problem.detail = (*problem.detail, *(f"the project asks for {one}" for one in wanted))
        if not tables_will_do or not offers.unreachable():
            raise
        choice = told_by_tables(choose(None), offers)
    return seen, fixed or pythons.choose(found, choice.python, machine=architecture), choice, settings


def demand_consent(plan: SetupPlan, wishes: Wishes) -> None:
    """Raise ConsentNeeded where the plan costs something that nobody agreed to."""
    if plan.consents and not wishes.allow_cuda:
        raise ConsentNeeded(
            "the only build to be had here brings gigabytes of CUDA libraries, and this machine has no GPU",
            detail=(*plan.consents, *_other_pythons(plan)),
            hint="say --allow-cuda if that is welcome, or name a source of CPU builds: "
            "--index URL or --index FOLDER-OF-WHEELS",
        )


def _other_pythons(plan: SetupPlan) -> tuple[str, ...]:
    """Builds that were turned down only because of the Python that was asked for."""
    return tuple(
        f"another way: {build.package} {one.version} {one.variant} can be had {one.why}; leave out --python"
        for build in plan.choice.builds
        for one in build.turned_down
        if one.why.startswith("only for Python")
    )


def _offers(system: System, seen: Machine, settings: SourceSettings, wishes: Wishes) -> Offers:
    """What the user's own sources and, unless told otherwise, PyTorch's indexes hold of the frameworks."""
    from scaffold.sources.listing import list_wheels
    from scaffold.sources.places import pytorch_sources, user_sources
    from scaffold.sources.settings import mirror_of

    candidates = builds.candidate_projects(
        seen, wishes.frameworks, index_policy="pypi" if wishes.index == "pypi" else "auto"
    )
    projects = list(dict.fromkeys(project for project, _ in candidates))
    variants = tuple(dict.fromkeys(variant for _, variants in candidates for variant in variants))
    own = user_sources(settings)
    with_pytorch = wishes.index == "auto" or mirror_of(wishes.index) is not None
    sources = (*pytorch_sources(settings, variants), *own) if with_pytorch else own
    return list_wheels(system, projects, settings, sources=sources)
