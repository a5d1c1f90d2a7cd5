"""Drive the installed copier: describe a template, ask its questions, render it."""

import contextlib
import subprocess
import types
import warnings
from pathlib import Path

import copier._main as engine
import copier._template as templates
import copier_migrations
import copier_questions
import copier_secrets
import dropping
import failures
import screen
import shapes
from copier._settings import SettingsModel
from copier._types import MISSING, Phase
from copier.errors import CopierWarning, InvalidTypeError, UserMessageError
from copier_migrations import version_of
from copier_tasks import command_of, rendered, written
from extensions import HARMLESS
from failures import Problem
from jinja2.exceptions import TemplateError

LOAD = templates.load_template_config
MESSAGES = ("message_before_copy", "message_after_copy")


def describe(request):
    """What the template asks and would run; nothing of it is rendered."""
    template = _template(request)
    config = template.config_data
    extensions = [one for one in template.jinja_extensions if one not in HARMLESS]
    return {
        "questions": [copier_questions.told(name, one) for name, one in template.questions_data.items()],
        "would_run": [
            *(f"extension of the renderer: {one}" for one in extensions),
            *(f"task: {written(template, one)}" for one in template.tasks),
        ],
        "migrations": copier_migrations.described(template),
        "extensions": extensions,
        "minimum": str(config.get("min_copier_version", "")),
    }


def ask(request):
    """The answers of whoever sits at the terminal."""
    worker = _worker(request)
    _replace_questions(request, [])
    screen.keep_clean()
    with Phase.use(Phase.PROMPT):
        worker._ask()
    return {"answers": dict(worker.answers.user), "folder": request["folder"], "ran": []}


def preview(request):
    """What would run with these answers, word for word; nothing runs."""
    missing = []
    worker = _worker(request)
    _replace_questions(request, missing)
    with Phase.use(Phase.PROMPT):
        _all_at_once(worker._ask, missing)()
    return {"would_run": _due(worker), "secrets": copier_secrets.answered(worker)}


def render(request):
    """The project's folder, the answers, what was run."""
    ran, missing = _watch_tasks(), []
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        worker = _worker(request)
        _replace_questions(request, missing)
        worker._ask = _all_at_once(worker._ask, missing)
        worker.run_copy()
    messages = [_message(worker, name) for name in MESSAGES]
    messages += [str(one.message) for one in caught if issubclass(one.category, CopierWarning)]
    remembered = worker._answers_to_remember()
    return {
        "root": str(worker.subproject.local_abspath),
        "answers": {key: value for key, value in remembered.items() if not key.startswith("_")},
        "ran": ran,
        "would_run": [] if request["trust"] else _due(worker),
        "migrations": copier_migrations.due(worker, request["since"]),
        "notices": [one for one in messages if one],
        "once": _once(worker),
        "secrets": copier_secrets.answered(worker),
    }


def _due(worker):
    with Phase.use(Phase.TASKS):
        found = [rendered(worker, task, "copy") for task in worker.template.tasks]
    return [f"task: {one}" for one in found if one]


def _worker(request):
    worker = engine.Worker(
        src_path=request["folder"],
        dst_path=Path(request["name"]),
        data=request["answers"],
        settings=SettingsModel(defaults=copier_secrets.user(request, _template(request))),
        user_defaults={name: spellings[0] for name, spellings in request["named"].items()},
        defaults=request["op"] != "ask",
        quiet=True,
        unsafe=request["trust"],
        skip_tasks=not (request["trust"] and request["tasks"]),
    )
    engine.Worker._render_file = failures.noting(
        engine.Worker._render_file, lambda _worker, file, *_more: file
    )
    if request["secrets"] != "free":
        copier_secrets.fix_chance()
    worker.__dict__["template"] = _template(request)
    worker.subproject.__dict__["last_answers"] = dict(request["remembered"])
    if HARMLESS.issuperset(worker.template.jinja_extensions):
        worker._check_unsafe = lambda _mode: None  # tasks are left out, and there is nothing else
    engine.is_git_available = lambda: False  # it would ask git of every file that it writes
    return worker


def _template(request):
    """The template as it lies here, called what the user called it; git is never asked about it."""
    template = templates.Template(url=request["url"])
    templates.load_template_config = shapes.copier(LOAD)
    known = {
        "local_abspath": Path(request["folder"]).resolve(),
        "vcs": "git" if request["checkout"] else None,
        "commit": request["checkout"] or None,
        "commit_hash": request["revision"] or None,
        "git_index_modes": {},
        "version": version_of(request["checkout"]),
    }
    template.__dict__.update(known)
    return template


def _all_at_once(ask, missing):
    """Ask everything before it is told what has no default."""

    def asked():
        try:
            ask()
        except Exception:
            if not missing:
                raise
        if missing:
            raise Problem("missing", "it asks what nobody answered", names=list(dict.fromkeys(missing)))

    return asked


def _replace_questions(request, missing):
    """Where one has no default go on to the next; take the spelling that fits; name who refuses."""
    kind = engine.Question
    real = kind.get_default
    given = request["answers"]
    kind.parse_answer = _named(kind.parse_answer, given)
    kind.validate_answer = _named(kind.validate_answer, given)

    def default(question):
        name = question.var_name
        for spelling in request["named"].get(name, ()) if name not in question.answers.last else ():
            question.answers.user_defaults[name] = spelling
            with contextlib.suppress(Problem):
                return real(question)
        question.answers.user_defaults.pop(name, None)
        found = real(question)
        if question.secret and request["secrets"] == "other":
            return copier_secrets.another(found)
        if found is MISSING and request["op"] != "ask" and question.get_when() and question.get_ask():
            missing.append(name)
            return ""
        return found

    kind.get_default = default


def _named(real, given):
    def wrapped(question, answer):
        try:
            return shapes.few(real(question, answer))
        except (UserMessageError, TemplateError):
            raise
        except InvalidTypeError as problem:
            if "Unsupported type" in str(problem):
                raise  # the question itself is wrong
            raise _refusal(question, answer, problem, given) from problem
        except (ValueError, TypeError) as problem:
            raise _refusal(question, answer, problem, given) from problem

    return wrapped


def _refusal(question, answer, problem, given):
    message = str(problem).partition("': ")[2] or str(problem) or f"{answer!r} is of another type"
    if message.startswith("Not a YAML list"):
        message = f"{answer!r} is no list, such as [one, another]"
    dropping.refused(question.var_name, message)
    return Problem("answer", message, name=question.var_name, own=question.var_name not in given)


def _once(worker):
    """Files that belong to the user as soon as they are there."""
    top = worker.subproject.local_abspath
    found = [path.relative_to(top) for path in sorted(top.rglob("*")) if worker.all_skip_if_exists]
    return [path.as_posix() for path in found if worker.match_skip(path)]


def _watch_tasks():
    ran = []

    def run(command, **rest):
        ran.append(f"task: {command_of(command)}")
        return subprocess.run(command, **rest)  # noqa: PLW1510 - copier says it

    names = {name: getattr(subprocess, name) for name in dir(subprocess)}
    engine.subprocess = types.SimpleNamespace(**{**names, "run": run})
    return ran


def _message(worker, name):
    text = getattr(worker.template, name)
    return worker._render_string(text).strip() if text else ""
