"""What doctor knows before it judges. Every fact can be unknown (None); unknown is never taken for good."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from scaffold.builds.model import Framework
from scaffold.environments.condition.project import ProjectInstall
from scaffold.environments.condition.whole import Contents, LockFacts
from scaffold.environments.model import Damage, Environment, Proof
from scaffold.environments.proving.proofs import KeptProof
from scaffold.errors import ScaffoldError
from scaffold.logs.model import Log
from scaffold.machine.fingerprint import Fingerprint
from scaffold.machine.model import Machine
from scaffold.probing.cpu.model import CpuFacts
from scaffold.probing.deep.model import DeepFacts
from scaffold.probing.driver.model import DriverFacts
from scaffold.probing.extensions.model import ExtensionFacts
from scaffold.probing.interpreter.model import PythonFacts
from scaffold.probing.libraries.model import LibraryFacts
from scaffold.probing.manifest.model import ManifestFacts
from scaffold.probing.network.model import NetworkFacts
from scaffold.probing.packages.model import PackageFacts, TorchBuild
from scaffold.probing.room.model import RoomFacts
from scaffold.probing.sources.model import SourceFacts
from scaffold.probing.target import Target
from scaffold.probing.updates.model import UpdateFacts
from scaffold.probing.variables.model import VariableFacts
from scaffold.projects.folders import MAIN
from scaffold.projects.model import Record
from scaffold.pycharm.survey.model import IdeFacts


@dataclass(frozen=True, slots=True, kw_only=True)
class ProofFact:
    """What came of asking a framework to compute."""

    framework: Framework
    proof: Proof | None = None
    failure: ScaffoldError | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """A machine, a Python with what is installed for it, and the project of ours that doctor was called in.

    The groups from ``target`` to ``log`` are about any folder and any Python; what follows them is about a
    project of scaffold's and the environments that it keeps.
    """

    machine: Machine
    told: bool = False  # by a description, which leaves out most; nothing was looked up
    before: bool = False  # nothing is installed yet: what will be is judged
    target: Target | None = None
    cpu: CpuFacts | None = None
    manifest: ManifestFacts | None = None
    driver: DriverFacts | None = None
    python: PythonFacts | None = None
    packages: PackageFacts | None = None
    variables: VariableFacts | None = None
    libraries: LibraryFacts | None = None
    extensions: ExtensionFacts | None = None
    sources: SourceFacts | None = None
    room: RoomFacts | None = None
    network: NetworkFacts | None = None
    updates: UpdateFacts | None = None  # None: no project of ours
    deep: DeepFacts | None = None  # None: not asked (needs --deep)
    log: Log | None = None  # what --from-log brought
    failed_probes: tuple[str, ...] = ()  # "libraries: OSError: ...": their facts are unknown
    root: Path | None = None
    record: Record | None = None
    record_problem: ScaffoldError | None = None  # why a folder that looks like a project of ours is none
    data_problem: ScaffoldError | None = None  # why the user's own data file of builds cannot be used
    declared: tuple[str, ...] | None = None  # what pyproject.toml asks for besides the frameworks (PEP 508)
    metadata_problem: ScaffoldError | None = None  # what is wrong with pyproject.toml
    name: str = ""  # of the environment that is looked at; "" is the project's own
    location: Path | None = None  # where the environment should be
    environment: Environment | None = None
    state: Literal["creating", "ready"] | None = None
    adopted: bool = False  # the user made it, and nobody but the user writes to it
    made_with: str = ""  # uv, pip, conda; "" where nobody wrote it down
    busy: str = ""  # who is at work on the project's environments now: process 4711 (scaffold env sync)
    locked: bool = False  # the project holds a lock, of whatever environment
    uv: str = ""  # how uv is called here; "" where it is not here
    made_for: Fingerprint | None = None  # the machine that its builds were chosen for
    planned: Mapping[str, str] = field(default_factory=dict)  # package -> version, as the builds were chosen
    planned_python: str = ""
    plan_damaged: bool = False  # the file of the chosen builds is there and cannot be read
    made_at: str = ""  # where the environment was when it was made
    orphaned: bool | None = None  # its base interpreter is gone
    damages: tuple[Damage, ...] | None = None
    read_whole: bool = False  # every installed file was read, not only its size looked at
    contents: Contents | None = None
    notebooks: int = 0  # of the project's own
    project: ProjectInstall | None = None  # how the project itself is installed; None: unknown
    lock: LockFacts | None = None  # None: the project has no lock for this environment
    proved: tuple[KeptProof, ...] = ()  # by earlier runs
    further: tuple[Facts, ...] = ()  # the same of the project's further environments
    ide: IdeFacts | None = None
    proofs: tuple[ProofFact, ...] | None = None  # None: not asked (needs --deep)
    prove_with: tuple[str, ...] = ("scaffold", "doctor", "--deep")  # the command that asks

    @property
    def torch(self) -> TorchBuild | None:
        """What the torch that would be imported says of itself; None where there is none, or unknown."""
        return self.packages.torch if self.packages else None

    @property
    def shown_name(self) -> str:
        """What a user calls the environment that is looked at."""
        return self.name or MAIN

    @property
    def unusable(self) -> str:
        """Why nothing can be started with the environment, "" where it can: the rest is a consequence."""
        if self.environment is None:
            left_aside = "--before leaves aside what is installed"
            return left_aside if self.before else "there is no environment"
        if self.state == "creating":
            return "the environment is unfinished"
        if self.orphaned:
            return "the Python below the environment is gone"
        moved = self.made_at and self.made_at != str(self.environment.location)
        return "the environment was moved" if moved else ""

    def version_of(self, package: str) -> str:
        """The installed version of a package, "" where it is not installed."""
        return self.environment.packages.get(package, "") if self.environment else ""
