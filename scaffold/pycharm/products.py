"""What PyCharm is called, wherever something of it is found: the one table that every room reads.

Sources: JetBrains' help, "Unified PyCharm" (https://www.jetbrains.com/help/pycharm/unified-pycharm.html);
PathManager and ApplicationNamesInfo of intellij-community; snapcraft.io; flathub.org. Read 2026-11-22.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from scaffold.system import OperatingSystem

#: PyCharm is Professional and, since 2025.1, the product that is there for all; PyCharmCE is Community.
Product = Literal["PyCharm", "PyCharmCE"]
Edition = Literal["unified", "Professional", "Community"]

#: What every name of the family has in it.
FAMILY = "PyCharm"


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductLine:
    """The names of one product."""

    product: Product  # what its folder of settings begins with
    title: str
    code: str  # in product-info.json
    snaps: tuple[str, ...]
    flatpaks: tuple[str, ...]


LINES = (
    ProductLine(
        product="PyCharm",
        title="PyCharm",
        code="PY",
        snaps=("pycharm", "pycharm-professional"),
        flatpaks=("com.jetbrains.PyCharm", "com.jetbrains.PyCharm-Professional"),
    ),
    ProductLine(
        product="PyCharmCE",
        title="PyCharm Community",
        code="PC",
        snaps=("pycharm-community",),
        flatpaks=("com.jetbrains.PyCharm-Community",),
    ),
)

#: Code in product-info.json -> product. Others (IU, DS, ...) are other products.
BY_CODE: Mapping[str, Product] = {line.code: line.product for line in LINES}
TITLES: Mapping[Product, str] = {line.product: line.title for line in LINES}

#: What `scaffold ide install` installs, and its code at the release service: Professional, from 2025.1 on
#: unified. Community (PCC) ended with 2025.2.
RELEASES: Product = "PyCharm"
RELEASES_CODE = "PCP"

#: The first release that is one product for all.
UNIFIED_SINCE = (2025, 1)

#: Names of its archives, before the version.
ARCHIVES = ("pycharm", "pycharm-professional")

#: Commands by which JetBrains, the Toolbox app and distributions start it.
COMMANDS = (
    "pycharm", "pycharm.sh", "pycharm64.exe", "pycharm-professional", "pycharm-community", "charm",
)  # fmt: skip

#: The programs that start it, and that it is from 2024 on, with Java inside.
LAUNCHERS = frozenset({"pycharm", "pycharm64", "pycharm.exe", "pycharm64.exe"})
#: Those of them on Windows.
WINDOWS_LAUNCHERS = tuple(sorted((one for one in LAUNCHERS if one.endswith(".exe")), reverse=True))

#: Below the folder of its product-info.json, where that does not say: what starts it, and the name of its
#: file of JVM options, which the user's own has, too.
DEFAULTS: Mapping[OperatingSystem, tuple[str, str]] = {
    "linux": ("bin/pycharm.sh", "pycharm64.vmoptions"),
    "windows": ("bin/pycharm64.exe", "pycharm64.exe.vmoptions"),
    "macos": ("../MacOS/pycharm", "pycharm.vmoptions"),
}
VMOPTIONS = tuple(sorted({options for _, options in DEFAULTS.values()}))

#: Environment variables that name files of its settings.
VARIABLES = ("PYCHARM_PROPERTIES", "PYCHARM_VM_OPTIONS")

_SETTINGS = re.compile(rf"({'|'.join(line.product for line in LINES)})(\d{{4}}\.\d+)")
_PRODUCTS: Mapping[str, Product] = {line.product: line.product for line in LINES}


def parse_folder_name(name: str) -> tuple[Product, str] | None:
    """Product and version of a folder of settings; None for any other folder.

    >>> parse_folder_name("PyCharmCE2025.1"), parse_folder_name("PyCharm2026.2-backup")
    (('PyCharmCE', '2025.1'), None)
    """
    found = _SETTINGS.fullmatch(name)
    return None if found is None else (_PRODUCTS[found[1]], found[2])


def may_be_pycharm(name: str) -> bool:
    """Whether a folder, a program or a path is called after it.

    >>> may_be_pycharm("/opt/pycharm-2026.2/bin/pycharm"), may_be_pycharm("idea64.exe")
    (True, False)
    """
    return FAMILY.lower() in name.lower()


def edition_of(product: Product, version: tuple[int, ...]) -> Edition:
    """Community, Professional before 2025.1, and what is both since.

    >>> edition_of("PyCharm", (2026, 2)), edition_of("PyCharm", (2024, 3)), edition_of("PyCharmCE", ())
    ('unified', 'Professional', 'Community')
    """
    if product == "PyCharmCE":
        return "Community"
    return "unified" if is_unified(version) else "Professional"


def is_unified(version: tuple[int, ...]) -> bool:
    """Whether a release is the one product for all; one that does not tell is taken for new.

    >>> is_unified((2025, 1, 3)), is_unified((2024, 3, 5)), is_unified(())
    (True, False, True)
    """
    return not version or version >= UNIFIED_SINCE
