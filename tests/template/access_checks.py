"""What would be wrong about who may do what. Each check names the offenders."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from tests.template.translation import Template, of_type, referred, written

# "*" as a resource, and why there is no other way.
UNBOUNDED = {
    "xray:PutTelemetryRecords": "X-Ray has no resources to name",
    "xray:PutTraceSegments": "X-Ray has no resources to name",
}

# "*" at the end of a resource, and what it stands for.
OPEN_ENDED = {
    "${Bucket.Arn}/payloads/*": "one object per message",
    "arn:${AWS::Partition}:secretsmanager:${AWS::Region}:${AWS::AccountId}:secret:${AWS::StackName}/business/*": (
        "one secret per registered business"
    ),
    "${Bucket.Arn}/attachments/*": "one object per attachment",
    "${Bucket.Arn}/uploads/*": "one object per file a business uploads",
    "${Bucket.Arn}/renditions/*": "one object per picture",
    "${Bucket.Arn}/wanted/*": "one object per picture",
    "${Bucket.Arn}/library/*": "one object per picture of a library",
}

MANAGED = {
    "ApiGatewayLoggingRole": ["arn:${AWS::Partition}:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs"]
}


class Grant(NamedTuple):
    """One action on one resource, allowed to a role."""

    role: str
    action: str
    resource: str


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def grants(template: Template) -> Iterator[Grant]:
    """Everything any role is allowed."""
    for role, properties in of_type(template, "AWS::IAM::Role").items():
        for policy in properties.get("Policies", []):
            for statement in policy["PolicyDocument"]["Statement"]:
                assert statement.keys() <= {"Effect", "Action", "Resource", "Condition"}, "no NotAction, no NotResource"
                if statement["Effect"] == "Allow":
                    for action in _listed(statement["Action"]):
                        for resource in _listed(statement["Resource"]):
                            yield Grant(role, action, written(resource))


def role_of(template: Template, function: str) -> str:
    """The role a function runs as."""
    return referred(of_type(template, "AWS::Lambda::Function")[function]["Role"])


def roles_with_a_wildcard_action(template: Template) -> list[str]:
    """Every action is spelled out."""
    return sorted({grant.role for grant in grants(template) if "*" in grant.action or "?" in grant.action})


def roles_with_a_wildcard_resource(template: Template) -> list[str]:
    """Every resource is one of the template's, but for the listed exceptions."""
    return sorted({grant.role for grant in grants(template) if not _is_bounded(grant)})


def _is_bounded(grant: Grant) -> bool:
    if grant.resource == "*":
        return grant.action in UNBOUNDED
    return not set("*?") & set(grant.resource) or grant.resource in OPEN_ENDED


def roles_with_policies_from_elsewhere(template: Template) -> list[str]:
    """Managed policies are wide; the one in use is listed."""
    return [
        name
        for name, role in of_type(template, "AWS::IAM::Role").items()
        if [written(arn) for arn in role.get("ManagedPolicyArns", [])] != MANAGED.get(name, [])
    ]


def policies_outside_a_role(template: Template) -> list[str]:
    """What a role may do is read in one place."""
    kinds = ("AWS::IAM::Policy", "AWS::IAM::ManagedPolicy", "AWS::IAM::RolePolicy", "AWS::IAM::UserPolicy")
    return [name for kind in kinds for name in of_type(template, kind)]


def roles_somebody_else_can_assume(template: Template) -> list[str]:
    """Lambda's roles are for Lambda, API Gateway's for API Gateway."""
    return [
        name
        for name, role in of_type(template, "AWS::IAM::Role").items()
        if role["AssumeRolePolicyDocument"]["Statement"]
        != [
            {
                "Effect": "Allow",
                "Principal": {"Service": f"{'apigateway' if name in MANAGED else 'lambda'}.amazonaws.com"},
                "Action": "sts:AssumeRole",
            }
        ]
    ]


def functions_that_share_a_role(template: Template) -> list[str]:
    """One role per function, or the least privilege is the sum of two."""
    functions = of_type(template, "AWS::Lambda::Function")
    roles = [role_of(template, name) for name in functions]
    return [name for name, role in zip(functions, roles, strict=True) if roles.count(role) > 1]


def functions_that_read_a_secret_they_do_not_declare(template: Template) -> list[str]:
    """Who reads a secret says so in its environment, and who says so may read it."""
    declared_by = {"APPLE_SECRET_ID": "AppleSecret.Id", "BUSINESS_SECRET_PREFIX": [*OPEN_ENDED][1]}
    offenders = []
    for name, function in of_type(template, "AWS::Lambda::Function").items():
        role = role_of(template, name)
        readable = {
            grant.resource for grant in grants(template) if grant.role == role and "secretsmanager" in grant.action
        }
        variables = function["Environment"]["Variables"]
        if readable != {secret for variable, secret in declared_by.items() if variable in variables}:
            offenders.append(name)
    return offenders


def statements_that_open_a_resource(template: Template) -> list[str]:
    """The resources' own policies only ever take away; but for EventBridge, a queue's own rule may write to it."""
    kinds = ("AWS::SQS::QueuePolicy", "AWS::S3::BucketPolicy", "AWS::SecretsManager::ResourcePolicy")
    return [
        name
        for kind in kinds
        for name, policy in of_type(template, kind).items()
        if any(
            each["Effect"] != "Deny" and not _is_for_one_rule(template, each)
            for each in policy.get("PolicyDocument", {}).get("Statement", [])
        )
    ]


def _is_for_one_rule(template: Template, statement: dict[str, Any]) -> bool:
    source = statement.get("Condition", {}).get("ArnEquals", {}).get("aws:SourceArn")
    return (
        statement["Principal"] == {"Service": "events.amazonaws.com"}
        and statement["Action"] == "sqs:SendMessage"
        and referred(source) in of_type(template, "AWS::Events::Rule")
    )


def functions_anybody_may_invoke(template: Template) -> list[str]:
    """A permission names the one API route, authorizer or rule it is for; Secrets Manager names an account only."""
    return [
        name
        for name, permission in of_type(template, "AWS::Lambda::Permission").items()
        if permission["Principal"] == "*" or not (_names_its_source(permission) or _is_for_rotation(permission))
    ]


def _names_its_source(permission: dict[str, Any]) -> bool:
    return "SourceArn" in permission


def _is_for_rotation(permission: dict[str, Any]) -> bool:
    account = written(permission.get("SourceAccount"))
    return (permission["Principal"], account) == ("secretsmanager.amazonaws.com", "AWS::AccountId")


ALL = [
    roles_with_a_wildcard_action,
    roles_with_a_wildcard_resource,
    roles_with_policies_from_elsewhere,
    policies_outside_a_role,
    roles_somebody_else_can_assume,
    functions_that_share_a_role,
    functions_that_read_a_secret_they_do_not_declare,
    statements_that_open_a_resource,
    functions_anybody_may_invoke,
]
