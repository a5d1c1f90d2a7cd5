"""Drive copier or cookiecutter in a process of its own.

    python drive.py REQUEST

REQUEST is a JSON file of `scaffold.projects.foreign.child`; the answer goes to the file that it names. Run by
scaffold's own interpreter, in which both packages are installed.
"""

import json
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import failures
import guard


def main(path):
    with open(path, encoding="utf-8") as stream:
        request = json.load(stream)
    answer = {}
    try:
        answer["done"] = work(request)
    except BaseException as problem:  # noqa: BLE001 - whatever it is, the caller has to tell the user
        answer["problem"] = failures.told(problem, request["folder"], request["answers"])
    with open(request["result"], "w", encoding="utf-8") as stream:
        json.dump(answer, stream, default=str)


def work(request):
    sys.path.insert(1, request["scaffold"])  # the one that asks, not another that is installed
    if request["kind"] == "copier":
        import with_copier as driver
    else:
        import with_cookiecutter as driver
    import dropping
    import fitting

    limits = request["limits"]
    if not request["trust"] or request["op"] in {"describe", "preview"}:
        guard.limit(limits["memory"], limits["file"], limits["cpu"])
        guard.install(request["writable"], [request["folder"]])
    os.chdir(request["out"])
    described = driver.describe(request)
    if request["op"] == "describe":
        return {"described": described}
    fitting.fit(request, described)
    if request["op"] == "preview":
        return {"described": described, **driver.preview(request)}
    if request["op"] == "ask":
        return {"described": described, **driver.ask(request)}
    made = driver.render(request)
    return {"described": described, **made, "dropped": dropping.dropped(request, described, made["answers"])}


main(sys.argv[1])
