"""A question of copier's settings, told in plain values."""

from copier._types import MISSING


def told(name, details):
    """As `Question` of foreign/model.py has it."""
    choices = details.get("choices", [])
    if isinstance(choices, dict):
        choices = list(choices.items())
    default = details.get("default", MISSING)
    when = details.get("when", True)
    return {
        "name": str(name),
        "type": str(details.get("type") or _type(default)),
        "help": str(details.get("help", "")),
        "default": None if default is MISSING else default,
        "required": default is MISSING,
        "choices": [choices] if isinstance(choices, str) else [_choice(one) for one in choices],
        "multiselect": bool(details.get("multiselect", False)),
        "secret": bool(details.get("secret", False)),
        "when": "" if when is True else str(when).lower() if isinstance(when, bool) else str(when),
        "validator": str(details.get("validator", "")),
    }


def _choice(one):
    """The value of a choice that may have a name of its own."""
    value = one[1] if isinstance(one, (list, tuple)) and len(one) == 2 else one
    return value.get("value") if isinstance(value, dict) else value


def _type(default):
    name = type(default).__name__
    return name if name in {"bool", "float", "int", "str"} else "yaml"
