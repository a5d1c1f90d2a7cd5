"""Answers of an earlier rendering that this version of the template does not take, and why."""

#: Name -> why the renderer refused what was remembered.
_WHY = {}


def refused(name, why):
    """Note why an answer does not fit: of several attempts the first is what was remembered."""
    _WHY.setdefault(name, " ".join(str(why).split()).rstrip("."))


def dropped(request, described, answers):
    """What was remembered and does not stand; what the user answers anew is left out."""
    questions = {one["name"]: one for one in described["questions"]}
    found = []
    for name, old in request["earlier"].items():
        if name in request["answers"] or (name in answers and _holds(old, answers[name])):
            continue
        if name not in questions:
            why = "it is asked for no more"
        elif name not in answers:
            if questions[name].get("secret"):
                continue  # it stands, and is remembered no more
            why = "it is not asked for with these answers"
        else:
            why = _WHY.get(name, "it fits no more")
        found.append({"name": name, "answer": old, "why": why, "taken": answers.get(name)})
    return found


def _holds(old, now):
    """A mapping may have got new keys; a number may have been text."""
    if isinstance(old, dict) and isinstance(now, dict):
        return all(key in now and _holds(one, now[key]) for key, one in old.items())
    return old == now or str(old) == str(now)
