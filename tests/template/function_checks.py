"""What would be wrong about functions. Each check names the offenders."""

from typing import Any

from tests.template.translation import ROOT, Template, of_type, referred

# What every function is told, and what each is told besides. Settings.from_env asks for nothing else.
EVERYBODY = {"STAGE", "TABLE_NAME", "AWS_ENDPOINT_URL", "POWERTOOLS_SERVICE_NAME", "POWERTOOLS_LOG_LEVEL"}
VARIABLES = {
    "InboundFunction": {
        "APPLE_SECRET_ID",
        "BUCKET_NAME",
        "EVENTS_QUEUE_URL",
        "RETENTION_DAYS",
        "TRANSFERS_QUEUE_URL",
    },
    "RoutingFunction": {
        "ALLOW_LOOPBACK",
        "AUTOMATIONS_QUEUE_URL",
        "BUCKET_NAME",
        "BUSINESS_SECRET_PREFIX",
        "EVENTS_QUEUE_URL",
        "RETENTION_DAYS",
        "WAKEUPS_QUEUE_URL",
    },
    "WakeupsFunction": {"EVENTS_QUEUE_URL", "WAKEUPS_QUEUE_URL"},
    "OutboundApiFunction": {
        "ALLOW_LOOPBACK",
        "APPLE_GATEWAY_URL",
        "APPLE_SECRET_ID",
        "BUCKET_NAME",
        "OUTBOX_QUEUE_URL",
        "RETENTION_DAYS",
    },
    "AutomaticFunction": {
        "ALLOW_LOOPBACK",
        "BUCKET_NAME",
        "EVENTS_QUEUE_URL",
        "OUTBOX_QUEUE_URL",
        "RETENTION_DAYS",
    },
    "LibraryFunction": {"BUCKET_NAME", "RETENTION_DAYS"},
    "OutboundSenderFunction": {
        "APPLE_GATEWAY_URL",
        "APPLE_SECRET_ID",
        "ATTACHMENTS_KEY_ARN",
        "BUCKET_NAME",
        "EVENTS_QUEUE_URL",
        "OUTBOX_QUEUE_URL",
        "RETENTION_DAYS",
    },
    "ConsoleFunction": {
        "ALLOW_LOOPBACK",
        "BUSINESS_SECRET_PREFIX",
        "ERASURES_QUEUE_URL",
        "EVENTS_QUEUE_URL",
        "OUTBOX_QUEUE_URL",
        "RETENTION_DAYS",
        "SECRET_OVERLAP_HOURS",
    },
    "SettingsFunction": {"RETENTION_DAYS", "TIERS"},
    "AuthorizerFunction": set[str](),
    "DocsFunction": set[str](),
    "ExpiryFunction": {"BUCKET_NAME"},
    "ErasureFunction": {
        "BUCKET_NAME",
        "ERASURE_SETTLE_SECONDS",
        "ERASURES_QUEUE_URL",
        "AUTOMATIONS_DLQ_URL",
        "EVENTS_DLQ_URL",
        "OUTBOX_DLQ_URL",
        "TRANSFERS_DLQ_URL",
        "UPLOADS_DLQ_URL",
        "WAKEUPS_DLQ_URL",
    },
    "SweeperFunction": {
        "ERASURES_QUEUE_URL",
        "EVENTS_QUEUE_URL",
        "OUTBOX_QUEUE_URL",
        "RETENTION_DAYS",
        "TRANSFERS_QUEUE_URL",
        "UPLOADS_QUEUE_URL",
    },
    "AttachmentsFunction": {
        "ALLOW_LOOPBACK",
        "APPLE_GATEWAY_URL",
        "APPLE_SECRET_ID",
        "BUCKET_NAME",
        "EVENTS_QUEUE_URL",
        "RETENTION_DAYS",
        "TRANSFERS_QUEUE_URL",
    },
    "AttachmentsApiFunction": {"BUCKET_NAME", "MALWARE_SCAN", "RETENTION_DAYS"},
    "UploadsFunction": {
        "ALLOW_LOOPBACK",
        "APPLE_GATEWAY_URL",
        "APPLE_SECRET_ID",
        "ATTACHMENTS_KEY_ARN",
        "BUCKET_NAME",
        "RETENTION_DAYS",
        "UPLOADS_QUEUE_URL",
    },
    "RenditionsFunction": {"BUCKET_NAME"},
    "RotationFunction": {"APPLE_GATEWAY_URL", "APPLE_SECRET_ID", "BUSINESS_SECRET_PREFIX", "SECRET_OVERLAP_HOURS"},
}


def functions(template: Template) -> dict[str, dict[str, Any]]:
    """Name → properties of every function."""
    return of_type(template, "AWS::Lambda::Function")


def functions_told_too_much_or_too_little(template: Template) -> list[str]:
    """Each has exactly the variables it is meant to have."""
    return [
        name
        for name, function in functions(template).items()
        if function["Environment"]["Variables"].keys() != EVERYBODY | VARIABLES.get(name, set())
    ]


def functions_without_a_log_group_of_their_own(template: Template) -> list[str]:
    """Each writes to one of the template's log groups, and alone."""
    groups = {
        name: referred(each.get("LoggingConfig", {}).get("LogGroup")) for name, each in functions(template).items()
    }
    known = of_type(template, "AWS::Logs::LogGroup")
    return [name for name, group in groups.items() if group not in known or list(groups.values()).count(group) > 1]


def functions_without_traces(template: Template) -> list[str]:
    """Each is traced."""
    return [name for name, each in functions(template).items() if each.get("TracingConfig") != {"Mode": "Active"}]


def functions_that_run_on_something_else(template: Template) -> list[str]:
    """One runtime and the processor the operator chose, for functions and layer alike."""
    processor = [{"Ref": "Architecture"}]
    layers = of_type(template, "AWS::Lambda::LayerVersion")
    return [
        name
        for name, each in functions(template).items()
        if (each["Runtime"], each["Architectures"]) != ("python3.13", processor)
    ] + [name for name, each in layers.items() if each["CompatibleArchitectures"] != processor]


def functions_without_the_shared_layer(template: Template) -> list[str]:
    """A function's folder holds its entry point only; parley comes from the layer."""
    (layer,) = of_type(template, "AWS::Lambda::LayerVersion")
    return [name for name, each in functions(template).items() if each.get("Layers") != [{"Ref": layer}]]


def functions_that_reach_loopback(template: Template) -> list[str]:
    """Inside Lambda the loopback interface is the sandbox's own."""
    return [
        name
        for name, each in functions(template).items()
        if each["Environment"]["Variables"].get("ALLOW_LOOPBACK", "false") != "false"
    ]


def entry_points_that_do_not_exist(sam: Template) -> list[str]:
    """`CodeUri` and `Handler` name a function in a module of this repository. (Of the template as written.)"""
    missing = []
    for name, resource in sam["Resources"].items():
        if resource["Type"] == "AWS::Serverless::Function":
            module, function = resource["Properties"]["Handler"].split(".")
            file = ROOT / resource["Properties"]["CodeUri"] / f"{module}.py"
            if not file.exists() or f"\ndef {function}(" not in file.read_text():
                missing.append(name)
    return missing


ALL = [
    functions_told_too_much_or_too_little,
    functions_without_a_log_group_of_their_own,
    functions_without_traces,
    functions_that_run_on_something_else,
    functions_without_the_shared_layer,
    functions_that_reach_loopback,
]
