from __future__ import annotations

from pathlib import Path

import pytest

from scaffold.sources.model import Setting, Source, SourceSettings
from scaffold.sources.places import (
    as_argument,
    comparable,
    is_url,
    local_path,
    pytorch_sources,
    user_sources,
)
from scaffold.sources.settings import DEFAULT_INDEX

PYPI = DEFAULT_INDEX


@pytest.mark.parametrize(
    ("location", "url", "path"),
    [
        ("https://host/simple", True, None),
        ("file:///srv/a%20b", True, Path("/srv/a b")),
        ("file://localhost/srv", True, Path("/srv")),
        ("file://elsewhere/srv", True, None),
        ("/srv/wheels", False, Path("/srv/wheels")),
        (r"C:\wheels", False, Path(r"C:\wheels")),
        ("http://[::1", True, None),
    ],
)
def test_what_is_on_this_machine(location: str, url: bool, path: Path | None) -> None:
    assert (is_url(location), local_path(location)) == (url, path)


def test_a_location_in_a_list_keeps_its_separators() -> None:
    assert as_argument("/srv/plain", ", ") == "/srv/plain"
    assert as_argument("/srv/my wheels, all", ", ") == "file:///srv/my%20wheels%2C%20all"
    assert as_argument("https://host/a,b", ", ") == "https://host/a%2Cb"


def test_one_place_is_one_place_however_it_is_written() -> None:
    assert comparable("https://host/simple/") == comparable("https://host/simple")
    assert comparable("file:///srv/a%20b/") == comparable("/srv/a b")


def test_user_sources_stand_in_order_and_once() -> None:
    settings = SourceSettings(
        index=PYPI,
        extra_indexes=(Setting(value="https://corp/simple", origin="a"), PYPI),
        find_links=(
            Setting(value="/srv/wheels", origin="b"),
            Setting(value="file:///srv/wheels/", origin="c"),
        ),
    )
    assert user_sources(settings) == (
        Source(kind="index", location=DEFAULT_INDEX.value),
        Source(kind="extra-index", location="https://corp/simple"),
        Source(kind="find-links", location="/srv/wheels"),
    )


def test_an_air_gap_leaves_find_links_only() -> None:
    settings = SourceSettings(
        index=PYPI,
        find_links=(Setting(value="/srv", origin="b"),),
        no_index=Setting(value="1", origin="PIP_NO_INDEX"),
    )
    assert user_sources(settings) == (Source(kind="find-links", location="/srv"),)
    assert pytorch_sources(settings, ["cpu"]) == ()


def test_pytorch_sources_are_its_own_index_or_the_mirror() -> None:
    own = SourceSettings(index=PYPI)
    mirrored = SourceSettings(index=PYPI, pytorch_mirror=Setting(value="https://m/whl/", origin="x"))
    assert [one.location for one in pytorch_sources(own, ["cpu", "cu126", "cpu"])] == [
        "https://download.pytorch.org/whl/cpu",
        "https://download.pytorch.org/whl/cu126",
    ]
    assert pytorch_sources(mirrored, ["cu126"]) == (
        Source(kind="pytorch", location="https://m/whl/cu126", variant="cu126"),
    )
