"""``scaffold env mirrors``, as a user calls it."""

from __future__ import annotations

import json
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from scaffold.cli import scaffold
from scaffold.cli.mirrors_view import measurement_lines
from scaffold.errors import OptionRefused, ScaffoldError
from scaffold.sources.measure import Measurement, Place
from scaffold.sources.settings import DEFAULT_INDEX
from tests.sources.conftest import PackageServer, Reply, server  # noqa: F401


def run(*arguments: str) -> Result:
    result = CliRunner().invoke(scaffold, ["env", "mirrors", *arguments])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


@pytest.fixture
def configuration(home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "HTTPS_PROXY", "https_proxy"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PIP_CONFIG_FILE", "/dev/null")
    monkeypatch.setenv("UV_NO_CONFIG", "1")
    return home / ".config" / "scaffold" / "config.toml"


def test_what_is_in_force(configuration: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run("use", "https://own.example/simple")
    monkeypatch.setenv("PIP_INDEX_URL", "https://me:hush@variable.example/simple")
    lines = [line.rstrip() for line in click.unstyle(run().output).splitlines()]
    assert lines == [
        "Index          https://***@variable.example/simple  (PIP_INDEX_URL)",
        "               instead of https://own.example/simple  (~/.config/scaffold/config.toml)",
        "Extra indexes  -",
        "Find-links     -",
        "No index       -",
        "PyTorch        https://download.pytorch.org/whl  (default)",
        "Pythons        -",
        "Certificates   -",
        "Trusted hosts  -",
        "Proxy          -",
        "Timeout        15 s without an answer  (default)",
        "Strategy       -",
        "",
        "Faster ones: scaffold env mirrors --check --all; choose: scaffold env mirrors use NAME",
    ]
    shown = json.loads(run("--json").output)
    assert shown["schema"] == "scaffold/mirrors/1"
    assert shown["settings"][0] == {
        "name": "index",
        "title": "Index",
        "values": [{"value": "https://***@variable.example/simple", "origin": "PIP_INDEX_URL"}],
        "instead_of": [{"value": "https://own.example/simple", "origin": "~/.config/scaffold/config.toml"}],
        "note": "",
    }


def test_a_choice_is_written_changed_and_taken_back(configuration: Path) -> None:
    assert "Would write" in run("use", "tuna", "--dry-run").output
    assert not configuration.exists()
    run("use", "aliyun")
    assert configuration.read_text() == (
        '[mirrors]\nindex = "https://mirrors.aliyun.com/pypi/simple"\n'
        'pytorch = "flat+https://mirrors.aliyun.com/pytorch-wheels"\n'
    )
    configuration.write_text(f"# mine\n{configuration.read_text()}# also mine\n[later]\nx = 1\n")
    assert "(was https://mirrors.aliyun.com/pypi/simple)" in run("use", "tuna").output
    run("use", "nju", "--only", "python")
    run("unset", "--only", "pytorch")
    assert configuration.read_text() == (
        '# mine\n[mirrors]\nindex = "https://pypi.tuna.tsinghua.edu.cn/simple"\n# also mine\n'
        'python = "https://mirror.nju.edu.cn/github-release/astral-sh/python-build-standalone"\n'
        "[later]\nx = 1\n"
    )
    assert "Unchanged" in run("use", "tuna").output
    run("unset")
    assert configuration.read_text() == "# mine\n[mirrors]\n# also mine\n[later]\nx = 1\n"


def test_a_file_that_holds_nothing_more_goes_away(configuration: Path) -> None:
    run("use", "tuna")
    run("unset")
    assert list(configuration.parent.iterdir()) == []


def test_a_link_into_somebodys_dotfiles_stays_one(configuration: Path, tmp_path: Path) -> None:
    real = tmp_path / "dotfiles.toml"
    real.write_text("")
    configuration.parent.mkdir(parents=True)
    configuration.symlink_to(real)
    run("use", "tuna")
    assert configuration.is_symlink()
    assert "tsinghua" in real.read_text()


def test_what_is_stronger_is_said(configuration: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("UV_DEFAULT_INDEX", "https://me:hush@corp/simple")
    output = run("use", "http://plain/simple").output
    assert "UV_DEFAULT_INDEX is set and stronger: https://***@corp/simple stays in force" in output
    assert "plain http: pip refuses it" in output
    change = json.loads(run("use", "nju", "--json").output)
    assert change["done"] is True
    assert change["change"]["after"]["pytorch"] == "https://mirrors.nju.edu.cn/pytorch/whl"
    assert "hush" not in json.dumps(change)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("use", "nowhere"), "nowhere: neither a mirror that is known here nor an address"),
        (("use", "https://me:hush@h/simple"), "https://***@h/simple carries credentials, which are not written down"),
        (("use", "https://h/simple?token=hush"), "https://h/simple?token=*** carries credentials, which are not written down"),
        (("use", "ftp://h/simple"), "ftp://h/simple is no address of a mirror"),
        (("use", "https://"), "https:// is no address of a mirror"),
        (("use", "flat+https://h"), "flat+ is for --only pytorch"),
        (("use", "tuna", "--only", "pytorch"), "tuna has no mirror for --only pytorch"),
        (("--all",), "--all belongs to --check"),
        (("--check", "list"), "--check, --all and --json stand without, or behind, a further command"),
    ],
)  # fmt: skip
def test_what_makes_no_sense(arguments, message: str, configuration: Path) -> None:
    with pytest.raises(OptionRefused) as caught:
        run(*arguments)
    assert caught.value.message == message
    assert "hush" not in repr((caught.value.detail, caught.value.hint))
    assert not configuration.exists()


def test_an_address_for_pytorch(configuration: Path) -> None:
    run("use", "flat+https://h/wheels/", "--only", "pytorch")
    assert configuration.read_text() == '[mirrors]\npytorch = "flat+https://h/wheels"\n'


def test_a_folder_that_cannot_be_written(configuration: Path) -> None:
    configuration.parent.parent.mkdir(parents=True)
    configuration.parent.write_text("in the way")
    with pytest.raises(ScaffoldError) as caught:
        run("use", "tuna")
    assert configuration.parent.read_text() == "in the way"
    assert caught.value.code == "write-failed"


def test_list(configuration: Path) -> None:
    names = [one["name"] for one in json.loads(run("list", "--json").output)["mirrors"]]
    text = run("list").output
    assert all(name in text for name in names)


def test_check_says_who_answers(
    configuration: Path,
    server: PackageServer,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("SCAFFOLD_PYTORCH_INDEX", f"{server.url}/whl")
    monkeypatch.setenv("PIP_INDEX_URL", f"{server.url}/simple")
    page = Reply(body='<a href="torch-2.13.0-py3-none-any.whl">x</a>')
    server.replies |= {"/simple/torch/": page}
    result = run("--check", "--json")
    found = {one["place"]["subject"]: one for one in json.loads(result.output)["checked"]}
    assert {name: one["outcome"] for name, one in found.items()} == {"index": "ok", "pytorch": "absent"}
    assert found["index"]["torch"] == "2.13.0"
    assert result.exit_code == 1  # something in force does not answer
    assert click.unstyle(run("--check").output).splitlines()[-3:] == [
        "",
        "Which others answer from here: scaffold env mirrors --check --all",
        "Who chose what does not answer: scaffold env mirrors",
    ]
    server.replies |= {"/whl/cpu/torch/": page}
    result = run("--check")
    assert result.exit_code == 0
    assert "torch 2.13.0" in result.output
    assert DEFAULT_INDEX.value not in result.output


def test_the_fastest_stand_first_with_the_command_that_takes_them() -> None:
    def answer(name: str, subject: str, speed: int | None, outcome: str = "ok") -> Measurement:
        place = Place(name=name, subject=subject, address=f"https://{name}/")  # type: ignore[arg-type]
        problem = "" if outcome == "ok" else "why"
        return Measurement(
            place=place,
            outcome=outcome,
            problem=problem,
            milliseconds=9,
            bytes_per_second=speed,  # type: ignore[arg-type]
        )

    found = [
        answer("in force", "index", 10_000),
        answer("corp", "index", None, "absent"),
        answer("tuna", "index", 3_000_000),
        answer("bfsu", "index", None, "unreachable"),
        answer("in force", "pytorch", 5_000),
        answer("nju", "pytorch", None, "absent"),
    ]
    assert [line.rstrip() for line in click.unstyle("\n".join(measurement_lines(found))).splitlines()] == [
        "Index          tuna       9 ms, 3 MB/s  https://tuna/",
        "               in force   9 ms, 10 kB/s  https://in force/",
        "               corp       why  https://corp/",
        "               bfsu       why  https://bfsu/",
        "PyTorch        in force   9 ms, 5 kB/s  https://in force/",
        "               nju        why  https://nju/",
        "",
        "The fastest: scaffold env mirrors use tuna --only index",
    ]


def unreachable(name: str, problem: str = "cannot resolve h") -> Measurement:
    place = Place(name=name, subject="index", address=f"https://{name.replace(' ', '-')}/")
    return Measurement(place=place, outcome="unreachable", problem=problem)


def test_what_to_do_where_nothing_answers_and_where_somebody_refuses() -> None:
    nobody = measurement_lines([unreachable("in force"), unreachable("tuna")])
    assert nobody[-2:] == [
        "Nothing answers: check the network and the proxy (HTTPS_PROXY)",
        "Who chose what does not answer: scaffold env mirrors",
    ]
    refused = measurement_lines([unreachable("in force", "h answered 401 Unauthorized")])
    assert refused[2] == "https://in-force/ wants other credentials: correct them where it is set"
    assert len(measurement_lines([unreachable("tuna")])) == 1


def test_the_ordinary_index_alone_is_half_of_it(configuration: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SCAFFOLD_PYTORCH_INDEX", raising=False)
    half = (
        "PyTorch still comes from https://download.pytorch.org/whl; nju, sjtu, aliyun have it: "
        "scaffold env mirrors use sjtu --only pytorch"
    )
    assert half in run("use", "tuna", "--dry-run").output
    assert "PyTorch still" not in run("use", "nju", "--dry-run").output
    run("use", "sjtu", "--only", "pytorch")
    assert "PyTorch still" not in run("use", "tuna").output
