"""The functions and the tool, built by the real `sam build`: as they ship, or quickly.

What ships is optimised as a whole (fat LTO), for any machine of its architecture, against an older C library: minutes of linking. A demo is not
faster for that: it takes the profile of tests and this machine's linker, and so finds compiled what `cargo build` and `cargo test` compile."""

import os
import platform
import shutil
import struct
import subprocess

from .screen import LOCAL, ROOT, Failed, run_logged

SAM = ROOT / ".venv" / "sam" / "bin" / "sam"
# Where `sam build` by hand puts what ships, and where `sam deploy` by hand looks: nothing that is not optimised may lie there.
SHIPPED = ROOT / ".aws-sam" / "build"
FOR_DEMO = LOCAL / "demo" / "build"
FUNCTIONS = {"logweir-transformer": "TransformerFunction", "logweir-archiver": "ArchiverFunction", "logweir-indexer": "IndexerFunction",
             "logweir-alarmer": "AlarmerFunction"}
TOOL = "logweir-cli"
# The machine that runs the functions is this one. The numbers are ELF's e_machine.
ARCHITECTURE, ELF_MACHINE = ("arm64", 183) if platform.machine() in ("aarch64", "arm64") else ("x86_64", 62)
# How `sam build` is told to use the profile of tests and this machine's linker.
QUICKLY = {"SAM_BUILD_MODE": "debug", "CARGO_LAMBDA_COMPILER": "cargo"}


def for_demo(port):
    """Builds the functions and the tool: (the folder of what SAM built, the tool)."""
    run_cargo("the functions and the tool (cargo build; minutes when cold)", ["build", *packages(*FUNCTIONS, TOOL)], environment(port))
    built = sam_build("sam build", FOR_DEMO, {**environment(port), **QUICKLY})
    # cargo-lambda moves away every program of the workspace that it finds, the tool among them: cargo puts it back, compiling nothing.
    return built, tool()


def as_shipped(port, folder=SHIPPED):
    """Builds the functions as `sam build` by hand does, but compiles and links them side by side first: the folder of what SAM built."""
    run_cargo("the functions as they ship (cargo lambda build; minutes when cold)",
              ["lambda", "build", "--release", *(["--arm64"] if ARCHITECTURE == "arm64" else []), *packages(*FUNCTIONS)], environment(port))
    return sam_build("sam build", folder, environment(port))


def tool():
    """Builds the command-line tool; its path."""
    subprocess.run(["cargo", "build", "--locked", "--quiet", *packages(TOOL)], cwd=ROOT, check=True)
    said = subprocess.run(["rustc", "--version", "--verbose"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    (host,) = [line.removeprefix("host: ") for line in said.splitlines() if line.startswith("host: ")]
    # .cargo/config.toml names the target, so its folder has the target's name.
    return ROOT / "target" / host / "debug" / "logweir"


def packages(*names):
    return [argument for name in names for argument in ("--package", name)]


def run_cargo(title, arguments, settings):
    if shutil.which("cargo") is None:
        raise Failed("no cargo on the PATH: install Rust (https://rustup.rs), the toolchain of rust-toolchain.toml then comes by itself")
    run_logged(title, ["cargo", *arguments, "--locked"], "cargo-build.log", settings, advice="A compiler error is above; anything about a missing tool: scripts/setup.")


def sam_build(title, folder, settings):
    """The real one, and a check that the functions are for this machine."""
    # The architecture as at deploy: SAM builds for the template's default otherwise.
    run_logged(title, [str(SAM), "build", "--beta-features", "--build-dir", str(folder), *overrides({"Architecture": ARCHITECTURE})], "sam-build.log",
               settings, advice="A compiler error is above; anything about a missing tool: scripts/setup.")
    for function in FUNCTIONS.values():
        check_machine(folder / function / "bootstrap")
    return folder


def check_machine(bootstrap):
    head = bootstrap.read_bytes()[:20]
    machine = struct.unpack("<H", head[18:20])[0] if head[:4] == b"\x7fELF" else None
    if machine != ELF_MACHINE:
        raise Failed(f"{bootstrap.relative_to(ROOT)} is not a program for {ARCHITECTURE} (ELF machine {machine}, {ELF_MACHINE} is wanted): "
                     "build and deploy must get the same Architecture")


def overrides(parameters):
    return ["--parameter-overrides", *(f"{name}={value}" for name, value in parameters.items())]


def environment(port):
    """For sam: the local AWS and nothing of whatever the person's own configuration of AWS says."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    path = os.pathsep.join([str(SAM.parent), kept.get("PATH", "")])
    return {**kept, "PATH": path, "SAM_CLI_TELEMETRY": "0", "SAM_CLI_ENABLE_LANGUAGE_EXTENSIONS": "1", "PYTHONWARNINGS": "ignore",
            "AWS_ENDPOINT_URL": f"http://127.0.0.1:{port}", "AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test",
            "AWS_DEFAULT_REGION": "us-east-1", "AWS_REGION": "us-east-1", "AWS_CONFIG_FILE": os.devnull,
            "AWS_SHARED_CREDENTIALS_FILE": os.devnull, "AWS_EC2_METADATA_DISABLED": "true"}
