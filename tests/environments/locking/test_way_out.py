"""What to do where an index that a lock needs does not answer."""

from __future__ import annotations

from scaffold.environments.locking.groups import declared
from scaffold.environments.locking.way_out import with_way_out
from scaffold.errors import SourceUnreachable

from .conftest import make_project

PYTORCH = "https://download.pytorch.org/whl"


def hint(root, host, stand_ins=None, **wishes):
    problem = SourceUnreachable(f"The package index cannot be reached: {host}", hint="check the network")
    return with_way_out(problem, declared(root), stand_ins or {}, **wishes).hint.splitlines()


MIRROR = "a mirror of PyTorch's index: scaffold env mirrors use nju --only pytorch (or sjtu, aliyun)"


def test_pytorchs_index_is_away(root):
    """All of its variants are: none of them can be locked instead."""
    assert hint(root, "download.pytorch.org") == ["check the network", MIRROR]
    assert hint(root, "download.pytorch.org", group="cpu") == ["check the network", MIRROR]


def test_one_of_two_places_is_away(root, edit):
    edit(f"{PYTORCH}/cpu", "http://127.0.0.1:9/cpu")
    alone = "one accelerator alone, from its own index: scaffold env lock --group "
    assert hint(root, "127.0.0.1:9") == ["check the network", f"{alone}cu126"]
    assert hint(root, "127.0.0.1:91") == ["check the network"]
    assert hint(root, "download.pytorch.org") == ["check the network", MIRROR, f"{alone}cpu"]


def test_the_mirror_in_force_is_no_way_out(root):
    mirror = "https://mirrors.nju.edu.cn/pytorch/whl"
    stand_ins = {f"{PYTORCH}/{one}": f"{mirror}/{one}" for one in ("cpu", "cu126")}
    assert hint(root, "mirrors.nju.edu.cn", stand_ins) == [
        "check the network",
        "a mirror of PyTorch's index: scaffold env mirrors use sjtu --only pytorch (or aliyun)",
    ]


def test_the_ordinary_index_is_away(root):
    """Every group needs it: a group alone would fail as well."""
    assert hint(root, "pypi.example") == ["check the network"]


def test_a_project_without_accelerators(tmp_path):
    root = make_project(tmp_path / "plain", '[project]\nname = "plain"\nversion = "1"\n')
    assert hint(root, "pypi.example") == ["check the network"]
