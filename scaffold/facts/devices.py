"""Device files, from a loose description."""

from __future__ import annotations

import re

from scaffold.facts.told import Told


def lists_devices(told: Told) -> bool:
    """Whether the description speaks of device files at all: then those it does not list are not there."""
    return isinstance(told.facts.get("devices"), (list, dict))


def device_files(told: Told) -> dict[str, bool]:
    """Device file -> whether this user may use it.

    A list of paths, of objects with ``path`` and ``accessible``, or an object path -> true, false, words.

    >>> device_files(Told({"devices": {"/dev/kfd": "permission denied", "/dev/dxg": True}}, []))
    {'/dev/kfd': False, '/dev/dxg': True}
    """
    value = told.first("devices")
    rows = value.items() if isinstance(value, dict) else [(None, row) for row in told.rows("devices")]
    found: dict[str, bool] = {}
    for path, said in rows:
        inner = Told(said if isinstance(said, dict) else {}, [])
        name = path or (said if isinstance(said, str) else inner.text("path", "name"))
        if isinstance(name, str) and re.fullmatch(r"/dev/[\w./-]{1,200}", name):
            words = said if isinstance(said, str) and path else inner.text("error", "access")
            refused = re.search("denied|not permitted|no access", str(words))
            usable = inner.flag("accessible", "readable", "writable")
            found[name] = not (usable is False or said is False or refused)
    return found
