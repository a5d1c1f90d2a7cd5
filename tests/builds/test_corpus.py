"""Every sample machine with its answers: status, PyTorch from both policies, TensorFlow, as scripts read them."""

from pathlib import Path

import pytest

from scaffold.builds import choose
from scaffold.builds.advice import advise
from scaffold.builds.as_json import to_json
from scaffold.builds.published import published
from scaffold.facts import read_facts
from tests.builds.samples import CORPUS, of_corpus

pytestmark = pytest.mark.usefixtures("frozen_tables")
MACHINES = Path(__file__).parents[1] / "machines" / "machines.jsonl"
LINES = list(CORPUS.values())
SAMPLES = pytest.mark.parametrize("line", LINES, ids=lambda line: line["id"])


def answers(line, **options):
    observed = read_facts(f"{MACHINES}#{line['id']}")
    return to_json(advise(observed.machine, observed.python, ("pytorch", "keras"), **options))


@SAMPLES
def test_pytorch(line):
    told = answers(line)
    expected, torch = line["expect"]["torch"], told["torch"]
    assert told["status"] == line["status"]
    assert (f"{torch['version']}+{torch['variant']}", torch["device"]) == (
        expected["best"],
        expected["device"],
    )
    assert torch["version"] not in expected.get("reject", ())
    if "index" in expected:
        assert torch["index"].rsplit("/", 1)[-1] == expected["index"]


@SAMPLES
def test_pytorch_from_the_ordinary_index_alone(line):
    expected, torch = line["expect"]["torch"], answers(line, policy="pypi")["torch"]
    assert (torch["version"], torch["device"], torch["index"]) == (
        expected["pypi_only"],
        expected["pypi_only_device"],
        "pypi",
    )


@SAMPLES
def test_tensorflow(line):
    expected, tensorflow = line["expect"]["tensorflow"], answers(line)["tensorflow"]
    extra = "[and-cuda]" if "[and-cuda]" in (tensorflow["requirement"] or "") else ""
    best = f"{tensorflow['version']}{extra}" if tensorflow["version"] else None
    assert (best, tensorflow["device"]) == (expected["best"], expected["device"])
    # The last TensorFlow for that glibc asks for a range, too: the ceiling is said although cuDNN's own
    # floors happen to keep below it there.
    if line["id"] != "v100-drv535-centos7-py311":
        assert tensorflow["constraints"] == expected.get("constraints", [])


@SAMPLES
def test_both_share_an_environment(line):
    if line["expect"]["tensorflow"]["best"] is None or line["facts"]["python"] == "3.9":
        return
    python, here = line["facts"]["python"], of_corpus(line)
    torch, keras = choose(here, [python], ["keras", "pytorch"], published()).builds
    assert (torch.framework, keras.framework) == ("pytorch", "keras")
    assert keras.device == "cpu" or torch.device == "cpu"
