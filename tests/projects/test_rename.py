from __future__ import annotations

from pathlib import PurePosixPath

from scaffold.projects.model import ProjectName, RunConfiguration
from scaffold.projects.rename import PLACEHOLDER, rename_content, rename_path, rename_run

NAME = ProjectName(distribution="cat-dog", package="cat_dog", title="Cat Dog")


def test_text_is_renamed_in_three_spellings_and_keeps_its_line_ends():
    old = "import your_project\r\n# Your Project, 项目 your-project\n".encode()
    assert rename_content(old, NAME) == "import cat_dog\r\n# Cat Dog, 项目 cat-dog\n".encode()


def test_binary_content_and_other_encodings_stay():
    for content in (b"\x89PNG\0your_project", "naïve your_project".encode("latin-1"), b""):
        assert rename_content(content, NAME) == content


def test_every_part_of_a_path_is_renamed():
    assert rename_path(PurePosixPath("src/your_project/your-project.txt"), NAME) == PurePosixPath(
        "src/cat_dog/cat-dog.txt"
    )


def test_the_placeholder_renames_to_itself():
    text = b"your_project your-project Your Project"
    assert rename_content(text, PLACEHOLDER) == text


def test_a_run_configuration_starts_the_projects_package():
    run = RunConfiguration(
        name="train",
        kind="module",
        target="your_project.train",
        arguments=("--name", "your-project"),
        smoke=("your_project",),
        environment={"X": "your_project"},
        summary="train Your Project",
    )
    assert rename_run(run, NAME) == RunConfiguration(
        name="train",
        kind="module",
        target="cat_dog.train",
        arguments=("--name", "cat-dog"),
        smoke=("cat_dog",),
        environment={"X": "cat_dog"},
        summary="train Cat Dog",
    )
