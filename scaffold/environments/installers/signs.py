"""What uv and pip say when something goes wrong, as a table: the words, and what they mean.

The narrowest and least misleading sign stands first: pip ends with "No matching distribution found"
also where it could not reach the index. Texts of uv 0.13 and pip 26.3.
"""

from __future__ import annotations

from scaffold.environments.installers.machine_signs import MACHINE_SIGNS
from scaffold.environments.installers.sign import HOST, SLOW, Sign
from scaffold.errors import NoBuild, SourceUnreachable

#: uv's words for a version of the user's own wish that does not exist; further down the same words tell of a
#: contradiction, where another version of whoever asks would do.
ONLY_OTHERS = (
    r"only (?:the following versions of )?(?P<project>[\w.-]+?)(?:[<>=!~]\S*)? (?:is|are) available"
    r"(?:: (?:(?P=project)\S+ )+)? ?and (?:you require|(?:your )?\S+ depends on)"
    r" (?P<name>(?P=project)[<>=!~]\S*), we can conclude that your"
    r" (?:project's )?requirements are unsatisfiable"
)

#: In the order in which they are tried.
SIGNS: tuple[Sign, ...] = (
    *MACHINE_SIGNS,
    Sign(
        code="install-externally-managed",
        pattern=r"externally[- ]managed",
        message="The installer was about to write into the operating system's own Python",
        hint="name another one with --python (scaffold env python lists them), or have one of your own: "
        "scaffold env python --install 3.12",
    ),
    Sign(
        code="install-hash-mismatch",
        pattern=r"Hash mismatch for|DO NOT MATCH THE HASHES",
        named=r"Hash mismatch for `?([^`\s]+)|HASHES[^\n]*\n\s+(\S+)",
        message="{name} is not the file that the index announced: its hash differs",
        hint="a mirror that is out of step, or a file that was changed on its way: try another one "
        "(scaffold env mirrors --check --all); where a new lock is wanted: scaffold env lock",
        attempts=2,
        is_damage=True,
    ),
    Sign(
        code="install-certificate",
        pattern=r"invalid peer certificate|certificate[ _]verify[ _]failed|UnknownIssuer"
        r"|unable to get local issuer certificate|self[- ]signed certificate|SSL certificate problem",
        message="The index's certificate is not trusted on this machine",
        hint="where a company's proxy opens TLS, name its certificates: SSL_CERT_FILE=/path/to/bundle.pem; "
        "a clock that is wrong does this, too",
        error=SourceUnreachable,
    ),
    Sign(
        code="install-not-authorized",
        pattern=r"\b(?:401|403) (?:Unauthorized|Forbidden)|lack of valid authentication credentials"
        r"|\b(?:401|403) (?:Client )?Error|HTTP error (?:401|403)|handle_401",
        message="The index refuses to answer without valid credentials",
        hint="put them into the index's address (https://USER:PASSWORD@HOST/simple), ~/.netrc or a keyring; "
        "scaffold env mirrors shows which indexes are asked, and who says so",
        error=SourceUnreachable,
    ),
    Sign(
        code="install-index-untrusted",
        pattern=r"is not a trusted or secure host and is being ignored",
        named=r"(\S+) is not a trusted or secure host",
        message="pip does not talk to {name} over plain HTTP",
        hint="use its https address, or add it to pip's trusted-host",
        error=SourceUnreachable,
    ),
    Sign(
        code="install-proxy-refused",
        pattern=r"407 Proxy Authentication|Proxy Authentication Required|proxy authorization required"
        r"|Tunnel connection failed: 40[37]",
        message="The proxy does not let the installer through without valid credentials",
        hint="HTTPS_PROXY=http://USER:PASSWORD@HOST:PORT; scaffold env mirrors shows the proxy in force",
        error=SourceUnreachable,
    ),
    Sign(
        code="install-timeout",
        pattern=r"response body (?:for|error).*operation timed out|due to network timeout"
        r"|ReadTimeout|Read timed out",
        named=HOST,
        message="{name} began to answer, or took the question, and then fell silent",
        hint=SLOW,
        error=SourceUnreachable,
        attempts=2,  # the installer has been patient already
    ),
    Sign(
        code="install-broken-off",
        pattern=r"Download failed after (?:[2-9]|\d\d+) attempts",
        named=HOST,
        message="The download from {name} breaks off or stalls again and again",
        hint=SLOW,
        error=SourceUnreachable,
        attempts=2,
    ),
    Sign(
        code="install-file-gone",
        pattern=r"HTTP status client error \((?:404|410) [^)]*\) for url \([^)\s]*\.(?:whl|gz|zip)"
        r"|HTTP error (?:404|410) while getting",
        named=r"/([\w.]+)-\d[^/\s#)`']*\.whl",
        message="The index names a file of {name} that is not there any more",
        hint="a mirror that is out of step: try another one (scaffold env mirrors --check --all), or later; "
        "where a lock names it: scaffold env lock --upgrade",
        error=SourceUnreachable,
        attempts=2,
        is_damage=True,
    ),
    Sign(
        code="install-server-error",
        pattern=r"HTTP status server error \(5\d\d|too many (?:429|5\d\d) error responses"
        r"|\b5\d\d Server Error|429 Too Many Requests",
        named=HOST,
        message="{name} has trouble of its own or is overloaded",
        hint="try again later, or another mirror: scaffold env mirrors --check --all",
        error=SourceUnreachable,
        attempts=4,
    ),
    Sign(
        code="install-broken-off",
        pattern=r"IncompleteRead|Connection broken:|incomplete-download|not enough bytes were received"
        r"|error decoding response body|end of file before message length|connection closed before message"
        r"|RemoteDisconnected|ConnectionResetError|Connection reset by peer"
        r"|connection was closed without a reply|peer closed connection",
        named=HOST,
        message="The connection to {name} breaks off",
        hint="run the same again, or try another mirror: scaffold env mirrors --check --all",
        error=SourceUnreachable,
        attempts=4,
    ),
    Sign(
        code="install-no-network",
        pattern=r"dns error|failed to lookup address|Connection refused|tcp connect error"
        r"|client error \(Connect\)|operation timed out|Request failed after \d+ retr"
        r"|network is unreachable|NameResolutionError|NewConnectionError|ConnectTimeout|ReadTimeout"
        r"|Max retries exceeded|ProxyError|tunnel error|connection-failed|connection-timeout"
        r"|Temporary failure in name resolution",
        named=HOST,
        message="The package index cannot be reached: {name}",
        hint="check the network and the proxy (scaffold env mirrors), name a mirror with --index NAME "
        "(scaffold env mirrors list), or a folder of wheels: PIP_FIND_LINKS=FOLDER",
        error=SourceUnreachable,
        attempts=2,
    ),
    Sign(
        code="install-offline",
        pattern=r"Packages were unavailable because the network was disabled|was not found in the cache|"
        r"[Nn]etwork connectivity is disabled",
        named=r"(\S+) was not found in the cache",
        message="{name} is not in uv's cache, and UV_OFFLINE forbids to download it",
        hint="run once without UV_OFFLINE (in a uv.toml: offline), or name a folder of wheels: "
        "UV_FIND_LINKS=FOLDER",
        error=SourceUnreachable,
    ),
    Sign(
        code="install-bad-wheel",
        pattern=r"invalid package format",  # uv says so of a download that stalls, too
        named=r"Because (\S+) has an invalid package|structure of `([^`]+)",
        message="The wheel of {name} did not arrive as a wheel: it is damaged, or its download stalls, or "
        "something else was sent",
        hint=SLOW + "; does the network want you to sign in first?",
        uv_hint="what uv kept of it goes away with: uv cache clean {package}",
        attempts=2,
        is_damage=True,
    ),
    Sign(
        code="install-bad-wheel",
        pattern=r"invalid zip|zip file structure|Failed to read from zip|is not a zip file"
        r"|located at \S+ is invalid|Failed to extract archive|Bad CRC|BadZipFile"
        r"|while decompressing data|corrupt deflate stream",
        named=r"Failed to download:? `([^`]+)|Wheel '([^']+)' located",
        message="The wheel of {name} is damaged",
        hint="its source sends it damaged: try another one (scaffold env mirrors --check --all); in a folder "
        "of wheels, delete the file",
        uv_hint="what uv kept of it goes away with: uv cache clean {package}",
        attempts=3,
        is_damage=True,
    ),
    Sign(
        code="install-bad-listing",
        pattern=r"in parse_links\b.*?(?:UnicodeDecodeError|JSONDecodeError)|[Uu]nexpected JSON"
        r"|Failed to deserialize|is not a simple index|Unsupported `Content-Type`",
        named=HOST,
        message="{name} answered with something that is no package listing",
        hint="does the network want you to sign in first? Otherwise try another mirror: --index URL",
        error=SourceUnreachable,
        attempts=3,
    ),
    Sign(
        code="install-bad-listing",
        pattern=r"there are no versions of [\w.-]+(?: and|,)",
        named=r"there are no versions of ([\w.-]+)",
        message="The page that the index has of {name} lists no file of it",
        hint="does the network want you to sign in first? Otherwise try another mirror: "
        "scaffold env mirrors --check --all",
        error=SourceUnreachable,
        attempts=3,
        is_damage=True,
    ),
    Sign(
        code="install-no-wheel",
        pattern=r"has no wheels with a matching Python|has no wheels with a matching platform"
        r"|has no usable wheels|[Ww]heels are (?:available|required) for `",
        named=r"Because (\S+) has no|[Ww]heels are (?:available|required) for `([^`]+)",
        message="{name} has no wheel for this Python on this operating system and processor",
        hint="try another Python: --python (scaffold env python says which can hold the frameworks); a new "
        "project may also do with one framework: scaffold new NAME --framework pytorch (or keras)",
        error=NoBuild,
    ),
    Sign(
        code="install-not-found",
        pattern=r"was not found in (?:the package registry|the provided package locations)"
        r"|\(from versions: none\)",
        named=r"Because (\S+) was not found|requirement (\S+) \(from versions",
        message="No source that is configured here has {name}",
        hint="is it spelled right? Otherwise check where it is looked for (scaffold env mirrors): an index's "
        "address usually ends in /simple",
    ),
    Sign(
        code="install-no-version",
        pattern=r"there is no version of |\(from versions: |there are no versions of |" + ONLY_OTHERS,
        named=r"no versions? of (\S+)|requirement (\S+) \(from versions|" + ONLY_OTHERS,
        message="No source that is configured here has {name} for this Python",
        hint="ask for another version, or for another Python with --python; a mirror may lag behind: "
        "scaffold env mirrors --check --all",
        error=NoBuild,
    ),
    Sign(
        code="install-conflict",
        pattern=r"No solution found|ResolutionImpossible|conflicting dependencies",
        message="The requirements contradict each other",
        hint="one of the versions that are named above has to give way: pyproject.toml has yours",
    ),
    Sign(
        code="install-build-failed",
        pattern=r"build backend returned an error|metadata-generation-failed|subprocess-exited-with-error"
        r"|Failed to build",
        named=r"Failed to build:? `?([^`\s]+)",
        message="The build of {name} failed",
        hint="its own words stand above; another version may have a wheel, which needs no building",
    ),
    Sign(
        code="install-bad-requirement",
        pattern=r"Couldn't parse requirement|Invalid requirement",
        message="A requirement is not written as PEP 508 wants it",
        hint="correct it at the place that is named above, as in: tqdm>=4.66",
    ),
)
