"""What was asked for, fitted to what the template turned out to be."""

from failures import Problem

from scaffold.projects.foreign.model import ForeignTemplate, Question
from scaffold.projects.foreign.naming import named_answers
from scaffold.projects.model import ProjectName


def fit(request, described):
    """Refuse what does not fit, drop what is of an earlier version, and find what the name answers."""
    names = [one["name"] for one in described["questions"]]
    unknown = [name for name in request["answers"] if name not in names]
    if unknown:
        asked = [one.name for one in _questions(described) if not one.computed]
        raise Problem("unknown", "it does not ask that", names=unknown, known=names, asked=asked)
    if described["extensions"] and not request["trust"]:
        raise Problem("trust", "it renders with extensions", extensions=described["extensions"])
    request["earlier"] = dict(request["remembered"])
    request["remembered"] = {key: one for key, one in request["remembered"].items() if key in names}
    template = ForeignTemplate(
        kind=request["kind"],
        title="",
        questions=_questions(described),
        folder_name=described.get("folder_name", ""),
    )
    request["named"] = named_answers(template, ProjectName(**request["spellings"]))


def _questions(described):
    return tuple(Question(**{**one, "choices": tuple(one["choices"])}) for one in described["questions"])
