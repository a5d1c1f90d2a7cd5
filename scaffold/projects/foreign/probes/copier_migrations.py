"""What copier would run in a project that comes from an earlier version; nothing of it is run."""

import shlex
import warnings

import copier._template as templates
from copier._tools import cast_to_bool
from packaging.version import InvalidVersion, Version

STAGES = ("before", "after")


def version_of(text):
    """As copier compares them; None where it is none."""
    try:
        return Version(text) if text else None
    except InvalidVersion:
        return None


def command_of(command):
    """A command, which may be a list of words, as one line."""
    return " ".join(map(str, command)) if isinstance(command, list) else str(command)


def described(template):
    """All that a template has, in its order."""
    return list(map(_described, template.config_data.get("migrations") or ()))


def due(worker, since):
    """Those that copier would run on the way from ``since`` to here, rendered; all where nobody can tell."""
    template = worker.template
    if since is None or not template.config_data.get("migrations"):
        return []
    old = templates.Template(url=template.url)
    old.__dict__.update(version=version_of(since), commit=since)
    if not (old.version and template.version):
        return [f"{one}  (nobody can tell whether it is due)" for one in described(template)]
    if template.version <= old.version:
        return []
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # a deprecation, which is its author's
            steps = [(stage, task) for stage in STAGES for task in template.migration_tasks(stage, old)]
    except (InvalidVersion, KeyError, TypeError) as problem:
        return [f"those of the template cannot be read: {problem!r}"]
    return [told for stage, task in steps if (told := _told(worker, stage, task))]


def _told(worker, stage, task):
    known = {f"_{name}": value for name, value in task.extra_vars.items()}
    known["_copier_operation"] = "update"
    try:
        if not cast_to_bool(worker._render_value(task.condition, known)):
            return ""
        words = [task.cmd] if isinstance(task.cmd, str) else list(map(str, task.cmd))
        words = [worker._render_string(word, known) for word in words]
        folder = worker._render_string(str(task.working_directory), known)
    except Exception as problem:  # noqa: BLE001 - it is told, not run
        return f"{stage} the update: {command_of(task.cmd)}  (when {task.condition}: {problem})"
    command = words[0] if isinstance(task.cmd, str) else shlex.join(words)
    return f"{stage} the update: {command}" + (f"  (in {folder})" if folder != "." else "")


def _described(one):
    if not isinstance(one, dict):
        return command_of(one)
    steps = [one["command"]] if "command" in one else [*one.get("before", ()), *one.get("after", ())]
    return "; ".join(map(command_of, steps)) + (f"  (of {one['version']})" if "version" in one else "")
