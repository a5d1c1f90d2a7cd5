"""Ask several sources at once: each may take a while, and none waits for another."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


def together(*questions: Callable[[], Any]) -> list[Any]:
    """The answer of each, in order. All but the first run in threads of their own."""
    from threading import Thread

    answers: dict[int, Any] = {}
    problems: list[BaseException] = []

    def answer(number: int, question: Callable[[], Any]) -> None:
        try:
            answers[number] = question()
        except BaseException as problem:  # noqa: BLE001 raised again below, in the asking thread
            problems.append(problem)

    # Daemons: Ctrl-C reaches the main thread only, and must not wait for a hanging child's time limit.
    threads = [
        Thread(target=answer, args=(number, question), daemon=True)
        for number, question in enumerate(questions[1:], start=1)
    ]
    for thread in threads:
        thread.start()
    first = questions[0]()
    for thread in threads:
        thread.join()
    if problems:
        raise problems[0]
    return [first, *(answers[number] for number in range(1, len(questions)))]
