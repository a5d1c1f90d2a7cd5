from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scaffold.errors import IdeFileBroken, TemplateBroken
from scaffold.pycharm.documents.source import Document, document_of, read_document

HERE = Path("modules.xml")

#: Everything that other writers lose: comments, CDATA, quotes, blanks in tags, order, references.
FOREIGN = b"""<?xml version='1.0' encoding="UTF-8" standalone="yes"?>
<!-- mine -->
<project   version='4' >
    <component name="A"><![CDATA[{ "a": "<b>" }]]></component>  <!-- of A -->
\t<component name = "B" text="one&#10;two &quot;&amp;"><option name="x"></option><option/></component>
  <?keep this?>
  <!-- of C -->
  <component name="C">
    <option name="\xe4\xb8\xad\xe6\x96\x87" value="a > b" />
    text
  </component>
</project>
<!-- the end -->
"""


def of(content: bytes) -> Document:
    return document_of(content, HERE)


def component(document: Document, name: str) -> ET.Element:
    return next(one for one in document.root if one.get("name") == name)


def test_untouched_is_byte_for_byte() -> None:
    assert of(FOREIGN).to_bytes() == FOREIGN


def test_only_the_changed_attribute_s_tag_is_written_anew() -> None:
    document = of(FOREIGN)
    component(document, "C")[0].set("value", 'a "new" one')
    assert document.to_bytes() == FOREIGN.replace(b'value="a > b"', b'value="a &quot;new&quot; one"')


def test_a_new_child_stands_on_a_line_of_its_own() -> None:
    document = of(FOREIGN)
    new = ET.SubElement(document.root, "component", name="D")
    ET.SubElement(new, "option", name="y").text = "1 < 2"
    added = b'\n  <component name="D">\n    <option name="y">1 &lt; 2</option>\n  </component>'
    assert document.to_bytes() == FOREIGN.replace(b"\n</project>", added + b"\n</project>")


def test_a_removed_child_leaves_its_neighbours_and_the_comments() -> None:
    document = of(FOREIGN)
    document.root.remove(component(document, "C"))
    start, end = FOREIGN.index(b'\n  <component name="C">'), FOREIGN.index(b"\n</project>")
    assert document.to_bytes() == FOREIGN[:start] + FOREIGN[end:]


def test_a_child_in_an_element_that_had_none() -> None:
    document = of(b"<a>\r\n  <map />\r\n  <list></list>\r\n</a>")
    for parent in document.root:
        ET.SubElement(parent, "entry", key="k")
    assert document.to_bytes() == (
        b'<a>\r\n  <map>\r\n    <entry key="k" />\r\n  </map>\r\n'
        b'  <list>\r\n    <entry key="k" />\r\n  </list>\r\n</a>'
    )


def test_without_its_last_child_an_element_is_empty() -> None:
    document = of(b"<a>\n  <map one='1'>\n    <entry />\n  </map>\n</a>")
    document.root[0].clear()
    document.root[0].set("one", "1")
    assert document.to_bytes() == b"<a>\n  <map one='1' />\n</a>"


def test_text_and_line_ends() -> None:
    document = of(b"<a><b>old</b></a>\r\n")
    document.root[0].text = "new & \u4e2d\nline"
    assert document.to_bytes() == b"<a><b>new &amp; \xe4\xb8\xad\r\nline</b></a>\r\n"


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "gb18030", "iso-8859-1"])
def test_other_encodings_stay(encoding: str) -> None:
    declared = "" if encoding.startswith("utf-") else f'<?xml version="1.0" encoding="{encoding}"?>\n'
    content = f'{declared}<a name="\u00e9" >\n  <b />\n</a>'.encode(encoding)
    document = of(content)
    assert document.to_bytes() == content
    document.root.set("more", "\u4e2d")
    more = "&#20013;" if encoding == "iso-8859-1" else "\u4e2d"
    assert document.to_bytes() == f'{declared}<a name="\u00e9" more="{more}">\n  <b />\n</a>'.encode(encoding)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"<project>\n  <module name=>\n</project>", "modules.xml, line 2, column 16: this is not XML"),
        (b"", "modules.xml, line 1, column 1: this is not XML"),
        (b"<a>\n<<<<<<< HEAD\n</a>", "modules.xml, line 2, column 2: this is not XML"),
        (b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', "modules.xml is not an XML file of the IDE"),
        (b"<a>" * 300 + b"</a>" * 300, "modules.xml is not an XML file of the IDE"),
        (b'<?xml version="1.0" encoding="klingon"?><a/>', "modules.xml is not an XML file of the IDE"),
        (b"<a>\xff</a>", "modules.xml is not an XML file of the IDE"),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_place(content: bytes, says: str) -> None:
    with pytest.raises(IdeFileBroken) as refused:
        of(content)
    assert refused.value.message == says


@pytest.mark.parametrize(
    "encoding", ["utf-7", "unicode_escape", "raw_unicode_escape", "idna", "punycode", "hz"]
)
def test_an_encoding_that_does_not_give_the_bytes_back_is_refused(encoding: str) -> None:
    """Else a change of one attribute would change what nobody touched, or nothing could be written."""
    content = f"<?xml version='1.0' encoding='{encoding}'?>\n<a one='1+1' two='C:\\x' />".encode()
    with pytest.raises(IdeFileBroken) as refused:
        of(content)
    assert refused.value.message == "modules.xml is not an XML file of the IDE"
    with pytest.raises(IdeFileBroken):
        of(f"<?xml version='1.0' encoding='{encoding}'?><a/>".encode())


def test_text_takes_the_place_of_the_last_child() -> None:
    document = of(b"<a>\n  <b>\n    <!-- mine -->\n    <c />\n  </b>\n  <d><e /></d>\n</a>")
    for parent in document.root:
        parent.remove(parent[0])
        parent.text = "1 < 2"
    assert document.to_bytes() == b"<a>\n  <b><!-- mine -->1 &lt; 2</b>\n  <d>1 &lt; 2</d>\n</a>"


def test_what_xml_cannot_hold_is_refused() -> None:
    document = of(b"<a />")
    document.root.set("name", "\x07")
    with pytest.raises(TemplateBroken, match="control character"):
        document.to_bytes()


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(IdeFileBroken, match=r"misc\.xml cannot be read"):
        read_document(tmp_path / "misc.xml")


def canonical(content: bytes) -> str:
    return ET.canonicalize(content.decode(), with_comments=True)


def test_real_files_come_back_byte_for_byte(shared: Path) -> None:
    files = [one for one in (shared / "corpora/idea").rglob("*") if one.suffix in {".xml", ".iml"}]
    read = 0
    for path in files:
        content = path.read_bytes()
        if b"{%" in content:  # a template of another tool, not XML
            continue
        assert document_of(content, path).to_bytes() == content, path
        read += 1
    assert read > 250


def test_real_files_keep_everything_around_a_change(shared: Path) -> None:
    """Taking away what was added gives the file back."""
    for path in (one for one in (shared / "corpora/idea").rglob("*") if one.suffix in {".xml", ".iml"}):
        content = path.read_bytes()
        if b"{%" in content:
            continue
        document = document_of(content, path)
        added = ET.SubElement(document.root, "component", name="Added")
        again = document_of(document.to_bytes(), path)
        assert [one.get("name") for one in again.root if one.get("name") == "Added"] == [added.get("name")]
        again.root.remove(again.root[-1])
        assert canonical(again.to_bytes()) == canonical(content), path


elements = st.recursive(
    st.builds(
        lambda tag, name: f'<{tag} name="{name}" />',
        st.sampled_from("ab"),
        st.text("x\u4e2d '"),
    ),
    lambda inner: st.builds(
        lambda gap, children, quote: f"<c one={quote}1{quote}>{gap}{gap.join(children)}{gap}</c>",
        st.sampled_from(["", "\n", "\n  ", "<!-- d -->", "\r\n\t"]),
        st.lists(inner, max_size=4),
        st.sampled_from("'\""),
    ),
    max_leaves=12,
)


@settings(max_examples=200, deadline=None)
@given(elements, st.data())
def test_what_is_not_removed_stays(text: str, data: st.DataObject) -> None:
    """Any child taken away: the rest is what an ordinary tree without it would be."""
    document, plain = of(text.encode()), ET.fromstring(text)
    assert document.to_bytes() == text.encode()
    parents = [i for i, one in enumerate(document.root.iter()) if len(one)]
    if not parents:
        return
    which = data.draw(st.sampled_from(parents))
    ours, theirs = list(document.root.iter())[which], list(plain.iter())[which]
    place = data.draw(st.integers(0, len(ours) - 1))
    ours.remove(ours[place])
    theirs.remove(theirs[place])
    written = ET.fromstring(document.to_bytes())
    for one in (*written.iter(), *plain.iter()):  # indentation is not meant to stay
        one.text = one.tail = None
    assert ET.tostring(written) == ET.tostring(plain)
