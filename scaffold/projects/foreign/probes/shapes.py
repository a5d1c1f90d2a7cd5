"""What a template's settings are made of, looked at before the renderer stumbles over them."""

from failures import Problem

#: Values that settings or an answer may unfold to; YAML can name one thing many times.
MOST = 100_000

#: Of copier's settings: what each is, and how that is called.
COPIER = {
    "_tasks": (list, "list"),
    "_migrations": (list, "list"),
    "_envops": (dict, "mapping"),
    "_external_data": (dict, "mapping"),
    "_subdirectory": (str, "text"),
    "_answers_file": (str, "text"),
    "_min_copier_version": (str, "text"),
    "_templates_suffix": ((str, type(None)), "text"),
}
#: Of cookiecutter's.
COOKIECUTTER = {
    "_extensions": (list, "list"),
    "_copy_without_render": ((list, str), "list"),
    "_jinja2_env_vars": (dict, "mapping"),
}


def copier(load):
    """Copier's function that reads its settings, with an answer for what makes it stumble."""

    def loaded(path, *more):
        try:
            found = load(path, *more)
        except (TypeError, AttributeError, KeyError) as problem:
            text = "it does not hold questions and settings by their names, or a list in it is none"
            raise Problem("config", text, file=path.name) from problem
        check(found, COPIER, path.name)
        for name, one in found.items():
            _copier_one(str(name), one, path.name)
        return found

    return loaded


def check(settings, shapes, file):
    """Names, what stands under those that are settings, how much it is."""
    few(settings, file=file)
    odd = next((name for name in settings if not isinstance(name, str)), None)
    if odd is not None:
        raise Problem("config", f"{odd!r} is no name of a question", file=file)
    for name, (kind, called) in shapes.items():
        if name in settings and not isinstance(settings[name], kind):
            raise Problem(
                "config", f"{name} is {settings[name]!r} and no {called.removeprefix('a ')}", file=file
            )


def few(value, **place):
    """Refuse what unfolds to more values than fit."""
    waiting, count = [value], 0
    while waiting:
        one = waiting.pop()
        inner = list(one.values()) if isinstance(one, dict) else one if isinstance(one, list) else ()
        count += 1 + len(inner)
        if count > MOST:
            raise Problem("many", f"more than {MOST} values", **place)
        waiting += inner
    return value


def _copier_one(name, one, file):
    if name == "_envops":
        for key, value in one.items():
            if value is not None and not isinstance(value, (str, bool, int)):
                raise Problem("config", f"{key} of {name} is {value!r} and no text", file=file)
            if key in {"bytecode_cache", "loader", "finalize", "extensions"}:
                raise Problem("config", f"{name} has {key}, which cannot be written in YAML", file=file)
    elif name == "_tasks":
        for step in one:
            if not isinstance(step, (str, list, dict)) or (isinstance(step, dict) and "command" not in step):
                raise Problem("config", f"{step!r} in {name} has no command", file=file)
    elif not name.startswith("_") and isinstance(one, dict):
        _choices(name, one.get("choices", []), file)


def _choices(name, choices, file):
    if not isinstance(choices, (str, list, dict)):
        raise Problem("config", f"the choices of {name} are {choices!r} and no list", file=file)
    for one in choices if isinstance(choices, list) else ():
        if isinstance(one, list) and len(one) != 2:
            raise Problem("config", f"{one!r} in the choices of {name} is no pair", file=file)
