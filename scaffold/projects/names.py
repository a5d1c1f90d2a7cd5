"""Which names a project may have.

One name is a folder on every operating system, a distribution (PEP 508), PyCharm's module and, with
``-`` as ``_``, a Python package. What would break one of these is refused, with a name that would do.
"""

from __future__ import annotations

import keyword
import re
import sys
from dataclasses import dataclass

from scaffold.errors import NameRefused
from scaffold.projects.model import ProjectName
from scaffold.projects.portable import DEVICES

#: A line of the templates that holds the name still fits into 110 columns with it.
LONGEST = 40

#: What follows the template's name in a project's name: cnn-project.
SUFFIX = "-project"

#: Of a name that is short enough.
SHAPE = re.compile(r"[a-z][a-z0-9]*(?:[-_][a-z0-9]+)*")

#: Standard-library modules of Python 3.9 to 3.15 that the running Python may not have itself. The project's
#: package would hide them, or be hidden by them, on another interpreter.
_OTHER_PYTHONS = """
aifc annotationlib asynchat asyncore audioop binhex cgi cgitb chunk compression crypt distutils formatter
imghdr imp lib2to3 mailcap msilib nis nntplib ossaudiodev parser pipes profiling smtpd sndhdr spwd sunau
symbol telnetlib tomllib uu xdrlib
"""

#: Modules and distributions that a project depends on, or that a tutorial's reader installs beside it: the
#: package would be imported in their place, and pip would take the one for the other.
_DEPENDENCIES = """
absl accelerate attr av bitsandbytes cupy cv2 datasets deepspeed diffusers einops evaluate flask flax
flit-core gradio gym gymnasium h5py huggingface-hub imageio ipykernel ipython jax jaxlib joblib jupyter
keras keras-cv keras-hub keras-nlp kornia librosa lightning markdown matplotlib ml-dtypes mlflow mlxtend
mypy networkx nltk numba numpy nvidia onnx onnxruntime openai opencv-python opt-einsum optax optuna pandas
peft pil pillow pip pkg-resources plotly protobuf psutil pyarrow pydantic pytest pytorch pytorch-lightning
pyyaml ray requests rich ruff sacrebleu safetensors scaffold scaffold-dl scikit-learn scipy seaborn
sentencepiece setuptools six skimage sklearn spacy sympy tensorboard tensorboardx tensorflow tensorflow-cpu
tensorflow-gpu tensorflow-hub tensorflow-metal tensorstore tf-keras tfkeras theano tiktoken timm tokenizers
tomli torch torchaudio torchmetrics torchtext torchvision tqdm transformers triton trl typing-extensions
ultralytics uv virtualenv wandb werkzeug wheel xformers xgboost yaml
"""

#: Folders that every project has, or that tools look for by these names.
_FOLDERS = "build data dist docs env runs site-packages src test tests venv"


def project_name(text: str, *, template: str | None = None) -> ProjectName:
    """The three spellings of a name, or `NameRefused` with the reason and a name that would do.

    ``template`` is the one that was asked for, if any; it only shapes the proposal.
    """
    why = refusal(text)
    if why:
        proposal = propose(text, template=template)
        told = template is None or template in (template_of(text), template_of(proposal))
        chosen = "" if told else f" -t {template}"
        raise NameRefused(
            f"{_shown(text)} cannot be a project's name: {why}",
            hint=f"scaffold new {proposal}{chosen}",
        )
    return ProjectName(
        distribution=text,
        package=text.replace("-", "_"),
        title=re.sub("[-_]", " ", text).title(),
    )


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a text cannot be a project's name."""

    kind: str  # stable, for other languages' words
    text: str


def refusal(text: str) -> str:
    """Why a text cannot be a project's name; empty where it can."""
    found = reason(text)
    return found.text if found is not None else ""


def reason(text: str) -> Refusal | None:
    """The same, with its kind; None where the text can be one."""
    return _misshapen(text) or _taken(text)


def propose(text: str, *, template: str | None = None) -> str:
    """A valid name that is near to a text; made from the template's name where nothing is left of it."""
    words = _plain_words(text)
    fallback = f"{template}{SUFFIX}" if template and not refusal(f"{template}{SUFFIX}") else "my-project"
    if not words:
        return fallback
    for candidate in (words, ["my", *words], [*words, "project"]):
        name = _shortened(candidate)
        if not refusal(name):
            return name
    return fallback


def template_of(name: str) -> str | None:
    """The template that a name asks for: ``cnn`` of cnn-project, None of anything else."""
    stem = name.replace("_", "-").removesuffix(SUFFIX)
    return stem if stem and stem != name.replace("_", "-") else None


def _misshapen(text: str) -> Refusal | None:
    """What is wrong with the characters of a name, the most telling first."""
    checks = (
        (not text.strip(), "empty", "it is empty"),
        (
            "/" in text or "\\" in text,
            "separator",
            "it holds a path separator; go to the parent folder first",
        ),
        (text in {".", ".."}, "dots", "it means a folder that is there already"),
        (not text.isascii(), "ascii", "it holds characters beyond ASCII, which many tools mistake"),
        (not text.isprintable(), "control", "it holds a control character"),
        (any(c.isspace() for c in text), "space", "it holds a space"),
        (text != text.strip("-_."), "edges", "it starts or ends with a dash, a dot or an underscore"),
        ("." in text, "dot", "it holds a dot, which a package's name cannot"),
        (text[:1].isdecimal(), "digit", "it starts with a digit, which a Python package cannot"),
        (len(text) > LONGEST, "long", f"it is {len(text)} characters long; {LONGEST} is the limit"),
        (
            text != text.lower(),
            "upper",
            "it holds upper-case letters, which not every system tells from lower case",
        ),
        (not re.fullmatch(r"[a-z0-9_-]+", text), "others", "only letters, digits, - and _ may stand in it"),
        (not SHAPE.fullmatch(text), "doubled", "two dashes or underscores stand side by side"),
    )
    return next((Refusal(kind, text) for wrong, kind, text in checks if wrong), None)


def taken_names() -> frozenset[str]:
    """What no project's package can be called, whatever its shape: the refusals of `refusal` as a list."""
    modules = {name for name in sys.stdlib_module_names if not name.startswith("_")}
    words = [*keyword.kwlist, *keyword.softkwlist, *modules, *_OTHER_PYTHONS.split(), *_DEPENDENCIES.split()]
    names = {word.replace("-", "_") for word in (*words, *_FOLDERS.split(), *DEVICES)}
    return frozenset(name for name in names if SHAPE.fullmatch(name))


def _taken(text: str) -> Refusal | None:
    """Who else has a well-formed name already."""
    package = text.replace("-", "_")
    spellings = {package, text.replace("_", "-")}
    if package in keyword.kwlist or package in keyword.softkwlist:
        return Refusal("keyword", f"{package!r} is a keyword of Python")
    if package in sys.stdlib_module_names or package in _OTHER_PYTHONS.split():
        return Refusal(
            "standard", f"{package!r} is a module of Python's standard library, which the project would hide"
        )
    if not spellings.isdisjoint(_DEPENDENCIES.split()):
        return Refusal("dependency", f"{text!r} is a package that the project needs or meets, and would hide")
    if text in _FOLDERS.split():
        return Refusal(
            "folder", f"{text!r} is the name of a folder that tools and projects use for something else"
        )
    if package in DEVICES:
        return Refusal("device", f"Windows keeps {text!r} for a device")
    return None


def _plain_words(text: str) -> list[str]:
    """Lower-case ASCII words of a text: ``Émile's NetV2`` is emile, s, net, v2."""
    import unicodedata

    ascii_text = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    split = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", ascii_text)
    words = re.findall(r"[a-z0-9]+", split.lower())
    return ["my", *words] if words and words[0][0].isdigit() else words


def _shortened(words: list[str]) -> str:
    """The words joined by dashes, less the last ones where that would be too long."""
    kept = list(words)
    while len(kept) > 1 and len("-".join(kept)) > LONGEST:
        kept.pop()
    return "-".join(kept)[:LONGEST]


def _shown(text: str) -> str:
    """A name fit to be printed in one line."""
    shown = repr(text)
    return shown if len(shown) <= LONGEST + 20 else f"{shown[:LONGEST]}...{shown[-1]}"
