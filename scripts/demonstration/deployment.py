"""The real `sam deploy`, into the local AWS."""

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from .building import ARCHITECTURE, SAM, environment, overrides
from .screen import LOCAL, ROOT, Failed, Step

DEPLOYMENTS = "logweir-deployments"
RULES = "logweir-rules"
EMAIL, PHONE = "oncall@example.com", "+15555550100"

# Every sink each. `direct` subscribes the log groups; `stream` is subscribed by nobody. The local AWS delivers subscriptions to functions only: into the
# stream, and into the delivery stream of `direct`, traffic.feed_stream and feed_delivery_stream put what CloudWatch Logs would. No batching window: nobody wants to wait five minutes in a demo. The alarms on subscriptions
# are queries, which the local AWS does not know.
COMMON = {"Architecture": ARCHITECTURE, "SubscriptionAlarms": "false", "AlarmerEnabled": "true", "RulesBucketName": RULES, "NotificationEmail": EMAIL,
          "NotificationPhone": PHONE}
STACKS = {
    "logweir-direct": {**COMMON, "Source": "direct", "FiltersPerLogGroup": "4"},
    "logweir-stream": {**COMMON, "Source": "stream", "LogGroupNames": "none", "DynamicPartitioning": "true", "BatchingWindowSeconds": "0",
                       "IndexerBatchingWindowSeconds": "0", "AlarmerBatchingWindowSeconds": "0"},
}


def local_cloud(command, port):
    result = subprocess.run([sys.executable, str(ROOT / "scripts" / "local-cloud"), command], capture_output=True, text=True,
                            env={**os.environ, "LOGWEIR_CLOUD_PORT": str(port)})
    if result.returncode != 0:
        raise Failed((result.stderr or result.stdout).strip())
    return result.stdout.strip()


def deploy(port, clients, built, log_groups, search_url, prefixes):
    """Both stacks at once, of what was `built`; the log groups that the direct one subscribes must exist. The indices of a stack begin with its prefix."""
    there = [bucket["Name"] for bucket in clients.s3.list_buckets()["Buckets"]]
    for bucket in (DEPLOYMENTS, RULES):
        if bucket not in there:
            clients.s3.create_bucket(Bucket=bucket)
    clients.s3.put_object(Bucket=RULES, Key="rules.yaml", Body=(Path(__file__).parent / "rules.yaml").read_bytes())
    stacks = {name: {**parameters, "IndexerEnabled": "true", "SearchEndpoint": search_url, "IndexPrefix": prefixes[name]}
              for name, parameters in STACKS.items()}
    stacks["logweir-direct"]["LogGroupNames"] = ",".join(log_groups)
    variables = environment(port)  # Read here: a test changes them while threads run.
    with Step("sam deploy, two stacks: " + ", ".join(stacks)), ThreadPoolExecutor() as pool:
        problems = [problem for problem in pool.map(lambda item: deploy_one(variables, built, *item), stacks.items()) if problem]
        if problems:
            raise Failed("\n".join(problems))


def deploy_one(variables, built, stack, parameters):
    """None, or what went wrong."""
    log = LOCAL / f"sam-deploy-{stack}.log"
    command = [str(SAM), "deploy", "--template-file", str(built / "template.yaml"), "--stack-name", stack, "--s3-bucket", DEPLOYMENTS,
               "--s3-prefix", stack, "--capabilities", "CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND", "--no-confirm-changeset",
               "--no-fail-on-empty-changeset", "--no-progressbar", "--config-env", "none", *overrides(parameters)]
    with log.open("wb") as output:
        code = subprocess.run(command, cwd=ROOT, env=variables, stdin=subprocess.DEVNULL, stdout=output, stderr=output).returncode
    if code == 0:
        return None
    end = "\n".join("    " + line for line in log.read_text(errors="replace").splitlines()[-25:])
    return f"sam deploy of {stack} ended with {code}. The end of {log.relative_to(ROOT)}:\n{end}"


def outputs(clients, stack):
    """The stack's outputs by name."""
    (found,) = clients.cloudformation.describe_stacks(StackName=stack)["Stacks"]
    return {output["OutputKey"]: output["OutputValue"] for output in found.get("Outputs", [])}
