"""What is left to do in a PyCharm into whose settings nothing could be written."""

from __future__ import annotations

from collections.abc import Sequence

from scaffold.pycharm.configs import ConfigFolder, version_key
from scaffold.pycharm.registration.model import Sdk

#: From here on PyCharm takes an environment that lies in the project by itself.
#: PyInterpreterInspection and PyVenvSdkConfiguration in intellij-community, read 2026-11-22.
_BY_ITSELF = (2025, 3)

#: From here on a banner above a file of Python offers it.
_BANNER = (2023, 3)


#: The button of the IDE's question; until it is pressed, nothing of a project's interpreter happens.
_TRUST = 'open the folder and click "Trust Project"'


def click(folder: ConfigFolder, sdks: Sequence[Sdk], *, asks: bool = False) -> str:
    """What a person does there, for the project's own interpreter (the first); "" where nothing is left.

    ``asks``: it asks whether the folder is trusted.
    """
    if not sdks:
        return _TRUST if asks else ""
    own, *further = sdks
    version = version_key(folder.version)
    inside = own.python.is_relative_to(own.project)
    if version >= _BY_ITSELF and inside and asks:
        todo = f"{_TRUST}: it takes the environment by itself then"
    elif version >= _BY_ITSELF and inside:
        todo = "open the folder: it takes the environment by itself"
    elif version >= _BANNER and inside:
        todo = 'open a Python file of the project and click "Use interpreter" in the banner above it'
    else:
        todo = _by_settings(own)
    if asks and not todo.startswith(_TRUST):
        todo = f"{_TRUST}; then {todo}"
    return "; then ".join((todo, *(_by_settings(one) for one in further)))


def _by_settings(sdk: Sdk) -> str:
    return f"Settings | Python | Interpreter | Add Interpreter | Select existing, and choose {sdk.python}"
