from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from scaffold.pycharm.debugging import protocol

#: An answer of pydevd-pycharm 263.7307.50 as it came over the wire, shortened.
ANSWER = (
    b'114\t7\t<xml><var name="inputs" type="Tensor" qualifier="torch" value="tensor%2528%255B0%252C'
    b'%250A          1%255D%2529" isContainer="True" shape="%2864%2C 1%2C 28%2C 28%29" '
    b'arrayElementType="torch.uint8" />%0A<var name="label" type="str" qualifier="builtins" '
    b'value="train 1/12 100%2525 %25E4%25B8%25AD" />%0A<var name="_dummy_special_var" type="str" value="" /></xml>'
)


def test_a_real_answer() -> None:
    message = protocol.parse_line(ANSWER)
    assert message is not None
    assert (message.command, message.sequence) == (protocol.GET_FRAME, 7)
    assert protocol.parse_variables(message.text) == (
        protocol.Variable(
            name="inputs",
            type="Tensor",
            value="tensor([0,\n          1])",
            shape="(64, 1, 28, 28)",
            elements="torch.uint8",
        ),
        protocol.Variable(name="label", type="str", value="train 1/12 100% 中"),
    )


def test_a_long_value_is_cut() -> None:
    (one,) = protocol.parse_variables(f'<xml><var name="x" type="list" value="{"1" * 400}" /></xml>')
    assert len(one.value) == protocol.VALUE_LIMIT
    assert one.value.endswith("1…")


def test_entities_are_not_expanded() -> None:
    bomb = '<!DOCTYPE x [<!ENTITY a "aaaa">]><xml><var name="x" value="&a;" /></xml>'
    assert protocol.parse_variables(bomb) == ()


@given(st.binary(max_size=200))
def test_no_line_breaks_the_reader(line: bytes) -> None:
    message = protocol.parse_line(line)
    text = message.text if message else line.decode(errors="replace")
    protocol.parse_suspended(text)
    protocol.parse_variables(text)
    protocol.process_of(protocol.thread_of(text))


@given(st.text(alphabet=st.sampled_from('<>xmlthread id="1_&;frame/ line='), max_size=80))
def test_no_xml_breaks_the_reader(text: str) -> None:
    protocol.parse_suspended(f"<xml>{text}</xml>")
    protocol.parse_variables(f"<xml>{text}</xml>")
    protocol.process_of(text)


def test_a_number_without_end_is_none() -> None:
    """Python refuses to read one of more than 4300 digits."""
    digits = "9" * 5000
    assert protocol.parse_line(f"{digits}\t1\tx".encode()) is None
    assert protocol.process_of(f"pid_{digits}_id_1") is None
    frame = protocol.parse_suspended(f'<xml><thread id="1"><frame id="2" line="{digits}" /></thread></xml>')
    assert frame is not None
    assert frame.line == 0
