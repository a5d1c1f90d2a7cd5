from __future__ import annotations

from dataclasses import replace

from scaffold.projects.model import RunConfiguration, torchrun_arguments
from scaffold.pycharm.project.run_configurations import run_files
from scaffold.pycharm.reading.rows import read_rows
from tests.pycharm.projects_on_disk import RUNS, make_project


def test_what_was_written_of_rows_is_read_back_as_rows(tmp_path):
    make_project(tmp_path)
    read = {row.name: row for row in read_rows(tmp_path)}
    assert read == {row.name: replace(row, default=False, summary="") for row in RUNS} | {
        "tests": replace(RUNS[2], terminal=False)
    }


def test_torchrun_is_the_module_that_it_is(tmp_path):
    run = RunConfiguration(name="two", kind="torchrun", target="a.train", processes=2, arguments=("--x",))
    make_project(tmp_path, (run,))
    (row,) = read_rows(tmp_path)
    assert (row.kind, row.target) == ("module", "torch.distributed.run")
    assert row.arguments == torchrun_arguments(run)


def test_what_says_more_than_a_row_can_is_left_out(tmp_path):
    (path, content), *_ = run_files(RUNS[:1], "cnn-project").items()
    file = tmp_path / path
    file.parent.mkdir()
    for old, new in [
        (b'"WORKING_DIRECTORY" value="$PROJECT_DIR$"', b'"WORKING_DIRECTORY" value="/data"'),
        (b'"INTERPRETER_OPTIONS" value=""', b'"INTERPRETER_OPTIONS" value="-O"'),
        (b"&lt;2&gt;", b"$USER_HOME$"),
        (b'type="PythonConfigurationType"', b'type="ShConfigurationType"'),
        (b"</component>", b""),
    ]:
        assert old in content
        file.write_bytes(content.replace(old, new))
        assert read_rows(tmp_path) == ()
    file.write_bytes(content)
    assert [row.name for row in read_rows(tmp_path)] == ["train (PyTorch)"]
