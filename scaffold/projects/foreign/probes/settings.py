"""What a cookiecutter.json says: questions, choices, the templates that it leads to, hooks beside it."""

import os
import re

import cookiecutter.generate
import cookiecutter.hooks
import shapes
from failures import Problem

HOOKS = ("pre_prompt", "pre_gen_project", "post_gen_project")
TYPES = {bool: "bool", dict: "dict", int: "int", float: "float"}


def settings_of(folder):
    """Names and defaults, in their order."""
    path = os.path.join(folder, "cookiecutter.json")
    raw = cookiecutter.generate.generate_context(context_file=path)["cookiecutter"]
    if not isinstance(raw, dict):
        raise Problem(
            "config", "cookiecutter.json is no object of names and defaults", file="cookiecutter.json"
        )
    shapes.check(raw, shapes.COOKIECUTTER, "cookiecutter.json")
    return raw


def questions_of(raw):
    """What is asked, and what is only worked out."""
    prompts = raw.get("__prompts__", {})
    for key, default in raw.items():
        if key in {"__prompts__", "template", "templates"}:
            continue
        prompt = prompts.get(key, "") if isinstance(prompts, dict) else ""
        text = prompt.get("__prompt__", "") if isinstance(prompt, dict) else str(prompt)
        choices = default if isinstance(default, list) and not key.startswith("_") else []
        kind = next((name for kind, name in TYPES.items() if isinstance(default, kind)), "str")
        yield {
            "name": key,
            "type": kind,
            "help": text,
            "default": choices[0] if choices else default,
            "choices": choices,
        }


def wanted(request):
    """Which of several templates is meant, and whether somebody says so now."""
    now = request["answers"].get("template")
    return (now, True) if now is not None else (request["remembered"].get("template"), False)


def followed(top, name, *, strict):
    """The folder that is rendered, and the question that leads there, where there are several."""
    raw, asked, folder, seen = settings_of(top), [], os.path.realpath(top), []
    while {"template", "templates"} & set(raw):
        options = alternatives(raw)
        first = next(iter(options))
        picked = pick(raw, name, strict=strict and not asked) or first
        if not asked:
            choice = {"help": "which of the templates", "default": first, "choices": list(options)}
            asked = [{"name": "template", "type": "str", **choice}]
        seen.append(folder)
        folder = inside(folder, options[picked])
        if folder in seen:
            raise Problem("config", "its templates lead round in a circle", file="cookiecutter.json")
        raw = settings_of(folder)
    return folder, asked


def alternatives(raw):
    """Name -> folder, in either of the two ways that cookiecutter knows."""
    found = raw.get("templates") or raw.get("template")
    if isinstance(found, dict) and found:
        return {str(name): str(one["path"]) for name, one in found.items()}
    named = {}
    for text in found if isinstance(found, list) else ():
        name, _, rest = str(text).partition("(")
        named[name.strip()] = rest.partition(")")[0]
    if not named or not all(named.values()):
        raise Problem("config", "its list of templates names none with a folder", file="cookiecutter.json")
    return named


def pick(raw, wanted, *, strict):
    """The name of the template that is meant; None where none is named, or another one above."""
    if wanted is None:
        return None
    options = alternatives(raw)
    for name, path in options.items():
        if str(wanted) in {name, path, f"{name} ({path})"}:
            return name
    if not strict:
        return None
    raise Problem("answer", f"{wanted!r} is none of its templates", name="template", choices=list(options))


def inside(folder, path):
    """A folder below, which no link leads out of."""
    top = os.path.realpath(folder)
    real = os.path.realpath(os.path.join(top, path))
    if real != top and not real.startswith(top + os.sep):
        raise Problem("path", f"its template {path} does not lie inside it")
    return real


def hooks_of(top, folder):
    """Programs beside the template, in the order in which they would run."""
    top = os.path.realpath(top)
    for where in dict.fromkeys((top, folder)):
        hooks = os.path.join(where, "hooks")
        names = sorted(os.listdir(hooks)) if os.path.isdir(hooks) else []
        for hook in HOOKS if where == folder else HOOKS[:1]:
            for name in names:
                if cookiecutter.hooks.valid_hook(name, hook):
                    path = os.path.relpath(os.path.join(hooks, name), top)
                    yield f"hook {hook}: {path.replace(os.sep, '/')}"


def refuse_unasked(top, values, problem):
    """Where even the folder's name needs what is not asked: whatever is asked may say why."""
    missing = [name for name in re.findall(r"cookiecutter\.(\w+)", top) if name not in values]
    if not missing:
        return
    said = [f"{name}: {one}" for name, one in values.items() if not name.startswith("_")]
    raise Problem(
        "unasked",
        f"its cookiecutter.json does not ask for {', '.join(missing)}, of which its folder's name is made",
        said=[one[:300] for one in said[:5]],
    ) from problem


def top_folder(folder, raw):
    """The name of the folder that becomes the project, as an expression."""
    environment = raw.get("_jinja2_env_vars")
    opening = environment.get("variable_start_string", "{{") if isinstance(environment, dict) else "{{"
    for name in os.listdir(folder):
        if "cookiecutter" in name and opening in name:
            return name
    return ""
