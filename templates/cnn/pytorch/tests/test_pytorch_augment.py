"""The batches of an epoch: each image once, shifted as a window, the same from the same generator."""

import numpy as np
import pytest
import torch

from your_project.data import Split
from your_project.errors import ProjectError
from your_project.pytorch.augment import ImageBatches
from your_project.pytorch.team import Team

ALONE = Team(torch.device("cpu"))


def split(count=10, height=6, width=8, channels=3):
    images = np.random.default_rng(0).integers(1, 256, (count, height, width, channels), dtype=np.uint8)
    return Split(images, np.arange(count, dtype=np.int64))


def epoch(batches, seed=0):
    return list(batches(torch.Generator().manual_seed(seed)))


def test_without_augmentation_each_image_comes_once_as_it_is():
    part = split()
    batches = ImageBatches(part, 5, ALONE, augment=False, mirror=True)
    labels = torch.cat([labels for _, labels in epoch(batches)])
    assert sorted(labels.tolist()) == list(range(10))
    assert labels.tolist() != list(range(10))
    for images, labels in epoch(batches):
        assert images.dtype == torch.uint8
        assert images.is_contiguous(memory_format=torch.channels_last)
        assert np.array_equal(images.permute(0, 2, 3, 1).numpy(), part.images[labels.numpy()])


def test_the_last_incomplete_batch_is_left_out_unless_it_is_the_only_one():
    assert [
        len(labels) for _, labels in epoch(ImageBatches(split(), 4, ALONE, augment=True, mirror=False))
    ] == [4, 4]
    batches = ImageBatches(split(), 64, ALONE, augment=True, mirror=False)
    assert (batches.steps, [len(labels) for _, labels in epoch(batches)]) == (1, [10])


@pytest.mark.parametrize("mirror", [False, True])
def test_each_image_is_a_window_of_the_black_framed_one(mirror):
    part = split()
    batches = ImageBatches(part, 10, ALONE, augment=True, mirror=mirror)
    seen = set()
    for seed in range(20):
        for images, labels in epoch(batches, seed):
            for image, label in zip(images.permute(0, 2, 3, 1).numpy(), labels.tolist(), strict=True):
                framed = np.pad(part.images[label], ((1, 1), (1, 1), (0, 0)))
                windows = {
                    (down, right, flip): framed[down : down + 6, right : right + 8][:, :: -1 if flip else 1]
                    for down in range(3)
                    for right in range(3)
                    for flip in (False, True)
                }
                (found,) = [where for where, window in windows.items() if np.array_equal(window, image)]
                seen.add(found)
    flips = (False, True) if mirror else (False,)
    assert seen == {(down, right, flip) for down in range(3) for right in range(3) for flip in flips}


def test_an_epoch_follows_from_the_generator_alone():
    batches = ImageBatches(split(), 5, ALONE, augment=True, mirror=True)
    epoch(batches, 7)  # an epoch leaves no trace
    one, again, other = epoch(batches, 1), epoch(batches, 1), epoch(batches, 2)
    assert all(torch.equal(a, b) for pair in zip(one, again, strict=True) for a, b in zip(*pair, strict=True))
    assert not all(torch.equal(a[1], b[1]) for a, b in zip(one, other, strict=True))


def test_processes_share_each_batch():
    size, whole = 6, list(epoch(ImageBatches(split(13), 6, ALONE, augment=True, mirror=True)))
    teams = [Team(torch.device("cpu"), number, 3) for number in range(3)]
    shares = [epoch(ImageBatches(split(13), size, team, augment=True, mirror=True)) for team in teams]
    for (images, labels), parts in zip(whole, zip(*shares, strict=True), strict=True):
        for number, (part, names) in enumerate(parts):
            assert torch.equal(part, images[number::3])
            assert torch.equal(names, labels[number::3])
    uneven = ImageBatches(split(13), 5, teams[0], augment=False, mirror=False)
    assert (uneven.size, uneven.steps) == (3, 4)  # shares of one size
    with pytest.raises(ProjectError, match="a batch of 2 images is too small for 3 processes"):
        ImageBatches(split(13), 2, teams[0], augment=False, mirror=False)


def test_large_images_are_shifted_further():
    reach = [
        ImageBatches(split(2, side, side, 1), 2, ALONE, augment=True, mirror=False).reach
        for side in (8, 28, 64)
    ]
    assert reach == [1, 2, 5]
