"""IntelliJ's own project model, asked from Python.

Debian ships the libraries (IntelliJ 183) that read ``.idea`` and split PARAMETERS; none of their service
registrations are in the jars, so they stand here. What the Python plugin itself reads of a run configuration,
and what changed after 183, this judge cannot tell.
"""

from __future__ import annotations

import base64
import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

SOURCES = Path(__file__).parent / "java"

#: What to install on Debian and its kin.
PACKAGES = ("default-jdk-headless", "libintellij-jps-model-java")

_JARS = tuple(
    Path("/usr/share/java") / f"{name}.jar"
    for name in (
        "intellij-jps-model-all",
        "intellij-util-all",
        "jdom2-intellij",
        "libtrove-intellij",
        "org.jetbrains.annotations-common",
    )
)
_SERVICES = {
    "org.jetbrains.jps.model.JpsElementFactory": "org.jetbrains.jps.model.impl.JpsElementFactoryImpl",
    "org.jetbrains.jps.model.JpsEncodingConfigurationService": (
        "org.jetbrains.jps.model.impl.JpsEncodingConfigurationServiceImpl"
    ),
    "org.jetbrains.jps.model.artifact.JpsArtifactService": (
        "org.jetbrains.jps.model.artifact.impl.JpsArtifactServiceImpl"
    ),
    "org.jetbrains.jps.model.ex.JpsExElementFactory": "org.jetbrains.jps.model.impl.JpsExElementFactoryImpl",
    "org.jetbrains.jps.model.fileTypes.FileNameMatcherFactory": (
        "org.jetbrains.jps.model.fileTypes.impl.FileNameMatcherFactoryImpl"
    ),
    "org.jetbrains.jps.model.java.JpsJavaExtensionService": (
        "org.jetbrains.jps.model.java.impl.JpsJavaExtensionServiceImpl"
    ),
    "org.jetbrains.jps.model.serialization.JpsModelSerializerExtension": (
        "PythonPlugin\norg.jetbrains.jps.model.serialization.java.JpsJavaModelSerializerExtension"
    ),
    "org.jetbrains.jps.model.serialization.JpsSerializationManager": (
        "org.jetbrains.jps.model.serialization.impl.JpsSerializationManagerImpl"
    ),
    "org.jetbrains.jps.service.JpsServiceManager": "org.jetbrains.jps.service.impl.JpsServiceManagerImpl",
    "org.jetbrains.jps.service.SharedThreadPool": "Pool",
}


def missing() -> str:
    """Why there can be no judge on this machine; "" where there can."""
    programs = [name for name in ("java", "javac") if shutil.which(name) is None]
    jars = [jar.name for jar in _JARS if not jar.exists()]
    if not programs and not jars:
        return ""
    return f"no {', '.join(programs + jars)}: apt-get install {' '.join(PACKAGES)}"


def compile_into(folder: Path) -> None:
    """The judge's classes, and the registrations of services, in an empty folder."""
    services = folder / "META-INF" / "services"
    services.mkdir(parents=True)
    for service, implementation in _SERVICES.items():
        (services / service).write_text(implementation + "\n")
    sources = sorted(map(str, SOURCES.glob("*.java")))
    subprocess.run(
        ("javac", "-nowarn", "-encoding", "UTF-8", "-cp", _class_path(), "-d", str(folder), *sources),
        check=True,
        capture_output=True,
    )


class Judge:
    """A running judge: one process, asked as often as you like."""

    def __init__(self, classes: Path) -> None:
        path = f"{classes}:{_class_path()}"
        self._process = subprocess.Popen(
            (
                "java",
                "-Xmx256m",
                "-XX:+UseSerialGC",
                "-Dfile.encoding=UTF-8",
                "-Dsun.jnu.encoding=UTF-8",
                "-cp",
                path,
                "Judge",
            ),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            encoding="ascii",
            env={"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8"},
        )

    def load(self, project: Path, options: Path | None = None) -> dict[str, Any]:
        """What the model makes of a project, and of the interpreters of an IDE's ``options`` folder."""
        (answer,) = self._ask([("load", str(project), *([str(options)] if options else []))])
        assert isinstance(answer, dict)
        return answer

    def split(self, texts: list[str]) -> list[list[str]]:
        """The words of each PARAMETERS."""
        answers = []
        for start in range(
            0, len(texts), 100
        ):  # less than a pipe holds, so that neither side waits for the other
            answers += self._ask([("split", text) for text in texts[start : start + 100]])
        return answers

    def close(self) -> None:
        """End the process."""
        self._process.communicate(timeout=20)

    def _ask(self, questions: list[tuple[str, ...]]) -> list[Any]:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        for command, *arguments in questions:
            encoded = (base64.b64encode(argument.encode()).decode() for argument in arguments)
            self._process.stdin.write(f"{' '.join((command, *encoded))}\n")
        self._process.stdin.flush()
        return [json.loads(self._process.stdout.readline()) for _ in questions]


def _class_path() -> str:
    return ":".join(map(str, _JARS))
