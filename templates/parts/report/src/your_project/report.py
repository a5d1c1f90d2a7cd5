"""A report that is one HTML file: no script, nothing to load; light or dark as the reader's system."""

from __future__ import annotations

import html
from typing import TYPE_CHECKING

from .files import write_text

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

STYLE = """
:root { color-scheme: light dark; --ink: #1d2329; --paper: #fff; --faint: #667079; --line: #d9dee3;
  --a: #1f6feb; --b: #d9730d; --c: #2b8a3e; --d: #9c36b5; --heat: 31, 111, 235; }
@media (prefers-color-scheme: dark) { :root { --ink: #e4e8ec; --paper: #14181c; --faint: #98a2ab;
  --line: #343c44; --a: #6ea8fe; --b: #ffa94d; --c: #69db7c; --d: #da77f2; --heat: 110, 168, 254; } }
body { font: 15px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper);
  max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.6rem; margin-bottom: 0; } h2 { font-size: 1.15rem; margin: 2.2rem 0 .6rem; }
p { margin: .4rem 0; } .faint, figcaption { color: var(--faint); font-size: .85rem; }
table { border-collapse: collapse; } th, td { padding: .2rem .9rem .2rem 0; text-align: left; }
td.number, th.number { text-align: right; font-variant-numeric: tabular-nums; }
tr { border-bottom: 1px solid var(--line); }
.tiles { display: flex; flex-wrap: wrap; gap: .8rem; margin: 1rem 0; }
.tile { border: 1px solid var(--line); border-radius: .5rem; padding: .5rem .9rem; }
.tile b { display: block; font-size: 1.35rem; } .wide { overflow-x: auto; }
.pictures { display: flex; flex-wrap: wrap; gap: .8rem; } figure { margin: 0; }
.pictures img { width: 72px; height: 72px; image-rendering: pixelated; border-radius: .3rem; display: block; }
.charts { display: flex; flex-wrap: wrap; gap: 1rem; }
svg text { fill: var(--ink); font: 11px system-ui, sans-serif; } svg .faint { fill: var(--faint); }
"""


class Page:
    """A page that grows section by section. Text is escaped; drawings are taken as they are."""

    def __init__(self, title: str, subtitle: str = "") -> None:
        self._title = title
        self._parts = [f"<h1>{html.escape(title)}</h1>", f'<p class="faint">{html.escape(subtitle)}</p>']

    def heading(self, text: str, note: str = "") -> None:
        """Begin a section."""
        self._parts.append(f"<h2>{html.escape(text)}</h2>")
        if note:
            self.note(note)

    def note(self, text: str) -> None:
        """Add a paragraph in small print."""
        self._parts.append(f'<p class="faint">{html.escape(text)}</p>')

    def tiles(self, values: dict[str, str]) -> None:
        """Add headline numbers."""
        tiles = (
            f'<div class="tile"><b>{html.escape(value)}</b>{html.escape(name)}</div>'
            for name, value in values.items()
        )
        self._parts.append(f'<div class="tiles">{"".join(tiles)}</div>')

    def table(self, head: Sequence[str], rows: Sequence[Sequence[str | float | int]]) -> None:
        """Add a table; numbers stand on the right, floats with three digits."""
        numeric = [not isinstance(cell, str) for cell in rows[0]] if rows else [False] * len(head)
        cells = "".join(_cell("th", title, number) for title, number in zip(head, numeric, strict=True))
        lines = [f"<tr>{cells}</tr>"]
        for row in rows:
            cells = "".join(_cell("td", cell, not isinstance(cell, str)) for cell in row)
            lines.append(f"<tr>{cells}</tr>")
        self._parts.append(f'<div class="wide"><table>{"".join(lines)}</table></div>')

    def charts(self, *svg: str) -> None:
        """Add drawings (see `drawing.py`), side by side where there is room."""
        self._parts.append(f'<div class="charts">{"".join(svg)}</div>')

    def pictures(self, items: Sequence[tuple[str, str]]) -> None:
        """Add small pictures, each a `data:` address and a caption."""
        figures = (
            f'<figure><img alt="{html.escape(caption)}" src="{html.escape(uri)}">'
            f"<figcaption>{html.escape(caption)}</figcaption></figure>"
            for uri, caption in items
        )
        self._parts.append(f'<div class="pictures">{"".join(figures)}</div>')

    def html(self) -> str:
        """Return the whole page."""
        return (
            '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
            '<meta name="viewport" content="width=device-width, initial-scale=1">'
            f"<title>{html.escape(self._title)}</title><style>{STYLE}</style></head>\n<body>\n"
            + "\n".join(self._parts)
            + "\n</body></html>\n"
        )

    def write(self, path: Path) -> None:
        """Write the page, replacing an older one at once."""
        write_text(path, self.html())


def _cell(tag: str, content: str | float, number: bool) -> str:
    shown = f"{content:.3f}" if isinstance(content, float) else html.escape(str(content))
    return f"<{tag}{' class=number' if number else ''}>{shown}</{tag}>"
