"""Which variable moves which folder, and what such folders are called."""

from __future__ import annotations

import re

from scaffold.probing.room.model import Role

#: The variable -> what lies in the folder that it names.
ROLES: dict[str, Role] = {
    "TMPDIR": "temporary",
    "TEMP": "temporary",
    "TMP": "temporary",
    "HF_HOME": "hub",
    "HF_HUB_CACHE": "hub",
    "HUGGINGFACE_HUB_CACHE": "hub",
    "TRANSFORMERS_CACHE": "hub",
    "HF_DATASETS_CACHE": "hub",
    "TORCH_HOME": "torch",
    "KERAS_HOME": "keras",
    "TFDS_DATA_DIR": "datasets",
    "TFHUB_CACHE_DIR": "hub",
    "PIP_CACHE_DIR": "pip",
    "UV_CACHE_DIR": "uv",
    "UV_PROJECT_ENVIRONMENT": "environment",
    "TRITON_CACHE_DIR": "compiled",
    "TORCHINDUCTOR_CACHE_DIR": "compiled",
    "TORCH_EXTENSIONS_DIR": "compiled",
    "WANDB_DIR": "runs",
}

#: The variable that a person sets to move what has a role.
MOVED_BY: dict[Role, str] = {
    "temporary": "TMPDIR",
    "hub": "HF_HOME",
    "torch": "TORCH_HOME",
    "keras": "KERAS_HOME",
    "datasets": "TFDS_DATA_DIR",
    "pip": "PIP_CACHE_DIR",
    "uv": "UV_CACHE_DIR",
    "compiled": "TORCHINDUCTOR_CACHE_DIR",
    "environment": "UV_PROJECT_ENVIRONMENT",
}

#: What a person calls what has a role.
TITLES: dict[Role, str] = {
    "environment": "the environment",
    "project": "the project",
    "runs": "the folder of runs",
    "home": "the home folder",
    "temporary": "the temporary folder",
    "shared-memory": "shared memory",
    "hub": "the cache of Hugging Face",
    "torch": "torch's cache of models",
    "keras": "Keras' cache",
    "datasets": "the folder of TensorFlow's data sets",
    "pip": "pip's cache",
    "uv": "uv's cache",
    "compiled": "the cache of compiled kernels",
    "python": "the Python",
    "other": "a disk",
}

_PATTERNS: tuple[tuple[str, Role], ...] = (
    (r"^/tmp\b|^/var/tmp|temp|^tmp", "temporary"),
    (r"huggingface|hf_|hub|transformers", "hub"),
    (r"torch", "torch"),
    (r"keras", "keras"),
    (r"tensorflow_datasets|tfds|datasets", "datasets"),
    (r"pip", "pip"),
    (r"\buv\b|cache/uv", "uv"),
    (r"triton|inductor", "compiled"),
    (r"venv|environment|conda|site-packages", "environment"),
    (r"project|workspace|working|^cwd|checkpoint|^free|^/workspace|^/content", "project"),
    (r"runs|logs|output", "runs"),
    (r"^/home|^~|home|users", "home"),
)


def role_of(name: str) -> Role:
    """What a folder is for, by its path or by what somebody calls it.

    >>> role_of("/tmp"), role_of("~/.cache/huggingface"), role_of("/home"), role_of("/data")
    ('temporary', 'hub', 'home', 'other')
    """
    lowered = name.lower()
    return next((role for pattern, role in _PATTERNS if re.search(pattern, lowered)), "other")
