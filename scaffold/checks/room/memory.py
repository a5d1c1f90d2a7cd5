"""Main memory: enough of it, and handed out as frameworks ask for it."""

from __future__ import annotations

from collections.abc import Iterator

from scaffold.checks.facts import Facts
from scaffold.checks.model import Evidence, Finding, Remedy
from scaffold.words import size

LITTLE, NEARLY_NOTHING = 4 << 30, 1 << 30
FEW_WATCHES = 65536


def enough(facts: Facts) -> Iterator[Finding]:
    """Importing a framework and starting workers does not use up the memory."""
    host, room = facts.machine.host, facts.room
    total, available = host.memory_total, host.memory_available
    source = host.found_by.get("memory_total", "memory")
    sign = facts.log.sign("killed-worker", "killed") if facts.log else None
    killed = sign is not None
    container = "cgroup" in source
    if facts.told and not killed:
        return  # a described machine is not one with its programs running
    small = total is not None and total < (1 << 31)
    if available is not None and total is not None and (available < NEARLY_NOTHING // 2 or small or killed):
        low = available < NEARLY_NOTHING // 2 or small
        limit = (
            f"The container may use {size(total)} of memory"
            if container
            else f"This machine has {size(total)} of memory"
        )
        yield Finding(
            id="sys.memory",
            level="error" if sign and not sign.signature.weak else "warning",
            title=f"{limit}, and {size(available)} are left: the system ends programs that need "
            "more, without a message"
            if low or facts.told
            else "The system ended a process, most often because it used more main memory than there was",
            detail="a process that is killed so has exit status 137 or -9; PyCharm shows 'Process "
            "finished with exit code 137' (so does its Stop button), a data loader 'worker is killed by "
            "signal: Killed'"
            + (
                ""
                if low or facts.told
                else f". {limit}, and {size(available)} are left now: that tells nothing of the time, or the "
                "machine, of the log"
            ),
            cause="out-of-memory",
            evidence=(Evidence(source=source, value=f"{size(available)} of {size(total)} available"),),
            not_the_cause=("the GPU's memory: that gives an exception, not a killed process",),
            remedy=Remedy(
                text=(
                    "start the container with more (--memory)"
                    if container
                    else "end other programs, add swap"
                )
                + "; fewer num_workers, smaller batches, data read piece by piece"
            ),
        )
    if room is not None and room.strict_overcommit:
        yield Finding(
            id="sys.overcommit",
            level="info",
            title="The kernel hands out no more memory than there is (vm.overcommit_memory=2); "
            "frameworks reserve more than they use",
            cause="strict-overcommit",
            evidence=(Evidence(source="/proc/sys/vm/overcommit_memory", value="2"),),
            remedy=Remedy(text="where 'Cannot allocate memory' is seen: sudo sysctl vm.overcommit_memory=0"),
        )


def watches(facts: Facts) -> Iterator[Finding]:
    """PyCharm can watch the files of a project."""
    room = facts.room
    if room is None or room.watches is None or facts.ide is None or room.watches >= FEW_WATCHES:
        return
    yield Finding(
        id="sys.inotify",
        level="info",
        title=f"{room.watches} files can be watched; PyCharm watches every folder of a project and "
        "of its environment",
        detail='it says "External file changes sync may be slow" and misses what other programs change',
        cause="inotify-limit",
        evidence=(Evidence(source="/proc/sys/fs/inotify/max_user_watches", value=str(room.watches)),),
        remedy=Remedy(
            text="raise it: echo fs.inotify.max_user_watches=524288 | sudo tee "
            "/etc/sysctl.d/60-watches.conf, then sudo sysctl --system; and exclude folders of data and runs"
        ),
    )


def encoding(facts: Facts) -> Iterator[Finding]:
    """Texts are read and written as UTF-8."""
    room = facts.room
    if room is None or not room.charset or facts.machine.host.os == "windows":
        return
    if room.charset.lower().replace("-", "").replace("_", "") in (
        "utf8",
        "ascii",
        "ansix3.41968",
        "c",
        "posix",
    ):
        return  # Python itself takes UTF-8 for the C locale
    yield Finding(
        id="sys.encoding",
        level="warning",
        title=f"This shell's texts are {room.charset}, and nearly every file is UTF-8: reading one "
        "that says no encoding fails",
        detail="UnicodeDecodeError, or wrong letters in logs and file names",
        cause="charset-not-utf-8",
        evidence=(Evidence(source=room.charset_source, value=room.charset),),
        remedy=Remedy(text="set PYTHONUTF8=1 in the run configuration, or a locale such as LANG=C.UTF-8"),
    )
