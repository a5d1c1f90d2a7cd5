"""Models of somebody else: where they come from, what is learned of them, what is written."""

import json
import os
from pathlib import Path

import numpy as np
import pytest
import torch

from your_project import chats
from your_project.chat_files import BUILTIN, read
from your_project.errors import ProjectError
from your_project.program import Request
from your_project.pytorch import hub, hub_engine, tuner, tuning
from your_project.pytorch.tuning import Tuning

torch.set_num_threads(1)
pytestmark = pytest.mark.filterwarnings("ignore")

SMALL = {
    "hub": "tiny",
    "limit": 8,
    "epochs": 1,
    "batch_size": 4,
    "context": 128,
    "length": 4,
    "samples": 1,
    "device": "cpu",
    "precision": "fp32",
}
QUESTION = [{"role": "user", "content": "Hi"}]


@pytest.fixture(autouse=True)
def packages():
    for name in ("transformers", "peft"):
        pytest.importorskip(name)


def request_of(folder, **changes):
    given = {**SMALL, "runs": str(folder), **changes}
    return Request("pytorch", Tuning(**given), given)


def metrics(folder, run):
    return json.loads((folder / run / "metrics.json").read_text(encoding="utf-8"))


def history(folder, run):
    lines = (folder / run / "history.jsonl").read_text(encoding="utf-8").splitlines()
    return [{k: v for k, v in json.loads(line).items() if k != "seconds"} for line in lines]


def test_a_run_tunes_the_adapters_and_writes_them(tmp_path, capsys):
    tuner.tune(request_of(tmp_path, run="one", epochs=4, learning_rate=0.01))
    told = metrics(tmp_path, "one")
    assert told["schema"] == "tuning/1"
    assert told["loss"] < told["baseline"]["loss"]  # on test chats; the baseline is the model as it came
    assert told["samples"]["training"] == 8
    assert [list(one) for one in told["answers"]] == [["question", "meant", "before", "after"]]
    assert (tmp_path / "one" / "adapter" / "adapter_model.safetensors").is_file()
    assert "The likeliest words" in (tmp_path / "one" / "report.html").read_text(encoding="utf-8")
    out = capsys.readouterr().out
    assert "adapters    8,704 weights learn (30.12%), LoRA of rank 8 by peft" in out
    assert "baseline    loss " in out


def test_what_is_saved_are_the_adapters_alone(tmp_path):
    engine = hub_engine.HubEngine(request_of(tmp_path).settings)
    names = set(engine.network.state_dict())
    assert len(names) == 2 * 7 * 2  # two matrices for each of seven layers in each of two blocks
    assert all("lora_" in name for name in names)


def test_the_model_itself_does_not_change(tmp_path):
    engine = hub_engine.HubEngine(request_of(tmp_path).settings)
    before = {name: value.clone() for name, value in engine.model.state_dict().items() if "lora_" not in name}
    part = engine.chats().train
    loss = engine.loss_function()(engine.network(engine.inputs(part)[:2]), engine.targets(part)[:2])
    loss.backward()
    torch.optim.AdamW(engine.network.parameters(), lr=0.1).step()
    after = engine.model.state_dict()
    assert all(torch.equal(after[name], value) for name, value in before.items())
    assert any(value.abs().sum() > 0 for name, value in after.items() if "lora_B" in name)


def test_a_run_that_was_stopped_goes_on_exactly(tmp_path, monkeypatch):
    tuner.tune(request_of(tmp_path, run="whole", epochs=2))
    monkeypatch.setattr(tuner.HubEngine, "save_adapters", stopped)  # behind the last epoch, before the end
    with pytest.raises(KeyboardInterrupt):
        tuner.tune(request_of(tmp_path, run="broken", epochs=2))
    monkeypatch.undo()
    # as if it had been killed in its second epoch: what was logged of it is not in its state
    state = tmp_path / "broken" / "last.pt"
    content = torch.load(state, weights_only=True)
    assert content["position"]["epoch"] == 2
    tuner.tune(request_of(tmp_path, run="broken", resume=True, epochs=2))
    assert history(tmp_path, "broken") == history(tmp_path, "whole")
    for name in ("loss", "perplexity", "answers", "best_epoch"):
        assert metrics(tmp_path, "broken")[name] == metrics(tmp_path, "whole")[name]


def stopped(engine, folder):
    raise KeyboardInterrupt


def test_recomputing_activations_changes_no_gradient(tmp_path):
    found = []
    for recompute in (False, True):
        engine = hub_engine.HubEngine(request_of(tmp_path, recompute=recompute).settings)
        engine.network.train()
        engine.network(engine.inputs(engine.chats().train)[:2]).square().mean().backward()
        found.append([weights.grad for weights in engine.network.parameters()])
    assert all(torch.allclose(one, other) for one, other in zip(*found, strict=True))


def test_the_mask_of_a_models_own_template_is_the_answers(tmp_path):
    engine = hub_engine.HubEngine(request_of(tmp_path, context=900).settings)
    chat = read(BUILTIN)[0]
    part = engine.examples([chat])
    learned = part.targets[0][part.targets[0] != chats.IGNORED]
    assert engine.loaded.tokenizer.decode(learned) == chat[-1]["content"] + "<|im_end|>"
    asked = engine.tokens(engine.render(chat[:-1], True))
    assert part.inputs[0][: len(asked)].tolist() == asked
    # the first thing that is learned is what follows on the question
    assert np.flatnonzero(part.targets[0] != chats.IGNORED)[0] == len(asked) - 1


def test_only_safetensors_are_read(tmp_path):
    model = hub.tiny()
    model.model.config.save_pretrained(tmp_path)
    model.tokenizer.save_pretrained(tmp_path)
    torch.save(model.model.state_dict(), tmp_path / "pytorch_model.bin")
    with pytest.raises(ProjectError, match=r"holds no model that can be used: .*safetensors"):
        hub.load(str(tmp_path), "data")


def test_what_is_no_model_is_told(tmp_path, monkeypatch):
    with pytest.raises(ProjectError, match="holds no model that can be used"):
        hub.load(str(tmp_path), "data")
    file = tmp_path / "model.bin"
    file.write_bytes(b"")
    with pytest.raises(ProjectError, match=r"of single files only \.gguf is read"):
        hub.load(str(file), "data")
    (tmp_path / "model.gguf").write_bytes(b"GGUF")
    with pytest.raises(ProjectError, match=r"model\.gguf cannot be read"):
        hub.load(str(tmp_path / "model.gguf"), "data")


def test_without_the_network_the_hub_is_one_line(monkeypatch):
    def offline(*_, **__):
        raise OSError("We couldn't connect to the hub\nto load the files")

    monkeypatch.setattr(hub.transformers().utils.hub, "cached_file", offline)
    with pytest.raises(ProjectError) as told:
        hub.load("somebody/something", "data")
    assert "\n" not in str(told.value)
    assert "without internet give the folder of a model, or --hub smollm2" in str(told.value)


def test_a_missing_package_is_told_with_its_cure(monkeypatch):
    def missing(name):
        raise ModuleNotFoundError(name=name)

    monkeypatch.setattr(hub.importlib, "import_module", missing)
    with pytest.raises(ProjectError, match="pip install transformers peft gguf"):
        hub.needed("peft")


@pytest.mark.parametrize(
    "wrong", [{"rank": 0}, {"alpha": 0.0}, {"limit": -1}, {"warmup": 1.0}, {"learning_rate": float("nan")}]
)
def test_settings_that_cannot_be_meant_are_refused(wrong):
    with pytest.raises(ValueError, match=next(iter(wrong))):
        Tuning(**wrong)


def test_help_names_no_framework(capsys):
    with pytest.raises(SystemExit):
        tuning.tune(["--help"])
    out = capsys.readouterr().out
    assert "--hub" in out and "--bits {32,16,8,4}" in out


def smollm2():
    """Return a folder that holds SmolLM2's wheel or file, None where it is nowhere."""
    for place in filter(None, (os.environ.get("YOUR_PROJECT_WHEELS"), "data")):
        if Path(place).is_dir() and any(Path(place).glob("llm[_-]smollm2*")):
            return Path(place).resolve()
    return None


@pytest.mark.slow
def test_smollm2_learns_from_a_few_chats(tmp_path):
    pytest.importorskip("gguf")
    if (cache := smollm2()) is None:
        pytest.skip("SmolLM2's file is not here: it comes with the first run of tune")
    settings = {"hub": "smollm2", "cache": str(cache), "limit": 8, "epochs": 1, "length": 16, "context": 96}
    tuner.tune(request_of(tmp_path, run="one", **settings))
    told = metrics(tmp_path, "one")
    assert told["weights"] == 134_515_008
    assert told["perplexity"] < 0.95 * told["baseline"]["perplexity"]
