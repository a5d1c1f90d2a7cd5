"""The tables as they are shipped: what each has to say, and what they have to say of each other."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from packaging.version import Version

from scaffold.builds import tables
from scaffold.builds.cuda import variant_major
from scaffold.builds.model import PREFERENCE
from scaffold.builds.rows import Torch

PLATFORMS = ("linux_x86_64", "linux_aarch64", "windows_x86_64")

#: What the tables do not say of the newest PyTorch, and why not. A gap that was closed leaves the list.
KNOWN_GAPS = {
    "2.15.0: rocm.toml has no kernels of rocm7.14": "no list of its targets was found; the build is not chosen",
    "2.15.0: rocm.toml has no kernels of rocm10.0": "the same",
}


def test_the_newest_release_comes_first():
    for table in (tables.torch(), tables.tensorflow()):
        versions = [row.version for row in table.releases]
        assert versions == sorted(versions, reverse=True)
        assert len(set(versions)) == len(versions)


def test_no_build_has_two_rows_of_kernels():
    table = tables.torch()
    for release in table.releases:
        for row in table.kernels:
            same = [
                one for one in table.kernels
                if (one.variant, one.platform) == (row.variant, row.platform) and release.version in one.releases
            ]  # fmt: skip
            assert len(same) <= 1, (release.version, row.variant, row.platform)


def test_what_the_ordinary_index_holds_on_linux_has_known_kernels():
    table = tables.torch()
    for release in table.releases:
        for platform, variant in release.pypi.items():
            if variant != "cpu":
                assert table.kernels_of(release.version, variant, platform), (release.version, platform)


def test_every_cuda_variant_belongs_to_a_driver_family():
    families = {row.cuda for row in tables.cuda().driver}
    for row in tables.torch().kernels:
        assert variant_major(row.variant) in families
        assert row.platform in PLATFORMS
    assert {row.cuda_major for row in tables.tensorflow().releases} <= families


def test_drivers_are_versions_and_newest_cuda_first():
    rows = tables.cuda().driver
    assert [row.cuda for row in rows] == sorted((row.cuda for row in rows), reverse=True)
    assert all(Version(row.linux) and Version(row.windows) for row in rows)


def test_every_python_has_a_keras():
    assert set(PREFERENCE) <= set(tables.keras().companion)


def test_cuda_13_builds_hold_nothing_for_old_gpus():
    for row in tables.torch().kernels:
        if variant_major(row.variant) == 13:
            assert "7.0" not in row.capabilities
            assert "6.0" not in row.capabilities


@pytest.mark.parametrize("broken", ["", 'floor = "3.14"', "companion = 3\nfloor = 1", "floor = ["])
def test_a_broken_table_is_named(broken, tmp_path, monkeypatch):
    (tmp_path / "keras.toml").write_text(broken)
    monkeypatch.setattr(tables, "_DATA", tmp_path)
    with pytest.raises(ValueError):
        tables.keras.__wrapped__()


# ── Every block says where it is from ─────────────────────────────────────────────────────────────────


def unsourced(text: str) -> list[str]:
    """The banners and blocks of a table that lack a source or a date.

    A block is a table, or keys without an empty line between them; the comment above its first line counts,
    also across an empty line. Another ``[[release]]`` needs none of its own.
    """
    missing: list[str] = []
    seen: set[str] = set()
    above = ""
    for block in re.split(r"\n{2,}", text.strip()):
        lines = block.splitlines()
        first = next((number for number, line in enumerate(lines) if not line.startswith("#")), len(lines))
        comment = "\n".join(lines[:first])
        names = block_names(lines[first:])
        sourced = is_sourced(f"{above}\n{comment}")
        banners = re.findall(r"^# ── (.+?) ─+$", comment, re.MULTILINE)
        missing += [one for one in banners or sorted(names - seen) if not sourced]
        seen |= names
        above = "" if names else comment
    return missing


def block_names(lines: list[str]) -> set[str]:
    """``release`` of ``[[release]]`` and what follows; else every key that stands at the start of a line."""
    header = re.match(r"\[+([^\]]+)\]+$", lines[0]) if lines else None
    if header:
        return {header[1]}
    return {found[1] for line in lines if (found := re.match(r"([\w-]+) *=", line))}


def is_sourced(comment: str) -> bool:
    dates = re.findall(r"\bdate: (\d{4}-\d\d-\d\d)$", comment, re.MULTILINE)
    return bool(re.search(r"^# source: \S", comment, re.MULTILINE)) and any(map(dt.date.fromisoformat, dates))


@pytest.mark.parametrize("name", tables.names())
def test_every_block_has_a_source_and_a_date(name):
    assert unsourced((tables._DATA / f"{name}.toml").read_text(encoding="utf-8")) == []


SOURCED = "# ── Sizes ──────\n# source: measured    date: 2026-11-22\n"


@pytest.mark.parametrize(
    ("text", "missing"),
    [
        (f"{SOURCED}cpu = 1\ncuda = 2\n", []),
        (f"# A table.\n\n{SOURCED}\n[[release]]\nsize = 1\n\n# The last.\n[[release]]\nsize = 2\n", []),
        ("# A table.\n\ncpu = 1\n", ["cpu"]),
        (f"{SOURCED}cpu = 1\n\n[metal]\nmacos = 1\n", ["metal"]),
        (f"{SOURCED}cpu = [\n    1,\n]\n\n[[release]]\nsize = 1\n\n[[release]]\nsize = 2\n", ["release"]),
        ("# ── Sizes ───\n# source: measured\ncpu = 1\n", ["Sizes"]),
        ("# ── Sizes ───\n# source:\n# date: 2026-11-22\ncpu = 1\n", ["Sizes"]),
        ("# ── Sizes ───\n# date: 2026-11-22\n[[size]]\ncpu = 1\n", ["Sizes"]),
        (f"{SOURCED}[[pair]]\njax = 1\n\n# ── More ───\n[[pair]]\njax = 2\n", ["More"]),
    ],
)
def test_a_block_without_them_is_found(text, missing):
    assert unsourced(text) == missing


# ── The other tables know PyTorch's newest release ────────────────────────────────────────────────────


def gaps(table: Torch) -> set[str]:
    """What is not said of the newest release, one line each."""
    newest = table.releases[0].version
    variants = [
        one for one in table.variants("linux_x86_64") if table.kernels_of(newest, one, "linux_x86_64")
    ]
    found = [f"pairs.toml says nothing of {one} beside {other}" for one, other in unpaired(newest, variants)]
    rocm = tables.rocm().variants(newest)
    found += [] if rocm else ["rocm.toml has no builds"]
    known = {f"rocm{one}" for one in tables.rocm().kernels}
    found += [f"rocm.toml has no kernels of {one}" for one in rocm if one not in known]
    found += [] if newest.public in tables.xpu().releases else ["xpu.toml leaves it out"]
    return {f"{newest}: {one}" for one in found}


def unpaired(newest: Version, variants: list[str]) -> list[tuple[str, str]]:
    """The CUDA builds that are neither called clean nor a clash, each with the newest framework beside it."""
    pairs, tensorflow = tables.pairs(), tables.tensorflow().releases[0].version.public
    rows = [
        row for row in (*pairs.clean, *pairs.clashes) if row.torch is not None and newest.public in row.torch
    ]
    spoken = {
        (variant, other)
        for row in rows
        for variant in row.torch_variants or variants
        for other, there in (
            ("TensorFlow", row.tensorflow and tensorflow in row.tensorflow),
            ("JAX", row.jax),
        )
        if there
    }
    return [(one, other) for one in variants for other in ("TensorFlow", "JAX") if (one, other) not in spoken]


def test_the_other_tables_speak_of_the_newest_pytorch():
    assert gaps(tables.torch()) == set(KNOWN_GAPS)
