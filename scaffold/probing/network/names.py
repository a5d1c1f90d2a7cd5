"""The variables that say how the network is reached."""

from __future__ import annotations

from scaffold.sources.redact import redact

#: Proxies of programs, the strongest first.
PROXIES = ("HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy")

#: Each names a file of certificates -> who reads it.
BUNDLES = {
    "REQUESTS_CA_BUNDLE": "requests, pip",
    "CURL_CA_BUNDLE": "requests, curl",
    "SSL_CERT_FILE": "Python's ssl, httpx, uv",
    "SSL_CERT_DIR": "Python's ssl, httpx",
    "PIP_CERT": "pip",
    "AWS_CA_BUNDLE": "boto3",
    "GRPC_DEFAULT_SSL_ROOTS_FILE_PATH": "gRPC",
}

#: Switches of the Hugging Face libraries.
HUB_FLAGS = (
    "HF_HUB_OFFLINE",
    "TRANSFORMERS_OFFLINE",
    "HF_DATASETS_OFFLINE",
    "HF_HUB_ENABLE_HF_TRANSFER",
    "HF_HUB_DISABLE_XET",
)

#: Where the hub is, unless HF_ENDPOINT says otherwise, and a mirror of it that is reached from China.
HUB, HUB_MIRROR = "https://huggingface.co", "https://hf-mirror.com"


def without_login(proxy: str) -> str:
    """A proxy's address, fit to be shown; variables name proxies without a scheme, too.

    >>> without_login("http://me:secret@host:80"), without_login("me:secret@host:80")
    ('http://***@host:80', '***@host:80')
    """
    login, at, host = proxy.rpartition("@")
    return f"***@{host}" if at and "://" not in login else redact(proxy)
