"""Whose format a template's folder is in."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from scaffold.errors import OptionRefused, TemplateBroken, TemplateUnknown
from scaffold.projects.model import TemplateKind

if TYPE_CHECKING:
    from scaffold.projects.origins.model import Fetched

#: The file that makes a folder a template -> whose.
MANIFESTS: Mapping[str, TemplateKind] = {
    "template.toml": "scaffold",
    "copier.yml": "copier",
    "copier.yaml": "copier",
    "cookiecutter.json": "cookiecutter",
}


#: Where a package keeps its templates, if not in its own folder.
SHELF = "_templates"


def manifest_in(folder: Path) -> bool:
    """Whether a folder is a template, of whatever kind."""
    return any((folder / name).is_file() for name in MANIFESTS)


def kind_of(folder: Path, text: str, wanted: TemplateKind | None = None) -> TemplateKind:
    """The format of the template in a folder, which ``text`` names; of several the ``wanted``, or the first.

    Raises TemplateUnknown (template-missing) where there is none, with the templates one level below it.
    """
    kinds = _kinds(folder)
    if kinds:
        return wanted if wanted in kinds else next(iter(kinds))
    below = below_of(folder)
    raise TemplateUnknown(
        f"{text} holds no template",
        detail=(f"looked for: {', '.join(MANIFESTS)}",),
        hint=_hint(text, folder, below) if below else "name the folder in which one of these files lies",
        code="template-missing",
    )


def choice_notice(folder: Path, kind: TemplateKind) -> str:
    """What to say of a folder that is a template for several, where nobody said which is meant; or ""."""
    kinds = _kinds(folder)
    others = [one for one in kinds if one != kind]
    if not others:
        return ""
    files = " and ".join(dict.fromkeys(kinds.values()))
    return f"it holds {files}: the first is taken; the other: {' or '.join(f'--as {one}' for one in others)}"


def demand_format(found: Fetched) -> None:
    """Raise OptionRefused where a template is not in the format that was asked for."""
    wanted = found.location.format
    if wanted is not None and wanted != found.kind:
        raise OptionRefused(
            f"{found.location.text} is a template for {found.kind}, and none for {wanted}",
            hint=f"leave out --as {wanted}, or name the folder that holds the one for {wanted}",
        )


def _kinds(folder: Path) -> dict[TemplateKind, str]:
    """Whose template a folder is -> by which file; ours before copier's before cookiecutter's."""
    found: dict[TemplateKind, str] = {}
    for name, kind in MANIFESTS.items():
        if (folder / name).is_file():
            found.setdefault(kind, name)
    return found


def demand_native(kind: TemplateKind, text: str, why: str, *, hint: str, code: str | None = None) -> None:
    """Raise OptionRefused for a template in another format than ours; ``why`` that cannot be here."""
    if kind != "scaffold":
        raise OptionRefused(f"{text} is a template for {kind}, {why}", hint=hint, code=code)


def demand_same(kind: TemplateKind, before: TemplateKind, text: str, *, hint: str = "") -> None:
    """Raise TemplateBroken where a template is of another kind than when a project was made from it."""
    if kind != before:
        raise TemplateBroken(f"{text} is a template for {kind} now, and was one for {before}", hint=hint)


def below_of(folder: Path) -> tuple[str, ...]:
    """The folders in a folder that are templates, whoever's; a package of ours keeps them in _templates."""
    patterns = [f"{above}*/{name}" for name in MANIFESTS for above in ("", f"{SHELF}/")]
    found = {
        one.parent.relative_to(folder).as_posix() for pattern in patterns for one in folder.glob(pattern)
    }
    return tuple(sorted(found))


def name_below(text: str, folder: Path, name: str) -> str:
    """What the user says for a folder below what ``text`` names, which lies in ``folder``."""
    address = text.partition("://")[2] or text
    lies_there = Path(text).expanduser().absolute() == folder.absolute()
    joint = "/" if "//" in address or text.startswith("pkg:") or lies_there else "//"
    return f"{text}{joint}{name}"


def _hint(text: str, folder: Path, below: tuple[str, ...]) -> str:
    if text.startswith("pkg:"):  # it looks there by itself
        below = tuple(one.removeprefix(f"{SHELF}/") for one in below)
    return f"there are templates below it: {', '.join(below)}; name one: {name_below(text, folder, below[0])}"
