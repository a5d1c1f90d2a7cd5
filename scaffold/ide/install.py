"""``scaffold ide install``: PyCharm downloaded, verified, unpacked, put in place; and taken away again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from scaffold.environments.model import Progress, Report
from scaffold.errors import ConsentNeeded, DownloadFailed, IdeMissing, ScaffoldError
from scaffold.ide.install_plan import InstallPlan
from scaffold.pycharm.installations.find import at, installations
from scaffold.pycharm.installations.model import Installation, numbers
from scaffold.pycharm.releases import menu, place
from scaffold.pycharm.releases.download import Wanted, discard, download, sha256_of
from scaffold.pycharm.releases.image import let_go, unpack_image
from scaffold.pycharm.releases.members import clear
from scaffold.pycharm.releases.service import client_of
from scaffold.pycharm.releases.terms import service
from scaffold.pycharm.releases.unpack import product_folder, unpack
from scaffold.pycharm.releases.windows_setup import run_setup
from scaffold.setup import Announce
from scaffold.sources.fetch import Client
from scaffold.system import System

#: Where the size of an archive is unknown, what is unpacked of it is no PyCharm beyond this.
UNPACKED_LIMIT = 20 << 30


@dataclass(frozen=True, slots=True, kw_only=True)
class InstallReport:
    """``installation``: what is there now. ``changed``: whether anything was done."""

    installation: Installation
    changed: bool
    menu: menu.MenuReport


@dataclass(frozen=True, slots=True, kw_only=True)
class RemovalPlan:
    """An installation of ours that `carry_out_removal` takes away; settings and projects stay."""

    installation: Installation
    place: place.Place
    menu: Mapping[str, str]


def demand_yes(plan: InstallPlan) -> None:
    """Nobody can be asked: raise what says how to agree."""
    raise ConsentNeeded(
        f"{plan.title} would be downloaded and installed, and its terms of use accepted",
        detail=plan.terms,
        hint="agree with --yes",
    )


def carry_out(
    system: System, plan: InstallPlan, announce: Announce, report: Report, client: Client | None = None
) -> InstallReport:
    """Install what was planned; a call that broke off is gone on with.

    Raises DownloadFailed, NoSpace, NoPermission. Whatever it raises, and when it is killed: PyCharm is in its
    place whole, or not at all.
    """
    if plan.present is not None:
        if plan.place.staging.exists():  # of a call that was killed when all but this was done
            with place.held(plan.place):
                _tidy(system, plan.place)
        return _complete(system, plan, plan.present, changed=False)
    with place.held(plan.place):
        there = at(system, plan.place.folder, "ours")
        if there is not None:  # another process was faster
            _tidy(system, plan.place)
            return _complete(system, plan, there, changed=False)
        archive = _archive(system, plan, report, client)
        if plan.kind == "exe":
            announce("Running JetBrains' installer")
            return _after_setup(system, plan, archive)
        try:
            product = _unpacked(system, plan, archive, announce, report)
            _verified(system, plan, product)
        except ScaffoldError as problem:
            _clear_after(plan, problem)
            raise
        place.commit(plan.place, product, _record(plan))
        _tidy(system, plan.place)
    installed = at(system, plan.place.folder, "ours", f"scaffold ide install put it into {plan.place.folder}")
    assert installed is not None
    return _complete(system, plan, installed, changed=True)


def plan_removal(system: System, version: str = "") -> RemovalPlan:
    """Which installation of ours would go: the newest, or that of ``version``; raises IdeMissing."""
    wanted = numbers(version)
    for one in installations(system):
        spot = place.Place(folder=one.folder)
        record = place.read_record(spot)
        if record is not None and numbers(one.version)[: len(wanted)] == wanted:
            return RemovalPlan(installation=one, place=spot, menu=place.menu_marks(record))
    raise IdeMissing(
        f"scaffold has installed no PyCharm {version}".rstrip(),
        detail=tuple(f"{one.title}: {one.folder} ({one.reason})" for one in installations(system)),
        hint="remove another one by the way it was installed: Toolbox app, snap, flatpak, Windows' settings",
    )


def carry_out_removal(system: System, plan: RemovalPlan) -> tuple[Path, ...]:
    """Take it away; what went comes back.

    Raises NoPermission where a file is in use, DownloadFailed (download-busy) while another process is at it.
    """
    with place.held(plan.place):
        gone = menu.remove(dict(plan.menu))
        let_go(system, plan.place.mounted)
        place.remove(plan.place)
    return (*gone, plan.place.folder)


def _tidy(system: System, spot: place.Place) -> None:
    let_go(system, spot.mounted)
    place.tidy(spot)


#: What speaks against the download itself.
_DAMAGED = {"download-damaged", "download-unsafe"}


def _clear_after(plan: InstallPlan, problem: ScaffoldError) -> None:
    """Nothing half unpacked stays, least of all on a full disk; a good download stays."""
    clear(plan.place.unpacked)
    if problem.code in _DAMAGED:
        discard(plan.place.archive)


def _archive(system: System, plan: InstallPlan, report: Report, client: Client | None) -> Path:
    """The archive on this machine, verified."""
    if plan.file is not None:
        _demand_hash(plan, plan.file)
        return plan.file

    def told(done: int, total: int) -> None:
        report(
            Progress(
                step="download", message=f"Downloading {plan.title}", done=done, total=total, unit="bytes"
            )
        )

    wanted = Wanted(url=plan.source, sha256=plan.sha256, size=plan.size)
    download(client or client_of(system), wanted, plan.place.archive, told)
    return plan.place.archive


def _demand_hash(plan: InstallPlan, file: Path) -> None:
    found = sha256_of(file)
    if found != plan.sha256:
        raise DownloadFailed(
            f"{file} is not the file that was published",
            detail=(f"published SHA-256: {plan.sha256}", f"SHA-256 of the file: {found}"),
            hint="download it again",
            code="download-damaged",
        )


def _unpacked(system: System, plan: InstallPlan, archive: Path, announce: Announce, report: Report) -> Path:
    clear(plan.place.unpacked)  # of a call that was killed
    if plan.kind == "dmg":
        announce(f"Copying {plan.title} out of its disk image")
        unpack_image(system, archive, plan.place.unpacked, plan.place.mounted)
    else:

        def told(done: int) -> None:
            report(Progress(step="install", message=f"Unpacking {plan.title}", done=done, unit="bytes"))

        limit = UNPACKED_LIMIT if plan.size is None else round(max(plan.size, 1 << 20) * service().limit)
        unpack(archive, plan.kind, plan.place.unpacked, limit=limit, report=told)
    product = product_folder(plan.place.unpacked)
    if product is None:
        raise _not_pycharm(plan, "there is no product-info.json in it")
    return product


def _verified(system: System, plan: InstallPlan, product: Path) -> None:
    """What was unpacked says of itself that it is what was wanted."""
    found = at(system, product)
    if found is None:
        raise _not_pycharm(plan, "its product-info.json is of another product")
    if numbers(found.version) != numbers(plan.version):
        raise _not_pycharm(plan, f"it says that it is {found.version}")
    program = Path(found.launcher[0])
    if system.platform.os != "macos" and not program.is_file():
        raise _not_pycharm(plan, f"{program.relative_to(product)}, which starts it, is missing")


def _not_pycharm(plan: InstallPlan, why: str) -> DownloadFailed:
    return DownloadFailed(
        f"{plan.source} is not {plan.title} for this system",
        detail=(why,),
        hint="take it from JetBrains: scaffold ide install without --from",
        code="download-damaged",
    )


def _after_setup(system: System, plan: InstallPlan, archive: Path) -> InstallReport:
    run_setup(system, archive)
    found = next(
        (one for one in installations(system) if numbers(one.version) == numbers(plan.version)), None
    )
    if found is None:
        raise DownloadFailed(
            f"JetBrains' installer ended, yet {plan.title} is not there", hint="run it by hand"
        )
    _tidy(system, plan.place)
    return InstallReport(installation=found, changed=True, menu=menu.MenuReport())


def _record(plan: InstallPlan) -> dict[str, Any]:
    return {
        "version": plan.version,
        "build": plan.build,
        "source": plan.source,
        "sha256": plan.sha256,
        "menu": {},
    }


def _complete(
    system: System, plan: InstallPlan, installation: Installation, *, changed: bool
) -> InstallReport:
    """An installation of ours has its entries in menus, also where an earlier call was killed before."""
    spot = place.Place(folder=installation.folder)
    record = place.read_record(spot)
    if record is None:
        return InstallReport(installation=installation, changed=changed, menu=menu.MenuReport())
    wanted = menu.entries(system, Path(installation.launcher[0]), installation)
    marks = {**_older_marks(system, plan), **place.menu_marks(record)}
    done = menu.write(system, wanted, marks)
    ours = {str(one.path): one.mark for one in wanted if one.path not in done.kept}
    if ours != place.menu_marks(record):
        place.save_record(spot, {**record, "menu": ours})
    return InstallReport(installation=installation, changed=changed or bool(done.written), menu=done)


def _older_marks(system: System, plan: InstallPlan) -> dict[str, str]:
    """Entries that lead to other installations of ours: the last that is installed takes them over."""
    others = (place.Place(folder=one.folder) for one in installations(system) if one.version != plan.version)
    return {path: mark for spot in others for path, mark in place.menu_marks(place.read_record(spot)).items()}
