from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scaffold.sources.model import Source, Wheel
from scaffold.sources.pages import Link, html_links, json_links, wheels_of

BASE = "https://host/simple/torch/"
SOURCE = Source(kind="index", location="https://host/simple")

#: As download.pytorch.org writes it.
PYTORCH_PAGE = """<!DOCTYPE html>
<html>
  <body>
    <h1>Links for torch</h1>
    <a href="/whl/cpu/torch-2.10.0%2Bcpu-cp312-cp312-manylinux_2_28_x86_64.whl#sha256=00" data-dist-info-metadata="sha256=1">torch-2.10.0+cpu-cp312-cp312-manylinux_2_28_x86_64.whl</a><br/>
    <a href="https://other/torch-2.10.0-1-cp311-cp311-win_amd64.whl" data-requires-python="&gt;=3.10,&lt;3.15">x</a><br/>
    <a href="torch-2.9.0.tar.gz">torch-2.9.0.tar.gz</a>
    <a href="torch-2.8.0-py3-none-any.whl" data-yanked>x</a>
    <a name="no-href">x</a><a href="">x</a><a href="http://[::1">x</a><a href="../">up</a>
  </body>
</html>
<!--TIMESTAMP 1758000000-->"""


def test_an_html_page() -> None:
    assert html_links(PYTORCH_PAGE, BASE) == (
        Link(
            filename="torch-2.10.0+cpu-cp312-cp312-manylinux_2_28_x86_64.whl",
            url="https://host/whl/cpu/torch-2.10.0%2Bcpu-cp312-cp312-manylinux_2_28_x86_64.whl",
            metadata="sha256=1",
        ),
        Link(
            filename="torch-2.10.0-1-cp311-cp311-win_amd64.whl",
            url="https://other/torch-2.10.0-1-cp311-cp311-win_amd64.whl",
            requires_python=">=3.10,<3.15",
        ),
        Link(filename="torch-2.9.0.tar.gz", url="https://host/simple/torch/torch-2.9.0.tar.gz"),
        Link(
            filename="torch-2.8.0-py3-none-any.whl",
            url="https://host/simple/torch/torch-2.8.0-py3-none-any.whl",
            yanked=True,
        ),
    )


def test_a_page_can_say_what_its_links_are_relative_to() -> None:
    page = (
        '<base href="https://cdn/files/"><base href="https://ignored/"><a href="a-1-py3-none-any.whl">x</a>'
    )
    assert [one.url for one in html_links(page, BASE)] == ["https://cdn/files/a-1-py3-none-any.whl"]


def test_a_json_answer() -> None:
    answer = {
        "meta": {"api-version": "1.4", "_last-serial": 1},
        "name": "torch",
        "files": [
            {
                "filename": "torch-2.9.1-cp312-cp312-win_amd64.whl",
                "url": "https://files/torch-2.9.1-cp312-cp312-win_amd64.whl",
                "hashes": {"sha256": "0"},
                "requires-python": ">=3.10",
                "size": 110_000_000,
                "yanked": False,
                "upload-time": "2025-11-12T15:23:20.009736Z",
                "core-metadata": {"sha256": "1"},
            },
            {
                "filename": "a.whl",
                "url": "../a.whl#sha256=1",
                "yanked": "broken",
                "size": None,
                "requires-python": None,
            },
            {
                "filename": "b.whl",
                "url": "b.whl",
                "yanked": True,
                "size": True,
                "upload-time": "yesterday",
                "core-metadata": False,
            },
            {"filename": 3, "url": "c.whl"},
            {"filename": "d.whl"},
            "nonsense",
        ],
    }
    assert json_links(json.dumps(answer), BASE) == (
        Link(
            filename="torch-2.9.1-cp312-cp312-win_amd64.whl",
            url="https://files/torch-2.9.1-cp312-cp312-win_amd64.whl",
            size=110_000_000,
            requires_python=">=3.10",
            uploaded="2025-11-12",
            metadata="sha256=1",
        ),
        Link(filename="a.whl", url="https://host/simple/a.whl", yanked=True),
        Link(filename="b.whl", url="https://host/simple/torch/b.whl", yanked=True),
    )


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{}",
        '{"files": 3}',
        '{"meta": {"api-version": "2.0"}, "files": []}',
        "<html>",
        "[" * 100_000,
        "null",
    ],
)
def test_what_is_no_answer(text: str) -> None:
    assert json_links(text, BASE) is None


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ({"core-metadata": True}, ""),
        ({"core-metadata": {"md5": "0"}}, ""),
        ({"dist-info-metadata": {"sha256": "1"}}, "sha256=1"),
        ({"core-metadata": None}, None),
        ({"core-metadata": 7}, None),
    ],
)
def test_metadata_beside_a_wheel_as_json_says_it(said: dict[str, object], meant: str | None) -> None:
    text = json.dumps({"files": [{"filename": "a.whl", "url": "a.whl", **said}]})
    assert json_links(text, BASE) == (
        Link(filename="a.whl", url="https://host/simple/torch/a.whl", metadata=meant),
    )


@pytest.mark.parametrize(
    ("attribute", "meant"),
    [
        ('data-core-metadata="sha256=1"', "sha256=1"),
        ('data-dist-info-metadata="true"', ""),
        ("data-core-metadata", ""),
        ('data-core-metadata="false"', None),
        ("", None),
    ],
)
def test_metadata_beside_a_wheel_as_html_says_it(attribute: str, meant: str | None) -> None:
    assert html_links(f'<a href="a.whl" {attribute}>a</a>', BASE) == (
        Link(filename="a.whl", url="https://host/simple/torch/a.whl", metadata=meant),
    )


def test_wheels_of_a_project() -> None:
    links = (
        *html_links(PYTORCH_PAGE, BASE),
        Link(filename="torchvision-0.25.0-cp312-cp312-win_amd64.whl", url="u"),
        Link(filename="torch-not.a.version!-cp312-cp312-win_amd64.whl", url="u"),
        Link(filename="torch.whl", url="u"),
    )
    assert wheels_of("Torch", links, SOURCE) == (
        Wheel(
            project="torch",
            version="2.10.0+cpu",
            filename="torch-2.10.0+cpu-cp312-cp312-manylinux_2_28_x86_64.whl",
            url="https://host/whl/cpu/torch-2.10.0%2Bcpu-cp312-cp312-manylinux_2_28_x86_64.whl",
            source=SOURCE,
            metadata="sha256=1",
        ),
        Wheel(
            project="torch",
            version="2.10.0",
            filename="torch-2.10.0-1-cp311-cp311-win_amd64.whl",
            url="https://other/torch-2.10.0-1-cp311-cp311-win_amd64.whl",
            source=SOURCE,
            requires_python=">=3.10,<3.15",
        ),
    )


def test_a_projects_name_has_many_spellings() -> None:
    link = Link(filename="tensorflow_cpu-2.21.0-cp312-cp312-win_amd64.whl", url="u")
    assert [one.project for one in wheels_of("TensorFlow.CPU", (link,), SOURCE)] == ["tensorflow-cpu"]


@given(
    st.text()
    | st.lists(st.sampled_from(["<a ", "href=", '"', ">", "<!", "&", "[", "//", "<base "])).map("".join)
)
def test_pages_never_raise(text: str) -> None:
    assert isinstance(html_links(text, BASE), tuple)
    assert isinstance(json_links(text, BASE), tuple | None)
    assert isinstance(wheels_of("torch", (Link(filename=text + ".whl", url=""),), SOURCE), tuple)
