"""Wordings of failures of libraries and extensions, old and new, and logs that are healthy."""

# ruff: noqa: RUF001 - the quotes are those of the logs

from __future__ import annotations

import io

import pytest

from scaffold.checks.from_log import with_log
from scaffold.logs.search import read_log

WORDINGS = [
    ("lib.cudnn-init", "jaxlib.xla_extension.XlaRuntimeError: FAILED_PRECONDITION: DNN library initialization failed."),
    ("lib.cudnn-init", "RuntimeError: cuDNN error: CUDNN_STATUS_NOT_INITIALIZED"),
    ("lib.cudnn-shadowed", "Could not load library cudnn_cnn_infer64_8.dll. Error code 127"),
    ("lib.gpu-libs", "Could not load library cudnn_ops_infer64_8.dll. Error code 126\nPlease make sure cudnn_ops_infer64_8.dll is in your library path!"),
    ("lib.tf-gpu-libs", "I external/local_tsl/tsl/cuda/cudart_stub.cc:32] Could not find cuda drivers on your machine, GPU will not be used."),
    ("ext.build-toolchain", "deepspeed.ops.op_builder.builder.CUDAMismatchException: >- DeepSpeed Op Builder: Installed CUDA version 12.2 does not match the version torch was compiled with 11.7, unable to compile cuda/cpp extensions without a matching cuda version."),
    ("ext.triton-toolchain", "ModuleNotFoundError: No module named 'triton'"),
    ("ext.triton-toolchain", "/tmp/tmpltteoigt/main.c:5:10: fatal error: Python.h: No such file or directory"),
    ("ext.build-toolchain", "pycocotools/_mask.c:31:10: fatal error: Python.h: No such file or directory"),
    # cuDNN
    ("lib.cudnn-shadowed", "RuntimeError: cuDNN version incompatibility: PyTorch was compiled  against (8, 9, 2) but found runtime version (8, 5, 0). PyTorch already comes bundled with cuDNN."),
    ("lib.cudnn-shadowed", "RuntimeError: cuDNN error: CUDNN_STATUS_SUBLIBRARY_VERSION_MISMATCH"),
    ("lib.cudnn-shadowed", "Could not load library libcudnn_cnn_train.so.8. Error: /usr/local/cuda/lib64/libcudnn_cnn_train.so.8: undefined symbol: _ZN5cudnn3cnn34layerNormFwd_execute_internal_implERKNS_7backend"),
    ("lib.cudnn-shadowed", "E external/local_xla/xla/stream_executor/cuda/cuda_dnn.cc:441] Loaded runtime CuDNN library: 9.1.0 but source was compiled with: 9.3.0.  CuDNN library needs to have matching major version and equal or higher minor version."),
    ("lib.cudnn-shadowed", "RuntimeError: jaxlib/cuda/versions_helpers.cc:98: Outdated cuDNN installation found."),
    # CUDA
    ("lib.cuda-shadowed", "ImportError: /env/lib/python3.11/site-packages/torch/lib/../../nvidia/cusparse/lib/libcusparse.so.12: undefined symbol: __nvJitLinkCreate_12_8, version libnvJitLink.so.12"),
    ("lib.cuda-shadowed", "ImportError: /x/libcublas.so.11: undefined symbol: cublasLtGetStatusString, version libcublasLt.so.11"),
    ("lib.cuda-shadowed", "OSError: /x/libcublas.so.11: symbol cublasLtHSHMatmulAlgoInit, version libcublasLt.so.11 not defined in file libcublasLt.so.11 with link time reference"),
    ("lib.cuda-shadowed", "ImportError: /x/torch/lib/libtorch_cuda.so: undefined symbol: ncclCommRegister"),
    ("lib.cuda-shadowed", "ImportError: /x/torch/lib/libc10_cuda.so: undefined symbol: cudaGetDriverEntryPointByVersion, version libcudart.so.12"),
    # TensorFlow
    ("lib.tf-gpu-libs", "W tensorflow/core/common_runtime/gpu/gpu_device.cc:2343] Cannot dlopen some GPU libraries. Please make sure the missing libraries mentioned above are installed properly"),
    ("lib.tf-gpu-libs", "W tensorflow/stream_executor/platform/default/dso_loader.cc:64] Could not load dynamic library 'cudnn64_8.dll'; dlerror: cudnn64_8.dll not found"),
    ("lib.tf-gpu-libs", "Could not load dynamic library 'libcudnn.so.8'; dlerror: libcudnn.so.8: cannot open shared object file: No such file or directory; LD_LIBRARY_PATH: /usr/local/cuda-11.0/lib64"),
    ("lib.tf-libdevice", "InternalError: libdevice not found at ./libdevice.10.bc [Op:__inference_one_step_on_data_1234]"),
    ("lib.tf-libdevice", "W external/local_xla/xla/service/gpu/nvptx_compiler.cc:742] Couldn't get ptxas version string: INTERNAL: Couldn't invoke ptxas --version"),
    ("lib.tf-libdevice", "UNIMPLEMENTED: No PTX compilation provider is available. Neither ptxas/nvlink nor nvjtlink is available."),
    # the C++ library
    ("lib.libstdcxx", "ImportError: /lib/x86_64-linux-gnu/libstdc++.so.6: version `GLIBCXX_3.4.29' not found (required by /x/site-packages/scipy/_lib/_ccallback_c.so)"),
    ("lib.libstdcxx", "OSError: /home/u/miniconda3/lib/python3.9/site-packages/../../libstdc++.so.6: version ‘CXXABI_1.3.15’ not found (required by /usr/lib/libicui18n.so)"),
    ("lib.libstdcxx", "ImportError: libstdc++.so.6: cannot open shared object file: No such file or directory"),
    # OpenMP
    ("lib.openmp-dup", "OMP: Error #15: Initializing libomp.dylib, but found libiomp5.dylib already initialized."),
    ("lib.openmp-dup", "OMP: Error #15: Initializing libiomp5md.dll, but found libiomp5md.dll already initialized.\nOMP: Hint This means that multiple copies of the OpenMP runtime have been linked into the program."),
    ("lib.openmp-dup", "Error: mkl-service + Intel(R) MKL: MKL_THREADING_LAYER=INTEL is incompatible with libgomp-a34b3233.so.1 library."),
    # Windows
    ("lib.windows-dll", 'OSError: [WinError 126] 找不到指定的模块。 Error loading "D:\\anaconda3\\lib\\site-packages\\torch\\lib\\fbgemm.dll" or one of its dependencies.'),
    ("lib.windows-dll", 'OSError: [WinError 126] The specified module could not be found. Error loading "C:\\x\\torch\\lib\\c10.dll" or one of its dependencies.'),
    ("lib.windows-dll", 'OSError: [WinError 1114] A dynamic link library (DLL) initialization routine failed. Error loading "C:\\x\\torch\\lib\\c10.dll" or one of its dependencies.'),
    ("lib.windows-dll", "ImportError: DLL load failed while importing _pywrap_tensorflow_internal: 动态链接库(DLL)初始化例程失败。"),
    ("lib.windows-dll", "ImportError: DLL load failed while importing _pywrap_tensorflow_internal: The specified module could not be found."),
    ("lib.windows-dll", "ImportError: DLL load failed while importing _pywrap_tensorflow_internal: Eine DLL-Initialisierungsroutine ist fehlgeschlagen."),
    ("lib.windows-dll", "ImportError: DLL load failed: 找不到指定的模块。"),
    ("lib.windows-dll", "ImportError: Could not find the DLL(s) 'msvcp140_1.dll'. TensorFlow requires that these DLLs be installed in a directory that is named in your %PATH% environment variable."),
    ("lib.windows-dll", "由于找不到 VCRUNTIME140_1.dll，无法继续执行代码。重新安装程序可能会解决此问题。"),
    ("lib.windows-dll", "Microsoft Visual C++ Redistributable is not installed, this may lead to the DLL load failure."),
    ("lib.windows-dll", "Process finished with exit code -1073741515 (0xC0000135)"),
    ("lib.windows-dll", "OSError: [WinError 193] %1 ist keine zulässige Win32-Anwendung"),
    ("lib.windows-dll", 'OSError: [WinError 182] 操作系统无法运行 %1。 Error loading "D:\\torch\\lib\\cudnn_adv_infer64_8.dll"'),
    ("lib.windows-dll", "FileNotFoundError: Could not find module 'D:\\p\\venv\\Lib\\site-packages\\torch\\lib\\shm.dll' (or one of its dependencies). Try using the full path with constructor syntax."),
    # others
    ("lib.missing", "ImportError: libGL.so.1: cannot open shared object file: No such file or directory"),
    ("lib.missing", "OSError: libsndfile.so.1: cannot open shared object file: No such file or directory"),
    ("lib.static-tls", "ImportError: /x/sklearn/__check_build/../../scikit_learn.libs/libgomp-d22c30c5.so.1.0.0: cannot allocate memory in static TLS block"),
    ("lib.execstack", "ImportError: libctranslate2-bc15bf3f.so.4.5.0: cannot enable executable stack as shared object requires: Invalid argument"),
    ("lib.gpu-libs", "ImportError: libcudart.so.11.0: cannot open shared object file: No such file or directory"),
    ("lib.gpu-libs", "ImportError: libcusparseLt.so.0: cannot open shared object file: No such file or directory"),
    ("lib.gpu-libs", "ValueError: libcublas.so.*[0-9] not found in the system path ['/home/u']"),
    ("lib.gpu-libs", "Unable to load any of {libcudnn_ops.so.9.1.0, libcudnn_ops.so.9.1, libcudnn_ops.so.9, libcudnn_ops.so}\nInvalid handle. Cannot load symbol cudnnCreateTensorDescriptor"),
    ("lib.gpu-libs", "Could not locate cudnn_ops64_9.dll. Please make sure it is in your library path!"),
    ("lib.gpu-libs", "RuntimeError: Library cublas64_12.dll is not found or cannot be loaded"),
    ("lib.gpu-libs", "[E:onnxruntime:Default, provider_bridge_ort.cc:2195] Failed to load library libonnxruntime_providers_cuda.so with error: libcublasLt.so.12: cannot open shared object file"),
    ("lib.gpu-libs", "RuntimeError: Unable to load cuDNN. Is it installed?"),
    # extensions
    ("ext.torch-abi", "ImportError: /x/site-packages/flash_attn_2_cuda.cpython-310-x86_64-linux-gnu.so: undefined symbol: _ZN2at4_ops5zeros4callEN3c108ArrayRefINS2_6SymIntEEENS2_8optionalINS2_10ScalarTypeEEE"),
    ("ext.torch-abi", "OSError: /x/site-packages/torch_scatter/_version_cuda.so: undefined symbol: _ZN5torch3jit17parseSchemaOrNameERKNSt7__cxx1112basic_stringIcSt11char_traitsIcESaIcEEE"),
    ("ext.torch-abi", "ImportError: mmcv/_ext.cpython-38-x86_64-linux-gnu.so: undefined symbol: _ZNK2at6Tensor7is_cudaEv"),
    ("ext.torch-abi", "ImportError: libtorch_cuda_cu.so: cannot open shared object file: No such file or directory"),
    ("ext.torch-abi", "WARNING[XFORMERS]: xFormers can't load C++/CUDA extensions. xFormers was built for:\n    PyTorch 2.1.0+cu121 with CUDA 1201 (you have 2.0.1+cu118)\n    Python  3.10.13 (you have 3.10.6)"),
    ("ext.torch-abi", "RuntimeError: Not compiled with CUDA support"),
    ("ext.flash-attn", "RuntimeError: FlashAttention only supports Ampere GPUs or newer."),
    ("ext.flash-attn", "ImportError: FlashAttention2 has been toggled on, but it cannot be used due to the following error: the package flash_attn seems to be not installed."),
    ("ext.flash-attn", "RuntimeError: FlashAttention only support fp16 and bf16 data type"),
    ("ext.bitsandbytes", "RuntimeError: \n        CUDA Setup failed despite GPU being available. Please run the following command to get more information:\n\n        python -m bitsandbytes"),
    ("ext.bitsandbytes", "AttributeError: /x/bitsandbytes/libbitsandbytes_cpu.so: undefined symbol: cquantize_blockwise_fp16_nf4"),
    ("ext.bitsandbytes", "UserWarning: The installed version of bitsandbytes was compiled without GPU support. 8-bit optimizers, 8-bit multiplication, and GPU quantization are unavailable."),
    ("ext.bitsandbytes", "importlib.metadata.PackageNotFoundError: No package metadata was found for bitsandbytes"),
    ("ext.build-toolchain", "OSError: CUDA_HOME environment variable is not set. Please set it to your CUDA install root."),
    ("ext.build-toolchain", "RuntimeError:\nThe detected CUDA version (11.8) mismatches the version that was used to compile\nPyTorch (12.4). Please make sure to use the same CUDA versions."),
    ("ext.build-toolchain", 'error: Microsoft Visual C++ 14.0 or greater is required. Get it with "Microsoft C++ Build Tools"'),
    ("ext.build-toolchain", "  × Getting requirements to build wheel did not run successfully.\n  │ exit code: 1\n  ╰─> [20 lines of output]\n      ModuleNotFoundError: No module named 'torch'"),
    ("ext.build-toolchain", "nvcc fatal   : Unsupported gpu architecture 'compute_120'"),
    ("ext.build-toolchain", "error: #error -- unsupported GNU version! gcc versions later than 12 are not supported!"),
    ("ext.triton-toolchain", "RuntimeError: Failed to find C compiler. Please specify via CC environment variable or set triton.knobs.build.impl."),
    ("ext.triton-toolchain", "subprocess.CalledProcessError: Command '['/usr/bin/gcc', '/tmp/tmpa1/main.c', '-O3', '-shared', '-fPIC', '-o', '/tmp/tmpa1/cuda_utils.so', '-lcuda']' returned non-zero exit status 1."),
    ("ext.triton-toolchain", "torch._inductor.exc.TritonMissing: Cannot find a working triton installation. Either the package is not installed or it is too old."),
    ("ext.triton-toolchain", "RuntimeError: Compiler: cl is not found."),
    ("ext.triton-toolchain", "ptxas fatal   : Value 'sm_120' is not defined for option 'gpu-name'"),
]  # fmt: skip

HEALTHY = [
    "2024-05-08 10:00:00.1: W tensorflow/compiler/tf2tensorrt/utils/py_utils.cc:38] TF-TRT Warning: Could not find TensorRT",
    "E0000 00:00:1734 cuda_dnn.cc:8310] Unable to register cuDNN factory: Attempting to register factory for plugin cuDNN when one has already been registered",
    "I external/local_xla/xla/stream_executor/cuda/cuda_dnn.cc:456] Loaded cuDNN version 90300",
    "A matching Triton is not available, some optimizations will not be enabled",
    "UserWarning: bitsandbytes 0.45.3: loaded libbitsandbytes_cuda126.so",
    "I tensorflow/compiler/xla/service/service.cc:173] XLA service 0x7f4ce3255ca0 initialized for platform CUDA",
    "Epoch 1/5\n1875/1875 - 3s 2ms/step - accuracy: 0.91 - loss: 0.29",
    "Using device: cuda:0 (NVIDIA GeForce RTX 4090), torch 2.8.0+cu128, cuDNN 9.10.2",
    "Collecting flash-attn\n  Downloading flash_attn-2.8.3+cu12torch2.8cxx11abiTRUE-cp312-cp312-linux_x86_64.whl",
    "  Getting requirements to build wheel: started\n  Getting requirements to build wheel: finished with status 'done'",
    "nvcc: NVIDIA (R) Cuda compiler driver\nCuda compilation tools, release 12.4, V12.4.131",
    "Process finished with exit code 0",
]  # fmt: skip


@pytest.mark.parametrize(("check", "text"), WORDINGS, ids=range(len(WORDINGS)))
def test_a_wording_names_its_finding_first(check, text) -> None:
    found = with_log((), read_log(io.BytesIO(text.encode()), "run.log"))
    ours = [one.id for one in found if one.id.startswith(("lib.", "ext."))]
    assert ours == [check], [(one.id, one.title) for one in found]
    assert all("{" not in one.title and "  " not in one.title for one in found)
    assert all(one.remedy is not None and one.remedy.text for one in found if one.id == check)


@pytest.mark.parametrize("text", HEALTHY, ids=range(len(HEALTHY)))
def test_a_healthy_log_says_nothing(text) -> None:
    log = read_log(io.BytesIO(text.encode()), "run.log")
    assert [one.signature.name for one in log.signs if one.signature.check.startswith(("lib.", "ext."))] == []


def test_a_library_that_only_a_gpu_needs_is_no_error() -> None:
    """TensorFlow up to 2.10 prints it on every machine without CUDA."""
    text = (
        b"Could not load dynamic library 'libcudart.so.11.0'; dlerror: libcudart.so.11.0: cannot open shared"
    )
    found = with_log((), read_log(io.BytesIO(text + b" object file: No such file"), "run.log"))
    assert [(one.id, one.level) for one in found] == [("lib.tf-gpu-libs", "info")]


def test_windows_errors_are_told_apart() -> None:
    """fbgemm.dll is named in many messages; libomp140 is what WinError 126 means alone."""
    text = 'OSError: [WinError 182] The operating system cannot run %1. Error loading "C:\\x\\torch\\lib\\fbgemm.dll" or one of its dependencies.'
    log = read_log(io.BytesIO(text.encode()), "run.log")
    assert [one.signature.name for one in log.signs] == ["winerror-182"]


def test_a_cpu_torch_beside_xformers_is_the_cause_itself() -> None:
    text = "xFormers was built for:\n    PyTorch 2.1.2+cu121 with CUDA 1201 (you have 2.1.2+cpu)"
    log = read_log(io.BytesIO(text.encode()), "run.log")
    assert [one.id for one in with_log((), log)] == ["gpu.build-cpu-only"]


def test_no_sign_installs_another_torch_or_numpy() -> None:
    """A bare name takes the newest from the ordinary index: on Windows a PyTorch without CUDA."""
    from scaffold.logs.signatures import signatures

    bare = {
        one.name
        for one in signatures()
        if one.check.startswith(("lib.", "ext."))
        for command in one.commands
        if "install" in command
        and {"torch", "numpy", "xformers"}.intersection(command)
        and not any(part.startswith("torch==") for part in command)
    }
    assert bare == set()
