"""Locations without their secrets, fit to be printed or written down."""

from __future__ import annotations

import re
from typing import Any

#: What stands between ``scheme://`` and the last ``@`` before the path.
_USERINFO = re.compile(r"(?P<scheme>[A-Za-z][A-Za-z0-9+.\-]*://)(?P<userinfo>[^/?#\s]*)@")

#: Query parameters that some package servers take their key from.
_SECRET_PARAMETER = re.compile(
    r"(?P<name>[?&](?:[\w\-]*(?:token|key|secret|password|signature))=)[^&#\s\"'<>]+", re.IGNORECASE
)


def redact(text: str) -> str:
    """The text with the credentials of every URL in it replaced by ``***``.

    >>> redact("https://me:s3cr3t@host/simple?token=abc")
    'https://***@host/simple?token=***'
    """
    without_userinfo = _USERINFO.sub(r"\g<scheme>***@", text)
    return _SECRET_PARAMETER.sub(r"\g<name>***", without_userinfo)


def redacted(value: Any) -> Any:
    """Plain data (as JSON knows it) with every text in it redacted.

    >>> redacted({"url": ["https://host/simple?token=abc"], "size": 3})
    {'url': ['https://host/simple?token=***'], 'size': 3}
    """
    if isinstance(value, str):
        return redact(value)
    if isinstance(value, dict):
        return {key: redacted(one) for key, one in value.items()}
    return [redacted(one) for one in value] if isinstance(value, list) else value
