"""Questions that are answered with arrows and by typing. prompt_toolkit comes in here and in keys, late."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import click

from scaffold.cli.dialogue.keys import leaving
from scaffold.cli.dialogue.model import GoBack, Judge, Judgement, Option, Question
from scaffold.cli.text import width, wrapped

if TYPE_CHECKING:
    from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent
    from prompt_toolkit.layout import Container

    from scaffold.cli.dialogue.words import Words

#: Style and text, as prompt_toolkit draws it.
_Fragments = list[tuple[str, str]]

#: Seconds until Esc by itself is no beginning of an arrow any more.
_ESCAPE = 0.1

#: Before the entry in sight.
_POINTER = "\N{HEAVY RIGHT-POINTING ANGLE QUOTATION MARK ORNAMENT}"

#: Columns that a line of a list or a preview is indented by.
_INDENT = 2


class Arrows:
    """Draws a question, and leaves its answer standing."""

    def __init__(self, words: Words) -> None:
        self._words = words

    def choose(self, question: Question, options: Sequence[Option], default: str) -> str:
        """A list with what the entry in sight is about below it; typing narrows it."""
        from scaffold.cli.dialogue.picker import Picker

        picker = Picker(tuple(options), default)
        keys = leaving(question, lambda: not picker.typed)

        @keys.add("up")
        @keys.add("c-p")
        def _(_event: KeyPressEvent) -> None:
            picker.move(-1)

        @keys.add("down")
        @keys.add("c-n")
        @keys.add("tab")
        def _(_event: KeyPressEvent) -> None:
            picker.move(1)

        @keys.add("backspace")
        def _(_event: KeyPressEvent) -> None:
            picker.narrow(picker.typed[:-1])

        @keys.add("<any>")
        def _(event: KeyPressEvent) -> None:
            if event.data.isprintable():
                picker.narrow(picker.typed + event.data)

        @keys.add("enter")
        def _(event: KeyPressEvent) -> None:
            if picker.current is not None:
                event.app.exit(result=picker.current.value)

        def drawn() -> _Fragments:
            return [*_head(question, picker.typed), *self._list(question, picker)]

        value = str(_run(_window(drawn), keys))
        _leave(question, value)
        return value

    def text(self, question: Question, default: str, judge: Judge) -> str:
        """A line to type in, judged with every key; the default stands there until something is typed."""
        from prompt_toolkit.buffer import Buffer
        from prompt_toolkit.filters import Condition
        from prompt_toolkit.layout import BufferControl, HSplit, VSplit, Window
        from prompt_toolkit.layout.processors import AfterInput, ConditionalProcessor

        buffer = Buffer(multiline=False)

        def judged() -> Judgement:
            return judge(buffer.text or default)

        keys = leaving(question, lambda: not buffer.text)

        @keys.add("tab")
        def _(_event: KeyPressEvent) -> None:
            filled = judged().proposal if buffer.text else default
            if filled:
                buffer.text = filled
                buffer.cursor_position = len(filled)

        @keys.add("enter")
        def _(event: KeyPressEvent) -> None:
            if judged().good:
                event.app.exit(result=buffer.text or default)

        def below() -> _Fragments:
            judgement = judged()
            mark, style = ("→", "fg:ansigreen") if judgement.good else ("✗", "fg:ansired")
            note = judgement.note
            if judgement.proposal:
                note = self._words("refused", reason=note, proposal=judgement.proposal)
            return [
                *_lines(f"{mark} {note}", style),
                *_lines(question.help, ""), *self._help("keys_text", question),
            ]  # fmt: skip

        placeholder = ConditionalProcessor(
            AfterInput(default, style="fg:ansibrightblack"), Condition(lambda: not buffer.text)
        )
        head = _head(question, "")
        field = Window(BufferControl(buffer, input_processors=[placeholder]), height=1)
        line = VSplit(
            [Window(_control(lambda: head), width=sum(width(text) for _, text in head), height=1), field]
        )
        value = str(_run(HSplit([line, _window(below)]), keys, focus=field))
        _leave(question, value)
        return value

    def _list(self, question: Question, picker: Any) -> _Fragments:
        """The entries that fit, then what is said of the one in sight as far as there is room."""
        rows, columns = _size()
        drawn: _Fragments = [("", "\n")]
        if picker.current is None:
            return [*drawn, *_lines(self._words("nothing_found", typed=picker.typed), "fg:ansired")]
        shown = picker.shown(max(3, min(len(picker.found), rows - 6)))
        longest = max(width(one.value) for one in picker.options)
        for one in shown:
            here = one is picker.current
            blank = " " * (longest - width(one.value) + 2)
            row = _cut(f"{one.value}{blank}{one.title}", columns - _INDENT - 1)
            drawn += [("bold fg:ansicyan" if here else "", f"{_POINTER if here else ' '} {row}\n")]
        more = _preview(picker.current, columns)
        room = rows - len(shown) - 5
        if more and room >= 3:
            drawn += [("", "\n"), *more[:room]]
        return [*drawn, *_lines(question.help, ""), *self._help("keys_list", question)]

    def _help(self, keys: str, question: Question) -> _Fragments:
        back = self._words("back") if question.back else ""
        return _lines(self._words(keys, back=back), "fg:ansibrightblack")


def _run(container: Container, keys: KeyBindings, focus: Any = None) -> object:
    """Draw it until it is answered, and take it away again."""
    from prompt_toolkit.application import Application
    from prompt_toolkit.key_binding import merge_key_bindings
    from prompt_toolkit.key_binding.bindings.basic import load_basic_bindings
    from prompt_toolkit.key_binding.bindings.emacs import load_emacs_bindings
    from prompt_toolkit.layout import Layout

    usual = [load_basic_bindings(), load_emacs_bindings()] if focus is not None else []
    application: Application[str] = Application(
        layout=Layout(container, focused_element=focus),
        key_bindings=merge_key_bindings([*usual, keys]),
        erase_when_done=True,
        output=_output(),
    )
    application.ttimeoutlen = _ESCAPE
    try:
        return application.run()
    except GoBack:  # the line that the question before has left is no answer any more
        application.output.cursor_up(1)
        application.output.erase_down()
        application.output.flush()
        raise


def _output() -> Any:
    """The terminal. It is not asked where its cursor is: not every one answers, and nothing needs it."""
    import sys

    from prompt_toolkit.output import create_output

    output = create_output(sys.stdout)
    if hasattr(output, "enable_cpr"):
        output.enable_cpr = False
    return output


def _control(text: Any) -> Any:
    from prompt_toolkit.layout import FormattedTextControl

    return FormattedTextControl(text, show_cursor=False)


def _window(text: Any) -> Any:
    from prompt_toolkit.layout import Window

    return Window(_control(text), dont_extend_height=True)


def _size() -> tuple[int, int]:
    import shutil

    size = shutil.get_terminal_size()
    return size.lines, size.columns


def _head(question: Question, typed: str) -> _Fragments:
    return [
        ("bold fg:ansigreen", "? "), ("bold", question.label), ("fg:ansibrightblack", f" [{question.step}]"),
        ("", f": {typed}"),
    ]  # fmt: skip


def _lines(text: str, style: str) -> _Fragments:
    """A text below the question, wrapped to the terminal."""
    _, columns = _size()
    rows = wrapped(text, columns - 1, first=_INDENT, then=0)
    return [(style, f"{' ' * _INDENT}{row}\n") for row in rows]


def _preview(option: Option, columns: int) -> _Fragments:
    """Labels in a column, texts beside them."""
    widest = max((width(label) for label, _ in option.preview), default=0) + 2
    drawn: _Fragments = []
    for label, text in option.preview:
        first, *rest = wrapped(text, columns - 1, first=_INDENT + widest, then=_INDENT + widest)
        blank = " " * (widest - width(label))
        drawn.append(("", f"{' ' * _INDENT}{label}{blank}{first}\n"))
        drawn += [("", f"{row}\n") for row in rest]
    return drawn


def _cut(text: str, columns: int) -> str:
    """As much as fits into a line."""
    if width(text) <= columns:
        return text
    kept = text
    while kept and width(kept) > columns - 1:
        kept = kept[:-1]
    return f"{kept}…"


def _leave(question: Question, answer: str) -> None:
    click.echo(f"{click.style('✔', fg='green')} {question.label}: {click.style(answer, bold=True)}")
