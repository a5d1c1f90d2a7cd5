"""What hides what: a consequence is gone once its cause is cured; what has its own cause is shown beside it."""

from __future__ import annotations

from fnmatch import fnmatchcase

import pytest

from scaffold.checks.catalogue import catalogue
from scaffold.checks.causes import CONSEQUENCES, suppressed
from scaffold.checks.model import Finding

ROWS = [(cause, pattern) for cause, patterns in CONSEQUENCES.items() for pattern in patterns]


def hidden(cause: str, other: str) -> bool:
    findings = [Finding(id=one, level="error", title=one) for one in (cause, other)]
    return suppressed(findings)[1].suppressed_by == cause


@pytest.mark.parametrize(("cause", "pattern"), ROWS)
def test_a_row_is_about_findings_that_are_there(cause: str, pattern: str) -> None:
    assert cause in catalogue()
    assert [one for one in catalogue() if fnmatchcase(one, pattern)]


@pytest.mark.parametrize("cause", CONSEQUENCES)
def test_only_an_environment_that_is_broken_or_mixed_hides_whole_subjects(cause: str) -> None:
    """Whole subjects are libraries, extensions, packages and GPUs: each has causes of its own."""
    wide = {one for one in CONSEQUENCES[cause] if one in ("lib.*", "ext.*", "gpu.*", "pkg.*")}
    allowed = {
        "env.venv-broken": {"lib.*", "ext.*", "pkg.*"},
        "env.user-site": {"pkg.*"},
        "pkg.duplicate-dist": {"pkg.*", "ext.*"},
        "pkg.wrong-python": {"ext.*"},
        "gpu.arch-unsupported": {"ext.*"},
        "sys.noexec": {"ext.*"},
    }
    assert wide <= allowed.get(cause, set())


@pytest.mark.parametrize("other", ["lib.libstdcxx", "lib.openmp-dup", "lib.execstack", "lib.windows-dll"])
@pytest.mark.parametrize(
    "cause",
    ["gpu.build-cpu-only", "gpu.driver-too-old", "gpu.driver-not-loaded", "gpu.wsl", "env.pythonhome"],
)
def test_another_library_is_shown_beside_a_gpu_that_is_not_used(cause: str, other: str) -> None:
    assert not hidden(cause, other)


@pytest.mark.parametrize(
    ("cause", "other"),
    [
        ("gpu.build-cpu-only", "ext.build-toolchain"),
        ("gpu.driver-not-loaded", "gpu.build-cpu-only"),
        ("gpu.container-runtime", "gpu.arch-unsupported"),
        ("env.pythonhome", "pkg.numpy-abi"),
        ("py.version-unsupported", "pkg.numpy-abi"),
        ("env.files", "run.gpu-unseen"),
        ("env.files", "run.killed"),
        ("net.proxy", "py.version-unsupported"),
    ],
)
def test_what_stays_when_the_cause_is_cured_is_shown(cause: str, other: str) -> None:
    assert not hidden(cause, other)


@pytest.mark.parametrize(
    ("cause", "other"),
    [
        ("gpu.driver-not-loaded", "gpu.not-seen"),
        ("gpu.container-runtime", "lib.gpu-libs"),
        ("gpu.build-cpu-only", "lib.tf-gpu-libs"),
        ("env.venv-broken", "pkg.framework-missing"),
        ("net.proxy", "net.hf-endpoint"),
        ("env.files", "run.import-failed"),
        ("env.files", "run.computes"),
        ("env.files", "pkg.wrong-python"),
        ("env.altered", "run.crashed"),
        ("env.metadata", "run.import-failed"),
        ("env.two-versions", "pkg.duplicate-dist"),
        ("env.two-versions", "pkg.requirements"),
    ],
)
def test_what_goes_away_with_the_cause_is_hidden(cause: str, other: str) -> None:
    assert hidden(cause, other)
