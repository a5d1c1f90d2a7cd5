"""A template's manifests: all that is wrong with them is told at once, wherever the template lies."""

from __future__ import annotations

from pathlib import Path

import pytest

from scaffold.errors import OptionRefused, TemplateUnknown
from scaffold.system import HostSystem
from scaffold.template_checks.reading import located, read
from tests.template_checks.templates import MANIFEST, PLAIN, PLAIN_MANIFEST, TINY, laid


def test_all_that_is_wrong_is_told_and_not_only_the_first(tmp_path: Path) -> None:
    manifest = (
        MANIFEST.replace('title = "Tiny"\n', "")
        .replace('version = "1.0.0"', "version = 1")
        .replace('folder = "keras"\n', 'folder = "kears"\n')
        .replace('folder = "common"\n', 'folder = "common"\nparts = ["metrics", "gone"]\n')
        .replace('kind = "pytest"', 'kind = "pytset"')
        .replace("default = true", 'default = "yes"\nsumary = "?"')
    )
    parts = {
        "parts/metrics/part.toml": 'summary = 1\nrequires = ["base"]\ndependencies = ["nupmy>="]\n',
        "parts/base/part.toml": '[[run]]\nname = "watch"\nkind = "module"\n',
    }
    laid(tmp_path, parts)
    reading = read(laid(tmp_path / "tiny", {**TINY, "template.toml": manifest}))
    assert reading.template is None
    assert [one.replace(f"{tmp_path}/", "") for one in reading.problems] == [
        "parts/metrics/part.toml, line 1: 'summary': a string is needed, not 1",
        (
            "parts/metrics/part.toml, line 3: 'dependencies': 'nupmy>=' is no requirement: "
            "Expected semicolon (after name with no version specifier) or end"
        ),
        "parts/base/part.toml, line 1: 'target' of [[run]]: it is missing",
        f"tiny/template.toml, line 6: 'parts' of [[layer]]: {tmp_path.name} has no part 'gone'",
        "tiny/template.toml, line 13: 'folder' of [[layer]]: there is no folder tiny/kears",
        "tiny/template.toml, line 1: 'title': it is missing",
        "tiny/template.toml, line 2: 'version': a string is needed, not 1",
        "tiny/template.toml, line 23: 'default' of [[run]]: true or false is needed, not 'yes'",
        "tiny/template.toml, line 24: 'sumary' of [[run]]: there is no such key; 'summary' was meant?",
        (
            "tiny/template.toml, line 36: 'kind' of [[run]]: it is 'pytset', and must be one of: "
            "script, module, pytest, torchrun, compound"
        ),
    ]


@pytest.mark.parametrize("lost", ["the layer's folder", "a part"])
def test_a_cause_is_told_and_not_what_follows_from_it(lost: str, tmp_path: Path) -> None:
    """A row that changes one of a part's says only what is different: without the part it seems to lack all."""
    row = '\n[[run]]\nname = "watch"\nsummary = "watch it"\n'
    both = '\n[[run]]\nname = "both"\nkind = "compound"\nmembers = ["double", "watch"]\nsummary = "both"\n'
    manifest = (
        PLAIN_MANIFEST.replace('folder = "common"\n', 'folder = "common"\nparts = ["sight"]\n') + row + both
    )
    files = {"part.toml": '[[run]]\nname = "watch"\nkind = "module"\ntarget = "your_project.watch"\n'}
    laid(tmp_path / "parts/sight", files)
    folder = laid(tmp_path / "plain", {**PLAIN, "template.toml": manifest})
    assert read(folder).problems == ()
    if lost == "a part":
        (tmp_path / "parts/sight").rename(tmp_path / "parts/site")
        told = f"line 7: 'parts' of [[layer]]: {tmp_path.name} has no part 'sight'; near to it: site"
    else:
        (folder / "common").rename(folder / "comon")
        told = f"line 6: 'folder' of [[layer]]: there is no folder {folder}/common"
    assert read(folder).problems == (f"{folder}/template.toml, {told}",)


def test_what_is_no_toml_is_one_problem(tmp_path: Path) -> None:
    reading = read(laid(tmp_path / "tiny", {**TINY, "template.toml": "title = Tiny\n"}))
    assert reading.template is None
    assert len(reading.problems) == 1
    assert f"{tmp_path}/tiny/template.toml is no valid TOML" in reading.problems[0]


def test_parts_of_installed_packages_are_found_by_name(tmp_path: Path) -> None:
    manifest = TINY["template.toml"].replace(
        'folder = "common"\n', 'folder = "common"\nparts = ["scaffold:report"]\n'
    )
    reading = read(laid(tmp_path / "tiny", {**TINY, "template.toml": manifest}))
    assert reading.template is not None, reading.problems
    assert "report" in [part.name for layer in reading.template.layers for part in layer.parts]


@pytest.mark.parametrize("text", ["tiny", "./tiny", "{}/tiny"])
def test_a_template_is_found_in_a_folder(text: str, tmp_path: Path) -> None:
    laid(tmp_path / "tiny", TINY)
    with located(text.format(tmp_path), HostSystem(), tmp_path) as folder:
        assert folder.resolve() == tmp_path / "tiny"


def test_a_template_is_found_by_name_and_in_an_archive(tmp_path: Path) -> None:
    import shutil

    with located("cnn", HostSystem(), tmp_path) as folder:
        assert read(folder).template is not None
    laid(tmp_path / "packed" / "plain", PLAIN)
    shutil.make_archive(str(tmp_path / "plain"), "zip", tmp_path / "packed")
    with located("./plain.zip", HostSystem(), tmp_path) as folder:
        assert read(folder).template is not None
    assert not folder.exists()


def test_a_template_of_another_kind_is_not_for_these_checks(tmp_path: Path) -> None:
    laid(tmp_path / "theirs", {"copier.yml": "{}\n"})
    with (
        pytest.raises(OptionRefused, match=r"theirs is a template for copier, and these checks"),
        located("./theirs", HostSystem(), tmp_path),
    ):
        pass


def test_what_is_nowhere_is_told_with_what_there_is(tmp_path: Path) -> None:
    with (
        pytest.raises(TemplateUnknown, match="there is no template 'cnm'"),
        located("cnm", HostSystem(), tmp_path),
    ):
        pass
