import pytest
from packaging.version import Version

from scaffold.builds import tables
from scaffold.builds.choice import PREFERENCE
from scaffold.builds.cuda import variant_major

PLATFORMS = ("linux_x86_64", "linux_aarch64", "windows_x86_64")


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
