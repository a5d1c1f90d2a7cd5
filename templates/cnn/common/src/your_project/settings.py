"""Every setting of the project. Defaults < a TOML file (--config) < the command line.

The comment behind a field is its help text; see `arguments.py` for how a dataclass becomes a command line.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Settings:
    # --- data
    data: str = "mnist5k"  # mnist5k | digits | mnist | fashion-mnist | cifar10 | a folder, one sub-folder a class
    image_size: int = 64  # side in pixels to which the images of a folder are scaled
    limit: int = 0  # use only this many training images, 0 = all
    workers: int = 2  # threads that decode the images of a folder, 0 = none
    augment: bool = True  # random shifts (and flips, where a mirrored image keeps its class)

    # --- network
    model: str = "resnet"  # resnet (small, modern) | lenet (the tutorials' network)
    width: int = 32  # channels of the first stage of resnet
    dropout: float = 0.1  # share of features dropped before the last layer

    # --- training
    epochs: int = 12  # passes over the training data
    batch_size: int = 64  # images per optimiser step
    learning_rate: float = 2e-3  # at its peak
    weight_decay: float = 5e-2  # decoupled (AdamW); not applied to biases and normalisation
    warmup: float = 0.15  # share of the steps in which the learning rate rises
    label_smoothing: float = 0.05  # 0 = hard labels
    clip: float = 1.0  # largest global gradient norm, 0 = no limit
    patience: int = 8  # stop after this many epochs without a better validation loss, 0 = never
    precision: str = "auto"  # auto | fp32 | bf16 | fp16
    device: str = "auto"  # auto | cpu | cuda | mps
    seed: int = 0  # one number seeds everything but the split, which never changes

    # --- fine-tuning
    base: str = ""  # run whose network is adapted; "" = one trained on the classes that are kept from fine-tuning
    shots: int = 20  # training images of each new class, 0 = all
    head_epochs: int = 4  # epochs in which only the new head learns
    layer_decay: float = 0.5  # each stage nearer to the input learns slower by this factor

    # --- the run
    run: str = ""  # name of the run's folder; "" = date, time and framework (train), newest (evaluate, predict)
    runs: str = "runs"  # where runs are kept
    resume: bool = False  # go on from the run's last checkpoint
    smoke: bool = False  # everything once, in seconds: one short epoch on few images
