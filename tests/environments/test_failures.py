"""Real words of uv 0.13.9 and pip 26.3, and what a user is told."""

from __future__ import annotations

import pytest

from scaffold.environments.installers.failures import explain
from scaffold.environments.installers.signs import SIGNS
from scaffold.errors import InstallFailed, NoBuild, NoPermission, NoSpace, SourceUnreachable

UV_NO_PYTHON = """\
error: No solution found when resolving dependencies
  cause: Because torch==2.13.0+cpu has no wheels with a matching Python ABI tag (e.g., `cp312`) and you require torch==2.13.0+cpu, we can conclude that your requirements are unsatisfiable.

hint: You require CPython 3.12 (`cp312`), but we only found wheels for `torch` (v2.13.0+cpu) with the following Python ABI tag: `cp311`
"""
UV_NO_PLATFORM = """\
error: No solution found when resolving dependencies
  cause: Because tensorflow-macos==2.16.2 has no wheels with a matching platform tag (e.g., `manylinux_2_36_x86_64`) and you require tensorflow-macos==2.16.2, we can conclude that your requirements are unsatisfiable.

hint: Wheels are available for `tensorflow-macos` (v2.16.2) on the following platform: `macosx_12_0_arm64`
"""
UV_SOURCE_ONLY = """\
error: No solution found when resolving dependencies
  cause: Because pycocotools==2.0.2 has no usable wheels and you require pycocotools==2.0.2, we can conclude that your requirements are unsatisfiable.

hint: Wheels are required for `pycocotools` because building from source is disabled for all packages (i.e., with `--no-build`)
"""
UV_CONFLICT = """\
error: No solution found when resolving dependencies
  cause: Because tensorflow-cpu==2.21.0 depends on protobuf>=6.31.1,<8.0.0 and you require tensorflow-cpu==2.21.0, we can conclude that you require protobuf>=6.31.1,<8.0.0.
         And because you require protobuf<3, we can conclude that your requirements are unsatisfiable.
"""
UV_NOT_FOUND = """\
error: No solution found when resolving dependencies
  cause: Because surely-not-a-package-xyz was not found in the package registry and you require surely-not-a-package-xyz, we can conclude that your requirements are unsatisfiable.
"""
UV_DNS = """\
error: Request failed after 3 retries in 7.4s
  cause: Failed to fetch: https://download.pytorch.org/whl/cu126/torch/
  cause: error sending request for url (https://download.pytorch.org/whl/cu126/torch/)
  cause: client error (Connect)
  cause: dns error
  cause: error resolving DNS
  cause: failed to lookup address information: Name or service not known
"""
UV_REFUSED = """\
error: Request failed after 3 retries in 13.0s
  cause: Failed to fetch: http://me:secret@127.0.0.1:9/simple/tqdm/
  cause: tcp connect error
  cause: Connection refused (os error 111)
"""
UV_OFFLINE = """\
error: No solution found when resolving dependencies
  cause: Because tqdm was not found in the cache and you require tqdm, we can conclude that your requirements are unsatisfiable.

hint: Packages were unavailable because the network was disabled. When the network is disabled, registry packages may only be read from the cache.
"""
UV_NO_VERSION = """\
error: No solution found when resolving dependencies
  cause: Because there is no version of tqdm==99 and you require tqdm==99, we can conclude that your requirements are unsatisfiable.
"""
UV_HASH = """\
Using Python 3.11.7 environment at: e1
error: Failed to download `tiny==1.0`
  cause: Hash mismatch for `tiny==1.0`

         Expected:
           sha256:00002b3fa7411dc9690df06b06a48b9462cd1200448e1b9e161bc5be95451655
"""
UV_BAD_WHEEL = """\
error: Failed to download `tiny==1.0`
  cause: Failed to extract archive: tiny-1.0-py3-none-any.whl
  cause: Invalid zip file structure
  cause: unexpected end of file
"""
UV_DISK = """\
warning: Failed to hardlink files; falling back to full copy. This may lead to degraded performance.
error: Failed to install: mpmath-1.3.0-py3-none-any.whl (mpmath==1.3.0)
  cause: failed to copy file from /cache/LICENSE to /project/.tmp5J8xO4: No space left on device (os error 28)
"""
UV_READ_ONLY = """\
error: Failed to install: small-2.0+cpu-py3-none-any.whl (small==2.0+cpu)
  cause: failed to create directory `/project/small-2.0+cpu.dist-info`: Read-only file system (os error 30)
"""
UV_SYNTAX = """\
error: Couldn't parse requirement in `-` at position 0
  cause: Unexpected end of version specifier, expected version
         torch==
              ^^
"""
PIP_NONE = """\
ERROR: Could not find a version that satisfies the requirement tqdm (from versions: none)
ERROR: No matching distribution found for tqdm
"""
PIP_VERSIONS = """\
ERROR: Could not find a version that satisfies the requirement torch==2.13.0+cpu (from versions: 2.2.0, 2.15.0)
ERROR: No matching distribution found for torch==2.13.0+cpu
"""
PIP_NETWORK = """\
WARNING: Retrying (Retry(total=0, connect=None)) after connection broken by 'NewConnectionError("HTTPSConnection(host='nowhere.example', port=443): Failed to establish a new connection: [Errno -2] Name or service not known")': /simple/tqdm/
ERROR: Could not find a version that satisfies the requirement tqdm (from versions: none)
ERROR: No matching distribution found for tqdm
"""
PIP_UNTRUSTED = """\
WARNING: The repository located at 10.0.0.1 is not a trusted or secure host and is being ignored. If this repository is available via HTTPS we recommend you use HTTPS instead.
ERROR: Could not find a version that satisfies the requirement tqdm (from versions: none)
"""
PIP_HASH = """\
ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE. If you have updated the package versions, please update the hashes.
    tiny==1.0 from file:///fl/tiny-1.0-py3-none-any.whl (from -r h.txt (line 1)):
        Expected sha256 0000000000000000000000000000000000000000000000000000000000000000
"""
PIP_BAD_WHEEL = "ERROR: Wheel 'tiny' located at /fl/tiny-1.0-py3-none-any.whl is invalid.\n"
PIP_DISK = "ERROR: Could not install packages due to an OSError: [Errno 28] No space left on device\n"
VIRTUALENV_READ_ONLY = "virtualenv: error: argument dest: the destination . is not write-able at /project\n"


@pytest.mark.parametrize(
    ("output", "code", "error", "message"),
    [
        (UV_NO_PYTHON, "install-no-wheel", NoBuild, "torch==2.13.0+cpu has no wheel for this Python on this operating system and processor"),
        (UV_NO_PLATFORM, "install-no-wheel", NoBuild, "tensorflow-macos==2.16.2 has no wheel for this Python on this operating system and processor"),
        (UV_SOURCE_ONLY, "install-no-wheel", NoBuild, "pycocotools==2.0.2 has no wheel for this Python on this operating system and processor"),
        (UV_CONFLICT, "install-conflict", InstallFailed, "The requirements contradict each other"),
        (UV_NOT_FOUND, "install-not-found", InstallFailed, "No source that is configured here has surely-not-a-package-xyz"),
        (UV_DNS, "install-no-network", SourceUnreachable, "The package index cannot be reached: download.pytorch.org"),
        (UV_REFUSED, "install-no-network", SourceUnreachable, "The package index cannot be reached: 127.0.0.1:9"),
        (UV_OFFLINE, "install-offline", SourceUnreachable, "tqdm is not in uv's cache, and UV_OFFLINE forbids to download it"),
        (UV_NO_VERSION, "install-no-version", NoBuild, "No source that is configured here has tqdm==99 for this Python"),
        (UV_HASH, "install-hash-mismatch", InstallFailed, "tiny==1.0 is not the file that the index announced: its hash differs"),
        (UV_BAD_WHEEL, "install-bad-wheel", InstallFailed, "The wheel of tiny==1.0 is damaged"),
        (UV_DISK, "no-space", NoSpace, "The disk is full: the packages could not be written"),
        (UV_READ_ONLY, "no-permission", NoPermission, "The operating system does not let the installer write"),
        (UV_SYNTAX, "install-bad-requirement", InstallFailed, "A requirement is not written as PEP 508 wants it"),
        (PIP_NONE, "install-not-found", InstallFailed, "No source that is configured here has tqdm"),
        (PIP_VERSIONS, "install-no-version", NoBuild, "No source that is configured here has torch==2.13.0+cpu for this Python"),
        (PIP_NETWORK, "install-no-network", SourceUnreachable, "The package index cannot be reached: nowhere.example"),
        (PIP_UNTRUSTED, "install-index-untrusted", SourceUnreachable, "pip does not talk to 10.0.0.1 over plain HTTP"),
        (PIP_HASH, "install-hash-mismatch", InstallFailed, "tiny==1.0 is not the file that the index announced: its hash differs"),
        (PIP_BAD_WHEEL, "install-bad-wheel", InstallFailed, "The wheel of tiny is damaged"),
        (PIP_DISK, "no-space", NoSpace, "The disk is full: the packages could not be written"),
        (VIRTUALENV_READ_ONLY, "no-permission", NoPermission, "The operating system does not let the installer write"),
        ("", "install-failed", InstallFailed, "uv could not resolve"),
    ],
)  # fmt: skip
def test_words_become_errors(output: str, code: str, error: type[Exception], message: str) -> None:
    found = explain("uv", output, doing="resolve")
    assert (found.code, type(found), found.message) == (code, error, message)


UV_SERVER = """\
error: Request failed after 3 retries in 10.6s
  cause: Failed to fetch: http://127.0.0.1:41545/files/beta-1.0-py3-none-any.whl
  cause: HTTP status server error (503 Service Unavailable) for url (http://127.0.0.1:41545/files/beta-1.0-py3-none-any.whl)
"""
UV_TRUNCATED = """\
error: Request failed after 3 retries in 0.0s
  cause: Failed to fetch: http://127.0.0.1:37855/simple/beta/
  cause: error decoding response body for url (http://127.0.0.1:37855/simple/beta/)
  cause: request or response body error
  cause: error reading a body from connection
  cause: end of file before message length reached
"""
UV_DROPPED = """\
error: Request failed after 3 retries in 5.5s
  cause: Failed to fetch: http://127.0.0.1:37707/simple/beta/
  cause: error sending request for url (http://127.0.0.1:37707/simple/beta/)
  cause: client error (SendRequest)
  cause: connection closed before message completed
"""
UV_CRC = """\
error: Failed to download `alpha==1.0`
  cause: Failed to extract archive: alpha-1.0-py3-none-any.whl
  cause: Bad CRC (got 4e76207b, expected f62b571a) for file: alpha.py
"""
UV_NOT_A_WHEEL = """\
error: No solution found when resolving dependencies
  cause: Because beta==1.0 has an invalid package format and only beta==1.0 is available, we can conclude that all versions of beta cannot be used.
         And because you require beta, we can conclude that your requirements are unsatisfiable.

hint: The structure of `beta` (v1.0) was invalid:
  Failed to read from zip file
"""
UV_UNAUTHORIZED = """\
error: No solution found when resolving dependencies
  cause: Because beta was not found in the package registry and you require beta, we can conclude that your requirements are unsatisfiable.

hint: An index URL (http://127.0.0.1:34329/simple) could not be queried due to a lack of valid authentication credentials (401 Unauthorized)
"""
UV_FORBIDDEN_FILE = """\
error: Failed to fetch: http://127.0.0.1:40247/files/beta-1.0-py3-none-any.whl
  cause: HTTP status client error (403 Forbidden) for url (http://127.0.0.1:40247/files/beta-1.0-py3-none-any.whl)
"""
PIP_SERVER = """\
Looking in indexes: http://127.0.0.1:41545/simple
Collecting beta
ERROR: Could not install packages due to an OSError: HTTPConnectionPool(host='127.0.0.1', port=41545): Max retries exceeded with url: /files/beta-1.0-py3-none-any.whl (Caused by ResponseError('too many 503 error responses'))
"""
PIP_SERVER_LISTING = """\
Looking in indexes: http://127.0.0.1:41791/simple
ERROR: Could not find a version that satisfies the requirement beta (from versions: none)
ERROR: No matching distribution found for beta
ERROR: Could not fetch URL http://127.0.0.1:41791/simple/beta/: HTTPConnectionPool(host='127.0.0.1', port=41791): Max retries exceeded with url: /simple/beta/ (Caused by ResponseError('too many 503 error responses')) - skipping
"""
PIP_BROKEN_OFF = """\
Looking in indexes: http://127.0.0.1:37855/simple
ERROR: Could not install packages due to an OSError: ('Connection broken: IncompleteRead(92 bytes read, 93 more expected)', IncompleteRead(92 bytes read, 93 more expected))
"""
PIP_NOT_RESUMED = """\
  WARNING: Attempting to resume incomplete download (442 bytes/885 bytes, attempt 5)
  Downloading beta-1.0-py3-none-any.whl (885 bytes)
  WARNING: Connection interrupted while downloading.
error: incomplete-download

x Download failed after 6 attempts because not enough bytes were received (442 bytes/885 bytes)
╰─> URL: http://127.0.0.1:35869/files/beta-1.0-py3-none-any.whl

note: This is an issue with network connectivity, not pip.
hint: Use --resume-retries to configure resume attempt limit.
"""
PIP_GOT_OVER_IT = """\
WARNING: Retrying (Retry(total=4, connect=None, read=None, redirect=None, status=None)) after connection broken by 'RemoteDisconnected('Remote end closed connection without response')': /simple/beta/
ERROR: Cannot install alpha==1.0 and alpha==2.0 because these package versions have conflicting dependencies.
ERROR: ResolutionImpossible: for help visit https://pip.pypa.io/
"""
PIP_NO_LISTING = """\
  File "pip/_internal/index/collector.py", line 238, in parse_links
    parser.feed(page.content.decode(encoding))
UnicodeDecodeError: 'utf-8' codec can't decode byte 0x9e in position 61: invalid start byte
"""
PIP_FORBIDDEN_FILE = """\
ERROR: HTTP error 403 while getting http://127.0.0.1:40247/files/beta-1.0-py3-none-any.whl (from http://127.0.0.1:40247/simple/beta/)
"""
PIP_PROXY = """\
ERROR: Could not install packages due to an OSError: HTTPSConnectionPool(host='h', port=443): Max retries exceeded with url: /simple/beta/ (Caused by ProxyError('Unable to connect to proxy', OSError('Tunnel connection failed: 407 Proxy Authentication Required')))
"""


@pytest.mark.parametrize(
    ("output", "code", "message"),
    [
        (UV_SERVER, "install-server-error", "127.0.0.1:41545 has trouble of its own or is overloaded"),
        (UV_TRUNCATED, "install-broken-off", "The connection to 127.0.0.1:37855 breaks off"),
        (UV_DROPPED, "install-broken-off", "The connection to 127.0.0.1:37707 breaks off"),
        (UV_CRC, "install-bad-wheel", "The wheel of alpha==1.0 is damaged"),
        (UV_NOT_A_WHEEL, "install-bad-wheel", "The wheel of beta==1.0 did not arrive as a wheel: it is damaged, or its download stalls, or something else was sent"),
        (UV_UNAUTHORIZED, "install-not-authorized", "The index refuses to answer without valid credentials"),
        (UV_FORBIDDEN_FILE, "install-not-authorized", "The index refuses to answer without valid credentials"),
        (PIP_SERVER, "install-server-error", "127.0.0.1 has trouble of its own or is overloaded"),
        (PIP_SERVER_LISTING, "install-server-error", "127.0.0.1:41791 has trouble of its own or is overloaded"),
        (PIP_BROKEN_OFF, "install-broken-off", "The connection to 127.0.0.1:37855 breaks off"),
        (PIP_NOT_RESUMED, "install-broken-off", "The download from 127.0.0.1:35869 breaks off or stalls again and again"),
        (PIP_GOT_OVER_IT, "install-conflict", "The requirements contradict each other"),
        (PIP_NO_LISTING, "install-bad-listing", "the package index answered with something that is no package listing"),
        (PIP_FORBIDDEN_FILE, "install-not-authorized", "The index refuses to answer without valid credentials"),
        (PIP_PROXY, "install-proxy-refused", "The proxy does not let the installer through without valid credentials"),
    ],
)  # fmt: skip
def test_what_a_bad_network_makes_them_say(output: str, code: str, message: str) -> None:
    found = explain("uv", output, doing="resolve")
    assert (found.code, found.message) == (code, message)


def test_the_evidence_starts_at_the_error_and_shows_no_credentials() -> None:
    assert explain("uv", UV_REFUSED, doing="resolve").detail == (
        "error: Request failed after 3 retries in 13.0s",
        "  cause: Failed to fetch: http://***@127.0.0.1:9/simple/tqdm/",
        "  cause: tcp connect error",
        "  cause: Connection refused (os error 111)",
    )


def test_a_sentence_that_uv_broke_at_the_terminals_width_is_still_read() -> None:
    output = (
        "error: No solution found when resolving dependencies\n"
        "  cause: Because nowhere was not found in the provided\n"
        "      package locations and you require nowhere, we can conclude that your\n"
        "      requirements are unsatisfiable.\n"
    )
    problem = explain("uv", output, doing="resolve the packages")
    assert (problem.code, problem.message) == (
        "install-not-found",
        "No source that is configured here has nowhere",
    )


UV_NO_SUCH_VERSION = """\
error: No solution found when resolving dependencies for split (markers: sys_platform != 'darwin')
  cause: Because only tqdm<=4.70.1 is available and your project depends on tqdm>=99, we can conclude that your project's requirements are unsatisfiable.
"""
UV_BETWEEN_VERSIONS = """\
error: No solution found when resolving dependencies
  cause: Because only the following versions of tqdm are available:
             tqdm<=4.67.1
             tqdm>=4.67.2
         and you require tqdm>4.67.1,<4.67.2, we can conclude that your requirements are unsatisfiable.
"""
UV_NO_OTHER_WOULD_DO = """\
error: No solution found when resolving dependencies
  cause: Because only tqdm<=4.70.1 is available and beta==1.0 depends on tqdm>=99, we can conclude that beta==1.0 cannot be used.
         And because you require beta==1.0, we can conclude that your requirements are unsatisfiable.
"""


@pytest.mark.parametrize(
    ("output", "code", "message"),
    [
        (UV_NO_SUCH_VERSION, "install-no-version", "No source that is configured here has tqdm>=99 for this Python"),
        (UV_BETWEEN_VERSIONS, "install-no-version", "No source that is configured here has tqdm>4.67.1,<4.67.2 for this Python"),
        (UV_NO_OTHER_WOULD_DO, "install-conflict", "The requirements contradict each other"),
    ],
)  # fmt: skip
def test_a_version_that_does_not_exist_contradicts_nothing(output: str, code: str, message: str) -> None:
    found = explain("uv", output, doing="resolve")
    assert (found.code, found.message) == (code, message)


def test_a_damaged_wheel_names_what_to_drop_and_what_was_tried() -> None:
    once, often = (explain("uv", UV_BAD_WHEEL, doing="install", tried=tried) for tried in (1, 3))
    assert once.hint.endswith("what uv kept of it goes away with: uv cache clean tiny")
    assert "uv cache" not in explain("pip", PIP_BAD_WHEEL, doing="install").hint
    assert often.detail == (*once.detail, "tried 3 times, after the first time past the cache")
    assert explain("uv", UV_DNS, doing="install", tried=2).detail[-1] == "tried 2 times"


def test_of_all_versions_the_last_are_evidence() -> None:
    versions = ", ".join(f"1.{number}" for number in range(200))
    problem = explain("pip", f"ERROR: no tqdm>=99 (from versions: {versions})\n", doing="resolve")
    assert problem.detail == ("ERROR: no tqdm>=99 (from versions: ..., 1.195, 1.196, 1.197, 1.198, 1.199)",)
    few = "ERROR: no tqdm>=99 (from versions: 1.0, 2.0)"
    assert explain("pip", few, doing="resolve").detail == (few,)


def test_hints_are_whole_and_clear_no_cache_of_everything() -> None:
    for sign in SIGNS:
        assert "{" not in sign.hint, sign.code
        assert "below" not in sign.hint, sign.code  # evidence stands above the hint
        assert not sign.hint.endswith("uv cache clean"), sign.code


@pytest.mark.parametrize(
    ("output", "code", "message"),
    [
        ("error: x\n  cause: Input/output error (os error 5)\n", "install-disk-failing", "The disk, or the way to it, fails: reading or writing ended in an input/output error"),
        ("error: x\n  cause: Access is denied. (os error 5)\n", "no-permission", "The operating system does not let the installer write"),
        ("error: x\n  cause: Zugriff verweigert (os error 5)\n", "no-permission", "The operating system does not let the installer write"),
        ("error: x\n  cause: File name too long (os error 36)\n", "install-path-too-long", "A file's path would be longer than the operating system takes"),
        ("ERROR: Could not install packages due to an OSError: [Errno 2] No such file or directory: 'C:\\\\a'\nHINT: This error might have occurred since this system does not have Windows Long Path support enabled.\n", "install-path-too-long", "A file's path would be longer than the operating system takes"),
        ("error: Failed to initialize cache at `/proc/nope`\n  cause: failed to create directory `/proc/nope`: Permission denied (os error 13)\n", "install-bad-cache", "uv cannot make its cache in /proc/nope"),
        ("error: invalid value 'foo' for '--link-mode <LINK_MODE>'\n", "install-bad-setting", "uv cannot use the value of UV_LINK_MODE"),
        ("error: Failed to parse environment variable `UV_HTTP_TIMEOUT` with invalid value `abc`: invalid digit\n", "install-bad-setting", "uv cannot use the value of UV_HTTP_TIMEOUT"),
        ("error: failed to open file `/nope.toml`: No such file or directory (os error 2)\n", "install-bad-setting", "uv cannot read its configuration /nope.toml"),
        ("error: File not found: /nope.txt\n", "install-bad-setting", "uv is told to read /nope.txt, which is not there"),
        ("error: Request failed after 3 retries in 3.0s\n  cause: Failed to fetch: http://h:1/simple/a/\n  cause: error decoding response body for url (http://h:1/simple/a/)\n  cause: request or response body error\n  cause: operation timed out\n", "install-timeout", "h:1 began to answer, or took the question, and then fell silent"),
        ("error: Failed to fetch: http://h:1/files/colorama-1.0-py3-none-any.whl\n  cause: HTTP status client error (404 Not Found) for url (http://h:1/files/colorama-1.0-py3-none-any.whl)\n", "install-file-gone", "The index names a file of colorama that is not there any more"),
        ("  ERROR: HTTP error 404 while getting http://h:1/files/colorama-1.0-py3-none-any.whl#sha256=06 (from http://h:1/simple/colorama/)\n", "install-file-gone", "The index names a file of colorama that is not there any more"),
        ("error: No solution found when resolving dependencies\n  cause: Because there are no versions of colorama and you require colorama, we can conclude that your requirements are unsatisfiable.\n", "install-bad-listing", "The page that the index has of colorama lists no file of it"),
        ("error: Failed to build `thing`\n  cause: No solution found when resolving: `flit-core`\n  cause: Because flit-core was not found in the cache and you require flit-core, we can conclude ...\n", "install-offline", "flit-core is not in uv's cache, and UV_OFFLINE forbids to download it"),
    ],
)  # fmt: skip
def test_what_this_machine_and_a_line_that_stalls_make_them_say(output: str, code: str, message: str) -> None:
    found = explain("uv", output, doing="resolve")
    assert (found.code, found.message) == (code, message)
    assert found.hint
