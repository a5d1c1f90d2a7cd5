"""A model of somebody else as an engine: the same loop, checkpoints and resume as our own GPT has.

What is trained, saved and resumed are the adapters; the model itself stays as it came and is loaded again.
"""

from __future__ import annotations

import math
import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy

from .. import chat_files, chats
from ..data import IGNORED, Split
from ..errors import ProjectError
from . import hub, quantised
from .arrays import ArrayBatches
from .learner import HEAD, Learner

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from ..chat_files import Chat
    from .team import Team
    from .tuning import Tuning


@dataclass(frozen=True)
class HubCard:
    """What one needs to use the adapters of a run: kept beside them as `model.json`."""

    model: str  # as it calls itself: llama, qwen2, ...
    hub: str  # what --hub was
    bits: int  # in which the frozen weights were kept
    rank: int
    alpha: float
    revision: str = ""  # of the hub: the adapters fit the weights that it had then
    framework: str = "pytorch"

    def describe(self) -> str:
        """Return what it is, for the reader."""
        return f"{self.model} of {self.hub}, LoRA of rank {self.rank}"


@dataclass(frozen=True)
class Chats:
    """Chats as a model's own tokens, in three parts without a common chat."""

    train: Split
    validation: Split
    test: Split
    asked: list[Chat]  # the test chats as they were


class Adapters(nn.Module):
    """What of a model learns. The model works within, but is no part of it: it is neither saved nor moved."""

    def __init__(self, model: nn.Module) -> None:
        super().__init__()
        self.whole = (model,)  # in a tuple, which PyTorch does not look into
        for name, weights in model.named_parameters():
            if weights.requires_grad:
                self.register_parameter(name.replace(".", "-"), weights)  # type: ignore[arg-type]

    def forward(self, tokens: Tensor) -> Tensor:
        """Return logits, (N, T, tokens), for token numbers, (N, T).

        Padding stands at the end, and a causal model looks back only, so it needs no mask.
        """
        logits: Tensor = self.whole[0](input_ids=tokens, use_cache=False).logits
        return logits.float()

    def train(self, mode: bool = True) -> Adapters:
        """Set the mode of the model, too: its adapters may have dropout."""
        self.whole[0].train(mode)
        return super().train(mode)


class HubEngine(Learner):
    """A model with adapters on one device."""

    settings: Tuning
    network: Adapters
    chunk = 4  # logits of 50,000 tokens are large

    def __init__(self, settings: Tuning, revision: str = "") -> None:
        self.loaded = hub.load(settings.hub, settings.cache, revision)
        self.weights = sum(p.numel() for p in self.loaded.model.parameters())
        kind = str(self.loaded.model.config.model_type)
        card = HubCard(
            kind, settings.hub, int(settings.bits), settings.rank, settings.alpha, self.loaded.revision
        )
        super().__init__(settings, card)

    def build(self) -> nn.Module:
        """Return the adapters that peft has put beside the model's layers."""
        settings, peft = self.settings, hub.needed("peft")
        model = self.loaded.model
        self.kept = kept(model, int(settings.bits))
        if settings.recompute:
            model.gradient_checkpointing_enable(gradient_checkpointing_kwargs={"use_reentrant": False})
        config = peft.LoraConfig(
            r=settings.rank,
            lora_alpha=settings.alpha,
            lora_dropout=settings.adapter_dropout,
            target_modules=list(settings.targets) or "all-linear",
            task_type="CAUSAL_LM",
        )
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", FutureWarning)  # what peft and transformers owe each other
                self.model = peft.get_peft_model(model, config).to(self.placement.device)
        except ValueError as problem:
            raise ProjectError(f"--targets {' '.join(settings.targets)}: {problem}") from None
        return Adapters(self.model)

    def sections(self) -> Mapping[str, nn.Module]:
        """Return all that learns."""
        return {HEAD: self.network}

    def batches(self, data: Chats, team: Team) -> ArrayBatches:
        """Return the training chats."""
        return ArrayBatches(self.inputs(data.train), self.targets(data.train), self.settings.batch_size, team)

    def inputs(self, part: Split) -> Tensor:
        """Return tokens, (N, T)."""
        return torch.from_numpy(part.inputs)

    def targets(self, part: Split) -> Tensor:
        """Return the tokens that follow, (N, T); IGNORED where nothing is to be learned."""
        return torch.from_numpy(part.targets)

    def weight(self, targets: Tensor) -> Tensor:
        """Return how many tokens are to be learned: a loss is a mean over them."""
        return (targets != IGNORED).sum()

    def loss_function(self) -> Callable[[Any, Tensor], Tensor]:
        """Return the mean loss of the tokens that are to be learned."""

        def loss(logits: Tensor, targets: Tensor) -> Tensor:
            return cross_entropy(logits.flatten(0, 1), targets.flatten(), ignore_index=IGNORED)

        return loss

    def measures(self, outputs: Tensor, targets: Tensor) -> dict[str, Tensor]:
        """Return the sum of the tokens' losses."""
        summed = cross_entropy(
            outputs.flatten(0, 1), targets.flatten(), ignore_index=IGNORED, reduction="sum"
        )
        return {"validation_loss": summed}

    # --- chats

    def chats(self) -> Chats:
        """Return the chats of the settings in the model's own form."""
        every = chat_files.named(self.settings.data)
        chat_files.refuse_marks(every, hub.marks(self.loaded.tokenizer), self.settings.data)
        parts = chat_files.divided(every)
        train, validation, test = (self.examples(part) for part in parts)
        most = self.settings.limit or len(train)
        return Chats(train.take(slice(most)), validation, test, parts[2])

    def examples(self, part: list[Chat]) -> Split:
        """Return chats as windows as long as the longest of them."""
        end = self.loaded.tokenizer.eos_token or ""
        pieces = [
            [(self.tokens(text), learns) for text, learns in chats.templated(chat, self.render, end)]
            for chat in part
        ]
        longest = max(sum(len(tokens) for tokens, _ in chat) for chat in pieces)
        length = min(self.settings.context, longest)
        found = chats.examples(pieces, length, self.loaded.tokenizer.pad_token_id)
        if told := found.told(length):
            print(f"chats       {told}; --context {found.longest} holds all of these")
        return Split(found.inputs, found.targets, chat_files.checksums(part), self.settings.data)

    def render(self, chat: Chat, ask: bool) -> str:
        """Return a chat as the model's own template writes it."""
        text: str = self.loaded.tokenizer.apply_chat_template(chat, tokenize=False, add_generation_prompt=ask)
        return text

    def tokens(self, text: str) -> list[int]:
        """Return the tokens of a text, in which the template's marks are tokens of their own."""
        found: list[int] = self.loaded.tokenizer(text, add_special_tokens=False)["input_ids"]
        return found

    # --- what it knows

    def measured(self, part: Split) -> dict[str, float]:
        """Return the mean loss of the answers' tokens in nats, and the perplexity."""
        total, count = 0.0, 0
        for start in range(0, len(part), self.chunk):
            some = part.take(slice(start, start + self.chunk))
            total += float(self.measures(self.scores(some), self.targets(some))["validation_loss"])
            count += int(np.count_nonzero(some.targets != IGNORED))
        return {"loss": total / count, "perplexity": math.exp(min(total / count, 700.0))}

    @torch.no_grad()
    def answers(self, asked: list[Chat]) -> list[str]:
        """Return the likeliest answers to the last questions of some chats."""
        self.network.eval()
        return [self.answer(self.tokens(self.render(chat[:-1], True))) for chat in asked]

    def answer(self, prompt: list[int]) -> str:
        """Return the likeliest continuation of a prompt."""
        given = torch.tensor([prompt[-self.settings.context :]], device=self.placement.device)
        with self.placement.autocast():
            found = self.model.generate(
                input_ids=given,
                attention_mask=torch.ones_like(given),
                max_new_tokens=self.settings.length,
                do_sample=False,
                pad_token_id=self.loaded.tokenizer.pad_token_id,
            )
        text: str = self.loaded.tokenizer.decode(found[0, given.shape[1] :], skip_special_tokens=True)
        return text.strip()

    def save_adapters(self, folder: Path) -> None:
        """Write the adapters as peft keeps them, as safetensors."""
        self.model.save_pretrained(str(folder), safe_serialization=True, save_embedding_layers=False)


def kept(model: Any, bits: int) -> str:
    """Keep a model's frozen weights in so many bits; return what that means for the memory."""
    before = quantised.size(model)
    if bits == 32:
        return f"{before / 1e6:,.0f} MB of weights in float32; --bits 16, 8 or 4 takes less"
    if bits == 16:
        model.to(torch.bfloat16)
        return f"{before / 1e6:,.0f} MB of weights become {quantised.size(model) / 1e6:,.0f} MB in bfloat16"
    outputs = model.get_output_embeddings()
    without = {name for name, layer in model.named_modules() if layer is outputs}
    saving = quantised.quantise(model, bits, without)
    if not saving.layers:
        raise ProjectError(
            f"--bits {bits}: {type(model).__name__} has no linear layers that could be kept so;"
            " --bits 16 keeps all weights in bfloat16"
        )
    return saving.words()
