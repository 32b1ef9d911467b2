"""The real `sam build` and `sam deploy`, into the local AWS."""

import os
import platform
import shutil
import struct
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from .screen import LOCAL, ROOT, Failed, Step, run_logged

SAM = ROOT / ".venv" / "sam" / "bin" / "sam"
BUILT = ROOT / ".aws-sam" / "build"
# The machine that runs the functions is this one. The numbers are ELF's e_machine.
ARCHITECTURE, ELF_MACHINE = ("arm64", 183) if platform.machine() in ("aarch64", "arm64") else ("x86_64", 62)
DEPLOYMENTS = "logweir-deployments"
RULES = "logweir-rules"
EMAIL, PHONE = "oncall@example.com", "+15555550100"

# Every sink each. `direct` subscribes the log groups; `stream` is subscribed by nobody, because the local AWS delivers subscriptions to functions only:
# traffic.feed_stream puts in what CloudWatch Logs would. No batching window: nobody wants to wait five minutes in a demo. The alarms on subscriptions
# are queries, which the local AWS does not know.
COMMON = {"Architecture": ARCHITECTURE, "SubscriptionAlarms": "false", "AlarmerEnabled": "true", "RulesBucketName": RULES, "NotificationEmail": EMAIL,
          "NotificationPhone": PHONE}
STACKS = {
    "logweir-direct": {**COMMON, "Source": "direct", "FiltersPerLogGroup": "4"},
    "logweir-stream": {**COMMON, "Source": "stream", "LogGroupNames": "none", "DynamicPartitioning": "true", "BatchingWindowSeconds": "0",
                       "IndexerBatchingWindowSeconds": "0", "AlarmerBatchingWindowSeconds": "0"},
}


def environment(port):
    """For sam: the local AWS and nothing of whatever the person's own configuration of AWS says."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    path = os.pathsep.join([str(SAM.parent), kept.get("PATH", "")])
    return {**kept, "PATH": path, "SAM_CLI_TELEMETRY": "0", "SAM_CLI_ENABLE_LANGUAGE_EXTENSIONS": "1", "PYTHONWARNINGS": "ignore",
            "AWS_ENDPOINT_URL": f"http://127.0.0.1:{port}", "AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test",
            "AWS_DEFAULT_REGION": "us-east-1", "AWS_REGION": "us-east-1", "AWS_CONFIG_FILE": os.devnull,
            "AWS_SHARED_CREDENTIALS_FILE": os.devnull, "AWS_EC2_METADATA_DISABLED": "true"}


def local_cloud(command, port):
    result = subprocess.run([sys.executable, str(ROOT / "scripts" / "local-cloud"), command], capture_output=True, text=True,
                            env={**os.environ, "LOGWEIR_CLOUD_PORT": str(port)})
    if result.returncode != 0:
        raise Failed((result.stderr or result.stdout).strip())
    return result.stdout.strip()


def overrides(parameters):
    return ["--parameter-overrides", *(f"{name}={value}" for name, value in parameters.items())]


def build(port, title="sam build (Rust; minutes when cold)"):
    """Builds the functions and checks that they are for this machine."""
    if shutil.which("cargo") is None:
        raise Failed("no cargo on the PATH: install Rust (https://rustup.rs), the toolchain of rust-toolchain.toml then comes by itself")
    # The same overrides as at deploy: SAM builds for the template's default architecture otherwise.
    run_logged(title, [str(SAM), "build", "--beta-features", "--build-dir", str(BUILT), *overrides(STACKS["logweir-stream"])], "sam-build.log",
               environment(port), advice="A compiler error is above; anything about a missing tool: scripts/setup.")
    for function in ("TransformerFunction", "ArchiverFunction", "IndexerFunction", "AlarmerFunction"):
        check_machine(BUILT / function / "bootstrap")


def check_machine(bootstrap):
    head = bootstrap.read_bytes()[:20]
    machine = struct.unpack("<H", head[18:20])[0] if head[:4] == b"\x7fELF" else None
    if machine != ELF_MACHINE:
        raise Failed(f"{bootstrap.relative_to(ROOT)} is not a program for {ARCHITECTURE} (ELF machine {machine}, {ELF_MACHINE} is wanted): "
                     "build and deploy must get the same Architecture")


def deploy(port, clients, log_groups, search_url, prefixes):
    """Both stacks at once; the log groups that the direct one subscribes must exist. The indices of a stack begin with its prefix."""
    there = [bucket["Name"] for bucket in clients.s3.list_buckets()["Buckets"]]
    for bucket in (DEPLOYMENTS, RULES):
        if bucket not in there:
            clients.s3.create_bucket(Bucket=bucket)
    clients.s3.put_object(Bucket=RULES, Key="rules.yaml", Body=(Path(__file__).parent / "rules.yaml").read_bytes())
    stacks = {name: {**parameters, "IndexerEnabled": "true", "SearchEndpoint": search_url, "IndexPrefix": prefixes[name]}
              for name, parameters in STACKS.items()}
    stacks["logweir-direct"]["LogGroupNames"] = ",".join(log_groups)
    with Step("sam deploy, two stacks: " + ", ".join(stacks)), ThreadPoolExecutor() as pool:
        problems = [problem for problem in pool.map(lambda item: deploy_one(port, *item), stacks.items()) if problem]
        if problems:
            raise Failed("\n".join(problems))


def deploy_one(port, stack, parameters):
    """None, or what went wrong."""
    log = LOCAL / f"sam-deploy-{stack}.log"
    command = [str(SAM), "deploy", "--template-file", str(BUILT / "template.yaml"), "--stack-name", stack, "--s3-bucket", DEPLOYMENTS,
               "--s3-prefix", stack, "--capabilities", "CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND", "--no-confirm-changeset",
               "--no-fail-on-empty-changeset", "--no-progressbar", "--config-env", "none", *overrides(parameters)]
    with log.open("wb") as output:
        code = subprocess.run(command, cwd=ROOT, env=environment(port), stdin=subprocess.DEVNULL, stdout=output, stderr=output).returncode
    if code == 0:
        return None
    end = "\n".join("    " + line for line in log.read_text(errors="replace").splitlines()[-25:])
    return f"sam deploy of {stack} ended with {code}. The end of {log.relative_to(ROOT)}:\n{end}"


def outputs(clients, stack):
    """The stack's outputs by name."""
    (found,) = clients.cloudformation.describe_stacks(StackName=stack)["Stacks"]
    return {output["OutputKey"]: output["OutputValue"] for output in found.get("Outputs", [])}
