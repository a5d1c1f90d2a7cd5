"""The dialogue's words, in the language that the machine speaks: English or Chinese."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from scaffold.projects.model import Template
from scaffold.projects.names import Refusal
from scaffold.system import System

Language = Literal["en", "zh"]

#: Which language is spoken, whatever the locale says.
OVERRIDE = "SCAFFOLD_LANGUAGE"


@dataclass(frozen=True, slots=True)
class Words:
    """One language's words, by key."""

    language: Language
    _rows: Mapping[str, Any] = field(repr=False)

    def __call__(self, key: str, **values: object) -> str:
        """The words of a key, with what is filled in."""
        return str(self._rows[key]).format_map(values)

    def refusal(self, reason: Refusal) -> str:
        """Why a name cannot be a project's."""
        return str(self._rows.get("refusals", {}).get(reason.kind, reason.text))

    def title(self, template: Template) -> str:
        """What a template is called; our own in every language."""
        return self._own("templates", template, template.title)

    def description(self, template: Template) -> str:
        """What a template is for."""
        return self._own("descriptions", template, template.description)

    def data(self, template: Template) -> str:
        """What it trains on out of the box."""
        return self._own("datasets", template, template.data)

    def _own(self, table: str, template: Template, otherwise: str) -> str:
        from scaffold.projects.catalog import OWN_DISTRIBUTION

        ours = template.provider == OWN_DISTRIBUTION
        return str(self._rows.get(table, {}).get(template.name, otherwise)) if ours else otherwise

    def duration(self, seconds: float) -> str:
        """A time, as roughly as it is known.

        >>> words("en").duration(52.8), words("en").duration(7), words("zh").duration(200)
        ('about 55 s', 'about 5 s', '约 3 分钟')
        """
        if seconds < 90:
            return self("seconds", count=max(5, round(seconds / 5) * 5))
        return self("minutes", count=round(seconds / 60))


def words(language: Language) -> Words:
    """The words of a language."""
    from scaffold.toml import loads

    return Words(
        language, loads((Path(__file__).parent / "words.toml").read_text(encoding="utf-8"))[language]
    )


def language(system: System) -> Language:
    """What ``SCAFFOLD_LANGUAGE`` says, else the locale, else Windows itself; Chinese or English."""
    told = [system.environment.get(name, "") for name in (OVERRIDE, "LC_ALL", "LC_MESSAGES", "LANG")]
    first = next(filter(None, told), "")
    if not first and system.platform.os == "windows":
        from scaffold.platforms import windows_language

        first = windows_language()
    return "zh" if first.casefold().startswith("zh") else "en"
