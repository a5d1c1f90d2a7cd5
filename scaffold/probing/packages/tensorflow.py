"""What an installed TensorFlow says of its build in ``tensorflow/python/platform/build_info.py``."""

from __future__ import annotations

import re

from scaffold.probing.packages.model import TensorFlowBuild


def parse_build_info(text: str, version: str, source: str) -> TensorFlowBuild | None:
    """Parse the file without running it; None where it tells nothing of CUDA.

    >>> line = "build_info = collections.OrderedDict([('cpu_compiler', '/usr/bin/clang'), "
    >>> line += "('cuda_compute_capabilities', ['sm_60', 'compute_90']), ('cuda_version', '12.5.1'), "
    >>> line += "('cudnn_version', '9'), ('is_cuda_build', True), ('is_rocm_build', False)])"
    >>> found = parse_build_info(line, "2.21.0", "build_info.py")
    >>> found.cuda, found.cudnn, found.rocm, found.capabilities
    ('12.5.1', '9', False, ('sm_60', 'compute_90'))
    >>> parse_build_info("build_info = OrderedDict([('is_cuda_build', False)])", "2.21.0", "b.py").cuda
    ''
    """
    cuda_build = _flag(text, "is_cuda_build")
    if cuda_build is None:
        return None
    versions = {key: _text(text, key) for key in ("cuda_version", "cudnn_version")}
    listed = re.search(r"['\"]cuda_compute_capabilities['\"]\s*[,:]\s*\[([^]]*)\]", text)
    return TensorFlowBuild(
        version=version,
        cuda=(versions["cuda_version"] or None) if cuda_build else "",
        cudnn=versions["cudnn_version"],
        rocm=_flag(text, "is_rocm_build"),
        capabilities=tuple(re.findall(r"['\"]([\w.]+)['\"]", listed[1])) if listed else (),
        source=source,
    )


def _flag(text: str, name: str) -> bool | None:
    match = re.search(rf"['\"]{name}['\"]\s*[,:]\s*(True|False)", text)
    return None if match is None else match[1] == "True"


def _text(text: str, name: str) -> str:
    match = re.search(rf"['\"]{name}['\"]\s*[,:]\s*['\"]([^'\"]*)['\"]", text)
    return match[1] if match else ""
