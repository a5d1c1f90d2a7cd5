"""The photographs: cut so that no pixel is in two parts."""

from __future__ import annotations

import numpy as np
import pytest

from your_project import data, photos
from your_project.settings import Settings


def test_no_pixel_is_in_two_parts() -> None:
    for height, width in ((256, 256), (256, 385)):
        numbered = np.arange(height * width).reshape(height, width)
        seen = [
            set(photos.patches([numbered], *strip[:2], 60, 64)[0].ravel().tolist())
            for strip in photos.STRIPS.values()
        ]
        assert not seen[0] & seen[1]
        assert not seen[0] & seen[2]
        assert not seen[1] & seen[2]
        left = np.array(sorted(seen[0])) % width
        assert left.min() < width * 0.1  # training sees something of either side
        assert left.max() > width * 0.9


def test_the_images_are_always_the_same_and_none_is_another_one(capsys: pytest.CaptureFixture[str]) -> None:
    images = data.load(Settings(image_size=32))
    assert "more than once" not in capsys.readouterr().out
    assert (images.image_shape, images.classes) == ((32, 32, 3), tuple(photos.PHOTOS))
    assert [len(part) for part in (images.train, images.validation, images.test)] == [200, 300, 400]
    again = data.load(Settings(image_size=32, seed=1))
    np.testing.assert_array_equal(images.test.checksums(), again.test.checksums())
