"""The network knows ImageNet, and freezes and thaws as it is told."""

from __future__ import annotations

import json
import pickle
import sys
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any, ClassVar

import numpy as np
import pytest
import torch
from torch_cases import PLAIN, engine, fit, images, knowing, whole

from your_project import imagenet, lite0
from your_project.errors import ProjectError
from your_project.pytorch.engine import PyTorchEngine
from your_project.pytorch.optimiser import freeze
from your_project.stages import Stage
from your_project.tensor_files import read_tensors


@pytest.mark.parametrize(("name", "things"), [("cat", {"tabby", "Egyptian cat"}), ("coffee", {"espresso"})])
def test_imagenet_is_known(name: str, things: set[str]) -> None:
    best = np.argsort(-knowing().outputs(whole(name))[0])[:3]
    assert {imagenet.names()[at] for at in best} >= things


def test_the_reader_reads_what_pytorch_reads() -> None:
    file = lite0.package_file()
    theirs = torch.load(file, map_location="cpu", weights_only=True)
    ours = read_tensors(file)
    assert list(ours) == list(theirs)
    assert all(np.array_equal(array, theirs[name].numpy()) for name, array in ours.items())


def test_sections_thaw_from_the_head_on() -> None:
    sections = engine(known=False).sections()
    held = freeze(sections, Stage("last 2", 1, 1e-3, open=2))
    frozen = [one for name in lite0.NAMES[:-2] for one in sections[name].modules()]
    assert held == [one for one in frozen if isinstance(one, torch.nn.BatchNorm2d)]
    assert not any(p.requires_grad for one in frozen for p in one.parameters())
    assert all(p.requires_grad for name in ("stage7", "top", "head") for p in sections[name].parameters())


def test_a_frozen_body_does_not_move_nor_does_its_normalisation(tmp_path):
    made = engine(replace(PLAIN, image_size=32), size=32)
    before = {name: value.clone() for name, value in made.network.body.state_dict().items()}
    head = made.network.head.weight.detach().clone()
    fit(made, (Stage("head", 1, 1e-2, body=0.0),), tmp_path, 32)
    after = made.network.body.state_dict()
    assert all(torch.equal(value, after[name]) for name, value in before.items())
    assert not torch.equal(head, made.network.head.weight)


def test_where_it_looks():
    few = images().test.take(slice(0, None, 80))
    made = knowing()
    maps = made.heat(few, np.full(len(few), 967))
    assert maps is not None
    assert maps.shape == (len(few), 2, 2)
    assert maps.min() >= 0
    assert maps.max() == pytest.approx(1)
    assert made.network.head.weight.grad is None


@pytest.mark.parametrize(
    ("model", "told"),
    [
        ("nothing", "there is no network 'nothing' for PyTorch: lite0, resnet18"),
        ("keras:VGG16", "there is no network 'keras:VGG16' for PyTorch"),
        ("timm:", "there is no network 'timm:'"),
    ],
)
def test_unknown_networks_are_told(model: str, told: str) -> None:
    with pytest.raises(ProjectError, match=told):
        engine(replace(PLAIN, model=model), known=False)


def test_the_first_sections_alone() -> None:
    made: Any = engine(replace(PLAIN, depth=3))
    other: Any = engine()
    assert list(made.sections()) == ["stem", "stage1", "stage2", "head"]
    assert made.network.head.in_features == 24
    first = made.network.body.get_submodule("stage2.1.project").conv.weight
    whole_one = other.network.body.get_submodule("stage2.1.project").conv.weight
    assert torch.equal(first, whole_one)


class Tiny(torch.nn.Module):
    """A network as timm makes them."""

    pretrained_cfg: ClassVar = {"mean": (0.5, 0.5, 0.5), "std": (0.25, 0.25, 0.25)}

    def __init__(self, filled: float) -> None:
        super().__init__()
        self.first = torch.nn.Conv2d(3, 3, 1)
        self.conv = torch.nn.Conv2d(3, 4, 3)
        self.active = torch.nn.ReLU(inplace=True)
        self.fc = torch.nn.Linear(4, 1000)
        torch.nn.init.constant_(self.conv.weight, filled)

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        scores: torch.Tensor = self.fc(self.active(self.conv(self.first(images))).mean((2, 3)))
        return scores


def test_a_network_of_timm_is_normalised_for_as_timm_says(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    fake = SimpleNamespace(create_model=lambda name, pretrained: Tiny(float(pretrained)))
    monkeypatch.setitem(sys.modules, "timm", fake)
    made: Any = engine(replace(PLAIN, model="timm:tiny"), known=False)
    white = torch.full((1, 3, 8, 8), 255, dtype=torch.uint8)
    assert made.network.normalise(white).unique().tolist() == pytest.approx([2.0])
    assert list(made.sections()) == ["first", "conv", "head"]
    few = images().test.take(slice(3))
    assert made.outputs(few).shape == (3, 10)
    # what works in place after the last convolution does not hinder Grad-CAM
    assert made.heat(few, np.zeros(3, np.int64)).shape == (3, 62, 62)
    assert not made.network.body.conv.weight.any()
    made.load_imagenet()
    assert bool((made.network.body.conv.weight == 1).all())
    torch.save(Tiny(2.0).state_dict(), tmp_path / "own.pth")  # with its head, which is left out
    made.settings = replace(made.settings, weights=str(tmp_path / "own.pth"))
    made.load_imagenet()
    assert bool((made.network.body.conv.weight == 2).all())
    torch.save({"else": torch.ones(1)}, tmp_path / "own.pth")
    with pytest.raises(ProjectError, match=r"own\.pth is of another network: it holds no 'first\.weight'"):
        made.load_imagenet()
    (tmp_path / "own.pth").write_bytes(pickle.dumps(SimpleNamespace, 2))
    with pytest.raises(ProjectError, match=r"cannot read .*own\.pth as weights of this network"):
        made.load_imagenet()


def test_a_folder_of_transformers(tmp_path: Path) -> None:
    transformers = pytest.importorskip("transformers")
    config = {"hidden_size": 16, "num_hidden_layers": 2, "num_attention_heads": 2, "intermediate_size": 16}
    theirs = transformers.ViTModel(transformers.ViTConfig(image_size=32, patch_size=16, **config)).eval()
    theirs.save_pretrained(tmp_path)
    told = {"image_mean": [0.5] * 3, "image_std": [0.5] * 3}
    (tmp_path / "preprocessor_config.json").write_text(json.dumps(told), encoding="utf-8")
    settings = replace(PLAIN, model=f"transformers:{tmp_path}", image_size=32)
    made: Any = engine(settings, size=32)
    first, *layers, _, head = made.sections()  # embeddings, two layers, normalisation, head
    assert (first, len(layers), head) == ("embeddings", 2, "head")
    few = images(32).test.take(slice(3))
    ours = made.network.body(made.network.normalise(made.inputs(few)))
    known = theirs(pixel_values=(made.inputs(few) - 127.5) / 127.5).last_hidden_state[:, 0]
    torch.testing.assert_close(ours, known)
    with pytest.raises(ProjectError, match="takes images of 32 pixels: add --image-size 32"):
        engine(settings)


def test_a_package_that_is_not_installed_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "timm", None)
    with pytest.raises(ProjectError, match=r"cannot import timm .+ choose --model lite0"):
        engine(replace(PLAIN, model="timm:resnet18"), known=False)
    assert PyTorchEngine.framework == "pytorch"
