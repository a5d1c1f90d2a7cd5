"""Splits without leakage, from every source."""

from __future__ import annotations

import io
import tarfile
from dataclasses import replace

import numpy as np
import pytest

from your_project import baseline, data, engine, sources
from your_project.errors import ProjectError
from your_project.settings import Settings
from your_project.words import Tokenizer


@pytest.mark.parametrize(
    ("name", "count", "chinese"),
    [
        ("movies-en", 3000, False),
        ("products-en", 1000, False),
        ("reviews-zh", 2000, True),
        ("hotels-zh", 800, True),
    ],
)
def test_the_reviews_of_the_project(name, count, chinese):
    texts = data.load(Settings(data=name))
    parts = texts.train, texts.validation, texts.test
    assert (sum(map(len, parts)), texts.chinese) == (count, chinese)
    assert texts.classes == ("negative", "positive")
    sums = np.concatenate([part.checksums() for part in parts])
    assert len(np.unique(sums)) == count  # nothing is in two parts
    for part in parts:
        assert abs(part.labels.mean() - 0.5) < 0.01


def write(path, rows):
    path.write_text("text\tlabel\n" + "".join(f"{text}\t{label}\n" for text, label in rows), encoding="utf-8")
    return Settings(data=str(path))


def test_a_text_that_differs_only_in_capitals_and_space_counts_once(tmp_path, capsys):
    rows = [(f"text {number}", "ab"[number % 2]) for number in range(40)]
    again = [(f"TEXT  {number}", "ab"[number % 2]) for number in range(10)]
    texts = data.load(write(tmp_path / "a.tsv", rows + again))
    assert len(texts.train) + len(texts.validation) + len(texts.test) == 40
    assert "10 texts occur more than once" in capsys.readouterr().out


def test_too_few_texts_or_labels_are_told(tmp_path):
    with pytest.raises(ProjectError, match="every label is 'a'"):
        data.load(write(tmp_path / "a.tsv", [("one", "a"), ("two", "a")]))
    with pytest.raises(ProjectError, match="no training texts of b"):
        data.load(write(tmp_path / "b.tsv", [*((f"t {n}", "a") for n in range(20)), ("one", "b")]))
    with pytest.raises(ProjectError, match="neither a file nor one of movies-en"):
        data.load(Settings(data="nothing"))


def test_few_and_limited():
    texts = data.load(Settings(data="products-en"))
    few = texts.few(5, seed=0)
    assert np.bincount(few.train.labels).tolist() == np.bincount(few.validation.labels).tolist() == [5, 5]
    assert len(few.test) == len(texts.test)
    assert np.bincount(texts.limited(7).train.labels).tolist() in ([4, 3], [3, 4])
    with pytest.raises(ProjectError, match="and each needs one at least"):
        texts.limited(1)


def score(texts, settings):
    found = baseline.compare(texts, settings)
    assert found
    return found["accuracy"]


def test_words_chosen_by_all_texts_find_what_is_not_there():
    """What often goes wrong: of labels drawn by chance nothing can be known, and the faulty form knows it."""
    from sklearn.feature_extraction.text import CountVectorizer
    from sklearn.feature_selection import SelectKBest, chi2
    from sklearn.linear_model import LogisticRegression

    found = data.load(Settings(data="products-en"))
    learned, tested = found.train.texts, found.test.texts
    counts = CountVectorizer().fit(learned)
    right: list[float] = []
    faulty: list[float] = []
    for seed in range(5):
        labels = np.random.default_rng(seed).integers(0, 2, len(learned) + len(tested))
        own, asked = labels[: len(learned)], labels[len(learned) :]
        for scores, texts, by in ((right, learned, own), (faulty, [*learned, *tested], labels)):
            chosen = SelectKBest(chi2, k=300).fit(counts.transform(texts), by)
            rows, new = (chosen.transform(counts.transform(part)) for part in (learned, tested))
            scores.append(LogisticRegression().fit(rows, own).score(new, asked))
    assert np.mean(right) < 0.58 < 0.65 < np.mean(faulty), (right, faulty)


def test_nothing_of_the_test_texts_is_in_the_vocabulary():
    settings = Settings(data="products-en")
    texts = data.load(settings)
    odd = data.texts_of([f"{text} zzyzx" for text in texts.test.texts])
    leaky = replace(texts, test=data.Split(odd, texts.test.labels))
    assert "zzyzx" not in engine.card_of(leaky, settings, "pytorch").vocabulary
    assert engine.card_of(leaky, settings, "pytorch") == engine.card_of(texts, settings, "pytorch")


def test_only_training_texts_make_the_baseline(monkeypatch):
    """Its words, how rare they are, its weights, and how free these are."""
    from sklearn import model_selection
    from sklearn.feature_extraction.text import TfidfVectorizer

    settings = Settings(data="products-en")
    texts, seen = data.load(settings), []

    def watched(kind, name):
        real = getattr(kind, name)

        def noted(self, rows, labels):
            seen.append(set(rows))
            return real(self, rows, labels)

        monkeypatch.setattr(kind, name, noted)

    watched(model_selection.GridSearchCV, "fit")
    watched(TfidfVectorizer, "fit_transform")
    score(texts, settings)
    assert seen[0] == seen[-1] == set(texts.train.texts)  # in the choice, and in the last fit
    assert all(rows <= seen[0] for rows in seen)


def test_a_text_that_is_cut_loses_the_verdict_at_its_end(tmp_path):
    """What often goes wrong: what lies beyond the length is not read, and nothing fails."""
    from sklearn.linear_model import LogisticRegression

    rows = [(n, ("good", "bad")[n % 2]) for n in range(240)]
    told = [(f"{n} a film with this and that , in a word {what}", what) for n, what in rows]
    settings = write(tmp_path / "mine.tsv", told)
    texts = data.load(settings)
    found = {}
    for length in (6, 16):
        card = engine.card_of(texts, replace(settings, length=length), "pytorch")
        tokens = Tokenizer(card)
        seen, asked = (
            np.stack([np.bincount(row, minlength=len(card.vocabulary)) for row in tokens.encode(part.texts)])
            for part in (texts.train, texts.test)
        )
        model = LogisticRegression().fit(seen, texts.train.labels)
        found[length] = (
            model.score(asked, texts.test.labels),
            (tokens.lengths(texts.test.texts) > length).all(),
        )
    (cut, is_cut), (whole, whole_is_cut) = found[6], found[16]
    assert is_cut and not whole_is_cut
    assert cut < 0.75 < whole == 1.0


@pytest.mark.slow
def test_the_chinese_baseline_is_worth_beating():
    """That of the films stands in the README."""
    settings = Settings(data="reviews-zh")
    assert score(data.load(settings), settings) >= 0.75


def test_unseen_texts_of_another_file(tmp_path):
    texts = data.load(Settings(data="products-en"))
    card = engine.card_of(texts, Settings(data="products-en"), "pytorch")
    rows = [("never seen", "positive"), (texts.train.texts[0], "negative"), ("what", "neutral")]
    settings = write(tmp_path / "new.tsv", rows)
    part = data.load_unseen(settings, card, texts.train.checksums(), same=False)
    assert (part.texts.tolist(), part.labels.tolist()) == (["never seen"], [1])


def test_imdb_is_read_without_unpacking(tmp_path):
    archive = tmp_path / "aclImdb_v1.tar.gz"
    files = {
        "aclImdb/README": "about",
        "aclImdb/train/pos/0_9.txt": "Good.<br /><br />Really.",
        "aclImdb/train/neg/0_2.txt": "Bad.",
        "aclImdb/train/unsup/0_0.txt": "Who knows.",
        "aclImdb/test/pos/0_10.txt": "Gr\u00e9at.",
    }
    with tarfile.open(archive, "w:gz") as tar:
        for name, text in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(text.encode())
            tar.addfile(info, io.BytesIO(text.encode()))
    source = sources.read_imdb(archive)
    assert source.rest == (["Good. Really.", "Bad."], ["positive", "negative"])
    assert source.test == (["Gr\u00e9at."], ["positive"])
    archive.write_bytes(archive.read_bytes()[:100])
    with pytest.raises(ProjectError, match="delete it to download it again"):
        sources.read_imdb(archive)


def test_what_was_left_open_suits_the_model():
    assert (Settings().dropout, Settings(model="minilm").dropout) == (0.3, 0.1)
    given = Settings(epochs=7, dropout=0.0)
    assert (given.epochs, given.dropout) == (7, 0.0)
    other = given.suited("minilm")
    assert (other.model, other.epochs, other.dropout) == ("minilm", 7, 0.0)
    usual = Settings().suited("minilm")
    assert usual == Settings(model="minilm")
    assert replace(usual, run="mine") == Settings(model="minilm", run="mine")
    with pytest.raises(ValueError, match="dropout must be at least 0"):
        Settings(dropout=-0.5)
