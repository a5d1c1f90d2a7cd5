"""Secret questions of copier's, rendered for what a project remembers: at their defaults, always alike.

Chance falls the same way then, in every question and file. Of such renderings alone: what is written has real
chance, for a key made of it may be what somebody relies on.
"""

import hashlib
import os
import random

import copier._main as engine
import copier._user_data as questions
from copier._types import MISSING

_AT = [0]


def user(request, template):
    """The user's own defaults; of a secret only for what is new, for nobody remembers it."""
    if not request["again"] and request["secrets"] == "free":
        return request["user"]
    return {name: value for name, value in request["user"].items() if name not in template.secret_questions}


def answered(worker):
    """The secrets in what was rendered."""
    secret = worker.template.secret_questions
    return {key: value for key, value in worker.answers.combined.items() if key in secret}


def another(value):
    """Unlike a secret's default: what comes out differently depends on the secret."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, (int, float)):
        return value + 1
    return value if value is MISSING else f"{value}-another"


def fix_chance():
    """From here on everything random is made from a counter, which begins anew for each question and file."""
    random._urandom = os.urandom = questions.urandom = _bytes
    engine.Worker._render_file = _alike(engine.Worker._render_file)
    engine.Question.get_default = _alike(engine.Question.get_default)


def _alike(real):
    def wrapped(*arguments, **more):
        _AT[0] = 0
        random.seed(0)
        return real(*arguments, **more)

    return wrapped


def _bytes(size):
    made = b""
    while len(made) < size:
        _AT[0] += 1
        made += hashlib.sha256(b"%d" % _AT[0]).digest()
    return made[:size]
