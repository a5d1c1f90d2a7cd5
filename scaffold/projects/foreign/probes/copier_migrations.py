"""What copier would run in a project that comes from an earlier version; nothing of it is run."""

import warnings

import copier._template as templates
from copier_tasks import command_of, rendered
from packaging.version import InvalidVersion, Version

STAGES = ("before", "after")


def version_of(text):
    """As copier compares them; None where it is none."""
    try:
        return Version(text) if text else None
    except InvalidVersion:
        return None


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
    command = rendered(worker, task, "update")
    return f"{stage} the update: {command}" if command else ""


def _described(one):
    if not isinstance(one, dict):
        return command_of(one)
    steps = [one["command"]] if "command" in one else [*one.get("before", ()), *one.get("after", ())]
    return "; ".join(map(command_of, steps)) + (f"  (of {one['version']})" if "version" in one else "")
