"""Reading with a memory: what the network has made of tokens is kept, so that each is read once.

What attention needs of a token that was read are its keys and values. They lie in one array of a fixed
length, which goes into a compiled step and comes out of it again: Keras keeps no state between calls, and an
array that grew would be compiled anew for each length.
"""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
from keras import ops

from ..engine import ModelCard
from .backend import Device
from .lora import ENDING
from .model import EMBEDDING, HEAD, heads, mixed, rotated


class Step(keras.Model):
    """A network's layers, which go on from what they have read: called with tokens, a place and a memory.

    tokens  int32 (N, T)
    place   int32 (1,): the number of tokens before them
    memory  float32 (N, blocks, 2, heads, context, size): keys and values of the tokens before them

    gives float32 logits of what follows on each token, (N, T, tokens), and the memory that holds them too.
    """

    def __init__(self, network: keras.Model, card: ModelCard) -> None:
        super().__init__(name="step")
        self.network, self.card = network, card
        self.built = True  # its layers are

    def call(self, inputs: tuple[Any, Any, Any]) -> tuple[Any, Any]:
        """Return logits and memory."""
        tokens, place, memory = inputs
        x, blocks = self.layer(EMBEDDING)(tokens), []
        for number in range(self.card.layers):
            name = f"block{number + 1}"
            y = self.adapted(f"{name}_query_key_value", self.layer(f"{name}_attention_norm")(x))
            y, block = self.attend(y, place[0], memory[:, number])
            blocks.append(block)
            x = x + self.adapted(f"{name}_project", y)
            y = self.adapted(f"{name}_expand", self.layer(f"{name}_mlp_norm")(x))
            x = x + self.adapted(f"{name}_contract", self.layer(f"{name}_gelu")(y))
        logits = self.layer(EMBEDDING)(self.layer(HEAD)(x), reverse=True)
        return logits, ops.cast(ops.stack(blocks, axis=1), "float32")

    def attend(self, joined: Any, place: Any, memory: Any) -> tuple[Any, Any]:
        """Return what a block's attention gives, (N, T, width), and its memory with the new tokens' part."""
        query, key, value = heads(joined, self.card.heads)
        own = place + ops.arange(ops.shape(joined)[1], dtype="int32")
        new = ops.cast(ops.stack([rotated(key, own), value], axis=1), memory.dtype)
        memory = ops.slice_update(memory, (0, 0, 0, place, 0), new)
        known = ops.arange(self.card.context, dtype="int32")  # what lies behind the new tokens is not seen
        allowed = own[:, None] >= known[None, :]
        return mixed(rotated(query, own), memory[:, 0], memory[:, 1], allowed), memory

    def adapted(self, name: str, x: Any) -> Any:
        """Return what a dense layer gives, with its adapter's part where it has one."""
        output, adapter = self.layer(name)(x), f"{name}{ENDING}"
        return output + self.layer(adapter)(x) if adapter in self.names else output

    @property
    def names(self) -> set[str]:
        """The names of the network's layers."""
        return {layer.name for layer in self.network.layers}

    def layer(self, name: str) -> keras.layers.Layer:
        """Return a layer of the network."""
        return self.network.get_layer(name)


class CachedReader:
    """Reads each token once, at most as many as the network's context holds."""

    def __init__(self, step: Step, device: Device) -> None:
        self.step, self.device = step, device
        self.place, self.memory = 0, self.empty()

    def read(self, tokens: np.ndarray) -> np.ndarray:
        """Read tokens that follow on those read before; return the logits of what comes next."""
        if self.place:
            return [self._read(tokens[at : at + 1], 1) for at in range(len(tokens))][-1]
        # Filled up to the context, or the step would be compiled for each length of a beginning. What fills
        # is not seen by what stands before it, and the tokens that follow take its place.
        return self._read(tokens, self.step.card.context)

    def _read(self, tokens: np.ndarray, length: int) -> np.ndarray:
        filled = np.zeros((1, length), np.int32)
        filled[0, : len(tokens)] = tokens
        place = np.array([self.place], np.int32)
        with self.device.scope():
            logits, self.memory = self.step.predict_on_batch((filled, place, self.memory))
        self.place += len(tokens)
        return np.asarray(logits[0, len(tokens) - 1], np.float32)

    def forget(self) -> None:
        """Begin again with nothing read."""
        self.place = 0  # what lies in the memory is not seen, and written over

    def empty(self) -> np.ndarray:
        """Return a memory for one text."""
        card = self.step.card
        shape = 1, card.layers, 2, card.heads, card.context, card.width // card.heads
        return np.zeros(shape, np.float32)
