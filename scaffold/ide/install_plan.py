"""``scaffold ide install``: which PyCharm, from where, into which folder, and why. Nothing is changed yet."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from scaffold.errors import DownloadFailed, NoPermission, NoSpace, OptionRefused
from scaffold.machine.host import normalised_architecture
from scaffold.machine.surroundings import is_translated
from scaffold.pycharm.installations.find import installations
from scaffold.pycharm.installations.model import Installation, numbers
from scaffold.pycharm.installations.places import own_place
from scaffold.pycharm.products import RELEASES, RELEASES_CODE, is_unified
from scaffold.pycharm.releases.download import came
from scaffold.pycharm.releases.feed import Download, Release, chosen, download_for, version_in
from scaffold.pycharm.releases.place import Place, demand_free
from scaffold.pycharm.releases.service import ask, client_of, hash_beside, published_hash
from scaffold.pycharm.releases.terms import service, service_at
from scaffold.pycharm.releases.unpack import kind_of
from scaffold.sources.fetch import Client
from scaffold.sources.places import local_path
from scaffold.system import System


@dataclass(frozen=True, slots=True, kw_only=True)
class InstallWishes:
    """What was asked for. ``source``: a release service, an archive's address, or a file; "" is JetBrains."""

    version: str = ""
    source: str = ""
    sha256: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class InstallPlan:
    """What `scaffold.ide.install.carry_out` does."""

    version: str
    build: str
    date: str
    source: str  # address of the archive, or its path
    file: Path | None  # where it is on this machine already
    kind: str  # tar, zip, dmg, exe
    sha256: str
    size: int | None  # bytes to be downloaded, or of the file
    came: int  # bytes that are there of an earlier download
    needed: int | None  # bytes of room for archive and PyCharm together
    free: int | None
    place: Place
    terms: tuple[str, ...]
    reasons: tuple[str, ...]
    present: Installation | None = None  # that version is there already: nothing is downloaded
    others: tuple[Installation, ...] = ()  # other versions, which stay

    @property
    def title(self) -> str:
        """``PyCharm 2026.2.3``."""
        return f"PyCharm {self.version}"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Offer:
    """A release's file for this machine."""

    release: Release
    download: Download
    file: Path | None = None
    service: str = ""
    reasons: tuple[str, ...] = ()


def plan_install(system: System, wishes: InstallWishes, client: Client | None = None) -> InstallPlan:
    """Look at what is published and what is there.

    Raises OptionRefused, DownloadFailed, NoSpace before anything is downloaded, NoPermission without a home.
    """
    _demand_sense(wishes)
    client = client or client_of(system)
    offer = _offer(system, wishes, client)
    version, download = offer.release.version, offer.download
    place = Place(folder=_folder(system, version))
    there = installations(system)
    present = next((one for one in there if _is(one, version)), None)
    size = _size(client, offer)
    kind = kind_of(download.filename)
    digest = "" if present else wishes.sha256.lower() or _hash(client, offer)
    needed = None if size is None else round(size * (service().unpacked + (0 if offer.file else 1)))
    plan = InstallPlan(
        version=version,
        build=offer.release.build,
        date=offer.release.date,
        source=str(offer.file or download.url),
        file=offer.file,
        kind=kind,
        sha256=digest,
        size=size,
        came=min(came(place.archive), size or 0),
        needed=needed,
        free=system.disk_free(place.folder.parent),
        place=place,
        terms=_terms(version),
        reasons=offer.reasons,
        present=present,
        others=tuple(one for one in there if not _is(one, version)),
    )
    if present is None:
        demand_free(place)
        _demand_room(plan)
    return plan


def _demand_sense(wishes: InstallWishes) -> None:
    if wishes.version and not re.fullmatch(r"\d{4}\.\d+(\.\d+)*", wishes.version):
        raise OptionRefused(
            f"{wishes.version!r} is no version of PyCharm", hint="write it as 2026.2 or 2026.2.3"
        )
    if wishes.sha256 and not re.fullmatch(r"[0-9a-fA-F]{64}", wishes.sha256):
        raise OptionRefused("A SHA-256 has 64 hexadecimal digits", hint="copy it whole from where it stands")
    if wishes.sha256 and not wishes.source:
        raise OptionRefused("--sha256 goes with --from FILE|URL of an archive", hint="leave --sha256 out")


def _offer(system: System, wishes: InstallWishes, client: Client) -> _Offer:
    if wishes.source:
        path, address = local_path(wishes.source), _web_path(wishes.source)
        if path is None and address is None:
            raise OptionRefused(
                f"{wishes.source} is neither a file nor an http address", hint="--from URL|FILE"
            )
        filename = path.name if path is not None else (address or "").rsplit("/", 1)[-1]
        if path is not None or kind_of(filename):
            return _named(wishes, path, filename)
    return _published(system, wishes, client)


def _web_path(address: str) -> str | None:
    """The path in a web address; None for what is none."""
    try:
        parts = urlsplit(address)
    except ValueError:  # an unclosed [ of an IPv6 address
        return None
    return parts.path if parts.scheme in {"http", "https"} and parts.netloc else None


def _named(wishes: InstallWishes, path: Path | None, filename: str) -> _Offer:
    """An archive that the user names."""
    version = version_in(filename)
    if path is not None and not path.is_file():
        raise OptionRefused(f"There is no file {path}", hint="name the archive as it was downloaded")
    if not version or not kind_of(filename):
        raise OptionRefused(
            f"{filename} is no archive of PyCharm by its name",
            hint="it is called pycharm-2026.2.3.tar.gz, .win.zip, .dmg or .exe: give it that name",
        )
    if wishes.version and version != wishes.version:
        raise OptionRefused(f"{filename} is not PyCharm {wishes.version}", hint="leave --version out")
    url = path.absolute().as_uri() if path else wishes.source
    download = Download(key="", url=url, size=None, checksum_url=f"{url}.sha256")
    release = Release(version=version, build="", date="", kind="release", downloads=(download,))
    where = f"the file {path}" if path else wishes.source
    return _Offer(release=release, download=download, file=path, reasons=(f"--from names {where}",))


def _published(system: System, wishes: InstallWishes, client: Client) -> _Offer:
    """What the release service has for this machine."""
    address = service_at(wishes.source) if wishes.source else service().url
    release = chosen(ask(client, address, RELEASES_CODE, wishes.version), wishes.version)
    if release is None:
        raise DownloadFailed(
            f"There is no release {wishes.version} of PyCharm",
            hint="leave --version out for the newest; all: https://www.jetbrains.com/pycharm/download/other.html",
        )
    facts = system.platform
    machine = "arm64" if is_translated(system) else normalised_architecture(facts.machine, facts.os)
    download = download_for(release, facts.os, machine)
    if download is None:
        raise DownloadFailed(
            f"PyCharm {release.version} is not published for {facts.os} on {machine}",
            detail=(f"it is for: {', '.join(one.key for one in release.downloads)}",),
            hint="run PyCharm on another computer and connect it to this one: Remote Development | SSH",
        )
    reasons = (
        "the newest release" + (f" of {wishes.version}" if wishes.version else ""),
        f"its file for {facts.os} on {machine}",
    )
    return _Offer(release=release, download=download, service=address, reasons=reasons)


def _folder(system: System, version: str) -> Path:
    place = own_place(system)
    if place is None:
        raise NoPermission("There is no home folder to install PyCharm in", hint="set HOME")
    names = {"macos": f"PyCharm {version}.app", "windows": f"PyCharm-{version}"}
    return place / names.get(system.platform.os, f"pycharm-{version}")


def _is(one: Installation, version: str) -> bool:
    return one.product == RELEASES and numbers(one.version) == numbers(version)


def _size(client: Client, offer: _Offer) -> int | None:
    """Bytes of the archive: as published, else as its server says."""
    if offer.file is not None:
        return came(offer.file)
    return offer.download.size or client.size(offer.download.url) or None


def _hash(client: Client, offer: _Offer) -> str:
    if offer.file is None:
        return published_hash(client, offer.download, offer.service)
    digest = hash_beside(offer.file)
    if not digest:
        raise OptionRefused(
            f"Nothing says which SHA-256 {offer.file.name} has to have",
            hint=f"put JetBrains' {offer.file.name}.sha256 beside it, or give --sha256 HEX",
        )
    return digest


def _terms(version: str) -> tuple[str, ...]:
    facts = service()
    return (
        facts.terms_unified if is_unified(numbers(version)) else facts.terms_professional,
        f"JetBrains' terms, which PyCharm shows when it first starts: {facts.terms_text}",
    )


def _demand_room(plan: InstallPlan) -> None:
    if plan.needed is None or plan.free is None or plan.needed - plan.came <= plan.free:
        return
    raise NoSpace(
        f"The disk of {plan.place.folder.parent} is too small for {plan.title}",
        detail=(
            f"needed: about {plan.needed / 1e6:,.0f} MB, the download included",
            f"free: {plan.free / 1e6:,.0f} MB",
        ),
        hint="free some space",
    )
