"""What logs say of packages and of files that are none: which finding, and which command beside it."""

from __future__ import annotations

import io

import pytest

from scaffold.checks.from_log import with_log
from scaffold.checks.model import Finding
from scaffold.logs.search import read_log

#: torch 2.13's own words, of a file that begins with "version https://git-lfs…", with "<!DOCTYPE", and of others.
REFUSED = (
    "_pickle.UnpicklingError: Weights only load failed. In PyTorch 2.6, we changed the default value of the "
    "`weights_only` argument in `torch.load` from `False` to `True`. Re-running `torch.load` with "
    "`weights_only` set to `False` will likely succeed, but it can result in arbitrary code execution. Do it "
    "only if you got the file from a trusted source.\nPlease file an issue with the following so that we can "
    "make `weights_only=True` compatible with your use case: WeightsUnpickler error: {}\n\nCheck the "
    "documentation of torch.load to learn more about types accepted by default with weights_only"
)


def found(text: str) -> tuple[Finding, ...]:
    return with_log((), read_log(io.BytesIO(text.encode()), "log"))


@pytest.mark.parametrize(
    ("said", "check"),
    [
        ("\n\nUnsupported operand 118", "train.file-broken"),  # v
        ("\n\nUnsupported operand 60", "train.file-broken"),  # <
        ("Unsupported operand 10", "train.file-broken"),  # the one line of older releases
        ("Unsupported operand 149", "train.weights-only"),  # FRAME of pickle's protocol 4
        ("Unsupported operand 80", "train.weights-only"),  # PERSID
        ("Unsupported global: GLOBAL numpy.core.multiarray.scalar was not", "train.weights-only"),
    ],
)
def test_a_file_that_is_no_pickle_is_not_unpickled_with_less_care(said: str, check: str) -> None:
    findings = found(REFUSED.format(said))
    assert [one.id for one in findings] == [check]
    assert ("weights_only=False" in findings[0].remedy.text) is (check == "train.weights-only")


@pytest.mark.parametrize(
    ("check", "text"),
    [
        ("pkg.pair", "Disabling PyTorch because PyTorch >= 2.4 is required but found 2.1.0+cu118"),
        ("pkg.pair", "AttributeError: module 'torch' has no attribute 'float8_e4m3fn'"),
        ("pkg.pair", "ImportError: cannot import name 'cached_download' from 'huggingface_hub'"),
        ("pkg.torch-load", "ValueError: Due to a serious vulnerability issue in `torch.load`, even with"),
        ("pkg.keras-backend", "ValueError: Unable to import backend : mxnet"),
        ("pkg.wrong-python", "ModuleNotFoundError: No module named 'torch._C'"),
        (
            "pkg.jax-family",
            "RuntimeError: jaxlib is version 0.3.25, but this version of jax requires version >= 0.4.7.",
        ),
    ],
)
def test_no_command_replaces_the_build_of_a_framework(check: str, text: str) -> None:
    (finding,) = found(text)
    assert (finding.id, finding.remedy.commands) == (check, ())
