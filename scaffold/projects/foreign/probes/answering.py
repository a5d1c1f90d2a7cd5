"""Answers that are there before cookiecutter asks: laid over its settings, and not asked again."""

import copy

import cookiecutter.generate
import cookiecutter.prompt
import dropping
import yaml
from failures import Problem


def overlay(raw, request):
    """The defaults that are nearer than the template's, then what was answered, in cookiecutter's own way."""
    apply = cookiecutter.generate.apply_overwrites_to_context
    for layer in ("user", "named", "remembered"):
        for key, value in request[layer].items():
            tried = copy.deepcopy(raw)
            try:
                apply(tried, {key: value[0] if layer == "named" else value})
            except (ValueError, TypeError) as problem:
                if layer == "remembered" and not isinstance(raw[key], list):  # those are compared rendered
                    dropping.refused(key, problem)
                continue  # it fits this version of the template no more
            raw.update(tried)
    for key, value in request["answers"].items():
        if key in raw and key not in {"template", "templates"}:
            _answer(raw, key, value)


def _answer(raw, key, value):
    old = raw[key]
    if isinstance(value, str) and (
        isinstance(old, dict) or (isinstance(old, list) and value.startswith("["))
    ):
        value = _read(key, value)
    if isinstance(old, dict) and not isinstance(value, dict):
        raise Problem("answer", f"{value!r} is no mapping", name=key)
    if isinstance(old, list) and not isinstance(value, list):
        if any("{" in str(one) for one in old):
            return  # compared once the choices are rendered
        value = among(key, value, old)
    try:
        cookiecutter.generate.apply_overwrites_to_context(raw, {key: value})
    except ValueError as problem:
        raise Problem("answer", str(problem).rstrip("."), name=key) from problem


def _read(key, text):
    try:
        return yaml.safe_load(text)
    except (yaml.YAMLError, RecursionError) as problem:
        raise Problem("answer", " ".join(str(problem).split()), name=key) from problem


def among(key, value, choices):
    """The choice that is meant; what was typed is text, a choice may be a number or a truth value."""
    for one in choices:
        if one == value or str(one) == str(value):
            return one
    raise Problem("answer", f"{value!r} is none of its choices", name=key, choices=list(map(str, choices)))


def replace_prompts(request):
    """Ask only what was not answered; compare an answer with the choices as they are rendered."""
    module, given = cookiecutter.prompt, request["answers"]
    for name in ("read_user_variable", "read_user_yes_no", "read_user_dict"):
        setattr(module, name, _unless_given(getattr(module, name), given))
    real = module.prompt_choice_for_config

    def choice(values, env, key, options, no_input, prompts=None, prefix=""):
        if key not in {**given, **request["remembered"]}:
            return real(values, env, key, options, no_input, prompts, prefix)
        if isinstance(given.get(key), list):
            return real(values, env, key, options, no_input=True)
        rendered = [module.render_variable(env, one, values) for one in options]
        if key in given:
            return among(key, given[key], rendered)
        last = request["remembered"][key]
        if no_input and last in rendered:
            return last
        dropping.refused(key, f"{last!r} is none of its choices: {', '.join(map(str, rendered))}")
        return real(values, env, key, options, no_input, prompts, prefix)

    module.prompt_choice_for_config = choice


def _unless_given(function, given):
    def wrapped(name, default, *rest):
        return default if name in given else function(name, default, *rest)

    return wrapped
