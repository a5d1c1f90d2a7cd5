"""``python -m scaffold`` and the command ``scaffold``."""
# ruff: noqa: PTH100, PTH120 - pathlib imports modules that PYTHONPATH may replace

from __future__ import annotations

import os
import sys

TYPE_CHECKING = False  # typing itself imports modules that PYTHONPATH may replace
if TYPE_CHECKING:
    from typing import NoReturn


def main() -> NoReturn:
    """Run the command line. Ctrl-C while it is being loaded ends it without a word: nothing has begun."""
    _import_own_modules_only()
    import signal

    if signal.getsignal(signal.SIGINT) is not signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
    from scaffold.cli import main as run

    run()


def _import_own_modules_only() -> None:
    """Neither PYTHONPATH nor the folder that we are called in hands us modules: they may be what is broken.

    Where scaffold itself comes from one of them, that one stays. The variable stays, too: it is one of the
    facts that doctor tells of.
    """
    home = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    foreign = {os.path.abspath(one) for one in os.environ.get("PYTHONPATH", "").split(os.pathsep) if one}
    if sys.argv[:1] == [__file__]:  # python -m puts the current folder first
        foreign.add(os.path.abspath(""))
    sys.path[:] = [one for one in sys.path if os.path.abspath(one) not in foreign - {home}]


if __name__ == "__main__":
    main()
