"""What a user should know of a registration beside what is done."""

from __future__ import annotations

from collections.abc import Sequence

from scaffold.pycharm.configs import ConfigFolder, windows_folders
from scaffold.pycharm.registration.journal import Journal
from scaffold.pycharm.registration.model import Sdk
from scaffold.shell import quoted
from scaffold.system import System

#: Projects that are gone and are told of.
_TOLD = 3


def notes(
    system: System, folders: Sequence[ConfigFolder], sdks: Sequence[Sdk], journal: Journal
) -> tuple[str, ...]:
    """PyCharms that cannot use the interpreters, and what is left of projects that are gone.

    ``journal`` as it will be once the registration is done.
    """
    return (*_of_folders(system, folders, sdks), *_gone(system, journal))


def _gone(system: System, journal: Journal) -> tuple[str, ...]:
    """Projects of which something is left in the settings; their disk may just not be mounted."""
    gone = [one for one, places in journal.items() if places and not system.exists(one)]
    notes = []
    for one in gone[:_TOLD]:
        known = any(entered.sdks for entered in journal[one].values())
        still = "knows its interpreter still" if known else "trusts it still"
        back = f"scaffold ide pycharm --undo {quoted(one)}"
        notes.append(f"{one} is gone, and PyCharm {still}; take that back:  {back}")
    more = len(gone) - len(notes)
    return (*notes, f"and {more} more projects that are gone") if more else tuple(notes)


def _of_folders(system: System, folders: Sequence[ConfigFolder], sdks: Sequence[Sdk]) -> tuple[str, ...]:
    beyond = windows_folders(system)
    notes = []
    if beyond:
        titles = ", ".join(dict.fromkeys(one.title for one in beyond))
        notes.append(
            f"{titles} on the Windows side cannot use this environment by its path: open the folder there,"
            " and choose Settings | Python | Interpreter | Add Interpreter | On WSL"
        )
    if not folders and not beyond:
        notes.append("no PyCharm has run here yet: once it has, this command enters the interpreter there")
    walled = next((one for one in folders if one.how == "flatpak"), None)
    hidden = next((sdk for sdk in sdks if sdk.is_of_the_system), None)
    if walled is not None and hidden is not None:
        notes.append(
            f"{walled.title} is a Flatpak, and has a /usr of its own: it cannot start {hidden.python}, which"
            " was made from a Python in the system's /usr; make the environment from another one"
        )
    return tuple(notes)
