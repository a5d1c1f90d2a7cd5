"""Folders of pictures, as people have them."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from your_project.errors import ProjectError
from your_project.image_folder import fit_images, read_folder, read_image
from your_project.thumbnails import data_uri


def picture(path, colour=(255, 0, 0), size=(20, 10), mode="RGB", **options):
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new(mode, size, colour).save(path, **options)


@pytest.fixture
def animals(tmp_path):
    for name, colour in (("cat", (255, 0, 0)), ("dog", (0, 0, 255))):
        for number in range(3):
            picture(tmp_path / name / f"{number}.png", colour)
    return tmp_path


@pytest.mark.parametrize("workers", [0, 2])
def test_one_folder_a_class(animals, workers):
    (animals / "cat" / "notes.txt").write_text("not a picture")
    (animals / "cat" / ".hidden.png").write_text("hidden")
    (animals / ".cache").mkdir()
    (animals / "readme.md").touch()
    picture(animals / "dog" / "more" / "3.JPG", (0, 0, 255))
    found = read_folder(animals, 8, workers=workers)
    assert found.classes == ("cat", "dog")
    assert found.labels.tolist() == [0, 0, 0, 1, 1, 1, 1]
    assert found.images.shape == (7, 8, 8, 3)
    assert found.images.dtype == np.uint8
    assert found.images[0, 0, 0].tolist() == [255, 0, 0]


def test_grey_pictures_keep_one_channel(tmp_path):
    for name in ("a", "b"):
        picture(tmp_path / name / "0.png", 7, mode="L")
    assert read_folder(tmp_path, 8).images.shape == (2, 8, 8, 1)
    picture(tmp_path / "b" / "colour.png")
    assert read_folder(tmp_path, 8).images.shape == (3, 8, 8, 3)


def test_modes_of_all_kinds(tmp_path):
    picture(tmp_path / "palette.png", 0, mode="P")
    picture(tmp_path / "bits.png", 1, mode="1")
    picture(tmp_path / "cmyk.jpg", (0, 0, 0, 0), mode="CMYK")
    picture(tmp_path / "clear.png", (0, 0, 0, 0), mode="RGBA")
    picture(tmp_path / "clear_grey.png", (0, 0), mode="LA")
    Image.fromarray(np.full((10, 10), 65535, np.uint16)).save(tmp_path / "deep.png")
    corner = {path.name: read_image(path, 8, 3)[0, 0].tolist() for path in sorted(tmp_path.iterdir())}
    white = [255, 255, 255]
    assert corner == {
        "bits.png": white,
        "clear.png": white,  # what is transparent shows white paper
        "clear_grey.png": white,
        "cmyk.jpg": white,
        "deep.png": white,  # 16 bits a pixel, not clipped
        "palette.png": [0, 0, 0],
    }


def test_a_photo_is_turned_upright(tmp_path):
    image = Image.new("RGB", (20, 20), "white")
    image.paste("black", (0, 0, 20, 10))  # the upper half
    exif = Image.Exif()
    exif[0x0112] = 3  # taken upside down
    image.save(tmp_path / "photo.png", exif=exif)
    upright = read_image(tmp_path / "photo.png", 8, 1)
    assert upright[0].max() == 0 or upright[-1].max() == 0
    assert upright[0].min() == 255
    assert upright[-1].max() == 0


def test_unreadable_files_are_named_all_at_once(animals):
    (animals / "cat" / "broken.png").write_bytes(b"not a picture at all")
    picture(animals / "whole.bmp", size=(40, 40))
    whole = (animals / "whole.bmp").read_bytes()
    (animals / "dog" / "cut.bmp").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(ProjectError) as told:
        read_folder(animals, 8, channels=3)
    message = str(told.value)
    assert f"{animals / 'cat' / 'broken.png'} is not an image" in message
    assert f"cannot read {animals / 'dog' / 'cut.bmp'}" in message
    assert message.endswith(": repair or delete them")


def test_many_unreadable_files_are_counted(animals):
    for number in range(9):
        (animals / "cat" / f"broken{number}.png").touch()
    with pytest.raises(ProjectError, match=r"\(and 4 more\)"):
        read_folder(animals, 8)


def test_tiny_pictures_are_named(animals):
    picture(animals / "cat" / "pixel.png", size=(1, 1))
    with pytest.raises(ProjectError, match=r"pixel.png is only 1x1 pixels"):
        read_folder(animals, 8)


def test_folders_that_cannot_be_meant(tmp_path, animals):
    with pytest.raises(ProjectError, match="there is no folder"):
        read_folder(tmp_path / "nowhere", 8)
    (animals / "empty").mkdir()
    with pytest.raises(ProjectError, match="no images in empty"):
        read_folder(animals, 8)
    with pytest.raises(ProjectError, match="has 0 sub-folders"):
        read_folder(animals / "cat", 8)
    with pytest.raises(ProjectError, match="no folder for the class fox"):
        (animals / "empty").rmdir()
        read_folder(animals, 8, classes=("cat", "fox"))


def test_size_and_channels_of_another_network():
    images = np.zeros((2, 10, 10, 3), np.uint8)
    images[..., 0] = 255
    grey = fit_images(images, (5, 5, 1))
    assert grey.shape == (2, 5, 5, 1)
    assert set(grey.ravel().tolist()) == {76}
    assert fit_images(grey, (5, 5, 3)).shape == (2, 5, 5, 3)
    assert fit_images(images, (10, 10, 3)) is images


def test_thumbnails():
    assert data_uri(np.zeros((8, 8, 1), np.uint8)).startswith("data:image/png;base64,")
    assert data_uri(np.zeros((8, 8, 3), np.uint8)).startswith("data:image/png;base64,")
