"""What copier would run, as it is written and as the answers fill it in; nothing of it is run."""

import shlex

from copier._tools import cast_to_bool

#: Where an expression of Jinja begins, unless a template says otherwise.
BEGINS = {"block_start_string": "{%", "variable_start_string": "{{"}


def command_of(command):
    """A command, which may be a list of words, as one line of a shell."""
    return shlex.join(map(str, command)) if isinstance(command, list) else str(command)


def written(template, task):
    """A task as its author wrote it, with its condition, and whether that is all."""
    told = command_of(task.cmd)
    begins = [template.envops.get(name, mark) for name, mark in BEGINS.items()]
    filled = any(mark in told for mark in begins)
    when = "" if task.condition in {True, "true"} else f"  (when {task.condition})"
    return told + when + ("  (answers fill it in: not yet what runs)" if filled else "")


def rendered(worker, task, operation):
    """A task as these answers make it; "" where they say that it does not run."""
    known = {f"_{name}": value for name, value in task.extra_vars.items()}
    known["_copier_operation"] = operation
    try:
        if not cast_to_bool(worker._render_value(task.condition, known)):
            return ""
        words = [task.cmd] if isinstance(task.cmd, str) else list(map(str, task.cmd))
        words = [worker._render_string(word, known) for word in words]
        folder = worker._render_string(str(task.working_directory), known)
    except Exception as problem:  # noqa: BLE001 - it is told, not run
        return f"{command_of(task.cmd)}  (when {task.condition}: {problem})"
    command = words[0] if isinstance(task.cmd, str) else shlex.join(words)
    return command + (f"  (in {folder})" if folder != "." else "")
