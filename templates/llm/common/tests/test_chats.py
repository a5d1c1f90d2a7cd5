"""Chats: what is read, what is refused, and which tokens are learned, one by one."""

import pytest

from your_project import chats, transfer
from your_project.errors import ProjectError
from your_project.program import Request
from your_project.settings import Settings

BEGIN, END, PAD = 1, 2, 0
QUESTION = {"role": "user", "content": "Hi"}
ANSWER = {"role": "assistant", "content": "Yo"}


class Letters:
    """A tokenizer whose tokens are the characters' numbers, so that a test can read them."""

    def encode(self, text):
        return [ord(character) for character in text]


def words(tokens):
    return "".join({BEGIN: "<", END: ">", PAD: "_"}.get(token, chr(token)) for token in tokens)


def pieces(*chat):
    return list(chats.chatml(list(chat), Letters(), BEGIN, END))


def test_a_chat_is_written_in_chatml():
    assert words(token for piece, _ in pieces(QUESTION, ANSWER) for token in piece) == (
        "<user\nHi>\n<assistant\nYo>\n"
    )
    assert words(chats.chatml_prompt([QUESTION], Letters(), BEGIN, END)) == "<user\nHi>\n<assistant\n"


def test_the_answer_and_its_end_are_learned_and_nothing_else():
    found = chats.examples([pieces(QUESTION, ANSWER)], 30, PAD)
    # each target is the token behind its input
    told = [
        (chr(read) if read > PAD else "_", chr(aim) if aim > END else ">")
        for read, aim in zip(found.inputs[0], found.targets[0], strict=True)
        if aim != chats.IGNORED
    ]
    assert told == [("\n", "Y"), ("Y", "o"), ("o", ">")]


def test_each_answer_of_a_longer_chat_is_learned():
    more = [{"role": "user", "content": "Go"}, {"role": "assistant", "content": "No"}]
    found = chats.examples([pieces(QUESTION, ANSWER, *more)], 80, PAD)
    assert words(aim for aim in found.targets[0] if aim != chats.IGNORED) == "Yo>No>"


def test_padding_is_never_learned():
    long = pieces(QUESTION, {"role": "assistant", "content": "a" * 20})
    found = chats.examples([pieces(QUESTION, ANSWER), long], 60, PAD)
    assert found.inputs.shape == found.targets.shape == (2, 60)
    assert words(found.inputs[0]).rstrip("_") == "<user\nHi>\n<assistant\nYo>"
    assert not (found.targets == PAD).any()
    assert (found.targets != chats.IGNORED).sum(1).tolist() == [3, 21]


def test_what_is_too_long_loses_its_beginning_and_that_is_told():
    found = chats.examples(
        [pieces(QUESTION, ANSWER), pieces({**QUESTION, "content": "H" * 99}, ANSWER)], 24, PAD
    )
    assert words(found.inputs[1]) == ">\n<assistant\nYo".rjust(24, "H")
    assert found.told(24) == "1 of 2 chats are longer than 24 tokens: 1 lost their beginning, 0 are left out"
    # the context that is named would have held both
    whole = chats.examples(
        [pieces(QUESTION, ANSWER), pieces({**QUESTION, "content": "H" * 99}, ANSWER)], found.longest, PAD
    )
    assert whole.told(found.longest) == ""
    assert chats.examples([pieces(QUESTION, ANSWER)], 60, PAD).told(60) == ""


def test_a_base_that_is_made_for_chats_sees_most_of_one(monkeypatch):
    found: list[Settings] = []

    def base(request, *others):
        found.append(request.settings)

    monkeypatch.setattr(transfer.bases, "made", base)
    monkeypatch.setattr(transfer.data, "load", lambda settings: None)

    def made(settings, **given):
        transfer.named_or_made(Request("pytorch", settings, given))
        return found[-1].context, found[-1].batch_size

    settings = Settings(data="chats")
    plain = settings.context, settings.batch_size
    assert made(settings) == (256, 3)
    assert made(settings, context=64) == plain
    assert made(Settings(data="source")) == plain


def test_a_chat_without_an_answer_in_reach_is_left_out():
    silent = [([5, 6, 7], False)]
    assert chats.examples([silent, pieces(QUESTION, ANSWER)], 60, PAD).dropped == 1
    with pytest.raises(ProjectError, match="no chat has an answer within 60 tokens"):
        chats.examples([silent], 60, PAD)


def test_a_models_own_template_is_cut_at_its_answers():
    def render(messages, ask):
        text = "".join(f"[{one['role'][0]}]{one['content']}</s>\n" for one in messages)
        return text + "[a]" * ask

    found = list(chats.templated([QUESTION, ANSWER, QUESTION, ANSWER], render, "</s>"))
    assert found == [
        *(("[u]Hi</s>\n[a]", False), ("Yo</s>", True), ("\n", False)),
        *(("[u]Hi</s>\n[a]", False), ("Yo</s>", True), ("\n", False)),
    ]


def test_a_template_that_rewrites_the_past_is_refused():
    def render(messages, ask):
        return f"{len(messages)}: " + "".join(one["content"] for one in messages)

    with pytest.raises(ProjectError, match="chat template rewrites what was said before"):
        list(chats.templated([QUESTION, ANSWER], render, ""))
