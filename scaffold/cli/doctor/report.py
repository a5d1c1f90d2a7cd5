"""``scaffold doctor --report``: Markdown for an issue tracker, without the user's names and keys."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from scaffold import __version__
from scaffold.cli.findings_view import clean

if TYPE_CHECKING:
    from scaffold.checks.facts import Facts
    from scaffold.checks.model import Finding
    from scaffold.cli.doctor.ask import Answer
    from scaffold.system import System

#: Trackers take 65,536 characters; what was looked at must leave room for the words of who reports.
_MOST = 40_000

#: Packages whose versions tell most.
_TELLING = (
    *("torch", "torchvision", "torchaudio", "triton", "tensorflow", "keras", "tf-keras", "jax", "numpy"),
    *("protobuf", "transformers", "accelerate", "bitsandbytes", "flash-attn", "nvidia-cudnn-cu12"),
)


def markdown(system: System, answer: Answer) -> str:
    """The whole report."""
    from scaffold.facts.save import names_of
    from scaffold.replay.redacted import Names, redacted_text
    from scaffold.replay.saved import shown_record

    shown = [one for one in answer.findings if one.level != "ok"]
    lines = ["### scaffold doctor", "", "| | |", "|---|---|"]
    lines += [f"| {label} | {escaped(text)} |" for label, text in _rows(answer.facts) if text]
    lines += ["", "#### Findings", "", *(line for one in shown for line in _finding(one))]
    lines += [] if shown else ["None."]
    names = Names(home=str(system.home or ""), **names_of(system))
    text = redacted_text("\n".join(lines), names)
    record = shown_record(system, answer.facts)
    return f"{text}\n\n{_details(record, _MOST - len(text))}"


def _rows(facts: Facts) -> Iterator[tuple[str, str]]:
    machine, host = facts.machine, facts.machine.host
    yield "scaffold", __version__
    where = [host.os_version or host.os, host.architecture, host.kernel, host.libc]
    where += [f"WSL {host.wsl}"] if host.wsl else []
    yield "System", " · ".join(one for one in (*where, host.container) if one)
    yield "Processor", f"{host.cpu_count} x {host.cpu}" if host.cpu else ""
    yield from (
        ("Accelerator", " · ".join(x for x in (one.name, one.capability, one.driver, one.status) if x))
        for one in machine.accelerators
    )
    yield "CUDA of the driver", machine.cuda_driver
    python = facts.python
    if python is not None:
        yield "Python", " · ".join(one for one in (python.version, python.manager, python.executable) if one)
    if facts.packages is not None:
        found = ((name, facts.packages.version(name)) for name in _TELLING)
        yield "Packages", ", ".join(f"{name} {version}" for name, version in found if version)


def _finding(finding: Finding) -> Iterator[str]:
    more = f" (may go away once `{finding.suppressed_by}` is fixed)" if finding.suppressed_by else ""
    yield f"- **{finding.level}** `{finding.id}` {escaped(finding.title)}{more}"
    yield from (f"  - {escaped(line)}" for line in finding.detail.splitlines() if line.strip())
    yield from (f"  - {code(one.source)}: {code(one.value)}" for one in finding.evidence)


def escaped(text: str) -> str:
    r"""Text in which Markdown and HTML mean nothing.

    >>> escaped("a_b | <details> @bob")
    'a\\_b \\| &lt;details&gt; &#64;bob'
    """
    plain = re.sub(r"([\\`*_{}\[\]#|])", r"\\\1", " ".join(clean(text).split()))
    return plain.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("@", "&#64;")


def code(text: str) -> str:
    """Text as it stands, on one line.

    >>> code("a `b` c")
    '`` a `b` c ``'
    """
    line = " ".join(clean(text).split())
    longest = max((len(one) for one in re.findall("`+", line)), default=0)
    fence = "`" * (longest + 1)
    return f"{fence} {line} {fence}" if longest else f"`{line}`" if line else ""


def _details(record: dict[str, Any], room: int) -> str:
    """What was looked at, folded away; the longest groups are left out where it is too long."""
    kept, left_out = dict(record["facts"]), list[str]()
    text = _as_json(record)
    while len(text) > room and kept:
        longest = max(kept, key=lambda name: len(_as_json(kept[name])))
        left_out.append(longest)
        del kept[longest]
        text = _as_json({**record, "facts": kept})
    without = f", without {', '.join(left_out)} (attach the file of --save)" if left_out else ""
    head = f"<details><summary>What was looked at{without}</summary>"
    return f"{head}\n\n```json\n{_unfenced(text)}\n```\n\n</details>"


def _as_json(value: object) -> str:
    return json.dumps(value, ensure_ascii=True, sort_keys=True)


def _unfenced(text: str) -> str:
    """JSON in which no text ends the block around it."""
    return text.replace("`", "\\u0060")
