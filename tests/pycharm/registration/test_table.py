"""Entries in tables of every style; what somebody else wrote keeps every byte."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scaffold.errors import IdeFileBroken
from scaffold.pycharm.documents.source import document_of
from scaffold.pycharm.registration import table
from scaffold.pycharm.registration.model import Sdk
from scaffold.pycharm.registration.register import as_known

from .machine import Machine
from .tables import ALL, OF_2019, OF_2022, OF_2026

HOME = Path("/home/ada")
LINUX = Machine(HOME)
SDK = Sdk(
    name="Python 3.12 (cnn-project)",
    python=HOME / "a & b 项目/.venv/bin/python",
    version="3.12.1",
    project=HOME / "a & b 项目",
    roots=(Path("/usr/lib/python3.12"), HOME / "a & b 项目/.venv/lib/python3.12/site-packages"),
)

ENTRY = """\
    <jdk version="2">
      <name value="Python 3.12 (cnn-project)" />
      <type value="Python SDK" />
      <version value="Python 3.12.1" />
      <homePath value="/home/ada/a &amp; b 项目/.venv/bin/python" />
      <roots>
        <classPath>
          <root type="composite">
            <root url="file:///usr/lib/python3.12" type="simple" />
            <root url="file:///home/ada/a &amp; b 项目/.venv/lib/python3.12/site-packages" type="simple" />
          </root>
        </classPath>
        <sourcePath>
          <root type="composite" />
        </sourcePath>
      </roots>
      <additional ASSOCIATED_PROJECT_PATH="/home/ada/a &amp; b 项目" SDK_UUID="{uuid}">
        <setting name="FLAVOR_ID" value="VirtualEnvSdkFlavor" />
        <setting name="FLAVOR_DATA" value="{{}}" />
      </additional>
    </jdk>
"""


def entered(content: bytes, *sdks: Sdk, system: Machine = LINUX) -> bytes:
    document = document_of(content, Path("jdk.table.xml"))
    table.enter(document, sdks, (), system)
    return document.to_bytes()


def left(content: bytes, *sdks: Sdk, system: Machine = LINUX) -> bytes:
    document = document_of(content, Path("jdk.table.xml"))
    assert all(table.remove(document, as_known(sdk), system) for sdk in sdks)
    return document.to_bytes()


def test_an_entry_is_what_pycharm_writes() -> None:
    before = OF_2026.encode()
    entry = ENTRY.format(uuid=SDK.identity)
    after = OF_2026.replace("    </jdk>\n  </component>", f"    </jdk>\n{entry}  </component>", 1)
    assert entered(before, SDK).decode() == after


@pytest.mark.parametrize("name", ALL)
def test_entered_and_taken_out_again_a_table_is_what_it_was(name: str) -> None:
    before = ALL[name].encode()
    after = entered(before, SDK)
    assert SDK.name.encode() in after
    assert entered(after, SDK) == after  # a second time writes nothing
    if name != "another component alone":
        assert left(after, SDK) == before


def test_windows_paths_are_whole_and_spelled_as_windows_does() -> None:
    windows = Machine(Path("C:/Users/王"), os="windows")
    root = Path("D:/项目 1")
    sdk = replace(SDK, python=root / ".venv/Scripts/python.exe", project=root, roots=(root / ".venv/Lib",))
    text = entered(OF_2019.encode(), sdk, system=windows).decode()
    assert '<homePath value="D:\\项目 1\\.venv\\Scripts\\python.exe" />' in text
    assert 'ASSOCIATED_PROJECT_PATH="D:/项目 1"' in text
    assert '<root url="file://D:/项目 1/.venv/Lib" type="simple" />' in text
    assert left(text.encode(), sdk, system=windows) == OF_2019.encode()


def test_conda_is_entered_as_conda_where_its_program_is_known() -> None:
    place = HOME / "miniforge3/envs/x"
    conda = replace(SDK, location=place, conda=HOME / "miniforge3/bin/conda")
    element = table.entry(conda, LINUX)
    assert [one.attrib for one in element.iter("setting")] == [
        {"name": "FLAVOR_ID", "value": "Conda"},
        {
            "name": "FLAVOR_DATA",
            "value": '{"env":{"envIdentity":{"sealedClassChildId":"UnnamedEnv","data":'
            '{"envPath":"/home/ada/miniforge3/envs/x","isBase":false}},'
            '"fullCondaPathOnTarget":"/home/ada/miniforge3/bin/conda"}}',
        },
    ]
    element = table.entry(replace(conda, conda=None), LINUX)
    assert next(element.iter("setting")).get("value") == "UnknownFlavor"


def test_what_a_table_knows() -> None:
    root = document_of(OF_2026.encode(), Path("x")).root
    (one,) = table.known(root, LINUX)
    assert (one.name, one.home, one.project) == (
        "~/garage/.venv",
        "/home/ada/garage/.venv/bin/python",
        "/home/ada/garage",
    )
    root = document_of(OF_2022.encode(), Path("x")).root
    assert [entry.name for entry in table.known(root, LINUX)] == ["Remote Python 3.9 Docker (web)"]
    assert table.taken_names(root) == {"17", "Remote Python 3.9 Docker (web)"}


@pytest.mark.parametrize(
    ("attribute", "old", "new", "ours"),
    [
        ("roots", "/usr/lib/python3.12", "/usr/lib/python3.12/more", True),  # the IDE adds some
        ("version", "Python 3.12.1", "Python 3.12.2", True),
        ("identity", SDK.identity, "00000000-0000-0000-0000-000000000000", False),
        ("name", 'value="Python 3.12 (cnn-project)"', 'value="mine"', False),
        ("interpreter", ".venv/bin/python", "venv/bin/python", False),
    ],
)
def test_what_a_user_changed_is_not_ours_any_more(attribute: str, old: str, new: str, ours: bool) -> None:
    assert attribute
    document = document_of(entered(ALL["empty"].encode(), SDK).replace(old.encode(), new.encode()), Path("x"))
    assert table.remove(document, as_known(SDK), LINUX) is ours


def test_a_file_of_something_else_is_refused() -> None:
    with pytest.raises(IdeFileBroken, match="no file of PyCharm's settings"):
        table.refuse_other(document_of(b"<project/>", Path("jdk.table.xml")))


def real_tables(shared: Path) -> Iterator[Path]:
    yield from sorted((shared / "corpora" / "idea").rglob("jdk.table*.xml"))


def test_every_foreign_byte_of_real_tables_stays(shared: Path) -> None:
    files = list(real_tables(shared))
    assert len(files) >= 5
    for path in files:
        before = path.read_bytes()
        after = entered(before, SDK)
        assert left(after, SDK) == before, path
        at = after.index(b'    <jdk version="2">\n      <name value="Python 3.12 (cnn-project)"'.replace(
            b"\n", b"\r\n" if b"\r\n" in before else b"\n"))  # fmt: skip
        assert before.startswith(after[:at].rstrip()), path


TEXT = st.text(st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="\ufffe\uffff"), max_size=12)


@given(name=TEXT, folder=TEXT, base=st.sampled_from(sorted(ALL)))
def test_any_name_and_path_comes_back_as_it_went_in(name: str, folder: str, base: str) -> None:
    part = folder.replace("/", "_").strip(".") or "x"
    sdk = replace(SDK, name=f"Python {name}", project=HOME / part, python=HOME / part / ".venv/bin/python")
    before = ALL[base].encode()
    after = entered(before, sdk)
    found = [one for one in table.known(document_of(after, Path("x")).root, LINUX) if one.name == sdk.name]
    assert [one.home for one in found] == [str(sdk.python)]
    if base != "another component alone":
        assert left(after, sdk) == before


def test_the_ides_own_spelling_of_our_interpreter_is_known() -> None:
    before = entered(OF_2026.encode(), SDK)
    saved = before.replace(b'value="/home/ada/', b'value="$USER_HOME$/')  # what the IDE makes of it
    assert entered(saved, SDK) == saved
    assert left(saved, SDK) == OF_2026.encode()
