"""Which format a file is in, what is refused, and that no text whatever makes a reader fall over."""

import os
import random
from cProfile import Profile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scaffold.errors import OptionRefused
from scaffold.locks.lint import lint, python_for
from scaffold.locks.model import FORMATS, PACKAGES
from scaffold.locks.reading import LIMIT, parse_lock, read_lock
from tests.locks.samples import FILES, P100, of_file

NAMES = sorted(path.name for path in FILES.iterdir())


@pytest.mark.parametrize("name", NAMES)
def test_the_content_tells_the_format_without_a_name(name):
    text = (FILES / name).read_text()
    assert parse_lock(text).format == of_file(name).format


@pytest.mark.parametrize(
    ("name", "content", "why", "hint"),
    [
        ("requirements.txt", b"", "it is empty", None),
        ("requirements.txt", b" \n\n", "it is empty", None),
        ("requirements.txt", b"\x7fELF\x00\x00\x01", "it is no text", None),
        ("notes.txt", b"Hello, how are you?\n", "no line of it is a requirement", None),
        ("uv.lock", b"version = 1\n[[package", "it is no TOML: ", None),
        ("uv.lock", b"a = " + b"[" * 100_000, "it is no TOML: ", None),
        ("pyproject.toml", b'[project]\nname = "x"\n', "it is TOML, and no lock file that is known", "lock it first: uv lock"),
        ("pdm.lock", b'[metadata]\nlock_version = "4.5"\n[[package]]\nname = "torch"\nversion = "2.1"\n', "it is TOML, and no lock file that is known", "pdm export --format pylock -o pylock.toml"),
        ("environment.yml", b"a: [", "it is no YAML with a list of dependencies", None),
        ("package.json", b'{"dependencies": {}}', "no line of it is a requirement", None),
    ],
)  # fmt: skip
def test_what_is_no_lock_is_refused_with_the_formats(tmp_path, name, content, why, hint):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(OptionRefused) as refusal:
        read_lock(tmp_path / name)
    problem = refusal.value
    assert problem.message.startswith(f"{name} is no lock file that can be judged: {why}")
    assert problem.detail == (f"judged are: {', '.join(FORMATS)}",)
    assert problem.hint == (hint or "name one of these, for example: scaffold builds --lint uv.lock")


def test_a_file_that_is_not_there_and_a_folder(tmp_path):
    for path, why in [(tmp_path / "uv.lock", "No such file or directory"), (tmp_path, "Is a directory")]:
        with pytest.raises(OptionRefused) as refusal:
            read_lock(path)
        assert refusal.value.message == f"{path} cannot be read: {why}"


def test_a_file_that_is_too_large(tmp_path):
    with (tmp_path / "requirements.txt").open("wb") as stream:
        stream.truncate(LIMIT + 1)
    with pytest.raises(OptionRefused, match="it has more than 64 MiB"):
        read_lock(tmp_path / "requirements.txt")


def test_windows_texts(tmp_path):
    for encoding in ("utf-8-sig", "utf-16"):
        (tmp_path / "requirements.txt").write_bytes("torch==2.15.0\r\nkeras\r\n".encode(encoding))
        shown = [one.shown for one in read_lock(tmp_path / "requirements.txt").packages]
        assert shown == ["torch 2.15.0", "keras"]


def judge(text, name=""):
    """Read and lint; only a refusal is another way out."""
    try:
        lock = parse_lock(text, name=name)
    except OptionRefused:
        return
    lint(lock, P100, python_for(lock))


@pytest.mark.parametrize("name", ["", "uv.lock", "environment.yml", "requirements.txt"])
@settings(max_examples=60, deadline=None)
@given(text=st.text(max_size=400))
def test_no_text_makes_it_crash(name, text):
    judge(text, name)


WORDS = st.sampled_from(
    ["torch", "tensorflow[and-cuda]", "jax[cuda13]", "nvidia-cudnn-cu12", "cuda-toolkit", "-r", "-c", "--hash=sha256:",
     "==", ">=", "2.15.0", "2.14.1+cu126", "1!2.post3.dev4", "; ", "sys_platform == 'linux'", "extra == 'x'", " ", "\n",
     "\\\n", "#", "@ https://a/b-1-py3-none-any.whl", "dependencies:\n", "  - ", "pip:\n", "cuda-version=12.6", "=*=cuda",
     "[[package]]\n", "[[packages]]\n", 'name = "torch"\n', 'version = "2.15.0"\n', "version = 1\n", 'lock-version = "1.0"\n',
     'source = { registry = "" }\n', "[metadata]\n", "markers = {main = 3}\n", "resolution-markers = [1]\n", "&a ", "*a "],
)  # fmt: skip


@settings(max_examples=200, deadline=None)
@given(words=st.lists(WORDS, max_size=25))
def test_no_heap_of_likely_words_makes_it_crash(words):
    judge("".join(words))


@pytest.mark.parametrize("name", NAMES)
def test_a_damaged_lock_does_not_make_it_crash(name):
    text = (FILES / name).read_text()
    chance = random.Random(name)
    for _ in range(15):
        start = chance.randrange(len(text))
        judge(
            text[:start]
            + chance.choice(["", '"', "[", "}", "\n", "0"])
            + text[start + chance.randrange(1, 40) :],
            name,
        )


@pytest.mark.parametrize(
    "data",
    [
        'version = 1\n[[package]]\nname = 3\nsource = "x"\n',
        'version = 1\n[[package]]\nname = "torch"\nversion = "no"\nsource = {registry = 3}\nwheels = [3, {url = 4}]\n',
        "version = 1\nconflicts = 3\n[[package]]\nsource = {}\n",
        'lock-version = "1.0"\npackages = 3\n',
        'lock-version = "1.0"\nextras = 3\n[[packages]]\nwheels = [{name = "x.whl"}]\nmarker = "]["\n',
        '[metadata]\nlock-version = "2"\npython-versions = "^3.x"\n[[package]]\nname = "torch"\nmarkers = {a = 3}\n',
        '[extras]\na = [3]\n[metadata]\nlock-version = "2"\n[[package]]\nname = "torch"\noptional = true\n',
    ],
)
def test_values_of_the_wrong_type(data):
    judge(data, "x.lock")


@pytest.mark.parametrize(
    "pin", ["nvidia-cudnn-cu12 @ https://a/b-1-py3-none-any.whl", "nvidia-cudnn-cu12=*=cuda"]
)
def test_a_cudnn_whose_specifier_is_none(pin):
    """A URL stands where a specifier would; so does what conda alone understands."""
    judge(f"tensorflow[and-cuda]==2.15.0\n{pin}\n")
    judge(
        f"dependencies:\n  - tensorflow=2.15.0\n  - {pin}\n  - pip:\n    - tensorflow[and-cuda]==2.15.0\n    - {pin}\n"
    )


def test_a_graph_with_a_ring_ends():
    text = (
        'version = 1\n[[package]]\nname = "a"\nversion = "1"\nsource = {}\ndependencies = [{name = "b"}]\n'
        '[[package]]\nname = "b"\nversion = "1"\nsource = {}\ndependencies = [{name = "a", extra = ["x"]}]\n'
        '[[package]]\nname = "mine"\nsource = {virtual = "."}\ndependencies = [{name = "a"}]\n'
    )
    judge(text, "uv.lock")


def test_the_package_reads_no_file_that_an_include_names_outside_the_disk():
    assert parse_lock("-r /dev/zero\ntorch==2.15.0\n").notes == (
        "line 1: what it includes is no file that can be read, so it is not judged",
    )


def test_no_secret_of_a_line_is_shown():
    lock = parse_lock(
        "torch @ git+https://me:s3cr3t@host/torch\n-e https://me:s3cr3t@host/x\n? https://me:s3cr3t@host\n"
    )
    assert [one.shown for one in lock.packages] == ["torch @ git+https://***@host/torch"]
    assert lock.notes == (
        "line 2: an editable project is not looked into",
        "line 3: not understood",
    )


@pytest.mark.parametrize("include", ["{other}", "../other/secrets", "link"])
def test_nothing_of_an_included_file_is_shown(tmp_path, include):
    (tmp_path / "other").mkdir()
    (tmp_path / "mine").mkdir()
    other = tmp_path / "other" / "secrets"
    other.write_text("root:x:0:0\n-e s3cr3t\n-r s3cr3t\nkey = s3cr3t\n")
    (tmp_path / "mine" / "link").symlink_to(other)
    named = include.format(other=other)
    (tmp_path / "mine" / "r.txt").write_text(f"-r {named}\n")
    assert read_lock(tmp_path / "mine" / "r.txt").notes == (
        f"{named}, line 1: not understood",
        f"{named}, line 2: an editable project is not looked into",
        f"{named}, line 3: what it includes is no file that can be read, so it is not judged",
        f"{named}, line 4: not understood",
    )


def test_a_pipe_is_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "requirements.txt").write_text("-r pipe\ntorch==2.15.0\n")
    assert read_lock(tmp_path / "requirements.txt").notes == (
        "line 1: what it includes is no file that can be read, so it is not judged",
    )
    for path in (tmp_path / "pipe", Path("/dev/zero")):
        with pytest.raises(OptionRefused) as refusal:
            read_lock(path)
        assert refusal.value.message == f"{path} cannot be read: it is no ordinary file"


@pytest.mark.parametrize(
    ("name", "text", "why"),
    [
        ("requirements.txt", "numpy==1\n" * (PACKAGES + 1), f"it asks for more than {PACKAGES:,} packages"),
        ("uv.lock", "[[package]]\n" * (PACKAGES + 1), f"it names more than {PACKAGES:,} packages"),
    ],
)
def test_more_packages_than_any_project_has(name, text, why):
    with pytest.raises(OptionRefused) as refusal:
        parse_lock(text, name=name)
    assert refusal.value.message == f"{name} is no lock file that can be judged: {why}"


def test_every_choice_over_every_package_has_a_limit():
    packages = '[[package]]\nname = "a"\nversion = "1"\nsource = {}\n' * 3000
    extras = "".join(f'e{number} = [{{name = "a"}}]\n' for number in range(4000))
    own = f'[[package]]\nname = "x"\nsource = {{virtual = "."}}\n[package.optional-dependencies]\n{extras}'
    with pytest.raises(OptionRefused, match="it has 4,000 extras and groups over 3,000 packages"):
        parse_lock(f"version = 1\n{packages}{own}", name="uv.lock")


@pytest.mark.parametrize(
    "line", ["numpy==1\n", "numpy[e{0}]==1\n", "numpy==1.{0}\n", "numpy==1 ; python_version < '3.{0}'\n"]
)
def test_the_work_grows_with_the_length(line):
    """Counted, not timed: how often Python calls a function, for twice the lines."""
    counts = []
    for lines in (200, 400):
        lock = parse_lock("".join(line.format(number) for number in range(lines)))
        calls = Profile()
        calls.runcall(lint, lock, P100, "3.12")
        counts.append(sum(row.callcount for row in calls.getstats()))
    assert counts[1] < 2.5 * counts[0]


def test_a_project_that_needs_nothing_installs_nothing():
    text = 'version = 1\n[[package]]\nname = "x"\nversion = "1"\nsource = {virtual = "."}\n'
    assert parse_lock(text, name="uv.lock").roots == ()


def test_an_include_that_never_ends(tmp_path: Path):
    (tmp_path / "requirements.txt").write_text("-r /dev/zero\ntorch==2.15.0\n")
    assert [one.shown for one in read_lock(tmp_path / "requirements.txt").packages] == ["torch 2.15.0"]
