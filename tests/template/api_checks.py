"""What would be wrong about the two REST APIs. Each check names the offenders."""

import json
import re
from collections.abc import Iterator
from typing import Any

from tests.template.translation import Template, of_type, referred

# What an access log may hold: nothing a customer wrote, no header, no query, no path with an id in it.
LOGGABLE = {
    "requestId",
    "requestTime",
    "httpMethod",
    "resourcePath",
    "status",
    "identity.sourceIp",
    "responseLatency",
    "integrationLatency",
    "integrationStatus",
    "authorizer.principalId",
    "error.responseType",
    "tlsVersion",
    "xrayTraceId",
}
PUBLIC = {"AppleApi": "its function verifies Apple's JWT, and answers as Apple expects"}
FOR_EVERYBODY = {"GET /docs", "GET /docs/page.css", "GET /docs/redoc.js", "GET /v1/openapi.json"}
"""Of BusinessApi: files that say how to ask, and nothing about anybody."""
PROBLEM = "'application/problem+json'"


def _apis(template: Template) -> dict[str, dict[str, Any]]:
    return of_type(template, "AWS::ApiGateway::RestApi")


def _stages(template: Template) -> Iterator[tuple[str, dict[str, Any]]]:
    for stage in of_type(template, "AWS::ApiGateway::Stage").values():
        yield referred(stage["RestApiId"]), stage


def routes(template: Template, api: str) -> dict[str, list[dict[str, Any]]]:
    """`POST /message` → what it requires of a caller."""
    return {
        f"{method.upper()} {path}": operation.get("security", [])
        for path, methods in _apis(template)[api]["Body"]["paths"].items()
        for method, operation in methods.items()
    }


def gateway_responses(template: Template, api: str) -> dict[str, dict[str, Any]]:
    """What API Gateway answers by itself, by kind."""
    responses: dict[str, dict[str, Any]] = _apis(template)[api]["Body"]["x-amazon-apigateway-gateway-responses"]
    return responses


def routes_open_to_everybody(template: Template) -> list[str]:
    """Every route asks the authorizer and counts for a usage plan, but for what is meant for everybody."""
    wanted: list[dict[str, list[str]]] = [{"BusinessKey": []}, {"api_key": []}]
    return [
        f"{api} {route}"
        for api in _apis(template)
        if api not in PUBLIC
        for route, security in routes(template, api).items()
        if (security != wanted) != (route in FOR_EVERYBODY)
    ]


def apis_that_count_the_callers_own_word(template: Template) -> list[str]:
    """The key that is counted comes from the authorizer, not from a header the caller chooses."""
    return [
        api
        for api, properties in _apis(template).items()
        if api not in PUBLIC and properties.get("ApiKeySourceType") != "AUTHORIZER"
    ]


def apis_with_old_tls(template: Template) -> list[str]:
    """Regional, TLS 1.2 or better with forward secrecy, and the host name must be the API's."""
    wanted = {
        "SecurityPolicy": "SecurityPolicy_TLS13_1_2_PFS_PQ_2025_09",
        "EndpointAccessMode": "STRICT",
        "EndpointConfiguration": {"Types": ["REGIONAL"]},
    }
    return [api for api, properties in _apis(template).items() if not wanted.items() <= properties.items()]


def stages_without_a_throttle(template: Template) -> list[str]:
    """Every route of every stage has a rate and a burst."""
    return [
        api
        for api, stage in _stages(template)
        if not any(
            (each["ResourcePath"], each["HttpMethod"]) == ("/*", "*")
            and each.get("ThrottlingRateLimit", 0) > 0
            and each.get("ThrottlingBurstLimit", 0) > 0
            for each in stage.get("MethodSettings", [])
        )
    ]


def usage_plans_without_a_throttle(template: Template) -> list[str]:
    """Every business has a limit of its own, on the API that counts."""
    plans = of_type(template, "AWS::ApiGateway::UsagePlan")
    return [
        name
        for name, plan in plans.items()
        if plan.get("Throttle", {}).keys() != {"RateLimit", "BurstLimit"}
        or [referred(each["ApiId"]) for each in plan["ApiStages"]] != ["BusinessApi"]
    ]


def stages_that_log_what_they_should_not(template: Template) -> list[str]:
    """An access log of known facts, and no execution log: it would hold headers and bodies."""
    offenders = []
    for api, stage in _stages(template):
        line = stage.get("AccessLogSetting", {}).get("Format", "")
        known = set(re.findall(r"\$context\.([A-Za-z.]+)", line)) <= LOGGABLE and line.count("$") == line.count(
            "$context."
        )
        quiet = all(
            each.get("LoggingLevel") == "OFF" and each.get("DataTraceEnabled") is False
            for each in stage.get("MethodSettings", [{}])
        )
        if not (known and quiet):
            offenders.append(api)
    return offenders


def stages_without_an_access_log(template: Template) -> list[str]:
    """Each writes lines of JSON to a log group of the template."""
    groups = of_type(template, "AWS::Logs::LogGroup")
    return [
        api
        for api, stage in _stages(template)
        if referred(stage.get("AccessLogSetting", {}).get("DestinationArn")) not in groups
        or "request_id" not in json.loads(stage["AccessLogSetting"]["Format"])
    ]


def stages_without_traces(template: Template) -> list[str]:
    """Each is traced."""
    return [api for api, stage in _stages(template) if stage.get("TracingEnabled") is not True]


def answers_that_are_no_problem_json(template: Template) -> list[str]:
    """BusinessApi's own answers look like the functions': RFC 9457, with a code."""
    offenders = []
    for kind, response in gateway_responses(template, "BusinessApi").items():
        body = json.loads(response["responseTemplates"]["application/json"])
        expected = {"type", "title", "code", "detail", "request_id", "errors"}
        if not kind.startswith("DEFAULT_"):
            expected |= {"status"}
        headers = response["responseParameters"]
        if (
            body.keys() != expected
            or str(body.get("status", "")) != response.get("statusCode", "")
            or headers.get("gatewayresponse.header.Content-Type") != PROBLEM
        ):
            offenders.append(kind)
    return offenders


def answers_without_retry_after(template: Template) -> list[str]:
    """429 says when to come back."""
    return [
        kind
        for kind, response in gateway_responses(template, "BusinessApi").items()
        if response.get("statusCode") == "429"
        and not re.fullmatch(r"'\d+'", response["responseParameters"].get("gatewayresponse.header.Retry-After", ""))
    ]


ALL = [
    routes_open_to_everybody,
    apis_that_count_the_callers_own_word,
    apis_with_old_tls,
    stages_without_a_throttle,
    usage_plans_without_a_throttle,
    stages_that_log_what_they_should_not,
    stages_without_an_access_log,
    stages_without_traces,
    answers_that_are_no_problem_json,
    answers_without_retry_after,
]
