from dataclasses import replace

import pytest

from scaffold.builds import candidate_projects
from tests.builds.samples import CPU, MAC, host, nvidia

pytestmark = pytest.mark.usefixtures("frozen_tables")
BOTH = ("pytorch", "keras")
KERAS = (("tensorflow-cpu", ()), ("tensorflow", ()))


@pytest.mark.parametrize(
    ("machine", "variants"),
    [
        (CPU, ("cpu",)),
        (
            nvidia("8.9"),
            ("cu132", "cu130", "cu129", "cu128", "cu126", "cu124", "cu121", "cu118", "cu117", "cpu"),
        ),
        (nvidia("6.1"), ("cu126", "cu124", "cu121", "cu118", "cu117", "cpu")),
        (nvidia("12.0", driver="570.86"), ("cu129", "cu128", "cpu")),
        (nvidia("8.0", driver="470.82.01"), ("cu118", "cu117", "cpu")),
        (nvidia("8.9", driver="440.33"), ("cpu",)),
        (
            nvidia("8.9", os="windows", driver="581.29"),
            ("cu132", "cu130", "cu129", "cu128", "cu126", "cu124", "cu121", "cu118", "cu117"),
        ),
        (replace(CPU, host=host("windows")), ()),
    ],
)
def test_variants_that_could_run(machine, variants):
    assert candidate_projects(machine, BOTH) == (("torch", variants), *KERAS)


def test_macs_have_one_build_for_all():
    assert candidate_projects(MAC, BOTH) == (("torch", ()), ("tensorflow", ()))


def test_arm_has_no_tensorflow_cpu():
    machine = replace(CPU, host=host(architecture="aarch64"))
    assert candidate_projects(machine, ["keras"]) == (("tensorflow", ()),)


def test_the_ordinary_index_alone():
    assert candidate_projects(nvidia("8.9"), ["pytorch"], index_policy="pypi") == (("torch", ()),)
