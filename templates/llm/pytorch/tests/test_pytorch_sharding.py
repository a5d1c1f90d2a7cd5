"""Two processes that share every weight learn what one does, and each keeps half."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import safetensors.torch
import torch

import your_project

PROGRAM = """
import json, sys
import safetensors.torch, torch
from torch.nn.functional import cross_entropy
from your_project.engine import ModelCard
from your_project.pytorch import sharding, team
from your_project.pytorch.model import GPT

torch.set_num_threads(1)
torch.manual_seed(0)
card = ModelCard(model="gpt", layers=2, heads=2, width=16, context=8, dropout=0.0, tokenizer={}, tokens=20,
                 framework="pytorch", text="")
network = GPT(card)
every = torch.randint(20, (4, 9), generator=torch.Generator().manual_seed(1))
losses = []
with team.gathered(torch.device("cpu")) as ours:
    if ours.size > 1:
        sharding.shard(network, network.blocks, ours, torch.float32)
    optimiser = torch.optim.AdamW(network.parameters(), lr=1e-2)
    for step in range(5):
        tokens = every[ours.number :: ours.size]
        loss = cross_entropy(network(tokens[:, :-1]).flatten(0, 1), tokens[:, 1:].flatten())
        loss.backward()
        torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        optimiser.step()
        optimiser.zero_grad()
        losses.append(ours.total(loss.detach().clone()).item() / ours.size)
    size = sharding.own_size(network)
    weights = sharding.gathered_weights(network) if ours.size > 1 else network.state_dict()
    if ours.leads:
        safetensors.torch.save_file({k: v.clone() for k, v in weights.items()}, sys.argv[1] + ".safetensors")
        with open(sys.argv[1] + ".json", "w") as file:
            json.dump({"losses": losses, "size": size}, file)
from your_project import processes
processes.leave()
"""


def trained(folder, copies):
    """Train in so many processes; return what was measured, and the weights."""
    code = folder / "program.py"
    code.write_text(PROGRAM, encoding="utf-8")
    source = str(Path(your_project.__file__).parents[1])
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "PYTHONPATH": source, "USE_LIBUV": "0"}
    command = [sys.executable]
    if copies > 1:
        command += ["-m", "torch.distributed.run", "--standalone", "--nproc_per_node", str(copies), "--"]
    place = folder / f"of{copies}"
    done = subprocess.run(
        [*command, str(code), str(place)], env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    told = json.loads(place.with_suffix(".json").read_text(encoding="utf-8"))
    return told, safetensors.torch.load_file(place.with_suffix(".safetensors"))


@pytest.mark.slow
def test_two_processes_that_share_every_weight_learn_what_one_does(tmp_path):
    one, weights = trained(tmp_path, 1)
    two, gathered = trained(tmp_path, 2)
    assert two["losses"] == pytest.approx(one["losses"], rel=1e-4)
    assert one["losses"][-1] < one["losses"][0]
    assert two["size"] == one["size"] / 2
    assert gathered.keys() == weights.keys()
    for name, value in weights.items():
        assert torch.allclose(gathered[name], value, rtol=1e-3, atol=1e-4), name
