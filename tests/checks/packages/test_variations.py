"""What is told of packages, and sometimes what was seen, leads to one finding; healthy and unknown facts to none."""

from __future__ import annotations

from dataclasses import replace

import pytest

from scaffold.checks import examine
from scaffold.probing.packages.model import Package, PackageFacts
from scaffold.replay.read import described


def found(machine: dict, symptom: str = "") -> dict[str, str]:
    """Id -> level of the unsuppressed findings about packages."""
    facts, _ = described({"machine": {"os": "linux", **machine}, **({"symptom": symptom} if symptom else {})})
    return {
        one.id: one.level
        for one in examine(facts)
        if one.id.startswith("pkg.")
        and one.suppressed_by is None
        and one.level in ("error", "warning", "info")
    }


def of(**packages: object) -> dict:
    return {"packages": {name.replace("_", "-"): version for name, version in packages.items()}}


@pytest.mark.parametrize(
    ("machine", "findings"),
    [
        # NumPy's binary interface
        (of(torch="2.2.2", numpy="2.1.3"), {"pkg.numpy-abi": "error"}),
        (of(torch="1.13.1+cu117", numpy={"version": ">=2"}), {"pkg.numpy-abi": "error"}),
        ({"os": "windows", **of(torch="2.3.1+cu121", numpy="2.0.0")}, {"pkg.numpy-abi": "error"}),
        (of(torch="2.3.1", numpy="2.0.0"), {}),
        (of(torch="2.2.2", numpy="1.26.4"), {}),
        (of(torch="2.2.2", numpy={"installed": True}), {}),
        (of(torch={"installed": True}, numpy="2.0"), {}),
        (of(tensorflow="2.16.1", numpy="2.0", keras="3.3"), {"pkg.numpy-abi": "error"}),
        (of(pandas="2.1.4", scipy="1.11", numpy="2.x"), {"pkg.numpy-abi": "error"}),
        (of(opencv_python_headless="4.8.1.78", numpy="2.2"), {"pkg.numpy-abi": "error"}),
        (of(tensorflow="2.6.5", numpy="1.24.4", keras="2.6.0"), {"pkg.numpy-removed": "error"}),
        (of(tensorflow="2.8.0", numpy="1.24.4", keras="2.8.0"), {}),
        (of(transformers="5.0.0", torch="2.3.1"), {}),
        (of(transformers="5.2.0", torch="2.3.1"), {"pkg.pair": "error"}),
        (of(transformers="4.46.0", tokenizers="0.21.0"), {"pkg.pair": "error"}),
        (of(transformers="4.39.3", peft="0.14.0"), {"pkg.pair": "error"}),
        (of(transformers="4.43.0", peft="0.14.0"), {}),
        (of(peft="0.15.0", accelerate="0.31.0"), {"pkg.pair": "error"}),
        (of(datasets="2.14.6", pyarrow="21.0"), {"pkg.pair": "error"}),
        (of(tensorflow="2.20.0", protobuf="7.34.0", keras="3.11"), {}),
        (of(torch="1.2.0", torchvision="0.4.0", torchaudio="0.3.0"), {}),
        (of(torch="1.1.0", torchvision="0.3.0"), {}),
        (of(torch="1.3.1", torchvision="0.4.2", torchaudio="0.3.2"), {}),
        (of(torch="1.3.0", torchvision="0.4.0"), {"pkg.torch-family": "error"}),
        # protobuf
        (of(tensorflow="2.8", protobuf="4.25.3"), {"pkg.protobuf": "error"}),
        (of(tensorflow="2.11.0", protobuf="3.19.6", tensorboard="2.11"), {}),
        (of(tensorboard="2.8", protobuf="5.26"), {"pkg.protobuf": "error"}),
        (of(tensorflow="2.15", protobuf="6.31"), {"pkg.protobuf": "warning"}),
        (of(tensorflow="2.18.0", protobuf="6.33.5"), {"pkg.protobuf": "warning"}),
        (of(tensorflow="2.19", protobuf="7.36"), {"pkg.protobuf": "warning"}),
        (of(tensorflow="2.21.0", protobuf="5.29"), {"pkg.protobuf": "error"}),
        (of(tensorflow="2.21.0", protobuf="7.36.2", keras="3.15.1", numpy="2.4.6"), {}),
        # PyTorch's family
        (of(torch="2.6.0", torchvision="0.20.1"), {"pkg.torch-family": "error"}),
        (of(torch="2.13.0+cpu", torchvision="0.28.0+cpu", torchaudio="2.11.0"), {}),
        (of(torch="2.5.1", torchaudio="2.6.0"), {"pkg.torch-family": "error"}),
        (of(torch="2.9.1", torchaudio="2.11.0"), {"pkg.torch-family": "error"}),
        (of(torch="1.12.1", torchvision="0.13.1", torchaudio="0.12.1"), {}),
        (of(torch="1.12.1", torchvision="0.14.0"), {"pkg.torch-family": "error"}),
        (of(torch="2.4.0", torchtext="0.18.0"), {"pkg.torch-family": "error"}),
        (of(torch="2.5.1+cu124", torchvision="0.20.1+cpu"), {"pkg.torch-family": "error"}),
        (of(torch="2.5.1+cu124", torchvision="0.20.1+cu118"), {"pkg.torch-family": "error"}),
        (of(torch="2.5.1+cu124", torchvision="0.20.1+cu121"), {}),
        (of(torch="2.5.1+cu124", torchvision="0.20.1"), {}),
        (of(torch="2.6.0a0+df5bbc09d1.nv24.11", torchvision="0.20.0a0"), {}),
        (of(torch="2.x", torchvision="0.20"), {}),
        # JAX: each release has an oldest jaxlib
        (of(jax="0.6.0", jaxlib="0.4.20"), {"pkg.jax-family": "error"}),
        (of(jax="0.4.30", jaxlib="0.4.20"), {"pkg.jax-family": "error"}),
        (of(jax="0.4.30", jaxlib="0.4.28"), {}),
        (of(jax="0.4.20", jaxlib="0.4.14"), {}),
        (of(jax="0.7.2", jaxlib="0.7.x"), {}),
        # Keras
        (of(tensorflow="2.15", keras="3.0.5"), {"pkg.keras-split": "error"}),
        (of(tensorflow="2.13.0", keras="2.13.1"), {}),
        (of(tensorflow="2.12.0", keras="2.10.0"), {"pkg.keras-split": "error"}),
        (of(tensorflow="2.17", keras="2.15"), {"pkg.keras-split": "error"}),
        (of(transformers="4.49.0", tensorflow="2.18.0", keras="3.8", tf_keras=None), {"pkg.keras-split": "error"}),
        (of(transformers="4.49.0", tensorflow="2.18.0", keras="3.8", tf_keras="2.18.0"), {}),
        (of(transformers="4.49.0", tensorflow="2.18.0", keras="3.8"), {}),
        (of(transformers="5.1", tensorflow="2.20", keras="3.12", tf_keras=False), {}),
        (of(tensorflow="2.18.0", keras="3.8", tf_keras="2.16.0"), {"pkg.keras-split": "warning"}),
        ({**of(tensorflow="2.16.1", keras="3.1", tf_keras={"installed": False}), "env": {"TF_USE_LEGACY_KERAS": "1"}},
         {"pkg.keras-split": "error"}),
        # models
        ({**of(keras="2.15.0"), "files": {"m.keras": "saved by Keras 3.4.1"}}, {"pkg.keras-model-version": "warning"}),
        ({**of(keras="3.5.0"), "files": {"m.keras": "keras_version 2.15.0"}}, {"pkg.keras-model-version": "warning"}),
        ({**of(keras="3.5.0"), "files": {"m.keras": "keras_version 3.9.0"}}, {}),
        ({**of(keras="3.5.0"), "files": {"m.h5": "keras 2.9.0"}}, {"pkg.keras-model-version": "info"}),
        ({**of(keras="2.6.0"), "files": {"m.pkl": "pickled with newer Keras"}}, {"pkg.keras-model-version": "error"}),
        # conda
        (of(mkl="2024.1.0", torch={"version": "2.2.1", "manager": "conda", "channel": "pytorch"}),
         {"pkg.conda-mkl": "error"}),
        (of(mkl="2024.2", pytorch={"version": "2.3.0", "manager": "conda"}), {"pkg.conda-mkl": "error"}),
        (of(mkl="2024.1", torch={"manager": "conda"}), {"pkg.conda-mkl": "warning"}),
        (of(mkl="2024.0.0", torch={"version": "2.2.1", "manager": "conda"}), {}),
        (of(mkl="2024.1.0", torch={"version": "2.2.1", "manager": "pip"}), {}),
        (of(mkl="2024.1.0", torch={"version": "2.2.1", "manager": "conda-forge"}), {}),
        (of(mkl="2025.0", torch={"version": "2.5.1", "manager": "conda", "channel": "pytorch"}), {}),
        # copies
        (of(torch={"version": "2.5.1", "copies": 2}), {"pkg.duplicate-dist": "error"}),
        (of(torch={"version_metadata": "2.8.0", "version_imported": "2.6.0"}), {"pkg.duplicate-dist": "error"}),
        (of(tensorflow="2.15.0", tensorflow_cpu="2.15.0"), {"pkg.duplicate-dist": "error"}),
        (of(tensorflow="2.15.0", tensorflow_intel="2.15.0"), {}),
        (of(onnxruntime="1.20", onnxruntime_gpu="1.20"), {"pkg.same-module": "warning"}),
        # Hugging Face
        (of(transformers="4.46.3", huggingface_hub="1.2"), {"pkg.pair": "error"}),
        (of(transformers="5.0", huggingface_hub="1.2", peft="0.17.1"), {"pkg.pair": "error"}),
        (of(transformers="4.57.1", huggingface_hub="0.36", peft="0.17.1", tokenizers="0.22.1"), {}),
        (of(transformers="4.38.2", tokenizers="0.19.1"), {"pkg.pair": "error"}),
        (of(datasets="2.14.5", pyarrow="21.0.0"), {"pkg.pair": "error"}),
        (of(diffusers="0.27.2", huggingface_hub="0.26.1"), {"pkg.pair": "error"}),
        # others
        (of(jax="0.4.30", jaxlib="0.4.31"), {"pkg.jax-family": "error"}),
        (of(jax="0.9.0", jaxlib="0.9.0", jax_cuda12_plugin="0.9.2"), {"pkg.jax-family": "error"}),
        (of(jax="0.9.0", jaxlib="0.9.0", jax_cuda12_plugin="0.9.0.1"), {}),
        (of(tensorboard="2.20.0", setuptools="82.0.1"), {"pkg.pkg-resources": "warning"}),
        # nothing is known
        ({}, {}),
        ({"packages": ["torch==2.2.2", "numpy==2.0.1"]}, {"pkg.numpy-abi": "error"}),
        ({"packages": {"torch": [], "numpy": 2, "keras": {"version": {}}}}, {}),
    ],
    ids=str,
)  # fmt: skip
def test_the_machine_alone(machine, findings) -> None:
    assert found(machine) == findings


@pytest.mark.parametrize(
    ("log", "check", "level"),
    [
        ("RuntimeError: Numpy is not available", "pkg.numpy-abi", "error"),
        ("A module that was compiled using NumPy 1.x cannot be run in\nNumPy 2.1.0 as it may crash.", "pkg.numpy-abi", "error"),
        ("ImportError: numpy.core.multiarray failed to import", "pkg.numpy-abi", "error"),
        ("ValueError: numpy.dtype size changed, may indicate binary incompatibility. Expected 96 from C header, got 88 from PyObject", "pkg.numpy-abi", "error"),
        ("AttributeError: module 'numpy' has no attribute 'object'.", "pkg.numpy-removed", "error"),
        ("AttributeError: `np.float_` was removed in the NumPy 2.0 release. Use `np.float64` instead.", "pkg.numpy-removed", "error"),
        ("TypeError: Descriptors cannot be created directly.", "pkg.protobuf", "error"),
        ("AttributeError: 'MessageFactory' object has no attribute 'GetPrototype'", "pkg.protobuf", "error"),
        ("ValueError: Due to a serious vulnerability issue in `torch.load`, even with `weights_only=True`, we now require users to upgrade torch to at least v2.6", "pkg.torch-load", "error"),
        ("AttributeError: module 'numpy' has no attribute 'float'.", "pkg.numpy-removed", "error"),
        ("ImportError: cannot import name 'clear_device_cache' from 'accelerate.utils.memory' (/x/accelerate/utils/memory.py)", "pkg.pair", "error"),
        ("ImportError: Please upgrade numpy to >= 2.0.2 to use this pandas version.\nYour numpy version is 1.26.4.", "pkg.dependency", "error"),
        ("While importing we detected an older version of numpy in ['/x/site-packages/numpy']", "pkg.duplicate-dist", "error"),
        ("TypeError: __init__() got an unexpected keyword argument 'ragged'", "pkg.keras-model-version", "error"),
        ("google.protobuf.runtime_version.VersionError: Detected incompatible Protobuf Gencode/Runtime versions when loading tensorflow/core/x.proto: gencode 6.31.1 runtime 5.29.5. Runtime version cannot be older", "pkg.protobuf", "error"),
        ("ImportError: cannot import name 'runtime_version' from 'google.protobuf' (/x/__init__.py)", "pkg.protobuf", "error"),
        ("RuntimeError: operator torchvision::nms does not exist", "pkg.torch-family", "error"),
        ("NotImplementedError: Could not run 'torchvision::nms' with arguments from the 'CUDA' backend.", "pkg.torch-family", "error"),
        ("RuntimeError: Detected that PyTorch and torchvision were compiled with different CUDA major versions. PyTorch has CUDA Version=12.1 and torchvision has CUDA Version=11.8. Please reinstall", "pkg.torch-family", "error"),
        ("OSError: /x/torchaudio/lib/libtorchaudio.so: undefined symbol: _ZNK3c107SymBool10guard_boolEPKcl", "pkg.torch-family", "error"),
        ("ImportError: /o/lib/libtorch_cpu.so: undefined symbol: iJIT_NotifyEvent", "pkg.conda-mkl", "error"),
        ("ValueError: Your currently installed version of Keras is Keras 3, but this is not yet supported", "pkg.keras-split", "error"),
        ("ModuleNotFoundError: No module named 'tf_keras'", "pkg.keras-split", "error"),
        ("AttributeError: module 'keras._tf_keras.keras' has no attribute '__internal__'", "pkg.keras-split", "error"),
        ("ModuleNotFoundError: No module named 'keras.src'", "pkg.keras-model-version", "error"),
        ("TypeError: Could not deserialize class 'Functional' because its parent module keras.src.models.functional cannot be imported.", "pkg.keras-model-version", "warning"),
        ("TypeError: Could not deserialize class 'Functional' because its parent module keras.src.engine.functional cannot be imported.", "pkg.keras-model-version", "warning"),
        ("ValueError: Unrecognized keyword arguments: ['batch_shape']", "pkg.keras-model-version", "warning"),
        ("ValueError: Unrecognized keyword arguments passed to DepthwiseConv2D: {'groups': 1}", "pkg.keras-model-version", "warning"),
        ("ImportError: tokenizers>=0.21,<0.22 is required for a normal functioning of this module, but found tokenizers==0.20.3.\nTry", "pkg.pair", "error"),
        ("ImportError: cannot import name 'cached_download' from 'huggingface_hub' (/x/__init__.py)", "pkg.pair", "error"),
        ("ImportError: cannot import name 'HybridCache' from 'transformers' (/x/__init__.py)", "pkg.pair", "error"),
        ("AttributeError: module 'pyarrow' has no attribute 'PyExtensionType'. Did you mean: 'ExtensionType'?", "pkg.pair", "error"),
        ("Disabling PyTorch because PyTorch >= 2.1 is required but found 2.0.1", "pkg.pair", "error"),
        ("ModuleNotFoundError: No module named 'pkg_resources'", "pkg.pkg-resources", "error"),
        ("ModuleNotFoundError: No module named 'distutils'", "pkg.pkg-resources", "error"),
        ("ImportError: cannot import name 'TypeIs' from 'typing_extensions' (/x.py)", "pkg.dependency", "error"),
        ("RuntimeWarning: JAX plugin jax_cuda12_plugin version 0.9.2 is installed, but it is not compatible with the installed jaxlib version 0.9.0.1, so it will not be used.", "pkg.jax-family", "error"),
        ("ImportError:\nImporting the numpy C-extensions failed. This error can happen", "pkg.wrong-python", "error"),
        ("ModuleNotFoundError: No module named 'torch'\n", "pkg.framework-missing", "error"),
        ("AttributeError: module 'torch.utils._pytree' has no attribute 'register_pytree_node'. Did you mean", "pkg.pair", "error"),
        ("ImportError: cannot import name 'is_torch_greater_or_equal' from 'transformers.utils' (/x.py)", "pkg.pair", "error"),
        ("This program was compiled against version 3.9.2 of the Protocol Buffer runtime library, which is not compatible with the installed version (3.19.5).", "pkg.protobuf", "error"),
        ("ValueError: Unknown layer: 'Functional'.", "pkg.keras-model-version", "warning"),
        ("Warning! ***HDF5 library version mismatched error***", "pkg.hdf5", "error"),
        ("Cannot find reference 'keras' in '__init__.py'", "pkg.keras-unresolved", "info"),
    ],
)  # fmt: skip
def test_the_log_alone(log, check, level) -> None:
    assert found({}, log) == {check: level}


def test_advice_has_the_command_with_the_targets_interpreter() -> None:
    machine = {**of(torch="2.0.1", numpy="2.0"), "python": {"version": "3.10", "executable": "/e/bin/python"}}
    facts, _ = described({"os": "linux", **machine})
    (one,) = (one for one in examine(facts) if one.id == "pkg.numpy-abi")
    assert one.title == "torch 2.0.1 does not run with numpy 2.0"
    assert one.remedy is not None
    assert one.remedy.text == "take a NumPy 1 (numpy<2), or a newer PyTorch (torch>=2.3)"
    assert [command[1:] for command in one.remedy.commands] == [("-m", "pip", "install", "numpy<2")]


#: What healthy programs and installers write, though they use the same words.
HEALTHY = """
Collecting numpy<2
Requirement already satisfied: protobuf<8,>=6.31.1 in ./.venv/lib/python3.12/site-packages (7.36.2)
Successfully installed torch-2.13.0 torchvision-0.28.0 numpy-2.4.6 tf-keras-2.21.0 tokenizers-0.22.1
Using TensorFlow backend
UserWarning: Protobuf gencode version 5.28.3 is exactly one major version older than the runtime version 6.31.1 at
FutureWarning: `huggingface_hub` cache-system uses symlinks by default
WARNING:absl:You are saving your model as an HDF5 file via `model.save()`
from torchvision.ops import nms; import keras.src; load_model('model.keras')
Epoch 1/3 loss: 0.69 keras: 3.15.1 numpy: 2.4.6
"""


def test_a_healthy_log_says_nothing() -> None:
    assert found({}, HEALTHY) == {}


@pytest.mark.parametrize(
    ("packages", "value", "text"),
    [
        (
            {"tensorflow": "2.20.0"},
            "mxnet",
            "unset KERAS_BACKEND where it is set: Keras then takes TensorFlow",
        ),
        ({"tensorflow": "2.20.0"}, "jax", "unset KERAS_BACKEND where it is set: Keras then takes TensorFlow"),
        ({"torch": "2.9.1"}, "Torch", "set KERAS_BACKEND=torch, which is installed"),
    ],
)
def test_a_backend_that_is_not_there_is_not_installed_but_unset(
    packages: dict[str, str], value: str, text: str
) -> None:
    machine = {"os": "linux", "env": {"KERAS_BACKEND": value}, "packages": {"keras": "3.11.0", **packages}}
    facts, _ = described({"machine": machine})
    facts = replace(facts, packages=replace(facts.packages, complete=True))
    (finding,) = (one for one in examine(facts) if one.id == "pkg.keras-backend")
    assert (finding.level, finding.remedy.commands) == ("warning", ())
    assert finding.remedy.text.startswith(text)


def test_what_keras_computes_with_without_a_framework_is_no_mistake() -> None:
    for value in ("numpy", "openvino", ""):
        assert found({"env": {"KERAS_BACKEND": value}, **of(keras="3.11.0", tensorflow="2.20.0")}) == {}


def test_a_framework_that_is_there_twice_comes_back_from_its_own_index() -> None:
    copy = Package(name="torch", version="2.13.0+cpu", location="/env/site-packages")
    facts, _ = described({"machine": {"os": "linux", "packages": {"torch": "2.13.0+cpu"}}})
    facts = replace(facts, packages=PackageFacts(packages=(replace(copy, version="2.1.0"), copy)))
    (finding,) = (one for one in examine(facts) if one.id == "pkg.duplicate-dist")
    assert finding.remedy.commands[-1][2:] == (
        *("pip", "install", "--no-cache-dir", "torch==2.13.0"),
        *("--index-url", "https://download.pytorch.org/whl/cpu"),
    )
