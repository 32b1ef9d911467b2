"""A server unpacked, once for each flavour: nodes share it and keep all that changes in folders of their own."""

import fcntl
import hashlib
import os
import re
import shutil
import stat
import subprocess
import threading
import time
import urllib.error
import urllib.request
import zipfile
from contextlib import contextmanager
from pathlib import Path

from .flavours import Refused, java_home

ROOT = Path(__file__).resolve().parents[2]
CENTRAL = "https://repo1.maven.org/maven2"
# Servers refuse to run as root. They run as this user then, which must be able to reach their folders.
PLAIN_USER, PLAIN_GROUP = "nobody", "nogroup"
# Of the one user of the servers that ask who calls.
PASSWORD = "Dev-only-9!kQz7"


def say(text):
    print(f"search server: {text}", flush=True)


def state_folder():
    """Where servers and their data lie: .local/search of this checkout, or another place where root runs this and its plain user cannot reach that."""
    if named := os.environ.get("LOGWEIR_SEARCH_DIR"):
        return Path(named).resolve()
    local = ROOT / ".local" / "search"
    local.mkdir(parents=True, exist_ok=True)
    if os.geteuid() != 0 or reached(local):
        return local
    other = Path("/var/tmp") / f"logweir-search-{hashlib.sha256(str(ROOT).encode()).hexdigest()[:12]}"
    other.mkdir(mode=0o755, exist_ok=True)
    if other.stat().st_uid != 0:
        raise Refused(f"{other} belongs to somebody else: name a folder that user {PLAIN_USER} can reach in LOGWEIR_SEARCH_DIR")
    return other


def reached(folder):
    return subprocess.run([*plain_user(), "test", "-x", str(folder)]).returncode == 0


def plain_user():
    """The beginning of a command that runs as nobody where this runs as root; empty otherwise."""
    if os.geteuid() != 0:
        return []
    if not (setpriv := shutil.which("setpriv")):
        raise Refused("root cannot run a search server, and setpriv, which would run it as another user, is missing (Debian: util-linux)")
    return [setpriv, f"--reuid={PLAIN_USER}", f"--regid={PLAIN_GROUP}", "--clear-groups"]


@contextmanager
def locked(path, what):
    """Holds a lock file: of two calls at once the second waits for the first. It is removed with its use."""
    path.parent.mkdir(parents=True, exist_ok=True)
    while True:
        with path.open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                say(f"waiting for another call, which {what}")
                fcntl.flock(lock, fcntl.LOCK_EX)
            # Removed while this waited, it is no longer what the next one will lock.
            if path.exists() and path.stat().st_ino == os.fstat(lock.fileno()).st_ino:
                try:
                    yield
                finally:
                    path.unlink(missing_ok=True)
                return


@contextmanager
def progress(what, seconds=10):
    """Says now and then that something still goes on."""
    began, done = time.monotonic(), threading.Event()

    def tell():
        while not done.wait(seconds):
            say(f"{what} … {time.monotonic() - began:.0f} s")

    threading.Thread(target=tell, daemon=True).start()
    try:
        yield
    finally:
        done.set()


def matches(path, artifact):
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest() == artifact.sha256


def fetch(artifact):
    """The zip of an artifact, out of the local Maven repository, fetched into it where it is missing. Its hash is checked each time."""
    place = Path(os.environ.get("MAVEN_REPO") or Path.home() / ".m2" / "repository") / artifact.path
    if place.is_file() and matches(place, artifact):
        return place
    place.unlink(missing_ok=True)
    say(f"fetching {artifact.name} {artifact.version} from Maven Central")
    with progress(f"fetching {artifact.name}"):
        if shutil.which("mvn"):
            by_maven(artifact, place)
        else:
            by_https(artifact, place)
    if not matches(place, artifact):
        place.unlink()
        raise Refused(f"what came as {artifact.path} is not what it was when this was written: its SHA-256 differs. It is removed; nothing was started")
    return place


def by_maven(artifact, place):
    repository = str(place)[:-len(artifact.path)]
    command = ["mvn", "-q", "-B", "-Dstyle.color=never", f"-Dmaven.repo.local={repository}", "-Dtransitive=false",
               f"-Dartifact={artifact.group}:{artifact.name}:{artifact.version}:zip", "org.apache.maven.plugins:maven-dependency-plugin:3.8.1:get"]
    outcome = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if outcome.returncode or not place.is_file():
        raise Refused(f"Maven could not fetch {artifact.name} {artifact.version}:\n" + "\n".join(outcome.stdout.splitlines()[-8:]))


def by_https(artifact, place):
    place.parent.mkdir(parents=True, exist_ok=True)
    part = place.with_name(f"{place.name}.{os.getpid()}.part")
    try:
        with urllib.request.urlopen(f"{CENTRAL}/{artifact.path}", timeout=60) as answer, part.open("wb") as file:
            shutil.copyfileobj(answer, file)
        part.replace(place)
    except OSError as error:
        raise Refused(f"{CENTRAL}/{artifact.path} could not be fetched: {error}") from error
    finally:
        part.unlink(missing_ok=True)


def unpack(archive, home):
    """A zip with one folder in it, that folder's content under `home`, with the modes it says."""
    with zipfile.ZipFile(archive) as source:
        for entry in source.infolist():
            relative = entry.filename.partition("/")[2]
            target = (home / relative).resolve()
            if not target.is_relative_to(home.resolve()):
                raise Refused(f"{archive} holds {entry.filename}, which points out of its folder")
            if entry.is_dir():
                target.mkdir(parents=True, exist_ok=True)
                continue
            target.parent.mkdir(parents=True, exist_ok=True)
            with source.open(entry) as content, target.open("wb") as file:
                shutil.copyfileobj(content, file)
            target.chmod(0o755 if relative.startswith("bin/") or (entry.external_attr >> 16) & stat.S_IXUSR else 0o644)


def installed(flavour):
    """The folder of a flavour, unpacked and with its plugin. Built aside and renamed last, so that a run that was cut is seen as not done."""
    home = state_folder() / f"{flavour.name}-{flavour.version}"
    with locked(home.with_name(home.name + ".lock"), f"installs {flavour.name}"):
        if home.is_dir():
            return home
        began = time.monotonic()
        archives = [fetch(artifact) for artifact in (flavour.artifact, flavour.plugin) if artifact]
        say(f"unpacking {flavour.name} {flavour.version}")
        new = home.with_name(home.name + ".new")
        shutil.rmtree(new, ignore_errors=True)
        new.mkdir(parents=True)
        unpack(archives[0], new)
        if flavour.secure:
            secure(flavour, new, archives[1:])
        # Every server looks for these; not every zip has them.
        for name in ("plugins", "extensions", "logs"):
            (new / name).mkdir(exist_ok=True)
        # Under a narrow umask the user that the server runs as could not read it.
        for path in (new, *new.rglob("*")):
            path.chmod(path.stat().st_mode | (0o555 if path.is_dir() else 0o444))
        new.rename(home)
        say(f"{flavour.name} {flavour.version} is installed ({time.monotonic() - began:.0f} s)")
    return home


def secure(flavour, home, plugins):
    """The security plugin with its demonstration certificates, or Elasticsearch's own files: one user, who may do everything. What the node's yml
    must say of it is left in config/security.part. Neither keys nor password are a secret: they guard a server of tests on 127.0.0.1."""
    java = str(java_home(flavour))
    environment = {"JAVA_HOME": java, "OPENSEARCH_JAVA_HOME": java, "ES_JAVA_HOME": java, "OPENSEARCH_INITIAL_ADMIN_PASSWORD": PASSWORD}
    part = home / "config" / "security.part"
    if flavour.kind == "elasticsearch":
        run([str(home / "bin" / "elasticsearch-users"), "useradd", flavour.user, "-p", PASSWORD, "-r", "superuser"], environment)
        part.write_text("xpack.security.enabled: true\nxpack.security.autoconfiguration.enabled: false\n"
                        "xpack.security.http.ssl.enabled: false\nxpack.security.transport.ssl.enabled: false\n")
        return
    for plugin in plugins:
        run([str(home / "bin" / "opensearch-plugin"), "install", "-s", "-b", f"file://{plugin}"], environment)
    configuration = home / "config" / "opensearch.yml"
    configuration.write_text("\n")  # The plugin's installer appends to it.
    run(["bash", str(home / "plugins" / "opensearch-security" / "tools" / "install_demo_configuration.sh"), "-y", "-i", "-s"], environment)
    # The audit log would be an index of its own, among those that tests count.
    kept = [line for line in configuration.read_text().splitlines() if not re.search("audit.type|max_local_storage_nodes", line)]
    part.write_text("\n".join(kept) + "\n")


def run(command, environment):
    """Runs an installer; what it printed is shown where it fails."""
    outcome = subprocess.run(command, env={**os.environ, **environment}, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if outcome.returncode:
        raise Refused(f"{' '.join(command[:2])} failed:\n" + "\n".join(outcome.stdout.splitlines()[-15:]))
