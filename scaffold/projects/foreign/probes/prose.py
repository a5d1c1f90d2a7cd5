"""Render the prose of a template in our format in a process of its own.

    python prose.py REQUEST

REQUEST is a pickle of `scaffold.projects.apart`, which wrote it itself; the answer goes to the file that it
names.
"""

import json
import os
import pickle
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import guard


def main(path):
    with open(path, "rb") as stream:
        request = pickle.load(stream)  # noqa: S301 - scaffold wrote it, in a folder that nobody else can enter
    try:
        answer = {"texts": work(request)}
    except BaseException as problem:  # noqa: BLE001 - whatever it is, the caller has to tell the user
        answer = {"problem": told(problem)}
    with open(request["result"], "w", encoding="utf-8") as stream:
        json.dump(answer, stream)


def work(request):
    """Each text, rendered as in scaffold's own process, behind the walls of this one."""
    sys.path.insert(1, request["scaffold"])  # the one that asks, not another that is installed
    from scaffold.errors import TemplateBroken
    from scaffold.projects.prose import render_prose

    texts, context, shared = pickle.loads(request["work"])  # noqa: S301 - as above
    limits = request["limits"]
    guard.limit(limits["memory"], limits["file"], limits["cpu"])
    guard.install([request["result"]], [str(folder) for folder in shared.folders])
    rendered, size = [], 0
    for source, text in texts:
        print(source, flush=True)  # the last of them is the one that never ended
        rendered.append(render_prose(text, context, source=source, shared=shared, memory=limits["memory"]))
        size += len(rendered[-1])
        if size > limits["text"]:
            raise TemplateBroken(
                f"{source}: it comes to more than {limits['text'] >> 20} MB of text",
                hint="tell its author, or take another version of it",
                code="template-limits",
            )
    return rendered


def told(problem):
    """The fields of an error of ours; of any other its sentence."""
    return {
        "message": getattr(problem, "message", "") or f"{type(problem).__name__}: {problem}",
        "detail": list(getattr(problem, "detail", ())),
        "hint": getattr(problem, "hint", ""),
        "code": getattr(problem, "code", "template-broken"),
    }


main(sys.argv[1])
