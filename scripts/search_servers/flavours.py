"""Which servers there are, and the Java that each runs on."""

import os
import re
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path


class Refused(Exception):
    """What stands in the way, and what to do about it."""


@dataclass(frozen=True)
class Artifact:
    """A zip in Maven Central, by its coordinates, and what its bytes hash to."""

    group: str
    name: str
    version: str
    sha256: str

    @property
    def path(self):
        return f"{self.group.replace('.', '/')}/{self.name}/{self.version}/{self.name}-{self.version}.zip"


@dataclass(frozen=True)
class Flavour:
    """A server as tests name it. `java`: the oldest and the newest release that it starts on, and the one it was tried with."""

    name: str
    kind: str  # opensearch or elasticsearch: its command, its configuration file.
    version: str
    sha256: str
    java: tuple
    what: str
    secure: bool = False  # Asks who calls.
    tls: bool = False
    plugin: Artifact | None = None

    @property
    def artifact(self):
        return Artifact(f"org.{self.kind}.distribution.integ-test-zip", self.kind, self.version, self.sha256)

    @property
    def user(self):
        return {"opensearch-secure": "admin", "elasticsearch8": "elastic-dev"}.get(self.name)


# The projects' own servers without the parts that only their packages add (no ISM, no ILM, no machine learning). Elasticsearch 7.10.2 is the last
# one under the Apache licence.
FLAVOURS = {flavour.name: flavour for flavour in (
    Flavour("opensearch", "opensearch", "3.8.0", "196c3cf4602c394f2e40e6174ccbf2a924eae37246f08fa6bbb6b75f9fd5ff1f", (21, 99, 25),
            "http, asks nobody who they are"),
    Flavour("opensearch-secure", "opensearch", "2.19.4", "3902e642715210d1d9d7cbdcc8f5abd6f931d1d7a679cea3750937becf16c406", (11, 23, 17),
            "https with a CA of its own, basic authentication, roles", secure=True, tls=True,
            plugin=Artifact("org.opensearch.plugin", "opensearch-security", "2.19.4.0",
                            "1f673622c462c4171a8c53f9b1ad20e5b839834cb79b0d3b388da180a0e514e8")),
    Flavour("elasticsearch7", "elasticsearch", "7.10.2", "38a4232a9b8506235c8a2b6a24cdf3732b2c2aa4b8026c89063e038a610c9f4c", (11, 23, 17),
            "http, asks nobody who they are"),
    Flavour("elasticsearch8", "elasticsearch", "8.19.21", "215d5f3dbf0609a149f6218a9e47b6ae2df34ebbff3c5754e35f15a5e5393c8a", (17, 99, 25),
            "http, basic authentication", secure=True),
)}


def release_of(home):
    """The release of the Java in a folder (17, 21 …), or None where there is none."""
    try:
        found = re.search(r'^JAVA_VERSION="(?:1\.)?(\d+)', (home / "release").read_text(), re.MULTILINE)
    except OSError:
        return None
    return int(found.group(1)) if found and os.access(home / "bin" / "java", os.X_OK) else None


def java_places():
    """Folders in which a Java may lie: what the caller names, then where systems and version managers keep it."""
    yield from (Path(os.environ[name]) for name in ("JAVA_HOME",) if os.environ.get(name))
    if java := shutil.which("java"):
        yield Path(java).resolve().parent.parent
    for folder in ("/usr/lib/jvm", "/opt/java", "/opt", "/Library/Java/JavaVirtualMachines", "~/.sdkman/candidates/java", "~/.local/share/mise/installs/java"):
        for place in sorted(Path(folder).expanduser().glob("*")):
            yield place / "Contents" / "Home" if (place / "Contents" / "Home").is_dir() else place


def java_home(flavour):
    """The Java to run a server on: what LOGWEIR_SEARCH_JAVA_HOME names, else the release it was tried with, else the nearest one that it starts on."""
    oldest, newest, tried = flavour.java
    wanted = f"Java {oldest} or later" if newest == 99 else f"Java {oldest} to {newest}"
    if named := os.environ.get("LOGWEIR_SEARCH_JAVA_HOME"):
        if release_of(Path(named)) is None:
            raise Refused(f"LOGWEIR_SEARCH_JAVA_HOME={named} holds no Java (bin/java and the file `release` are looked for)")
        return Path(named)
    found = {}
    for place in java_places():
        if release := release_of(place):
            found.setdefault(release, place)
    fitting = [release for release in found if oldest <= release <= newest]
    if not fitting:
        seen = ", ".join(f"{release} in {place}" for release, place in sorted(found.items())) or "none at all"
        advice = "temurin-25-jdk from packages.adoptium.net" if oldest > 17 else "openjdk-17-jre-headless"
        system = f" (Debian 12: {advice})" if sys.platform == "linux" else ""
        raise Refused(f"{flavour.name} {flavour.version} needs {wanted}; found: {seen}. Install one{system}, or name its folder in LOGWEIR_SEARCH_JAVA_HOME")
    return found[min(fitting, key=lambda release: abs(release - tried))]
