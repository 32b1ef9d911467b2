"""template.yaml as the tests read it: its parts by name, and what its rules and conditions come to for given parameters."""

import re
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[2]
TEMPLATE = ROOT / "template.yaml"


class Loader(yaml.SafeLoader):
    """Reads !Ref and its like as CloudFormation's long forms."""


def intrinsic(loader, suffix, node):
    value = {yaml.ScalarNode: loader.construct_scalar, yaml.SequenceNode: lambda n: loader.construct_sequence(n, deep=True),
             yaml.MappingNode: lambda n: loader.construct_mapping(n, deep=True)}[type(node)](node)
    if suffix == "GetAtt" and isinstance(value, str):
        value = value.split(".", 1)
    return {suffix if suffix in ("Ref", "Condition") else f"Fn::{suffix}": value}


Loader.add_multi_constructor("!", intrinsic)
TEXT = TEMPLATE.read_text()
DOCUMENT = yaml.load(TEXT, Loader)
PARAMETERS, RULES, CONDITIONS = DOCUMENT["Parameters"], DOCUMENT["Rules"], DOCUMENT["Conditions"]


def flatten(section):
    """Logical names and resources; of a loop its fragment, under the loop's name and its own with the placeholder."""
    for name, value in section.items():
        if name.startswith("Fn::ForEach::"):
            yield from ((f"{name.removeprefix('Fn::ForEach::')}/{inner}", resource) for inner, resource in flatten(value[2]))
        else:
            yield name, value


RESOURCES = dict(flatten(DOCUMENT["Resources"]))


def of_type(*kinds):
    return {name: resource for name, resource in RESOURCES.items() if resource["Type"] in kinds}


def walk(node):
    yield node
    for child in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
        yield from walk(child)


def as_list(value):
    return value if isinstance(value, list) else [value]


def texts(value):
    """Every text in a value: the two ways of an Fn::If, the pattern of an Fn::Sub."""
    return [text for text in walk(value) if isinstance(text, str)]


def statements(resources=RESOURCES):
    for name, resource in resources.items():
        for node in walk(resource.get("Properties", {})):
            if isinstance(node, dict) and "Effect" in node and "Action" in node:
                yield name, node


def referred(resource):
    """The names that a part of the template refers to."""
    for node in walk(resource):
        if isinstance(node, dict) and "Ref" in node:
            yield node["Ref"]
        if isinstance(node, dict) and "Fn::GetAtt" in node and isinstance(node["Fn::GetAtt"][0], str):
            yield node["Fn::GetAtt"][0]
        if isinstance(node, dict) and "Fn::Sub" in node:
            yield from re.findall(r"\$\{(\w+)", as_list(node["Fn::Sub"])[0])
        if isinstance(node, dict) and "DependsOn" in node:
            yield from as_list(node["DependsOn"])


# --- with parameters


def accepts(name, value):
    parameter = PARAMETERS[name]
    for item in value.split(",") if parameter["Type"] == "CommaDelimitedList" else [value]:
        if "AllowedValues" in parameter and item not in map(str, parameter["AllowedValues"]):
            return False
        if "AllowedPattern" in parameter and not re.fullmatch(parameter["AllowedPattern"], item):
            return False
        if len(item) > parameter.get("MaxLength", 4096):
            return False
        if "MinValue" in parameter and not parameter["MinValue"] <= float(item) <= parameter["MaxValue"]:
            return False
    return True


def values_with(**overrides):
    """The value of each parameter, as CloudFormation has it: text, or a list of texts."""
    values = {name: str(parameter["Default"]) for name, parameter in PARAMETERS.items()} | overrides
    assert all(accepts(name, values[name]) for name in overrides), "a test takes values that the parameters take"
    return {name: value.split(",") if PARAMETERS[name]["Type"] == "CommaDelimitedList" else value for name, value in values.items()}


def holds(rule, values):
    """CloudFormation's functions for rules and conditions, over parameters as text."""
    (function, of), = rule.items()
    if function == "Condition":
        return holds(CONDITIONS[of], values)
    given = [value_of(x, values) for x in as_list(of)]
    return {
        "Fn::And": lambda: all(holds(x, values) for x in of), "Fn::Or": lambda: any(holds(x, values) for x in of),
        "Fn::Not": lambda: not holds(of[0], values), "Fn::Equals": lambda: str(given[0]) == str(given[1]),
        "Fn::Contains": lambda: given[1] in given[0], "Fn::EachMemberEquals": lambda: all(x == given[1] for x in given[0]),
    }[function]()


def value_of(node, values):
    if isinstance(node, dict) and "Ref" in node:
        return values[node["Ref"]]
    if isinstance(node, dict) and "Fn::Select" in node:
        index, of = node["Fn::Select"]
        return value_of(of, values)[index]
    return node


def broken_rules(**overrides):
    values = values_with(**overrides)
    return {name for name, rule in RULES.items() if "RuleCondition" not in rule or holds(rule["RuleCondition"], values)
            if not all(holds(x["Assert"], values) for x in rule["Assertions"])}


def decided(node, values):
    """A part of the template without its Fn::If: what holds for these parameters, None for AWS::NoValue."""
    if isinstance(node, dict) and "Fn::If" in node:
        condition, then, otherwise = node["Fn::If"]
        return decided(then if holds(CONDITIONS[condition], values) else otherwise, values)
    if node == {"Ref": "AWS::NoValue"}:
        return None
    if isinstance(node, dict):
        return {key: value for key, child in node.items() if (value := decided(child, values)) is not None}
    if isinstance(node, list):
        return [value for child in node if (value := decided(child, values)) is not None]
    return node


def made(**overrides):
    """The resources that there are with these parameters, by name, without their Fn::If."""
    assert not broken_rules(**overrides), "a test of what is made takes parameters that the rules take"
    values = values_with(**overrides)
    return {name: decided(resource, values) for name, resource in RESOURCES.items()
            if "Condition" not in resource or holds(CONDITIONS[resource["Condition"]], values)}


def allowed(name, **overrides):
    """(action, resource) of each permission that the resource's policies give with these parameters."""
    resource = {name: made(**overrides)[name]}
    return {(action, text) for _, s in statements(resource) if s["Effect"] == "Allow" and "Resource" in s
            for action in as_list(s["Action"]) for text in texts(s["Resource"]) if text != "Arn"}


def variables(function, **overrides):
    """The environment of a function with these parameters, that of all functions included."""
    common = decided(DOCUMENT["Globals"]["Function"]["Environment"]["Variables"], values_with(**overrides))
    return common | made(**overrides)[function]["Properties"]["Environment"]["Variables"]


# --- a function's own bounds


def ranges(function):
    """What the function takes, by variable: the least, the most, the default."""
    code = (ROOT / "functions" / function / "src" / "config.rs").read_text()
    return {name: [shifted(bound) for bound in bounds.split(", ")] for name, bounds in re.findall(r"in_range\((\w+), ([^)]*)\)", code)}


def shifted(number):
    """A number of Rust: 2_000, or 5 << 20."""
    value, _, by = number.replace("_", "").partition(" << ")
    return int(value) << int(by or 0)


def length_of_variables(function, **overrides):
    """What the variables of a function take of Lambda's 4 KB with these parameters. A name that CloudFormation makes counts 100."""
    values = values_with(**overrides)

    def length(node):
        if isinstance(node, dict) and "Ref" in node:
            value = values.get(node["Ref"])
            return 100 if value is None else len(",".join(value)) if isinstance(value, list) else len(value)
        if isinstance(node, dict):
            return sum(map(length, node.values()))
        return sum(map(length, node)) if isinstance(node, list) else len(re.sub(r"\$\{\w+\}", "x" * 100, str(node)))

    return sum(len(name) + length(value) for name, value in variables(function, **overrides).items())


# --- alarms


def shared_code():
    """The code that all functions share, which prints the balances."""
    return "".join(path.read_text() for path in sorted((ROOT / "shared").glob("*/src/**/*.rs")))


def alarms():
    """(condition, metric, alarm) of every alarm, with the loops unrolled."""
    for key, value in DOCUMENT["Resources"].items():
        loop = key.startswith("Fn::ForEach::")
        for resource in value[2].values() if loop else [value]:
            if resource["Type"] == "AWS::CloudWatch::Alarm":
                by_metric = loop and resource["Properties"].get("MetricName", {"Ref": value[0]}) == {"Ref": value[0]}
                yield from ((resource["Condition"], metric, resource["Properties"]) for metric in (value[1] if by_metric else metrics(resource["Properties"])))


def metrics(properties):
    return [properties["MetricName"]] if "MetricName" in properties else [
        query["MetricStat"]["Metric"]["MetricName"] for query in properties["Metrics"] if "MetricStat" in query]
