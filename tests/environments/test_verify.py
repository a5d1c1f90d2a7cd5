"""Every installed file against what its installer noted of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from scaffold.environments.condition.collisions import Collision, collisions
from scaffold.environments.condition.verify import damages, installed_distributions
from scaffold.environments.model import Damage, Progress
from tests.environments.unpacked import install, make_environment


@pytest.fixture
def packages(root: Path, tmp_path: Path) -> Path:
    folder = make_environment(root / ".venv")
    install(folder, tmp_path / "wheels", "alpha", "1.0", {"alpha.py": "version = 1\n", "alpha_more.py": ""})
    return folder


def test_nothing_is_wrong(root: Path, packages: Path) -> None:
    assert damages(root / ".venv") == ()
    assert damages(root / ".venv", deep=True) == ()


def test_another_content_of_the_same_size_is_seen_by_reading(root: Path, packages: Path) -> None:
    (packages / "alpha.py").write_text("version = 2\n")
    assert damages(root / ".venv") == ()
    assert damages(root / ".venv", deep=True) == (
        Damage(distribution="alpha", path="alpha.py", what="content"),
    )


def test_what_the_quick_look_finds_is_found_once(root: Path, packages: Path) -> None:
    (packages / "alpha.py").write_text("version = 12\n")
    (packages / "alpha_more.py").unlink()
    assert damages(root / ".venv", deep=True) == (
        Damage(distribution="alpha", path="alpha.py", what="size"),
        Damage(distribution="alpha", path="alpha_more.py", what="missing"),
    )


@pytest.mark.parametrize(
    ("digest", "damaged"),
    [
        ("", False),
        ("sha512=AAAA", True),
        ("sha256=" + "A" * 43 + "=", True),
        ("crc32=1234", False),
        ("nonsense", False),
        ("shake_128=AAAA", False),
    ],
)
def test_digests_of_every_kind(digest: str, damaged: bool, root: Path, packages: Path) -> None:
    (packages / "alpha-1.0.dist-info/RECORD").write_text(f"alpha.py,{digest},12\n")
    assert bool(damages(root / ".venv", deep=True)) == damaged


@pytest.mark.parametrize("record", ["", "\n\n", '"alpha.py,x', "alpha.py\n", "alpha.py,,many\n"])
def test_a_record_of_any_form_is_read(record: str, root: Path, packages: Path) -> None:
    (packages / "alpha-1.0.dist-info/RECORD").write_text(record)
    assert all(one.what == "missing" for one in damages(root / ".venv", deep=True))


def test_a_lost_record(root: Path, packages: Path) -> None:
    (packages / "alpha-1.0.dist-info/RECORD").unlink()
    (damage,) = damages(root / ".venv")
    assert (damage.distribution, damage.what) == ("alpha", "no RECORD")


def test_how_far_the_reading_is(root: Path, packages: Path) -> None:
    told: list[Progress] = []
    damages(root / ".venv", deep=True, report=told.append)
    assert (told[-1].step, told[-1].unit) == ("verify", "bytes")
    assert told[-1].done == told[-1].total > 0


def test_two_owners_of_one_file(packages: Path, tmp_path: Path) -> None:
    shared = {"nvidia/__init__.py": "", "nvidia/cudnn/lib/libcudnn.so.9": "twelve"}
    install(packages, tmp_path / "wheels", "nvidia-cudnn-cu12", "9.28", shared)
    later = {**shared, "nvidia/cudnn/lib/libcudnn.so.9": "thirteen"}
    install(packages, tmp_path / "wheels", "nvidia-cudnn-cu13", "9.26", later)
    assert collisions(installed_distributions(packages)) == (
        Collision(
            distributions=("nvidia_cudnn_cu12-9.28", "nvidia_cudnn_cu13-9.26"),
            paths=("nvidia/cudnn/lib/libcudnn.so.9",),
        ),
    )


def test_two_versions_of_one_distribution(packages: Path, tmp_path: Path) -> None:
    install(packages, tmp_path / "wheels", "alpha", "2.0", {"alpha.py": "version = 2\n"})
    (found,) = collisions(installed_distributions(packages))
    assert found.distributions == ("alpha-1.0", "alpha-2.0")
    assert "alpha.py" in found.paths


def test_same_content_and_papers_are_no_collision(packages: Path, tmp_path: Path) -> None:
    install(packages, tmp_path / "wheels", "beta", "1.0", {"LICENSE": "one", "alpha_more.py": ""})
    install(packages, tmp_path / "wheels", "gamma", "1.0", {"LICENSE": "another"})
    assert collisions(installed_distributions(packages)) == ()
