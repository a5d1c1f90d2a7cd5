"""Where texts come from. Each source gives texts and labels; `data.py` divides them."""

from __future__ import annotations

import tarfile
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from .downloads import Download, fetch
from .errors import ProjectError
from .files import find, project_root
from .text_files import read_texts

if TYPE_CHECKING:
    from .settings import Settings

#: reviews that come with the project; `reviews/LICENCE.md` says whose they are
OWN = ("movies-en", "products-en", "reviews-zh", "hotels-zh")
#: for each of them another one in its language: what a base network learns when this is what it is adapted to
NEIGHBOURS = {
    "movies-en": "products-en",
    "products-en": "movies-en",
    "reviews-zh": "hotels-zh",
    "hotels-zh": "reviews-zh",
}

#: Maas et al. 2011, Learning Word Vectors for Sentiment Analysis (https://ai.stanford.edu/~amaas/data/sentiment/).
#: Its page publishes no checksum; this SHA-256 is the one that TensorFlow Datasets checks it with.
IMDB = Download(
    "aclImdb_v1.tar.gz",
    ("https://ai.stanford.edu/~amaas/data/sentiment/aclImdb_v1.tar.gz",),
    "c40f74a18d3b61f90feba1e17730e0d38e8b97c05fde7008942e91923d1658fe",
)
SIGNS = {"neg": "negative", "pos": "positive"}

Rows = tuple[list[str], list[str]]  # texts and labels


@dataclass(frozen=True)
class Source:
    """Texts with labels; `test` are those that the publisher keeps for testing, if any."""

    rest: Rows
    test: Rows | None = None

    @property
    def classes(self) -> tuple[str, ...]:
        """The labels that occur, in alphabetical order."""
        return tuple(sorted({*self.rest[1], *(self.test[1] if self.test else ())}))


def read(settings: Settings) -> Source:
    """Read the texts that `settings.data` names: reviews of this project, IMDB, or a file."""
    if settings.data in OWN:
        return Source(read_texts(Path(__file__).parent / "reviews" / f"{settings.data}.tsv"))
    if settings.data == "imdb":
        return read_imdb(fetch(IMDB, project_root() / settings.cache))
    file = find(settings.data)
    if not file.is_file():
        raise ProjectError(f"--data {settings.data} is neither a file nor one of {', '.join((*OWN, 'imdb'))}")
    return Source(read_texts(file, settings.text_column, settings.label_column, settings.encoding))


def read_imdb(archive: Path) -> Source:
    """Return the 25,000 training and 25,000 test reviews of films, read without unpacking the archive."""
    parts: dict[str, Rows] = {"train": ([], []), "test": ([], [])}
    try:
        with tarfile.open(archive) as content:
            for member in content:
                # aclImdb/train/pos/0_9.txt; the reviews in `unsup` have no label
                _, part, sign, *rest = [*member.name.split("/"), "", ""]
                if part in parts and sign in SIGNS and rest[0].endswith(".txt"):
                    file = content.extractfile(member)
                    text = file.read().decode("utf-8") if file else ""
                    parts[part][0].append(" ".join(text.replace("<br />", " ").split()))
                    parts[part][1].append(SIGNS[sign])
    except (OSError, EOFError, tarfile.TarError, UnicodeError, zlib.error) as problem:
        raise ProjectError(f"cannot read {archive}: {problem}; delete it to download it again") from None
    return Source(parts["train"], parts["test"])
