"""Which entries of ours in PyCharm's settings take no further part."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from scaffold.pycharm.registration.model import Known, Sdk
from scaffold.pycharm.registration.paths import key
from scaffold.system import System


def outdated(
    ours: Iterable[Known], others: Iterable[Known], sdks: Sequence[Sdk], system: System
) -> tuple[Known, ...]:
    """What we entered earlier and takes no further part.

    Of this project's: an interpreter that is gone, or goes by the name of another version. Of other
    projects': only what stands in the way and leads nowhere, because somebody's disk may just not be mounted.
    """
    names = {key(str(sdk.python), system): sdk.name for sdk in sdks}

    def is_outdated(one: Known) -> bool:
        wanted = names.get(key(one.home, system))
        return not system.exists(one.home) if wanted is None else not is_variant(one.name, wanted)

    def is_in_the_way(one: Known) -> bool:
        return one.name in names.values() and not system.exists(one.home)

    return (*filter(is_outdated, ours), *filter(is_in_the_way, others))


def is_variant(name: str, usual: str) -> bool:
    """Whether a name is the usual one, or that with a number behind it.

    >>> is_variant("Python 3.12 (a) (2)", "Python 3.12 (a)"), is_variant("Python 3.11 (a)", "Python 3.12 (a)")
    (True, False)
    """
    rest = name.removeprefix(usual)
    number = rest.removeprefix(" (").removesuffix(")")
    return name == usual or (name.startswith(usual) and rest == f" ({number})" and number.isdecimal())
