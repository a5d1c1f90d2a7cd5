"""Drive the installed cookiecutter: describe a template, ask its questions, render it."""

import logging
import os
import sys
import warnings

import answering
import cookiecutter.generate
import cookiecutter.hooks
import cookiecutter.main
import cookiecutter.prompt
import cookiecutter.utils
import failures
import screen
import settings
from cookiecutter.exceptions import UndefinedVariableInTemplate
from extensions import HARMLESS
from jinja2 import StrictUndefined
from jinja2.sandbox import SandboxedEnvironment


class Sandboxed(cookiecutter.environment.ExtensionLoaderMixin, SandboxedEnvironment):
    """Cookiecutter's environment with nothing to reach for."""

    def __init__(self, **kwargs):
        super().__init__(undefined=StrictUndefined, **kwargs)


class Asked(Exception):
    """All questions are answered: no more was wanted."""


def describe(request):
    """What the template asks and would run; nothing of it is rendered."""
    top = request["folder"]
    name, strict = settings.wanted(request)
    folder, chosen = settings.followed(top, name, strict=strict)
    raw = settings.settings_of(folder)
    empty = next((name for name, one in raw.items() if one == [] and not name.startswith("_")), None)
    if empty is not None:
        raise failures.Problem("config", f"the list of choices of {empty} is empty", file="cookiecutter.json")
    extensions = [str(one) for one in raw.get("_extensions", ()) if str(one) not in HARMLESS]
    return {
        "questions": [*chosen, *settings.questions_of(raw)],
        "would_run": [
            *(f"extension of the renderer: {one}" for one in extensions),
            *settings.hooks_of(top, folder),
        ],
        "extensions": extensions,
        "folder_name": settings.top_folder(folder, raw),
    }


def ask(request):
    """The same answers as rendering would come to, asked at the terminal."""
    screen.replace_output()
    driver = Driver(request)
    try:
        driver.run()
    except Asked:
        answers = {**driver.nested, **driver.answers}
        return {"answers": answers, "folder": driver.folder, "ran": driver.ran}
    raise AssertionError("cookiecutter did not ask")


def render(request):
    """The project's folder, the answers, what was run."""
    driver = Driver(request)
    made = driver.run()
    given = {**request["remembered"], **request["answers"]}
    private = [name for name in given if name.startswith("_") and name[1:2] != "_"]
    told = {key: value for key, value in driver.answers.items() if not key.startswith("_") or key in private}
    answers = {**driver.nested, **told}
    nothing = {"migrations": [], "once": [], "secrets": {}}
    return {"root": made, "answers": answers, "ran": driver.ran, "notices": driver.notices, **nothing}


class Driver:
    """One call of `cookiecutter.main.cookiecutter`, with its doors to the world replaced."""

    def __init__(self, request):
        self.request = request
        self.asks = request["op"] == "ask"
        self.answers, self.notices = {}, []
        self.ran = list(request["ran"])
        self.folder = request["folder"]
        answered = request["answers"].get("template")
        self.nested = {"template": answered} if request["prepared"] and answered is not None else {}

    def run(self):
        """The folder of the project."""
        request, main = self.request, cookiecutter.main
        logging.disable(logging.CRITICAL)  # it prints tracebacks of what it raises
        main.run_pre_prompt_hook = self._before_questions(main.run_pre_prompt_hook)
        main.generate_context = self._context(main.generate_context)
        main.choose_nested_template = self._choose(main.choose_nested_template)
        main.prompt_for_config = self._prompt(main.prompt_for_config)
        main.generate_files = self._files(main.generate_files)
        generate = cookiecutter.generate
        generate.find_template = _noting(generate.find_template)
        generate.generate_file = failures.noting(generate.generate_file, lambda _project, file, *_more: file)
        hooks = cookiecutter.hooks
        hooks.run_script_with_context = self._hook(hooks.run_script_with_context)
        answering.replace_prompts(request)
        if not request["trust"]:
            sandbox()
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always", UserWarning)
            made = main.cookiecutter(
                request["folder"],
                no_input=not self.asks,
                output_dir=request["out"],
                default_config={"replay_dir": request["replay"], "cookiecutters_dir": request["replay"]},
                accept_hooks=request["trust"],
            )
        self.notices = [str(one.message) for one in caught if one.category is UserWarning]
        return made

    def _before_questions(self, real):
        def wrapped(folder):
            if self.request["prepared"]:
                return folder
            new = str(real(folder))
            if new != folder:
                self.ran.append("hook pre_prompt")
                self.folder = new
            return new

        return wrapped

    def _hook(self, real):
        def wrapped(path, cwd, context):
            self.ran.append(f"hook {os.path.splitext(os.path.basename(path))[0]}")
            real(path, cwd, context)

        return wrapped

    def _context(self, real):
        def wrapped(context_file, **_more):
            made = real(context_file=context_file)
            answering.overlay(made["cookiecutter"], self.request)
            return made

        return wrapped

    def _choose(self, real):
        def wrapped(context, folder, no_input):
            raw = context["cookiecutter"]
            options = settings.alternatives(raw)
            wanted, strict = settings.wanted(self.request)
            name = settings.pick(raw, wanted, strict=strict and not self.nested)
            if name is None and not no_input:
                path = settings.inside(folder, real(context, folder, no_input))
                name = next(one for one, at in options.items() if settings.inside(folder, at) == path)
            name = name or next(iter(options))
            self.nested = self.nested or {"template": name}
            return settings.inside(folder, options[name])

        return wrapped

    def _prompt(self, real):
        def wrapped(context, no_input):
            found = real(context, no_input)
            self.answers = dict(found)
            if self.asks:
                raise Asked
            return found

        return wrapped

    def _files(self, real):
        def wrapped(repo_dir, context, **rest):
            values = context["cookiecutter"]
            values["_template"] = self.request["url"]
            values["_checkout"] = self.request["checkout"] or None
            if not self.request["trust"]:
                values["_output_dir"] = "."  # where we work is of this once: it would come into the project
            try:
                return real(repo_dir=repo_dir, context=context, **rest)
            except UndefinedVariableInTemplate as problem:
                settings.refuse_unasked(settings.top_folder(repo_dir, values), values, problem)
                raise

        return wrapped


def _noting(find):
    """Where names of files in errors count from."""

    def wrapped(repo_dir, env):
        found = find(repo_dir, env)
        failures.BASES.append(os.path.abspath(found))
        return found

    return wrapped


def sandbox():
    """The same environment as cookiecutter's, without a way out of it."""

    def environment(context):
        values = context.get("cookiecutter", {})
        extensions = [str(one) for one in values.get("_extensions", ())]
        if not HARMLESS.issuperset(extensions):
            raise failures.Problem("trust", "it renders with extensions", extensions=extensions)
        return Sandboxed(context=context, keep_trailing_newline=True, **values.get("_jinja2_env_vars", {}))

    for module in ("utils", "generate", "prompt", "hooks"):
        sys.modules[f"cookiecutter.{module}"].create_env_with_context = environment
