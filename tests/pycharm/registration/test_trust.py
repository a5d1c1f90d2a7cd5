from __future__ import annotations

from pathlib import Path

import pytest

from scaffold.pycharm.documents.source import document_of
from scaffold.pycharm.documents.writing import to_bytes
from scaffold.pycharm.registration import trust

from .machine import Machine

HOME = Path("/home/ada")
LINUX = Machine(HOME)
PROJECT = HOME / "a & b"

FILE = """<application>
  <!-- mine -->
  <component name="Trusted.Paths">
    <option name="TRUSTED_PROJECT_PATHS">
      <map>
        <entry key="$USER_HOME$/other" value="true" />{more}
      </map>
    </option>
  </component>{wide}
</application>"""

ENTRY = '\n        <entry key="/home/ada/a &amp; b" value="true" />'


def test_exactly_the_project_is_trusted_and_untrusted_again() -> None:
    before = FILE.format(more="", wide="")
    document = document_of(before.encode(), Path("x"))
    assert trust.enter(document, PROJECT, LINUX)
    assert document.to_bytes().decode() == FILE.format(more=ENTRY, wide="")
    again = document_of(document.to_bytes(), Path("x"))
    assert not trust.enter(again, PROJECT, LINUX)
    assert trust.remove(again, PROJECT, LINUX)
    assert again.to_bytes().decode() == before
    assert not trust.remove(again, PROJECT, LINUX)


def test_a_new_file_is_whole_and_empty_again_afterwards() -> None:
    fresh = to_bytes(trust.empty(), declaration=False)
    document = document_of(fresh, Path("x"))
    trust.enter(document, PROJECT, LINUX)
    assert document.to_bytes().decode() == (
        '<application>\n  <component name="Trusted.Paths">\n    <option name="TRUSTED_PROJECT_PATHS">\n'
        f"      <map>{ENTRY}\n      </map>\n    </option>\n  </component>\n</application>"
    )
    trust.remove(document, PROJECT, LINUX)
    assert document.to_bytes() == fresh


def test_windows_keys_are_whole_paths() -> None:
    document = document_of(to_bytes(trust.empty(), declaration=False), Path("x"))
    trust.enter(document, Path("C:/Users/王/p"), Machine(Path("C:/Users/王"), os="windows"))
    assert b'key="C:\\Users\\\xe7\x8e\x8b\\p"' in document.to_bytes()


@pytest.mark.parametrize(
    ("more", "wide", "state"),
    [
        ("", "", None),
        ('<entry key="$USER_HOME$/a &amp; b" value="false" />', "", False),  # opened in safe mode
        ('<entry key="$USER_HOME$" value="true" />', "", True),
        (
            '<entry key="$USER_HOME$" value="true" /><entry key="/home/ada/a &amp; b" value="false" />',
            "",
            False,
        ),
        (
            "",
            """<component name="Trusted.Paths.Settings"><option name="TRUSTED_PATHS"><list>
            <option value="$USER_HOME$" /></list></option></component>""",
            True,
        ),
    ],
)
def test_what_was_decided_stays(more: str, wide: str, state: bool | None) -> None:
    document = document_of(FILE.format(more=more, wide=wide).encode(), Path("x"))
    assert trust.trusted(document.root, PROJECT, LINUX) is state
    assert trust.enter(document, PROJECT, LINUX) is (state is None)
