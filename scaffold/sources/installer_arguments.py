"""The merged settings in each installer's own terms, so that both install from the same places.

Whatever the user set and this module does not know (keyring, client certificate, cache folder) stays
as it is: variables are added to the environment that the user has, configuration files still count.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from scaffold.sources.layers import CERTIFICATE_VARIABLES, PROXY_VARIABLES
from scaffold.sources.model import Setting, SourceSettings
from scaffold.sources.places import as_argument, local_path
from scaffold.sources.settings import DEFAULT_INDEX, DEFAULT_TIMEOUT

#: Replaced by ours. The torch backend of uv's choosing would overrule the build plan.
_UV_VARIABLES = frozenset({
    "UV_INDEX", "UV_DEFAULT_INDEX", "UV_INDEX_URL", "UV_EXTRA_INDEX_URL", "UV_FIND_LINKS", "UV_TORCH_BACKEND",
})  # fmt: skip
_PIP_VARIABLES = frozenset({
    "PIP_INDEX_URL", "PIP_PYPI_URL", "PIP_EXTRA_INDEX_URL", "PIP_FIND_LINKS", "PIP_NO_INDEX",
})  # fmt: skip


def uv_environment(settings: SourceSettings, base: Mapping[str, str]) -> dict[str, str]:
    """The environment in which uv sees the settings. uv never fetches a Python on its own there.

    Passes credentials on: not to be printed. Goes together with `uv_arguments`.
    """
    environment = {name: value for name, value in base.items() if name not in _UV_VARIABLES}
    if settings.no_index is None:
        environment |= _filled(
            UV_DEFAULT_INDEX=_index(settings, " "),
            UV_INDEX=_joined(settings.extra_indexes, " "),
            UV_INDEX_STRATEGY=settings.index_strategy.value if settings.index_strategy else "",
        )
    return environment | _filled(
        UV_FIND_LINKS=_joined(_present(settings.find_links), ","),
        UV_INSECURE_HOST=_joined(settings.trusted_hosts, " "),
        SSL_CERT_FILE=_certificate_file(settings),
        UV_HTTP_TIMEOUT=_seconds(settings),
        UV_PYTHON_DOWNLOADS="never",
        UV_PYTHON_INSTALL_MIRROR=settings.python_mirror.value if settings.python_mirror else "",
        **_proxies(settings, base),
    )


def uv_arguments(settings: SourceSettings) -> tuple[str, ...]:
    """What uv takes on its command line only (`uv pip install`, `uv pip compile`)."""
    return ("--no-index",) if settings.no_index is not None else ()


def pip_environment(settings: SourceSettings, base: Mapping[str, str]) -> dict[str, str]:
    """The environment in which pip sees the settings.

    Passes credentials on: not to be printed.
    """
    replaced = _PIP_VARIABLES | ({"PIP_DEFAULT_TIMEOUT"} if _seconds(settings) else set())
    if settings.certificates:  # requests, which pip asks with, would heed these before pip's own option
        replaced |= set(CERTIFICATE_VARIABLES)
    environment = {name: value for name, value in base.items() if name not in replaced}
    if settings.no_index is None:
        environment |= _filled(
            PIP_INDEX_URL=_index(settings, " "), PIP_EXTRA_INDEX_URL=_joined(settings.extra_indexes, " ")
        )
    own_proxy = settings.proxy is not None and settings.proxy.origin not in PROXY_VARIABLES
    return environment | _filled(
        PIP_NO_INDEX="" if settings.no_index is None else "1",
        PIP_FIND_LINKS=_joined(settings.find_links, " "),
        PIP_TRUSTED_HOST=_joined(settings.trusted_hosts, " "),
        PIP_CERT=settings.certificates.value if settings.certificates else "",
        PIP_TIMEOUT=_seconds(settings),
        PIP_PROXY=settings.proxy.value if settings.proxy and own_proxy else "",
        PIP_DISABLE_PIP_VERSION_CHECK="1",
    )


def _filled(**variables: str) -> dict[str, str]:
    return {name: value for name, value in variables.items() if value}


def _index(settings: SourceSettings, separators: str) -> str:
    return "" if settings.index == DEFAULT_INDEX else as_argument(settings.index.value, separators)


def _joined(settings: tuple[Setting, ...], separator: str) -> str:
    return separator.join(as_argument(one.value, f"{separator} ") for one in settings)


def _present(find_links: tuple[Setting, ...]) -> tuple[Setting, ...]:
    """Without folders that are not there: pip warns of one, uv gives up."""
    places = ((one, local_path(one.value)) for one in find_links)
    return tuple(one for one, path in places if path is None or path.exists())


def _certificate_file(settings: SourceSettings) -> str:
    """A CA bundle for uv, which knows SSL_CERT_FILE only and takes no folder there."""
    found = settings.certificates
    return found.value if found is not None and Path(found.value).is_file() else ""


def _seconds(settings: SourceSettings) -> str:
    """A time limit that the user chose; uv's own default is longer than pip's and stays."""
    return "" if settings.timeout == DEFAULT_TIMEOUT else f"{max(1, round(settings.timeout))}"


def _proxies(settings: SourceSettings, base: Mapping[str, str]) -> dict[str, str]:
    """A proxy from pip's settings, for uv, which reads the common variables only."""
    if settings.proxy is None or settings.proxy.origin in PROXY_VARIABLES:
        return {}
    names = ("HTTP_PROXY", "HTTPS_PROXY")
    return {name: settings.proxy.value for name in names if not (base.get(name) or base.get(name.lower()))}
