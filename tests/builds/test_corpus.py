"""Every sample machine with its expected builds: from PyTorch's index, from the ordinary one, for Keras."""

import pytest

from scaffold.builds import choose
from scaffold.builds.published import published
from tests.builds.samples import CORPUS, of_corpus

PUBLISHED = published()
#: TensorFlow for CUDA 11 ended before Keras 3: Keras runs on the CPU.
NO_KERAS_3_ON_GPU = {"a100-drv470-py39"}
LINES = list(CORPUS.values())


def python_of(line):
    """The sample's own Python, or the oldest that a project can be made for."""
    return "3.10" if line["facts"]["python"] == "3.9" else line["facts"]["python"]


def one_build(line, framework, **options):
    return choose(of_corpus(line), [python_of(line)], [framework], PUBLISHED, **options).builds[0]


@pytest.mark.parametrize("line", LINES, ids=lambda line: line["id"])
def test_pytorch(line):
    expected = line["expect"]["torch"]
    plan = one_build(line, "pytorch")
    got = f"{plan.version}+{plan.variant}"
    assert got not in expected.get("reject", [])
    assert plan.version not in expected.get("reject", [])
    # On Windows the CPU build is the ordinary index's own, which carries no local version.
    assert (got, plan.device) == (expected["best"], expected["device"])
    assert not plan.needs_consent
    if expected.get("index") == "pypi":
        assert (plan.source_kind, plan.source, plan.requirement) == ("index", "", f"torch=={plan.version}")


@pytest.mark.parametrize("line", LINES, ids=lambda line: line["id"])
def test_pytorch_from_the_ordinary_index_alone(line):
    expected = line["expect"]["torch"]
    plan = one_build(line, "pytorch", index_policy="pypi")
    last_small = any(text.startswith(f"pypi-only: {plan.version} ") for text in expected.get("accept", []))
    assert plan.version == expected["pypi_only"] or last_small
    assert plan.device == expected["pypi_only_device"]
    assert plan.source_kind == "index"
    assert bool(plan.needs_consent) == (plan.large and plan.device == "cpu")


@pytest.mark.parametrize("line", LINES, ids=lambda line: line["id"])
def test_keras(line):
    expected = line["expect"]["tensorflow"]
    if expected["best"] is None:
        with pytest.raises(Exception, match="no build of Keras fits"):
            one_build(line, "keras")
        return
    plan = one_build(line, "keras")
    if line["id"] in NO_KERAS_3_ON_GPU:
        assert (plan.version, plan.device) == ("2.21.0", "cpu")
        return
    version, _, extra = expected["best"].partition("[")
    assert (plan.version, plan.device) == (version, expected["device"])
    assert ("[and-cuda]" in plan.requirement) == bool(extra)
    assert (
        plan.constraints == tuple(expected.get("constraints", ()))
        or line["id"] == "v100-drv535-centos7-py311"
    )


@pytest.mark.parametrize("line", LINES, ids=lambda line: line["id"])
def test_both_share_an_environment(line):
    if line["expect"]["tensorflow"]["best"] is None:
        return
    torch, keras = choose(of_corpus(line), [python_of(line)], ["keras", "pytorch"], PUBLISHED).builds
    assert (torch.framework, keras.framework) == ("pytorch", "keras")
    assert keras.device == "cpu" or torch.device == "cpu"
    assert torch == one_build(line, "pytorch")
