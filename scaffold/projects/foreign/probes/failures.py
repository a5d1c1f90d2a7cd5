"""What went wrong in copier, cookiecutter or Jinja, as data: a kind, the sentence, the place."""

import errno
import os
import traceback

from guard import Refused


class Problem(Exception):
    """Something that we found ourselves; ``kind`` and what belongs to it."""

    def __init__(self, kind, message, **more):
        super().__init__(message)
        self.told = {"kind": kind, "message": message, **more}


#: What Jinja calls a text that comes from no file.
TEXTS = {"<template>", "<unknown>"}
#: Folders that the names of files may be relative to.
BASES = []

#: The file that is rendered just now.
AT = []


def noting(render, file_of):
    """A function that renders a file, which is known from here on until it is done."""

    def wrapped(*arguments, **more):
        AT[:] = [str(file_of(*arguments))]
        done = render(*arguments, **more)
        AT.clear()
        return done

    return wrapped


#: What the system answers where a limit of ours, or the disk, is reached.
SYSTEM = {errno.EFBIG: "large", errno.ENOSPC: "space", errno.ENOMEM: "memory"}


def told(problem, folder, answers=None):
    """A dictionary for `scaffold.projects.foreign.problems`; ``answers`` are the user's."""
    if isinstance(problem, Problem):
        return problem.told
    chain = list(_chain(problem))
    name = type(problem).__name__
    message = str(problem) or name
    place = next((found for one in chain if (found := _place(one, folder))), None) or _at(folder)
    root = next((one for one in chain if isinstance(one, Refused)), None)
    if root is not None:
        return {"kind": "unsafe", "message": f"it tried to {root.what}", **place}
    number = getattr(problem, "errno", None)
    if number in SYSTEM:
        return {"kind": SYSTEM[number], "message": message}
    if isinstance(problem, OSError) and problem.filename is not None:
        return _refused_by_system(problem, folder, answers or {}, place)
    names = {kind.__name__ for one in chain for kind in type(one).__mro__}
    first = next((kind for key, kind in KINDS.items() if key in names), "other")
    if first == "undefined":
        inner = next(
            one for one in chain if "UndefinedError" in {kind.__name__ for kind in type(one).__mro__}
        )
        message = str(inner)
        context = str(getattr(problem, "message", "")) if name == "UndefinedVariableInTemplate" else ""
        return {"kind": first, "message": message, "context": context, **place}
    if first == "config":
        message = "; ".join(" ".join(str(one).split()) for one in chain)
    return {"kind": first, "type": name, "message": message, **place}


#: A class in the chain of causes -> what it means; the first that is found.
KINDS = {
    "SecurityError": "unsafe",
    "ForbiddenPathError": "path",
    "UnsafeTemplateError": "trust",
    "CopierAnswersInterrupt": "interrupted",
    "InteractiveSessionError": "interrupted",
    "KeyboardInterrupt": "interrupted",
    "EOFError": "interrupted",
    "TaskError": "hook",
    "FailedHookException": "hook",
    "UnsupportedVersionError": "version",
    "ExtensionNotFoundError": "extension",
    "UnknownExtension": "extension",
    "MultipleConfigFilesError": "config",
    "InvalidConfigFileError": "config",
    "ContextDecodingException": "config",
    "ConfigFileError": "config",
    "ValidationError": "config",
    "NonTemplatedInputDirException": "untemplated",
    "EmptyDirNameException": "untemplated",
    "OutputDirExistsException": "twice",
    "TemplateSyntaxError": "syntax",
    "TemplateNotFound": "absent",
    "UndefinedError": "undefined",
    "YieldTagInFileError": "syntax",
    "MultipleYieldTagsError": "syntax",
    "MemoryError": "memory",
    "RecursionError": "recursion",
    "UnicodeError": "encoding",
    "InvalidTypeError": "template",
    "UserMessageError": "template",
    "OSError": "system",
}


def _refused_by_system(problem, folder, answers, place):
    """The file that it is about, and where that comes from an answer, which one."""
    path = os.fsdecode(problem.filename)
    name = os.path.basename(path)
    if problem.errno == errno.ENAMETOOLONG:
        longest = max(path.split(os.sep), key=len)
        cause = next((key for key, one in answers.items() if str(one) and str(one) in longest), None)
        why = f"a file would be called {longest[:20]}..., {len(longest)} letters, more than may be"
        if cause is not None and len(str(answers[cause])) > len(longest) // 2:
            return {"kind": "answer", "message": why, "name": cause}
        return {"kind": "template", "message": why, **place}
    where = [os.path.join(base, path) for base in (*BASES, folder)]
    link = next((one for one in where if os.path.islink(one) and not os.path.exists(one)), None)
    if link is not None:
        message = f"its link {os.path.relpath(link, folder)} leads to nothing"
        return {"kind": "template", "message": message, **place}
    return {"kind": "system", "message": f"{name}: {problem.strerror or problem}", **place}


def _chain(problem):
    """It, and what it came from."""
    seen = set()
    while problem is not None and id(problem) not in seen:
        seen.add(id(problem))
        yield problem
        inner = getattr(problem, "error", None)
        problem = (
            problem.__cause__
            or (inner if isinstance(inner, BaseException) else None)
            or (None if problem.__suppress_context__ else problem.__context__)
        )


def _place(problem, folder):
    """The template's file and line: a syntax error's own word, else the last frame that is a template."""
    line = getattr(problem, "lineno", None)
    if line is not None and hasattr(problem, "source"):
        file = getattr(problem, "filename", None) or getattr(problem, "name", None)
        return _shown(file, line, folder)
    for frame in reversed(traceback.extract_tb(problem.__traceback__)):
        if frame.filename in TEXTS or frame.name.startswith(("top-level template", "block ")):
            return _shown(frame.filename, frame.lineno, folder)
    return {}


def _at(folder):
    return _shown(AT[0], None, folder) if AT else {}


def _shown(file, line, folder):
    """Below the template's folder; nothing for a name, a default or a setting: the message tells which."""
    if not file or file in TEXTS:
        return {}
    top = os.path.realpath(folder)
    for base in (*BASES, top):
        found = os.path.realpath(os.path.join(base, file))
        if found.startswith(top + os.sep) and os.path.exists(found):
            return {"file": os.path.relpath(found, top).replace(os.sep, "/"), "line": line}
    return {}
