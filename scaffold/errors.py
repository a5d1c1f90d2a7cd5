"""Everything that a user may be told went wrong.

ScaffoldError                 what (message), evidence (detail), what to do (hint); exit 1
├── BadRequest                the command line asks for something that cannot be meant; exit 2
│   ├── NameRefused           name-refused
│   ├── TemplateUnknown       template-unknown
│   ├── TargetOccupied        target-occupied
│   ├── OptionRefused         option-refused
│   └── RunUnknown            run-unknown
├── NotAProject               project-not-found
├── TemplateBroken            template-broken
├── TemplateUnsafe            template-unsafe
├── TemplateUnreachable       template-unreachable, or git-missing, revision-unknown
├── PythonMissing             python-missing
├── NoBuild                   no-build
├── UserDataRefused           user-data-refused
├── ConfigurationRefused      configuration-refused
├── ConsentNeeded             consent-needed
├── SourceUnreachable         source-unreachable
├── NoSpace                   no-space
├── NoPermission              no-permission
├── EnvironmentBusy           environment-busy
├── EnvironmentOccupied       environment-occupied
├── InstallFailed             install-failed, or a narrower code from the installer's own words
├── LockUnusable              lock-unusable, or lock-missing, lock-stale, lock-mixed, lock-damaged
├── ProofFailed               proof-failed
├── LaunchFailed              launch-failed
├── UpdateRefused             update-refused, or update-dirty, -conflicts-left, -interrupted, -file-changed,
│                             -nothing-to-undo, -no-template, -older, -path-refused, -journal-damaged,
│                             -journal-foreign
├── IdeFileBroken             ide-file-broken
├── IdeFileChanged            file-changed
├── IdeRunning                ide-running
├── IdeMissing                ide-missing
├── DownloadFailed            download-failed, -damaged, -unsafe, -busy; image-refused, image-held
└── Interrupted               interrupted; exit 130
"""

from __future__ import annotations

from typing import ClassVar


class ScaffoldError(Exception):
    """A problem that a user can act on.

    ``message`` says what went wrong and where, without a full stop. ``detail`` is evidence, a line
    each. ``hint`` is what to do next. ``code`` is stable: scripts and documentation refer to it.
    """

    code: str = "error"
    exit_status: ClassVar[int] = 1

    def __init__(
        self, message: str, *, detail: tuple[str, ...] = (), hint: str = "", code: str | None = None
    ) -> None:
        super().__init__(message)
        self.message = message
        self.detail = detail
        self.hint = hint
        if code is not None:
            self.code = code


class BadRequest(ScaffoldError):
    """The command line asks for something that cannot be meant."""

    code = "bad-request"
    exit_status = 2


class NameRefused(BadRequest):
    """A project name that would not work as folder, distribution or Python package."""

    code = "name-refused"


class TemplateUnknown(BadRequest):
    """No template has that name."""

    code = "template-unknown"


class TargetOccupied(BadRequest):
    """The folder to be made is there already and holds something."""

    code = "target-occupied"


class OptionRefused(BadRequest):
    """An option's value, or two options together, make no sense."""

    code = "option-refused"


class RunUnknown(BadRequest):
    """The project has no run configuration of that name."""

    code = "run-unknown"


class NotAProject(ScaffoldError):
    """The command needs a generated project and the folder is none."""

    code = "project-not-found"


class TemplateBroken(ScaffoldError):
    """A template's own files contradict each other."""

    code = "template-broken"


class TemplateUnsafe(ScaffoldError):
    """Somebody's template holds what would reach beyond its own folder, or beyond all bounds."""

    code = "template-unsafe"


class TemplateUnreachable(ScaffoldError):
    """A template cannot be brought to this machine: no such place, no answer, no git."""

    code = "template-unreachable"


class PythonMissing(ScaffoldError):
    """No interpreter on this machine can hold what was asked for."""

    code = "python-missing"


class NoBuild(ScaffoldError):
    """No build of a framework runs on this machine and can be had."""

    code = "no-build"


class UserDataRefused(ScaffoldError):
    """The user's own data file, which extends the tables of builds, cannot be used."""

    code = "user-data-refused"


class ConfigurationRefused(ScaffoldError):
    """The user's own configuration, which says what mirrors are used, cannot be used."""

    code = "configuration-refused"


class ConsentNeeded(ScaffoldError):
    """Going on would cost something that nobody agreed to."""

    code = "consent-needed"


class SourceUnreachable(ScaffoldError):
    """A package index or folder that is needed does not answer."""

    code = "source-unreachable"


class NoSpace(ScaffoldError):
    """The disk is too small for what is about to be written, or has filled up."""

    code = "no-space"


class NoPermission(ScaffoldError):
    """The operating system refuses to let us write (or read) there."""

    code = "no-permission"


class EnvironmentBusy(ScaffoldError):
    """Another process is working on the same environment."""

    code = "environment-busy"


class EnvironmentOccupied(ScaffoldError):
    """The environment's folder holds something that is not a Python environment."""

    code = "environment-occupied"


class InstallFailed(ScaffoldError):
    """The installer gave up; the code says why where its output told."""

    code = "install-failed"


class LockUnusable(ScaffoldError):
    """A project's lock is missing, older than what it was made from, damaged, or for other machines."""

    code = "lock-unusable"


class ProofFailed(ScaffoldError):
    """The installed frameworks do not import or do not compute on the chosen device."""

    code = "proof-failed"


class LaunchFailed(ScaffoldError):
    """A run configuration cannot be started as it stands."""

    code = "launch-failed"


class UpdateRefused(ScaffoldError):
    """Updating the project now could lose something of the user's; nothing was changed."""

    code = "update-refused"


class IdeFileBroken(ScaffoldError):
    """A file of the IDE, of a project or of its own settings, cannot be read as what it should be."""

    code = "ide-file-broken"


class IdeFileChanged(ScaffoldError):
    """A file of the IDE was changed between the look at it and its writing: the IDE itself writes there."""

    code = "file-changed"


class IdeRunning(ScaffoldError):
    """The IDE is open: it would write its settings over ours when it ends."""

    code = "ide-running"


class IdeMissing(ScaffoldError):
    """No PyCharm was found where every way of installing it puts one."""

    code = "ide-missing"


class DownloadFailed(ScaffoldError):
    """Something could not be downloaded whole, or is not what was published."""

    code = "download-failed"


class Interrupted(ScaffoldError):
    """The user pressed Ctrl-C, or the process was told to stop."""

    code = "interrupted"
    exit_status = 130
