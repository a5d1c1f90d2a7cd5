"""The user's own data file: where it is, what it may say, what it changes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path, PurePosixPath

import pytest

from scaffold.builds import tables, user_data
from scaffold.builds.credits import credited
from scaffold.builds.model import BuildPlan, Missing
from scaffold.builds.overlay import merged, problems
from scaffold.builds.user_data import UserData
from scaffold.errors import UserDataRefused
from scaffold.recorded import RecordedSystem
from scaffold.system import HostSystem
from tests.sources.conftest import host

FILE = "/home/ada/builds.toml"
NO_VERSION = """
[[torch.release]]
version = 'newest'
date = 2026-01-01
python = []
pypi = {}
cudnn = {}
glibc = '2.28'
macos = '14.0'
size_mb = {}
"""


@pytest.fixture(autouse=True)
def shipped_tables_afterwards() -> Iterator[None]:
    yield
    tables.overlay(None)


def with_file(text: str) -> RecordedSystem:
    return host(files={FILE: text}, SCAFFOLD_BUILDS=FILE)


def refused(text: str) -> tuple[str, ...]:
    with pytest.raises(UserDataRefused) as refusal:
        user_data.apply(with_file(text))
    assert refusal.value.message == f"The data file {FILE} cannot be used"
    assert refusal.value.hint == f"correct or rename {FILE}; without it the shipped tables are used"
    return refusal.value.detail


@pytest.mark.parametrize(
    ("system", "path"),
    [
        (host(), "/home/ada/.config/scaffold/builds.toml"),
        (host(XDG_CONFIG_HOME="/x"), "/x/scaffold/builds.toml"),
        (host(XDG_CONFIG_HOME=" "), "/home/ada/.config/scaffold/builds.toml"),
        (host("macos"), "/Users/ada/Library/Application Support/scaffold/builds.toml"),
        (host("windows"), "C:/Users/ada/AppData/Local/scaffold/builds.toml"),
        (host("windows", LOCALAPPDATA="D:/data"), "D:/data/scaffold/builds.toml"),
        (host(SCAFFOLD_BUILDS="/x/mine.toml"), "/x/mine.toml"),
    ],
)
def test_where_the_file_is(system: RecordedSystem, path: str) -> None:
    found = user_data.place(system)
    assert found is not None
    assert PurePosixPath(found.as_posix()) == PurePosixPath(path)


def test_an_account_without_a_home() -> None:
    system = RecordedSystem({**host()._record, "home": None})
    assert user_data.place(system) is None
    assert user_data.apply(system) == UserData(path=Path())


def test_most_users_have_no_such_file() -> None:
    assert user_data.apply(host()) == UserData(path=Path("/home/ada/.config/scaffold/builds.toml"))


def test_an_empty_file_changes_nothing() -> None:
    before = tables.torch()
    assert user_data.apply(with_file("# later\n")) == UserData(path=Path(FILE), text="# later\n")
    assert tables.torch() == before


def test_a_row_of_the_same_identity_changes_what_it_names() -> None:
    newest = tables.torch().releases[0]
    user = user_data.apply(
        with_file(
            f'[[torch.release]]\nversion = "{newest.version}"\npython = ["3.12"]\nconfidence = "high"\n'
        )
    )
    assert user.notes == (f"the tables are changed by your own data file {FILE}: [torch] release",)
    row = tables.torch().releases[0]
    assert (row.version, row.python, row.confidence, row.origin) == (newest.version, ("3.12",), "high", FILE)
    assert (row.pypi, row.cudnn) == (newest.pypi, newest.cudnn)


def test_kernels_of_ones_own_come_first() -> None:
    before = tables.torch().kernels
    user_data.apply(
        with_file(
            '[[torch.kernels]]\nvariant = "cu132"\nplatform = "linux_x86_64"\n'
            'releases = ">=2.15"\ncapabilities = ["6.1"]\n'
        )
    )
    assert tables.torch().kernels[1:] == before
    assert tables.torch().kernels_of(tables.torch().releases[0].version, "cu132", "linux_x86_64") == ("6.1",)


def test_a_release_that_nobody_shall_get() -> None:
    newest, *others = tables.tensorflow().releases
    user = user_data.apply(
        with_file(f'[[tensorflow.release]]\nversion = "{newest.version}"\nremove = true\n')
    )
    assert list(tables.tensorflow().releases) == others
    assert len(user.notes) == 1


def test_single_values_and_rules() -> None:
    user_data.apply(
        with_file(
            '[torch.floor]\nversion = "2.12"\n[keras]\nfloor = "3.15"\n'
            '[[cuda.driver]]\ncuda = 14\nlinux = "700"\nwindows = "700"\n'
            '[[cuda.first_driver]]\nsince = "13.0"\nlinux = "700"\nwindows = "700"\n'
        )
    )
    assert (str(tables.torch().floor), tables.keras().floor) == ("2.12", "3.15")
    assert [row.cuda for row in tables.cuda().driver] == [14, 13, 12, 11]
    assert [row.since for row in tables.cuda().first_driver] == [
        "13.0",
        "12.0",
        "11.0",
        "10.0",
        "8.9",
        "8.6",
        "8.0",
    ]


def test_removing_what_is_not_there_is_said() -> None:
    user = user_data.apply(with_file('[[torch.release]]\nversion = "9.9"\nremove = true\n'))
    assert user.notes[1:] == ("[[torch.release]] 9.9: there is nothing to remove",)


def test_the_variable_names_no_file() -> None:
    with pytest.raises(UserDataRefused) as refusal:
        user_data.apply(host(SCAFFOLD_BUILDS="/nowhere.toml"))
    assert refusal.value.message == "SCAFFOLD_BUILDS names /nowhere.toml, and there is no such file"
    assert refusal.value.code == "user-data-refused"


def test_a_file_that_cannot_be_read() -> None:
    with pytest.raises(UserDataRefused) as refusal:
        user_data.apply(host(paths=(FILE,), SCAFFOLD_BUILDS=FILE))
    assert refusal.value.message == f"The data file {FILE} cannot be read"


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("[tourch]\na = 1\n", ("[tourch]: there is no such table; there are {tables}",)),
        ("torch = 3\n", ("torch: must be a table, written [torch]",)),
        (
            "[keras]\nflor = '3.15'\n",
            ("[keras] flor: there is no such key; there are floor, companion",),
        ),
        ("[keras]\nfloor = 3.15\n", ("[keras] floor: must be a text in quotes, and is 3.15",)),
        (
            "[torch.floor]\nreason = 'x'\n",
            ("[torch] floor: there is no key reason; there are version, why",),
        ),
        ("[torch]\nfloor = '2.12'\n", ("[torch] floor: must be a table, and is '2.12'",)),
        ("[torch.release]\nversion = '3'\n", ("[torch] release: must be a list of tables, written [[torch.release]]",)),
        (
            "[[torch.kernels]]\nvariant = 'cu140'\nplatform = 'linux_x86_64'\nreleases = '>=3'\n",
            (
                "[[torch.kernels]] cu140 linux_x86_64 >=3: lacks capabilities",
                "a complete row of [[torch.kernels]] is:",
                "[[torch.kernels]]",
                'variant = "cu117"',
                'platform = "linux_x86_64"',
                'releases = ">=2.0,<2.1"',
                'capabilities = ["3.7", "5.0", "6.0", "7.0", "7.5", "8.0", "8.6"]',
            ),
        ),
        (
            "[[cuda.cubin]]\ncode = '9.9'\nexclude = [9.0]\nonly = '9.9'\n",
            (
                "[[cuda.cubin]] 9.9: exclude: must be a text in quotes, and is 9.0",
                "[[cuda.cubin]] 9.9: only: must be a list, and is '9.9'",
            ),
        ),
        (
            "[[torch.release]]\nversion = '2.15.0'\nsize_mb = { linux_x86_64 = 'big' }\n",
            ("[[torch.release]] 2.15.0: size_mb: must be a number, and is 'big'",),
        ),
        ("[[torch.release]]\nremove = true\n", ("[[torch.release]] number 1: says remove, and not what",)),
        (
            "[[cuda.driver]]\ncuda = 13\nlinux = '1'\n[[cuda.driver]]\ncuda = 13\nlinux = '2'\n",
            ("[[cuda.driver]] 13: stands there twice",),
        ),
        (
            NO_VERSION,
            ("[torch]: Invalid version: 'newest'",),
        ),
    ],
)  # fmt: skip
def test_what_is_refused(text: str, lines: tuple[str, ...]) -> None:
    before = tables.torch()
    assert refused(text) == tuple(line.format(tables=", ".join(tables.names())) for line in lines)
    assert tables.torch() == before


def test_trying_tables_leaves_those_that_count_alone() -> None:
    user_data.apply(with_file("[torch.floor]\nversion = '2.12'\n"))
    assert user_data.wrong_with({"torch": {"floor": {"version": "2.13"}}}) == ()
    assert user_data.wrong_with({"torch": {"floor": {"version": "new"}}}) == (
        "[torch]: Invalid version: 'new'",
    )
    assert (str(tables.torch().floor), tables.origin()) == ("2.12", FILE)
    with tables.laid_over_for({"keras": {"floor": "3.15"}}):
        assert (tables.keras().floor, str(tables.torch().floor)) == ("3.15", "2.10")
    assert (tables.keras().floor, str(tables.torch().floor)) == ("3.14", "2.12")


@pytest.mark.parametrize(
    "array", ["torch.release", "tensorflow.release", "jax.release", "torch.kernels", "jax.kernels"]
)
def test_the_row_that_an_error_shows_is_complete(array: str) -> None:
    _, said, *row = refused(f"[[{array}]]\n")
    assert said == f"a complete row of [[{array}]] is:"
    user_data.apply(with_file("\n".join(row)))


def test_what_is_no_utf_8(tmp_path: Path) -> None:
    file = tmp_path / "builds.toml"
    file.write_bytes("# für mich".encode("latin-1"))
    with pytest.raises(UserDataRefused) as refusal:
        user_data.read(HostSystem(), file)
    assert refusal.value.detail == ("it is not written in UTF-8",)


def test_what_is_no_toml() -> None:
    assert [line.startswith("it is no TOML: ") for line in refused("[torch\n")] == [True]


@pytest.mark.parametrize("name", tables.names())
def test_every_shipped_table_may_be_said_again(name: str) -> None:
    """The shipped tables are the schema, so each must fit itself, and laying it over changes nothing."""
    shipped = tables.shipped(name)
    assert list(problems(name, shipped, shipped)) == []
    again = merged(name, shipped, shipped, "")
    assert {key: _unordered(value) for key, value in again.items()} == {
        key: _unordered(value) for key, value in shipped.items()
    }


def _unordered(value: object) -> object:
    """Rows without an identity are added, not replaced: each counts once here."""
    return sorted({repr(one) for one in value}) if isinstance(value, list) else value


def test_refreshed_rows_give_way_to_shipped_ones() -> None:
    shipped = {
        "release": [{"version": "3.0", "date": 1}],
        "kernels": [{"variant": "cu132", "releases": "<4"}],
    }
    refreshed = dt.date(2027, 1, 20)
    user = {
        "release": [
            {"version": "3.0", "date": 2, "refreshed": refreshed},
            {"version": "3.1", "date": 2, "refreshed": refreshed},
        ],
        "kernels": [{"variant": "cu132", "releases": "==3.1", "refreshed": refreshed}],
    }
    assert merged("torch", shipped, user, "/mine") == {
        "release": [{"version": "3.1", "date": 2, "origin": "/mine"}, {"version": "3.0", "date": 1}],
        "kernels": [{"variant": "cu132", "releases": "<4"}, {"variant": "cu132", "releases": "==3.1"}],
    }


def test_a_plan_says_that_it_stands_on_the_users_own_rows() -> None:
    newest = tables.torch().releases[0].version
    plan = BuildPlan(
        framework="pytorch", package="torch", version=str(newest), variant="cu132", requirement="",
        device="cuda", source="", source_kind="index", reasons=("newest",),
    )  # fmt: skip
    missing = Missing(framework="keras", why=("no wheel",))
    assert credited((plan, missing)) == (plan, missing)
    user_data.apply(
        with_file(
            f'[[torch.release]]\nversion = "{newest}"\nconfidence = "high"\n'
            '[[torch.kernels]]\nvariant = "cu132"\nplatform = "linux_x86_64"\n'
            'releases = ">=2.15"\ncapabilities = ["6.1"]\n'
            '[[cuda.driver]]\ncuda = 14\nlinux = "700"\nwindows = "700"\n'
        )
    )
    said = f"by your own data file {FILE}: release {newest}, kernels of cu132, rules of [cuda]"
    assert credited((plan, missing)) == (replace(plan, reasons=("newest", said)), missing)
    on_cpu = replace(plan, device="cpu", variant="cpu")
    said = f"by your own data file {FILE}: release {newest}"
    assert credited((on_cpu,)) == (replace(on_cpu, reasons=("newest", said)),)
