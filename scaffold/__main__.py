"""``python -m scaffold`` and the command ``scaffold``."""

from __future__ import annotations

import signal
from typing import NoReturn


def main() -> NoReturn:
    """Run the command line. Ctrl-C while it is being loaded ends it without a word: nothing has begun."""
    if signal.getsignal(signal.SIGINT) is not signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
    from scaffold.cli import main as run

    run()


if __name__ == "__main__":
    main()
