"""Compute capabilities by name, as drivers, databases and Windows write the names."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scaffold.machine.amd_nodes import gfx_of_device, gfx_of_name, is_integrated
from scaffold.machine.intel_answers import family_of
from scaffold.machine.nvidia_names import (
    BY_DEVICE,
    BY_NAME,
    capability_of_device,
    capability_of_name,
    guessed,
    last_branch,
)
from scaffold.machine.tables import table

NAMES = {
    "12.1": ["NVIDIA GB10", "GB20B [GB10]"],
    "12.0": [
        "NVIDIA GeForce RTX 5090", "NVIDIA GeForce RTX 5070 Ti Laptop GPU", "GB202 [GeForce RTX 5090]",
        "NVIDIA RTX PRO 6000 Blackwell Server Edition", "NVIDIA RTX PRO 2000 Blackwell Generation Laptop GPU",
    ],
    "11.0": ["NVIDIA Thor", "NVIDIA Jetson AGX Thor Developer Kit", "GB10B [Jetson AGX Thor]"],
    "10.3": ["NVIDIA B300 SXM6 AC", "NVIDIA GB300"],
    "10.0": ["NVIDIA B200", "NVIDIA GB200"],
    "9.0": [
        "NVIDIA H100 80GB HBM3", "NVIDIA H200", "NVIDIA GH200 480GB", "NVIDIA H20", "NVIDIA H800", "NVIDIA H100L-94C",
        "NVIDIA H100XM-80C", "NVIDIA H100 80GB HBM3 MIG 3g.40gb", "GH100 [H100 PCIe]",
    ],
    "8.9": [
        "NVIDIA GeForce RTX 4090", "NVIDIA GeForce RTX 4060 Laptop GPU", "NVIDIA GeForce RTX 4070 SUPER", "NVIDIA L4",
        "NVIDIA L40S", "NVIDIA L40S-48C", "NVIDIA RTX 6000 Ada Generation", "NVIDIA RTX 4000 SFF Ada Generation",
        "NVIDIA RTX6000-Ada-48Q", "NVIDIA RTX 500 Ada Generation Laptop GPU", "AD102GL [RTX 6000 Ada Generation]",
    ],
    "8.7": ["Orin", "Orin (nvgpu)", "NVIDIA Jetson AGX Orin Developer Kit"],
    "8.6": [
        "NVIDIA GeForce RTX 3060", "RTX 3060", "NVIDIA GeForce RTX 3080 Ti", "NVIDIA GeForce RTX 2050",
        "GA106 [GeForce RTX 3060]", "GA106 [GeForce RTX 3060 Lite Hash Rate]", "NVIDIA RTX A6000", "NVIDIA A40-48Q",
        "NVIDIA A10", "NVIDIA A10G", "NVIDIA A2", "NVIDIA A16", "NVIDIA RTX A5000-24Q", "NVIDIA GeForce MX570 A",
    ],
    "8.0": [
        "NVIDIA A100-SXM4-40GB", "NVIDIA A100 80GB PCIe", "NVIDIA A100-40C", "GRID A100D-80C", "NVIDIA A30",
        "NVIDIA A800-SXM4-80GB", "NVIDIA A100-SXM4-40GB MIG 1g.5gb", "NVIDIA CMP 170HX",
    ],
    "7.5": [
        "Tesla T4", "GRID T4-16C", "NVIDIA GeForce RTX 2070 SUPER", "NVIDIA GeForce RTX 2060 with Max-Q Design",
        "NVIDIA GeForce GTX 1650 Ti", "Quadro RTX 6000", "GRID RTX6000-24Q", "NVIDIA TITAN RTX", "NVIDIA T1000 8GB",
        "Quadro T2000", "NVIDIA GeForce MX450",
    ],
    "7.2": ["Xavier", "NVIDIA Jetson AGX Xavier Developer Kit"],
    "7.0": ["Tesla V100-SXM2-32GB", "GRID V100DX-16C", "NVIDIA TITAN V", "Quadro GV100", "GV100GL [Tesla V100 PCIe 16GB]"],
    "6.2": ["NVIDIA Tegra X2"],
    "6.1": [
        "NVIDIA GeForce GTX 1080 Ti", "GeForce GTX 1050", "GeForce GT 1030", "GeForce MX150", "Quadro P2000", "Tesla P4",
        "Tesla P40", "GRID P40-24Q", "NVIDIA TITAN Xp", "NVIDIA TITAN X (Pascal)", "TITAN X (Pascal)", "P106-100",
    ],
    "6.0": ["Tesla P100-PCIE-16GB", "Quadro GP100"],
    "5.3": ["NVIDIA Tegra X1", "NVIDIA Jetson Nano Developer Kit"],
    "5.2": ["GeForce GTX 970", "GeForce GTX 980M", "GeForce GTX TITAN X", "Tesla M60", "GRID M60-8Q", "Quadro M6000 24GB"],
    "5.0": ["GeForce GTX 750 Ti", "GeForce 940MX", "GeForce GTX 960M", "Quadro K2200", "Quadro M2000M", "Tesla M10"],
    "3.7": ["Tesla K80", "GK210GL [Tesla K80]"],
    "3.5": ["Tesla K40m", "Tesla K20Xm", "GeForce GTX 780 Ti", "GeForce GTX TITAN Black", "GeForce GT 710"],
    "3.0": ["GeForce GTX 680", "GeForce GTX 770", "GeForce GTX 780M", "GRID K520", "Quadro K2000"],
    "2.1": ["GeForce 820M", "GeForce GT 630"],
    "": [
        "", "[N/A]", "Failed", "ERR!", "NVIDIA Graphics Device", "GeForce GTX 860M", "Pascal (GTX 10 series)", "NVIDIA GPU",
        "Intel(R) UHD Graphics 630", "Intel Arc A770", "AMD Radeon RX 7900 XTX", "Radeon RX 580", "Apple M2",
    ],
}  # fmt: skip


@pytest.mark.parametrize("capability", NAMES)
def test_capability_of_name(capability):
    assert {name: capability_of_name(name) for name in NAMES[capability]} == dict.fromkeys(
        NAMES[capability], capability
    )


def test_which_of_name_and_number_told():
    assert guessed("GeForce GTX 1080", "0x2504") == ("6.1", BY_NAME)
    assert guessed("NVIDIA device 0x2504", "0x2504") == ("8.6", BY_DEVICE)
    assert guessed("", "") == ("", "")


@given(st.text(max_size=60))
def test_any_text_has_a_capability_or_none(text):
    assert re.fullmatch(r"(\d+\.\d)?", capability_of_name(text))
    assert re.fullmatch(r"(\d+\.\d)?", capability_of_device(text))


@pytest.mark.parametrize(
    ("capability", "branch"),
    [("2.1", 390), ("3.7", 470), ("5.2", 580), ("7.0", 580), ("7.5", None), ("12.0", None)],
)
def test_the_last_branch_of_a_generation(capability, branch):
    assert last_branch(capability) == branch


def test_every_row_of_the_tables_is_well_formed():
    nvidia = table("nvidia_gpus")
    for row in (*nvidia["chips"], *nvidia["names"], *nvidia["devices"]):
        assert re.fullmatch(r"\d+\.\d", row["capability"])
    assert all(row["first"] <= row["last"] for row in nvidia["devices"])
    numbers = [number for row in table("amd_gpus")["devices"] for number in row["numbers"]]
    numbers += [number for row in table("intel_gpus")["family"] for number in row["devices"]]
    assert all(re.fullmatch(r"0x[0-9a-f]{4}", number) for number in numbers)
    assert len(numbers) == len(set(numbers))


def test_every_architecture_of_a_processors_graphics_is_one_that_devices_have():
    known = {row["gfx"] for row in table("amd_gpus")["devices"]}
    assert {gfx for gfx in known if is_integrated(gfx)} == {
        "gfx902", "gfx90c", "gfx1035", "gfx1036", "gfx1103", "gfx1150", "gfx1151", "gfx1152", "gfx1153",
    }  # fmt: skip


def test_numbers_of_other_vendors():
    assert [gfx_of_device(number) for number in ("0x744c", "0x74a1", "0x1586", "0x7550", "")] == [
        "gfx1100", "gfx942", "gfx1151", "gfx1201", "",
    ]  # fmt: skip
    families = [family_of(number) for number in ("0x56a5", "0x0bda", "0xe20b", "0x7d55", "0xb080", "0x9a49")]
    assert [family and (family.ip, family.integrated) for family in families] == [
        ("12.56.5", False), ("12.60.7", False), ("20.1.0", False), ("12.71.4", True), ("30.0.4", True), None,
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "gfx"),
    [
        ("AMD Instinct MI300X", "gfx942"), ("AMD Instinct MI250X/MI250", "gfx90a"), ("MI355X", "gfx950"),
        ("AMD Radeon VII", "gfx906"), ("Radeon RX Vega 64", "gfx900"), ("Radeon AI PRO R9700", "gfx1201"),
        ("AMD Radeon RX 9070 XT", "gfx1201"), ("RX 9060 XT 16GB", "gfx1200"), ("Radeon RX 7900 GRE", "gfx1100"),
        ("AMD Radeon PRO W7800", "gfx1100"), ("Radeon RX 7700 XT", "gfx1101"), ("Radeon RX 7700S", "gfx1102"),
        ("AMD Radeon RX 6950 XT", "gfx1030"), ("Radeon RX 6800M", "gfx1031"), ("Radeon RX 6800S", "gfx1032"),
        ("Radeon RX 6600 XT", "gfx1032"), ("Radeon RX 6500 XT", "gfx1034"), ("Radeon RX 5700 XT", "gfx1010"),
        ("Radeon RX 580", "gfx803"), ("AMD Radeon 890M Graphics", "gfx1150"), ("Radeon 8060S", "gfx1151"),
        ("AMD Radeon 780M", "gfx1103"), ("AMD Radeon Graphics", ""), ("Radeon RX 10700", ""), ("Radeon HD 7900", ""),
    ],
)  # fmt: skip
def test_the_architecture_of_amds_gpus_by_name(name: str, gfx: str) -> None:
    assert gfx_of_name(name) == gfx
