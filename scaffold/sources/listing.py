"""Ask every source for every project, all at once, and say what each answered."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

from scaffold.sources.model import Listing, Offers, Source, SourceSettings, Wheel
from scaffold.sources.places import local_path, user_sources
from scaffold.sources.redact import redact
from scaffold.system import System

if TYPE_CHECKING:
    from scaffold.sources.fetch import Client  # loads urllib and ssl
    from scaffold.sources.pages import Link

#: Seconds after which a source that has said nothing is given up (a name server can hang for minutes).
PATIENCE = 30.0

#: Seconds without a byte that PyTorch's own index gets: it is one choice of several.
PYTORCH_ANSWER = 5.0


def list_wheels(
    system: System,
    projects: Sequence[str],
    settings: SourceSettings,
    *,
    sources: Sequence[Source] | None = None,
    patience: float = PATIENCE,
) -> Offers:
    """What each source offers of each project; never raises because of a source.

    ``sources`` are the user's own where none are given; `pytorch_sources` gives more. The listings
    stand in the order of the sources, then of the projects.
    """
    from packaging.utils import canonicalize_name

    asked = tuple(user_sources(settings) if sources is None else sources)
    names = tuple(dict.fromkeys(canonicalize_name(project) for project in projects))
    questions = [(source, name) for source in asked for name in names if _can_have(source, name)]
    answers: queue.SimpleQueue[tuple[int, Listing]] = queue.SimpleQueue()
    for number, (source, name) in enumerate(questions):
        # Daemons: one that hangs in the resolver must not keep the process from ending.
        work = partial(ask, source, name, settings, system)
        threading.Thread(target=_answer, args=(answers, number, work), daemon=True).start()
    collected = _collect(answers, len(questions), time.monotonic() + patience)
    late = f"no answer within {patience:g} seconds"
    listings = (
        collected.get(number) or Listing(source=source, project=name, outcome="unreachable", problem=late)
        for number, (source, name) in enumerate(questions)
    )
    return Offers(settings=settings, listings=tuple(listings))


def ask(
    source: Source, project: str, settings: SourceSettings, system: System, *, client: Client | None = None
) -> Listing:
    """What one source says of one project (normalised name); ``client`` if not as the settings want it."""
    from scaffold.sources.problems import Absent, Unreachable

    try:
        wheels = _wheels(source, project, client or client_of(source, settings, system))
    except Absent:
        return Listing(source=source, project=project, outcome="absent")
    except Unreachable as problem:
        text = redact(str(problem))
        return Listing(source=source, project=project, outcome="unreachable", problem=text)
    # A flat folder that lacks the project has answered, just as an index that knows no such project.
    if _is_page(source) and not wheels:
        return Listing(source=source, project=project, outcome="absent")
    return Listing(source=source, project=project, outcome="ok", wheels=wheels)


def wheel_size(system: System, wheel: Wheel, settings: SourceSettings) -> int | None:
    """The bytes of a wheel whose listing gave no size, asked of the server; None where nobody tells."""
    if wheel.size is not None:
        return wheel.size
    path = local_path(wheel.url)
    if path is None:
        return client_of(wheel.source, settings, system).size(wheel.url)
    try:
        return path.stat().st_size
    except OSError:
        return None


def _is_page(source: Source) -> bool:
    """Whether one page (or folder) tells of all projects, as pip's and uv's find-links."""
    return source.kind == "find-links" or source.flat


def _can_have(source: Source, project: str) -> bool:
    """PyTorch's index is asked for what is built there only: the rest of it are copies of PyPI's."""
    return source.kind != "pytorch" or project.startswith(("torch", "triton", "pytorch"))


def _answer(answers: queue.SimpleQueue[tuple[int, Listing]], number: int, work: partial[Listing]) -> None:
    try:
        listing = work()
    except Exception as problem:  # noqa: BLE001 (a thread's traceback would reach the user's terminal)
        source, project, *_ = work.args
        text = f"could not be read: {type(problem).__name__}: {redact(str(problem))}"
        listing = Listing(source=source, project=project, outcome="unreachable", problem=text)
    answers.put((number, listing))


def _collect(
    answers: queue.SimpleQueue[tuple[int, Listing]], count: int, deadline: float
) -> dict[int, Listing]:
    collected: dict[int, Listing] = {}
    while len(collected) < count:
        try:
            number, listing = answers.get(timeout=max(0.0, deadline - time.monotonic()))
        except queue.Empty:
            break
        collected[number] = listing
    return collected


def _wheels(source: Source, project: str, client: Client) -> tuple[Wheel, ...]:
    from scaffold.sources.pages import wheels_of

    return wheels_of(project, links_of(source, project, client), source)


def links_of(source: Source, project: str, client: Client) -> tuple[Link, ...]:
    """Every file that one source offers of a project (normalised name), of a flat one those of all projects.

    Raises `Absent` or `Unreachable`.
    """
    from scaffold.sources import folders

    path = local_path(source.location)
    if path is not None:
        return folders.links(path) if _is_page(source) else folders.index_links(path, project)
    return _remote_links(source, project, client)


def _remote_links(source: Source, project: str, client: Client) -> tuple[Link, ...]:
    from scaffold.sources import pages
    from scaffold.sources.problems import Absent, Unreachable

    url = source.location if _is_page(source) else f"{source.location.rstrip('/')}/{project}/"
    # PyTorch's server answers 403 for what it does not have.
    page = client.get(url, pages.ACCEPT, forbidden_is_absent=source.kind == "pytorch")
    if page.content_type in pages.JSON_TYPES:
        links = pages.json_links(page.text, page.url)
    elif page.content_type in pages.HTML_TYPES:
        links = pages.html_links(page.text, page.url)
    else:
        links = None
    if links is None:
        raise Unreachable(f"{redact(url)} is no package listing ({page.content_type})")
    if not links and _elsewhere(page.url, url):
        # A network that wants people to sign in first answers every question with its own page.
        raise Unreachable(
            f"{redact(url)} led to a page of {_host(page.url)}: does the network want you to sign in?"
        )
    if not links and not _is_page(source):
        raise Absent
    return links


def _host(url: str) -> str:
    from urllib.parse import urlsplit

    return urlsplit(url).hostname or ""


def _elsewhere(final: str, asked: str) -> bool:
    return _host(final) != _host(asked)


def client_of(source: Source, settings: SourceSettings, system: System) -> Client:
    """How a source is asked: with the user's credentials, and as patiently as the source deserves."""
    from scaffold.sources.credentials import user_logins
    from scaffold.sources.fetch import Client

    own = source.kind == "pytorch" and settings.pytorch_mirror is None
    answer = PYTORCH_ANSWER if own else settings.timeout
    return Client(settings=settings, logins=user_logins(system), answer=answer, whole=PATIENCE)
