"""One word for a machine, whatever the mixture."""

import pytest

from scaffold.machine import Accelerator
from scaffold.machine.status import machine_status

KINDS = {
    "nvidia": {"vendor": "nvidia", "capability": "8.6"},
    "orin": {"vendor": "nvidia", "capability": "8.7", "integrated": True},
    "radeon": {"vendor": "amd", "capability": "gfx1100"},
    "raphael": {"vendor": "amd", "capability": "gfx1036", "integrated": True},
    "arc": {"vendor": "intel", "capability": "12.55.8"},
    "lunar": {"vendor": "intel", "capability": "20.4.4", "integrated": True},
    "uhd": {"vendor": "intel", "integrated": True},
    "apple": {"vendor": "apple", "capability": "apple-silicon", "integrated": True},
}


def status(text, unseen="ok"):
    """``nvidia:gpu_lost uhd`` -> the machine's status."""
    found = []
    for index, word in enumerate(text.split()):
        kind, _, obstacle = word.partition(":")
        found.append(Accelerator(index=index, name=kind, status=obstacle or "ok", **KINDS[kind]))
    return machine_status(found, unseen)


@pytest.mark.parametrize(
    ("found", "whole"),
    [
        ("", "ok"),
        ("nvidia", "ok"),
        ("nvidia nvidia:gpu_lost", "ok"),
        ("nvidia:gpu_lost nvidia:hidden", "gpu_lost"),
        ("nvidia:nouveau uhd", "driver_missing"),
        ("nvidia:nouveau lunar", "driver_missing"),
        ("nvidia:module_blocked raphael", "module_blocked"),
        ("nvidia:module_blocked radeon", "ok"),
        ("nvidia:reboot_required arc", "ok"),
        ("nvidia:hidden radeon:no_permission", "hidden"),
        ("radeon:no_permission arc:driver_missing", "no_permission"),
        ("radeon:no_permission raphael", "no_permission"),
        ("raphael:no_permission", "no_permission"),
        ("raphael", "ok"),
        ("arc:driver_missing uhd", "driver_missing"),
        ("uhd:no_permission", "ok"),
        ("uhd:driver_missing", "ok"),
        ("lunar:driver_missing", "driver_missing"),
        ("orin", "ok"),
        ("orin:driver_missing", "driver_missing"),
        ("apple", "ok"),
    ],
)
def test_the_status_of_a_machine(found, whole):
    assert status(found) == whole


@pytest.mark.parametrize(
    ("found", "whole"),
    [
        ("", "host_driver_without_device"),
        ("uhd", "host_driver_without_device"),
        ("radeon", "ok"),
        ("radeon:no_permission", "no_permission"),
        ("lunar:driver_missing", "host_driver_without_device"),
    ],
)
def test_a_gpu_that_nobody_sees_counts_where_nothing_else_computes(found, whole):
    assert status(found, "host_driver_without_device") == whole
