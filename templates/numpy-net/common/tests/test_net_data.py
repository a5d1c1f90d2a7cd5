"""The samples: nothing in two parts, nothing of the test part in what the network is prepared with."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from net_cases import settings_of

from your_project import data
from your_project.engine import card_of
from your_project.errors import ProjectError
from your_project.pictures import data_uri, png
from your_project.prediction import own_samples
from your_project.transfer import before_and_after


def parts(found):
    return found.train, found.validation, found.test


def test_digits_are_whole_and_without_leakage():
    found = data.load(settings_of())
    assert [len(part) for part in parts(found)] == [1300, 228, 269]
    assert all(np.bincount(part.labels).min() > 20 for part in parts(found))
    sums = np.concatenate([part.checksums() for part in parts(found)])
    assert len(np.unique(sums)) == len(sums) == 1797


def test_no_seed_changes_the_split():
    for one, other in zip(
        parts(data.load(settings_of())), parts(data.load(settings_of(seed=5))), strict=True
    ):
        np.testing.assert_array_equal(one.inputs, other.inputs)


def test_normalisation_is_from_the_training_part():
    found = data.load(settings_of())
    assert found.mean == pytest.approx(found.train.inputs.mean())
    changed = replace(found, test=data.Split(found.test.inputs + np.uint8(9), found.test.labels))
    assert (changed.mean, changed.std) == (found.mean, found.std)


def test_xor_is_its_four_points():
    found = data.load(settings_of(data="xor"))
    assert np.bitwise_xor(*found.train.inputs.T).tolist() == found.train.labels.tolist()
    assert len(np.unique(found.train.inputs, axis=0)) == len(found.test) == 4
    assert "the four points are all that there is" in found.describe()


def test_even_and_odd():
    found = data.load(settings_of())
    known, new = before_and_after(found, "even-odd")
    assert known is found
    assert new.classes == ("even", "odd")
    assert (new.test.labels == found.test.labels % 2).all()
    few = new.few(3, seed=0)
    assert np.bincount(few.train.labels).tolist() == [3, 3]
    assert len(few.test) == len(found.test)
    with pytest.raises(ProjectError, match="fine-tuning needs --data digits"):
        before_and_after(data.load(settings_of(data="xor")), "even-odd")


def test_new_digits_are_numbered_anew():
    known, new = before_and_after(data.load(settings_of()), "new-digits")
    assert (known.classes, new.classes) == (tuple("01234"), tuple("56789"))
    assert set(new.train.labels.tolist()) == {0, 1, 2, 3, 4}
    assert not set(known.train.checksums().tolist()) & set(new.test.checksums().tolist())


def test_samples_that_the_network_has_seen_never_test_it():
    settings = settings_of()
    found = data.load(settings)
    card = card_of(found.by_parity(), settings, "numpy")
    part = data.load_unseen(settings, card, found.test.checksums()[:20], same=True)
    assert len(part) == len(found.test) - 20
    assert set(part.labels.tolist()) == {0, 1}
    with pytest.raises(ProjectError, match="xor has 2 features a sample, and the network takes 64"):
        data.load_unseen(settings_of(data="xor"), card, np.array([], "u8"), same=False)
    with pytest.raises(ProjectError, match="no samples of even, odd left"):
        data.load_unseen(settings, card, found.test.checksums(), same=True)


def test_a_limit_keeps_classes_balanced():
    assert np.bincount(data.load(settings_of(limit=40)).train.labels).tolist() == [4] * 10
    with pytest.raises(ProjectError, match="--limit 3: digits has 10 classes"):
        data.load(settings_of(limit=3))


def test_samples_that_are_written_out():
    settings = settings_of(data="xor")
    card = card_of(data.load(settings), settings, "numpy")
    np.testing.assert_array_equal(own_samples(("0,1", "1, .5"), card).inputs, [[0, 1], [1, 0.5]])
    for text, words in (
        ("0;1", "numbers with commas"),
        ("0,1,1", "takes 2 finite numbers"),
        ("0,inf", "finite"),
    ):
        with pytest.raises(ProjectError, match=words):
            own_samples((text,), card)


def test_a_picture_is_a_png():
    pillow = pytest.importorskip("PIL.Image")
    import io

    grey = np.arange(12, dtype=np.uint8).reshape(3, 4)
    np.testing.assert_array_equal(np.asarray(pillow.open(io.BytesIO(png(grey)))), grey)
    assert data_uri(grey).startswith("data:image/png;base64,")
