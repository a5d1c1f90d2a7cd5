import json
import sys
from pathlib import Path

import pytest

from scaffold.errors import ScaffoldError
from scaffold.machine import detect
from scaffold.recorded import SCHEMA, RecordedSystem
from scaffold.recording import RecordingSystem
from scaffold.system import Completed, HostSystem

PLATFORM = {
    "os": "linux",
    "machine": "x86_64",
    "release": "6.8",
    "version": "",
    "libc": "glibc 2.39",
    "cpu_count": 4,
}


def recorded(**facts):
    return RecordedSystem({"schema": SCHEMA, "platform": PLATFORM, **facts})


def test_what_was_not_written_down_is_not_there():
    system = recorded()
    assert system.run(["nvidia-smi"], timeout=1) == Completed(argv=("nvidia-smi",), outcome="missing")
    assert system.python(Path("libcuda.py"), timeout=1).outcome == "missing"
    assert system.which("git") is None
    assert system.read_text("/etc/os-release") is None
    assert system.list_folder("/sys") == ()
    assert not system.exists("/dev/kfd")
    assert not system.is_accessible("/dev/kfd")
    assert system.resolve_link("/sys/x") is None
    assert system.disk_free("/") is None
    assert system.memory() is None
    assert system.home is None
    assert system.interactive is False
    assert dict(system.environment) == {}


def test_files_paths_and_links_make_folders():
    system = recorded(
        files={"/sys/a/vendor": "0x10de\n"}, links={"/sys/a/driver": "../nvidia"}, accessible=["/sys/b"]
    )
    assert system.list_folder("/sys") == ("a", "b")
    assert system.list_folder("/sys/a/") == ("driver", "vendor")
    assert system.exists("/sys/a")
    assert system.exists("/sys/b")
    assert system.resolve_link("/sys/a/driver") == "../nvidia"


def test_windows_paths_are_found_in_either_spelling():
    system = recorded(paths=["C:\\Windows\\System32\\nvcuda.dll"])
    assert system.exists("C:/Windows/System32/nvcuda.dll")
    assert system.exists("C:\\Windows\\System32")


def test_a_command_is_found_by_its_name_where_it_is_run_by_its_path():
    system = recorded(commands={"nvidia-smi -L": {"stdout": "GPU 0\nGPU 1\n"}, "false": {"status": 1}})
    lines = []
    done = system.run(["/usr/bin/nvidia-smi", "-L"], timeout=1, on_line=lines.append)
    assert (done.ok, done.stdout, lines) == (True, "GPU 0\nGPU 1\n", ["GPU 0", "GPU 1"])
    assert system.run(["C:\\tools\\nvidia-smi.exe", "-L"], timeout=1).ok
    assert system.run(["false"], timeout=1).status == 1


def test_a_program_that_never_ended_has_no_status():
    system = recorded(probes={"libcuda": {"outcome": "timeout"}})
    done = system.python(Path("libcuda.py"), timeout=1)
    assert (done.outcome, done.status, done.ok) == ("timeout", None, False)


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"schema": "scaffold/host/2"}', f'{{"schema": "{SCHEMA}"}}']
)
def test_what_is_no_record_is_refused(tmp_path, text):
    path = tmp_path / "host.json"
    path.write_text(text)
    with pytest.raises(ScaffoldError) as caught:
        RecordedSystem.load(path)
    assert caught.value.code == "host-record-refused"
    with pytest.raises(ScaffoldError):
        RecordedSystem.load(tmp_path / "absent.json")


def test_this_machine_written_down_gives_the_same_answers(tmp_path):
    watched = RecordingSystem(HostSystem())
    machine = detect(watched, tmp_path)
    watched.save(tmp_path / "host.json", "the machine that runs the tests")
    replayed = RecordedSystem.load(tmp_path / "host.json")
    assert detect(replayed, tmp_path) == machine
    assert json.loads((tmp_path / "host.json").read_text())["about"] == "the machine that runs the tests"


def test_only_the_variables_that_were_looked_up_are_written_down(monkeypatch):
    monkeypatch.setenv("SECRET_TOKEN", "hidden")
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "0")
    watched = RecordingSystem(HostSystem())
    assert watched.environment.get("CUDA_VISIBLE_DEVICES") == "0"
    assert watched.environment.get("NOT_SET_ANYWHERE") is None
    assert "SECRET_TOKEN" in list(watched.environment)
    assert len(watched.environment) >= 2
    assert watched.record()["environment"] == {"CUDA_VISIBLE_DEVICES": "0"}


def test_every_kind_of_question_is_written_down(tmp_path):
    (tmp_path / "file").write_text("text")
    script = tmp_path / "probe.py"
    script.write_text("print('answer')")
    watched = RecordingSystem(HostSystem())
    watched.run([sys.executable, "-c", "print(1)"], timeout=30)
    watched.python(script, timeout=30)
    watched.which("python3")
    watched.exists(tmp_path / "file")
    watched.is_accessible(tmp_path / "file")
    watched.exists(tmp_path / "absent")
    watched.list_folder(tmp_path)
    watched.resolve_link(tmp_path / "file")
    watched.disk_free(tmp_path)
    record = watched.record()
    assert record["commands"][f"{sys.executable} -c print(1)"]["stdout"] == "1\n"
    assert record["probes"]["probe"]["stdout"] == "answer\n"
    assert str(tmp_path / "file") in record["paths"]
    assert str(tmp_path / "absent") not in record["paths"]
    assert record["accessible"] == [str(tmp_path / "file")]
    assert record["disk_free"] > 0
    assert RecordedSystem(record).list_folder(tmp_path) == ("file", "probe.py")
