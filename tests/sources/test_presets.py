"""The table of mirrors: complete, well-formed, without secrets."""

from __future__ import annotations

from urllib.parse import urlsplit

from scaffold.sources.presets import find_mirror, mirrors
from scaffold.sources.user_configuration import FLAT, SUBJECTS, read_configuration

from .conftest import host


def test_names_are_words_and_stand_once() -> None:
    names = [one.name for one in mirrors()]
    assert len(names) == len(set(names))
    assert all(name.isalnum() and name.islower() for name in names)
    assert {"tuna", "ustc", "aliyun", "tencent", "huawei", "nju", "sjtu", "bfsu"} <= set(names)


def test_every_address_is_one_that_the_configuration_takes() -> None:
    for mirror in mirrors():
        lines = "".join(f'{subject} = "{address}"\n' for subject, address in mirror.addresses.items())
        file = {"/home/ada/.config/scaffold/config.toml": f"[mirrors]\n{lines}"}
        read = read_configuration(host(files=file)).mirrors
        assert {name: one.value for name, one in read.items()} == dict(mirror.addresses)
        for address in mirror.addresses.values():
            parts = urlsplit(address.removeprefix(FLAT))
            assert (parts.scheme, parts.username, parts.query, address[-1] == "/") == (
                "https",
                None,
                "",
                False,
            )


def test_each_subject_has_one_and_notes_speak_of_what_is_there() -> None:
    assert {subject for one in mirrors() for subject in one.addresses} == set(SUBJECTS)
    for mirror in mirrors():
        assert {note.partition(":")[0] for note in mirror.notes} <= set(mirror.addresses)


def test_a_mirror_is_found_however_it_is_written() -> None:
    assert find_mirror("TUNA") == find_mirror("tuna")
    assert find_mirror("nowhere") is None
