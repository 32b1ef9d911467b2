"""Lines of AWS services whose members have one type in one line and another in the next, made anew each time from one seed: what each service is known
for. None may lose its fields, in whatever order they come."""

import json
import random

from .payload import OWNER

TIME = "2026-11-21T11:20:00Z"
# Names of parameters that are text in one service's requests, an object or a list in another's, a number in a third's.
PARAMETERS = ("filter", "Filter", "policy", "status", "source", "configuration", "resources", "target", "type", "logging", "maxResults", "fromPort", "instanceType",
              "tags", "name", "attributes", "value", "limit", "expression", "key")


def anything(chance):
    """A value of any kind."""
    return chance.choice([
        "t3.micro", "", "1", 1000, 0.5, True, None, [], {}, ["a", "b"], [1, 2.5], {"value": "t3.micro"}, {"value": {"deep": 1}}, [{"key": "k", "value": "v"}],
        [{"key": {"n": 1}}], {"items": [{"a": "x"}, {"a": 7}]}, "2026-11-21T11:20:00Z"])


def cloudtrail(count=384, seed=3):
    chance, lines = random.Random(seed), []
    for number in range(count):
        event = {
            "eventVersion": "1.11", "userIdentity": {"type": chance.choice(["IAMUser", "Root", "AssumedRole", "AWSService"]), "accountId": OWNER, "principalId": "AIDA"},
            "eventTime": TIME, "eventSource": f"{chance.choice(['ec2', 's3', 'iam', 'glue', 'kms'])}.amazonaws.com", "eventName": f"Event{number}", "awsRegion": "eu-west-1",
            "sourceIPAddress": "203.0.113.7", "userAgent": "aws-cli/2", "eventID": f"e-{number}", "readOnly": chance.random() < 0.5, "eventType": "AwsApiCall"}
        for part in ("requestParameters", "responseElements", "additionalEventData", "serviceEventDetails"):
            names = chance.sample(PARAMETERS, chance.randrange(5))
            if names or chance.random() < 0.3:
                event[part] = {name: anything(chance) for name in names} or None
        if chance.random() < 0.1:
            event["errorCode"] = "AccessDenied"
        lines.append(json.dumps(event))
    return lines


def eks_audit(count=60, seed=4):
    chance, lines = random.Random(seed), []
    for number in range(count):
        labels = chance.choice([{"app": "pay"}, {"app": "pay", "app.kubernetes.io/name": "pay"}, {"app.kubernetes.io/name": "pay", "app.kubernetes.io": "x"}])
        port = chance.choice([8080, "http"])
        event = {
            "kind": "Event", "apiVersion": "audit.k8s.io/v1", "level": chance.choice(["Metadata", "RequestResponse", "Request"]), "auditID": f"a-{number}",
            "stage": "ResponseComplete", "requestURI": "/api/v1/pods", "verb": chance.choice(["get", "create", "patch"]), "user": {"username": "anna", "groups": ["dev"]},
            "sourceIPs": ["203.0.113.7"], "objectRef": {"resource": "pods", "namespace": "shop"}, "responseStatus": chance.choice([{"code": 200}, {"code": 404, "status": "Failure"}]),
            "annotations": {f"authorization.k8s.io/decision{number}": "allow", "authorization.k8s.io": "x"},
            "requestObject": {"metadata": {"labels": labels, "managedFields": [{"fieldsV1": {"f:metadata": {".": {}, f"f:n{number}": {}}}}]}, "spec": {"ports": [{"targetPort": port}]}},
            "responseObject": {"status": chance.choice(["Failure", {"phase": "Running"}])}}
        lines.append(json.dumps(event))
    return lines


def container_insights(count=40, seed=5):
    chance = random.Random(seed)
    return [json.dumps({
        "Version": chance.choice(["0", 0]), "Type": chance.choice(["Pod", "Task", "Cluster"]), "Timestamp": chance.choice(["1795260000000", 1795260000000]),
        "ClusterName": "shop", "CpuUtilized": chance.choice([5, 5.5]), "MemoryUtilized": chance.choice([0, 128.25]), "Sources": ["cadvisor", "calculated"],
        "kubernetes": chance.choice([{"labels": {"app": "a", "app.kubernetes.io/name": "a"}}, {"host": "ip-10-0-0-1"}]),
        "CloudWatchMetrics": [{"Namespace": "ContainerInsights", "Metrics": [{"Name": "cpu", "Unit": "Percent"}], "Dimensions": [["ClusterName"]]}]})
        for _ in range(count)]


def bedrock(count=40, seed=6):
    chance = random.Random(seed)
    contents = ["hello", [{"type": "text", "text": "hello"}], [{"type": "image", "source": {"type": "base64", "data": "x"}}]]
    return [json.dumps({
        "schemaType": "ModelInvocationLog", "schemaVersion": "1.0", "timestamp": TIME, "accountId": OWNER, "region": "eu-west-1", "requestId": f"r-{number}",
        "operation": "InvokeModel", "modelId": "anthropic.claude", "identity": {"arn": f"arn:aws:iam::{OWNER}:user/ci"},
        "input": {"inputContentType": "application/json", "inputBodyJson": {"messages": [{"role": "user", "content": chance.choice(contents)}], "temperature": chance.choice([1, 0.5])},
                  "inputTokenCount": 10},
        "output": {"outputBodyJson": chance.choice([{"content": "hi"}, [{"chunk": 1}], {"content": [{"text": "hi"}]}]), "outputTokenCount": 12}})
        for number in range(count)]


CORPORA = {"CloudTrail": (cloudtrail, "/audit/trail"), "EKS audit": (eks_audit, "/aws/eks/shop/cluster"),
           "Container Insights": (container_insights, "/aws/containerinsights/shop/performance"), "Bedrock": (bedrock, "/aws/bedrock/invocations")}
