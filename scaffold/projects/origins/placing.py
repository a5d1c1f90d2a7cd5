"""The members of an archive laid into a folder, whatever it is packed with; each is asked about first."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from scaffold.projects.origins import limits
from scaffold.projects.origins.limits import Guard, Kind, inside, unsafe


class Placing:
    """Files first and links last, so that nothing is ever written through a link. Raises TemplateUnsafe."""

    def __init__(self, folder: Path) -> None:
        self._folder, self._guard = folder, Guard()
        self._links: list[tuple[str, str]] = []

    @staticmethod
    def passes_over(name: str) -> bool:
        """Whether a member is not of the template: what git, Python and macOS keep beside it."""
        return not limits.PASSED_OVER.isdisjoint(name.split("/"))

    def folder(self, name: str) -> None:
        """A folder, which may be empty."""
        self._place(name, "folder").mkdir(parents=True, exist_ok=True)

    def file(self, name: str, content: Iterable[bytes], *, executable: bool) -> None:
        """A file that comes in pieces: what an archive says of a size may be a lie."""
        place, written = self._place(name, "file"), 0
        if place.exists():
            raise unsafe(name, "comes twice")
        with place.open("xb") as stream:
            for chunk in content:
                written += len(chunk)
                self._guard.weigh(name, len(chunk), of=written)
                stream.write(chunk)
        if executable:
            place.chmod(0o755)

    def link(self, name: str, target: str) -> None:
        """A link, made by `end`."""
        self._links.append((name, target))

    def end(self) -> None:
        """Make the links, then look where they really lead: one may lead out by way of another."""
        for name, target in self._links:
            place = self._place(name, "link", target)
            if place.exists() or place.is_symlink():
                raise unsafe(name, "comes twice")
            place.symlink_to(target)
        for name, _ in self._links:
            if not inside(self._folder, self._folder / name):
                raise unsafe(name, "is a link that leads out of the template")

    def _place(self, name: str, kind: Kind, target: str = "") -> Path:
        path = self._guard.admit(name, kind, target=target)
        place = self._folder.joinpath(*path.parts)
        above = place.parent
        while above != self._folder:
            if above.exists() and not above.is_dir():
                raise unsafe(name, "lies in what is a file of the same archive")
            above = above.parent
        if kind != "folder" and place.is_dir() and not place.is_symlink():
            raise unsafe(name, "comes twice")
        if kind == "folder" and place.exists() and not place.is_dir():
            raise unsafe(name, "comes twice")
        place.parent.mkdir(parents=True, exist_ok=True)
        return place
