"""Where facts are read from, and what a file may hold."""

from __future__ import annotations

import io
import json
import os
import sys
from pathlib import Path
from typing import Any, get_args

import pytest

from scaffold.errors import OptionRefused
from scaffold.facts import observe, read_facts
from scaffold.machine import detect, to_json
from scaffold.machine.model import Accelerator, Machine, Vendor
from scaffold.recorded import RecordedSystem
from tests.machine.hosts import FOLDER, NAMES

CORPUS = FOLDER / "machines.jsonl"
T4 = {
    "id": "t4",
    "facts": {"os": "linux", "gpus": [{"name": "Tesla T4", "cc": "7.5"}], "nvidia_driver": "550.54.15"},
}
MAC = {"id": "mac", "facts": {"os": "macos", "arch": "arm64"}}


def written(path: Path, content: str | bytes) -> str:
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return str(path)


@pytest.mark.parametrize("name", NAMES)
def test_a_recorded_host_is_the_machine_that_it_is(name: str) -> None:
    system = RecordedSystem.load(FOLDER / f"{name}.json")
    observed = read_facts(str(FOLDER / f"{name}.json"))
    assert to_json(observed.machine) == to_json(detect(system, system.home))
    assert observed.notes == ()


@pytest.mark.parametrize("name", NAMES)
def test_printed_facts_are_read_back_as_they_were(name: str) -> None:
    system = RecordedSystem.load(FOLDER / f"{name}.json")
    printed = json.loads(json.dumps(to_json(detect(system))))
    observed = observe(printed)
    assert (to_json(observed.machine), observed.notes) == (to_json(detect(system)), ())


def test_one_machine_of_several_is_named_by_its_id(tmp_path: Path) -> None:
    lines = written(tmp_path / "fleet.jsonl", f"{json.dumps(T4)}\n\n{json.dumps(MAC)}\n")
    array = written(tmp_path / "fleet.json", json.dumps([T4, MAC]))
    for path in (lines, array):
        assert [read_facts(f"{path}#{name}").machine.host.os for name in ("t4", "mac")] == ["linux", "macos"]
    with pytest.raises(OptionRefused) as refused:
        read_facts(lines)
    assert refused.value.message == f"{lines} tells of 2 machines"
    assert (refused.value.detail, refused.value.hint) == (("it holds: t4, mac",), f"name one: {lines}#t4")
    with pytest.raises(OptionRefused, match="has no machine 'h100'"):
        read_facts(f"{lines}#h100")


def test_a_file_with_a_number_sign_in_its_name(tmp_path: Path) -> None:
    path = written(tmp_path / "machine#1.json", json.dumps(MAC))
    assert read_facts(path).about == "mac"


def test_machines_without_an_id_are_numbered(tmp_path: Path) -> None:
    path = written(tmp_path / "fleet.jsonl", f"{json.dumps(T4['facts'])}\n{json.dumps(MAC['facts'])}\n")
    assert read_facts(f"{path}#2").machine.host.os == "macos"


def test_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(json.dumps(T4).encode())))
    assert [one.name for one in read_facts("-").machine.accelerators] == ["Tesla T4"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_the_encodings_that_shells_write(encoding: str, tmp_path: Path) -> None:
    path = written(
        tmp_path / "facts.json", json.dumps({**T4, "id": "Münster"}, ensure_ascii=False).encode(encoding)
    )
    assert read_facts(path).about == "Münster"


def test_a_damaged_line_does_not_hide_the_others(tmp_path: Path) -> None:
    path = written(tmp_path / "fleet.jsonl", f"{json.dumps(T4)}\n{{broken\n")
    observed = read_facts(path)
    assert observed.about == "t4"
    assert observed.notes[0] == f"{path}: 1 lines of it are no JSON and were passed over"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "holds no JSON object"),
        (b"\xff\xfe\xff\xff", "holds no JSON object"),
        (b"not json", "holds no JSON object"),
        (b"[1, 2]", "holds no JSON object"),
        (b"[" * 100_000, "holds no JSON object"),
        (b"{}", "tells of no machine"),
        (b'{"name": "left-pad", "dependencies": {}}', "tells of no machine"),
        (
            b'{"schema": "scaffold/builds/1"}',
            "is of the schema 'scaffold/builds/1', which tells of no machine",
        ),
    ],
)
def test_what_is_no_machine(content: bytes, message: str, tmp_path: Path) -> None:
    path = written(tmp_path / "file", content)
    with pytest.raises(OptionRefused) as refused:
        read_facts(path)
    assert refused.value.message == f"{path} {message}"
    assert refused.value.hint.startswith("A machine is read from: ")


def test_a_large_file_is_refused_before_it_is_parsed(tmp_path: Path) -> None:
    path = tmp_path / "large"
    with path.open("wb") as stream:
        stream.truncate(50 << 20)
    with pytest.raises(OptionRefused, match="larger than 32 MiB"):
        read_facts(str(path))


@pytest.mark.parametrize("name", ["", "missing.json", ".", "a\0b"])
def test_a_file_that_cannot_be_read(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(OptionRefused, match="cannot be read"):
        read_facts(name)


def test_a_recorded_host_with_parts_of_the_wrong_kind() -> None:
    record: dict[str, Any] = {
        "schema": "scaffold/host/1",
        "platform": {"os": 9, "machine": 3, "libc": "glibc x", "cpu_count": "many"},
        "files": {"/etc/os-release": 7},
        "paths": {"a": 1},
        "probes": {"nvml": "broken"},
        "memory": [1, "2"],
        "disk_free": "much",
    }
    observed = observe(record)
    assert (observed.machine.host.os, observed.machine.status, observed.machine.accelerators) == (
        "linux",
        "ok",
        (),
    )
    assert observed.notes == (
        "platform.os: none of linux, macos, windows, Linux is assumed",
        "platform.libc: 'glibc x' is no C library and was passed over",
        "platform.cpu_count: 'many' is no count and was passed over",
        "files: '/etc/os-release' is no text and was passed over",
        "paths: no list, it was passed over",
        "probes: 'nvml' is no answer and was passed over",
        "disk_free: 'much' is no count and was passed over",
        "memory: \"[1, '2']\" are not two numbers of bytes; they were passed over",
    )


def test_printed_facts_that_somebody_changed() -> None:
    observed = observe(
        {
            "schema": "scaffold/machine/1",
            "host": {"os": "linux", "libc": "glibc 2.39"},
            "accelerators": [
                {
                    "vendor": "nvidia",
                    "index": 0,
                    "name": "A\u001b[2J100",
                    "capability": "Failed",
                    "status": "fine",
                },
                {"vendor": "3dfx"},
            ],
            "cuda_driver": "new",
        }
    )
    [one] = observed.machine.accelerators
    assert (one.name, one.capability, one.status) == ("A[2J100", "", "unsupported")
    assert observed.machine.cuda_driver == ""
    assert observed.notes == (
        "accelerators[0].capability: 'Failed' is no answer and was passed over",
        "accelerators[0].status: 'fine' is no status that is known and was passed over",
        "accelerators[1]: its vendor is none of nvidia, amd, intel, apple; it was passed over",
    )


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no named pipes among its files")
def test_a_named_pipe_is_refused_and_not_waited_for(tmp_path: Path) -> None:
    pipe = tmp_path / "facts"
    os.mkfifo(pipe)
    with pytest.raises(OptionRefused) as refused:
        read_facts(str(pipe))
    assert refused.value.message == f"{pipe} cannot be read"
    assert refused.value.detail == (
        "it is no ordinary file; what a pipe brings is read from standard input: --facts -",
    )


@pytest.mark.parametrize(
    "told",
    [
        {"facts": {"os": "freebsd", "arch": "amd64"}},
        {"os": {"family": "freebsd"}},
        {"schema": "scaffold/host/1", "platform": {"os": "freebsd"}},
        {"schema": "scaffold/machine/1", "host": {"os": "freebsd"}},
    ],
)
def test_another_system_is_not_taken_for_linux(told: dict[str, Any]) -> None:
    with pytest.raises(OptionRefused) as refused:
        observe(told)
    assert refused.value.message == "the facts: nothing is known of the system 'freebsd'"
    assert refused.value.detail == ("known: Linux and its distributions, macOS, Windows",)


@pytest.mark.parametrize("vendor", get_args(Vendor))
def test_an_accelerator_of_every_vendor_is_printed_and_read_back(vendor: Vendor) -> None:
    capability = {"nvidia": "8.6", "amd": "gfx1100", "intel": "12.55.8"}.get(vendor, "apple-silicon")
    host = read_facts(str(FOLDER / "ryzen-rx7900.json")).machine.host
    one = Accelerator(vendor=vendor, index=0, name="A GPU", capability=capability, driver="1.2")
    machine = Machine(host=host, accelerators=(one,))
    observed = observe(json.loads(json.dumps(to_json(machine))))
    assert (to_json(observed.machine), observed.notes) == (to_json(machine), ())
    assert observe({"facts": {"os": "linux", "gpus": [{"vendor": vendor, "name": "A GPU"}]}}).notes
