"""Questions of a template that nobody trusts, on a terminal: they draw text there, and do nothing else.

The renderers' libraries of prompts send most of what stands in a question to the terminal as it is.
"""

import io
import re
import sys
import unicodedata

#: What the libraries themselves write between texts: colours, and none of those that hide.
COLOURS = re.compile(r"(\x1b\[(?:[0-4]|[39][1-7]|;)*m)")


class Plain(io.TextIOWrapper):
    """Standard output that lets letters, line breaks and colours through."""

    def write(self, text):
        """Write what is harmless of a text, and the rest of it spelt out."""
        from scaffold.words import shown

        parts = COLOURS.split(text)
        parts[::2] = map(shown, parts[::2])
        super().write("".join(parts))
        return len(text)


def keep_clean():
    """For prompt_toolkit, which draws a screen: each letter is looked up before it is put there."""
    from prompt_toolkit.layout.screen import Char

    unseen = (letter for letter in map(chr, range(0x110000)) if unicodedata.category(letter) == "Cf")
    Char.display_mappings.update({letter: f"<{ord(letter):04x}>" for letter in unseen})


def replace_output():
    """For rich, which prints lines."""
    old = sys.stdout
    sys.stdout = Plain(
        old.buffer, encoding=old.encoding, errors=old.errors, newline=None, line_buffering=True
    )
