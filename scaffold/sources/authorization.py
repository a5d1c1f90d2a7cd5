"""Indexes that refuse who we are, found out before anything is resolved.

To uv and pip an index that answers 401 is often one that has no such package: they take it from elsewhere
without a word, or blame its name. Where an index of the user's own is meant to come first, that would be
somebody else's package of the same name.
"""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from http import HTTPStatus

from scaffold.errors import SourceUnreachable
from scaffold.sources.credentials import Login, without_login
from scaffold.sources.listing import client_of
from scaffold.sources.model import Setting, Source, SourceSettings
from scaffold.sources.places import is_url
from scaffold.sources.redact import redact
from scaffold.system import System

#: Asked for where any project will do: an index that lets us in has it or says 404. Never the root at
#: first: that lists every project there is, and some servers take minutes to write it.
PROJECT = "pip"

#: Seconds for all indexes together; one that has not answered by then is not known to refuse.
PATIENCE = 10.0

#: Programs and variables that may hold credentials which only uv and pip can read.
_KEYRING_VARIABLES = ("UV_KEYRING_PROVIDER", "PIP_KEYRING_PROVIDER", "UV_CREDENTIALS_DIR")
_UV_STORE = ".local/share/uv/credentials/credentials.toml"


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """A place that does not let us in. ``credentials``: ours were refused, else it wants some."""

    place: Setting  # credentials included
    answer: str  # 401 Unauthorized
    credentials: bool


def refuse_unauthorized(settings: SourceSettings, system: System, *, patience: float = PATIENCE) -> None:
    """Ask each of the user's own indexes and pages one small thing, all at once.

    Raises SourceUnreachable (``install-not-authorized``) where one answers 401, or 403 to credentials for a
    project and for everything. One that cannot be reached is no concern of this. PyTorch's index is not
    asked: it answers 403 for what it lacks.
    """
    asked = list(_asked(settings))
    answers: dict[int, Refused | None] = {}

    def ask(number: int, place: Setting, source: Source) -> None:
        with contextlib.suppress(ValueError):  # an address that is none: the installer tells
            answers[number] = _refused(place, source, settings, system)

    # Daemons: one that hangs in the resolver must not keep the process from ending.
    threads = [threading.Thread(target=ask, args=(n, *pair), daemon=True) for n, pair in enumerate(asked)]
    deadline = time.monotonic() + patience
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(max(0.0, deadline - time.monotonic()))
    refused = [found for _, found in sorted(answers.copy().items()) if found is not None]
    if refused:
        raise _problem(refused)


def _asked(settings: SourceSettings) -> Iterator[tuple[Setting, Source]]:
    """Places on a server, less those that everybody may read."""
    indexes = (settings.index, *settings.extra_indexes) if settings.no_index is None else ()
    pairs = [(one, Source(kind="index", location=one.value)) for one in indexes if one.origin != "default"]
    pairs += [(one, Source(kind="find-links", location=one.value)) for one in settings.find_links]
    for place, source in pairs:
        if is_url(place.value) and place.value.lower().startswith(("http://", "https://")):
            yield place, source


def _refused(place: Setting, source: Source, settings: SourceSettings, system: System) -> Refused | None:
    client = replace(client_of(source, settings, system), attempts=1)
    known = _has_credentials(place.value, client.logins)
    project = root = place.value
    if source.kind == "index":
        root = f"{place.value.rstrip('/')}/"
        project = f"{root}{PROJECT}/"
    status = client.status(project)
    if status == HTTPStatus.FORBIDDEN and known and project != root:
        # A store of files says so of a project that it lacks, and a company's rules of one that they forbid.
        status = client.status(root)
    if status == HTTPStatus.FORBIDDEN and not known:
        return None
    if status not in (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN):
        return None
    if not known and _may_be_known_elsewhere(system):
        return None
    return Refused(place=place, answer=f"{status} {HTTPStatus(status).phrase}", credentials=known)


def _has_credentials(url: str, logins: Mapping[str, Login]) -> bool:
    """Whether we know user and password. A user alone is how people point at a keyring."""
    from urllib.parse import urlsplit

    plain, login = without_login(url)
    if login is not None and login[1]:
        return True
    return (urlsplit(plain).hostname or "") in logins or "" in logins


def _may_be_known_elsewhere(system: System) -> bool:
    """Whether uv or pip may find credentials where we do not look: a keyring, uv's own store."""
    if any(system.environment.get(name, "disabled") != "disabled" for name in _KEYRING_VARIABLES):
        return True
    home = system.home
    stored = home is not None and system.exists(home / _UV_STORE)
    return stored or system.which("keyring") is not None


def _where(place: Setting) -> str:
    login = without_login(place.value)[1]
    return place.origin if login is not None and login[1] else "~/.netrc"


def _problem(refused: list[Refused]) -> SourceUnreachable:
    first = refused[0]
    where = redact(first.place.value)
    if first.credentials:
        message = f"{where} refuses the user name and password that it was given ({first.answer})"
        hint = (
            f"correct them in {_where(first.place)} (in a URL, write @ as %40 and : as %3A), "
            "or leave that index out"
        )
    else:
        message = f"{where} wants a user name and a password, and there are none ({first.answer})"
        hint = (
            "put them into its address (https://USER:PASSWORD@HOST/simple), ~/.netrc or a keyring, "
            f"or leave that index out ({first.place.origin})"
        )
    return SourceUnreachable(
        message,
        detail=(
            *(f"{redact(one.place.value)}: configured by {one.place.origin}" for one in refused),
            "without it, packages of the same names would come from elsewhere: nothing was changed",
        ),
        hint=hint,
        code="install-not-authorized",
    )
