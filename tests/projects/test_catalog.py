from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from scaffold.errors import TemplateUnknown
from scaffold.projects.catalog import Provider, demand, find_providers, find_template, find_templates

from .conftest import FILES, lay


def test_our_own_templates_are_found():
    catalog = find_templates()
    assert [one.provider for one in catalog.templates if one.name == "cnn"] == ["scaffold-dl"]
    assert catalog.problems == ()


def test_a_broken_template_hides_no_other(provider):
    lay(provider.folder, {"odd/template.toml": "title = 3"})
    catalog = find_templates((provider,))
    assert [one.name for one in catalog.templates] == ["tiny"]
    assert [one.code for one in catalog.problems] == ["template-broken"]


def test_an_unknown_template_names_the_nearest(provider):
    with pytest.raises(TemplateUnknown) as caught:
        find_template("tinny", (provider,))
    assert caught.value.message == "there is no template 'tinny'"
    assert caught.value.detail == ("near to it: tiny",)
    with pytest.raises(TemplateUnknown) as caught:
        find_template("segmentation", (provider,))
    assert caught.value.detail == ("there are: tiny",)


@pytest.mark.parametrize("name", ["../tiny", "", ".", "parts/base", "acme:tiny"])
def test_a_name_cannot_leave_the_providers_folder(provider, name):
    with pytest.raises(TemplateUnknown):
        find_template(name, (provider,))


def test_one_provider_uses_anothers_parts_and_both_may_bring_one_name(provider, tmp_path):
    acme = Provider(name="acme", distribution="acme-templates", folder=tmp_path / "acme")
    files = {path: text.replace('"metrics"', '"scaffold:metrics"') for path, text in FILES.items()}
    lay(acme.folder, {path: text for path, text in files.items() if path.startswith("tiny/")})
    both = (provider, acme)
    assert find_template("tiny", both).provider == "scaffold-dl"
    theirs = find_template("acme:tiny", both)
    assert theirs.provider == "acme-templates"
    assert [part.folder.parent for part in theirs.layers[0].parts] == [provider.folder / "parts"] * 2


def test_listing_runs_none_of_a_third_partys_code(tmp_path):
    site = tmp_path / "site"
    package = {f"acme_templates/{path}": text for path, text in FILES.items()}
    lay(site, {**package, "acme_templates/__init__.py": "raise SystemExit('imported')"})
    lay(
        site / "acme-1.0.dist-info",
        {
            "METADATA": "Metadata-Version: 2.1\nName: acme\nVersion: 1.0\n",
            "entry_points.txt": "[scaffold.templates]\nacme = acme_templates\nghost = not_there.at_all\n",
        },
    )
    script = (
        "from scaffold.projects.catalog import find_templates\n"
        "print([(t.name, t.provider) for t in find_templates().templates if t.provider == 'acme'])"
    )
    root = Path(__file__).parents[2]
    done = subprocess.run(
        [sys.executable, "-c", script],
        env={"PYTHONPATH": f"{root}:{site}", "PATH": ""},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.stdout, done.stderr) == ("[('tiny', 'acme')]\n", "")


def test_providers_come_ours_first():
    assert find_providers()[0].name == "scaffold"


def test_a_folder_of_the_name_may_be_meant(tmp_path):
    (tmp_path / "mine").mkdir()
    with pytest.raises(TemplateUnknown) as caught:
        demand("mine", tmp_path)
    assert caught.value.hint == "the folder of that name is meant by: -t ./mine"
    with pytest.raises(TemplateUnknown) as caught:
        demand("yours", tmp_path)
    assert caught.value.hint == "scaffold templates"
    demand("cnn", tmp_path)
