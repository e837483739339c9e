"""The two REST APIs as their callers meet them."""

import json
from typing import Any

from parley.business import operations
from tests.template.api_checks import FOR_EVERYBODY, gateway_responses, routes
from tests.template.translation import Template, of_type, written


def api(template: Template, name: str) -> dict[str, Any]:
    return of_type(template, "AWS::ApiGateway::RestApi")[name]


def test_apple_has_one_route_and_no_authorizer(aws: Template) -> None:
    assert routes(aws, "AppleApi") == {"POST /message": []}
    assert "components" not in api(aws, "AppleApi")["Body"]


def test_apples_gzip_reaches_the_function_as_bytes(aws: Template, laptop: Template) -> None:
    assert api(aws, "AppleApi")["BinaryMediaTypes"] == ["*~1*"]
    assert api(laptop, "AppleApi")["BinaryMediaTypes"] == ["*/*"]
    for template in (aws, laptop):
        assert api(template, "AppleApi")["Body"]["x-amazon-apigateway-binary-media-types"] == ["*/*"]


def test_json_of_the_business_api_is_text_and_only_pictures_are_bytes(aws: Template) -> None:
    assert api(aws, "BusinessApi")["BinaryMediaTypes"] == ["image~1png"]


def test_the_business_api_has_its_routes_and_a_default_authorizer(sam: Template, aws: Template) -> None:
    wanted = {operation.route for operation in operations.every()} | FOR_EVERYBODY

    assert routes(aws, "BusinessApi").keys() == wanted
    assert sam["Resources"]["BusinessApi"]["Properties"]["Auth"]["DefaultAuthorizer"] == "BusinessKey"


def test_the_authorizer_is_asked_once_a_minute_for_each_authorization_header(aws: Template) -> None:
    scheme = api(aws, "BusinessApi")["Body"]["components"]["securitySchemes"]["BusinessKey"]
    authorizer = scheme["x-amazon-apigateway-authorizer"]

    assert authorizer["type"] == "request"
    assert authorizer["identitySource"] == "method.request.header.Authorization"
    assert authorizer["authorizerResultTtlInSeconds"] == 60
    assert "AuthorizerFunction.Arn" in written(authorizer["authorizerUri"])


def test_on_aws_the_key_scheme_is_the_one_sam_writes(aws: Template, laptop: Template) -> None:
    def scheme(template: Template) -> dict[str, str]:
        found: dict[str, str] = api(template, "BusinessApi")["Body"]["components"]["securitySchemes"]["api_key"]
        return found

    assert scheme(aws) == {"type": "apiKey", "in": "header", "name": "x-api-key"}
    assert scheme(laptop)["name"] != "x-api-key"


def test_what_api_gateway_answers_by_itself_has_a_status_and_a_code_of_its_own(aws: Template) -> None:
    answers = gateway_responses(aws, "BusinessApi")
    codes = {
        kind: (answer.get("statusCode"), json.loads(answer["responseTemplates"]["application/json"])["code"])
        for kind, answer in answers.items()
    }

    assert codes == {
        "BAD_REQUEST_BODY": ("400", "body_invalid"),
        "BAD_REQUEST_PARAMETERS": ("400", "parameters_invalid"),
        "UNAUTHORIZED": ("401", "unauthorized"),
        "ACCESS_DENIED": ("403", "forbidden"),
        "INVALID_API_KEY": ("403", "usage_plan_missing"),
        "MISSING_AUTHENTICATION_TOKEN": ("404", "route_unknown"),
        "REQUEST_TOO_LARGE": ("413", "body_too_large"),
        "UNSUPPORTED_MEDIA_TYPE": ("415", "media_type_unsupported"),
        "THROTTLED": ("429", "throttled"),
        "QUOTA_EXCEEDED": ("429", "quota_exceeded"),
        "INTEGRATION_TIMEOUT": ("504", "timeout"),
        "DEFAULT_4XX": (None, "request_refused"),
        "DEFAULT_5XX": (None, "internal_error"),
    }


def test_an_unknown_path_is_not_told_apple_as_a_bad_token(aws: Template) -> None:
    assert gateway_responses(aws, "AppleApi")["MISSING_AUTHENTICATION_TOKEN"]["statusCode"] == "404"


def test_the_stage_waits_for_the_right_to_write_logs(template: Template) -> None:
    for name in ("AppleApi", "BusinessApi"):
        assert template["Resources"][name]["DependsOn"] == "ApiGatewayAccount"


def test_the_accounts_own_logging_role_can_be_left_alone(template: Template, aws: Template) -> None:
    ours = {"ApiGatewayAccount", "ApiGatewayLoggingRole"}

    assert ours <= aws["Resources"].keys()
    for name in ours:
        assert template["Resources"][name]["Condition"] == "CreatesApiGatewayLogging"
        assert template["Resources"][name]["DeletionPolicy"] == "Retain"


def test_the_alarm_for_apple_counts_apples_api_only(aws: Template) -> None:
    alarm = of_type(aws, "AWS::CloudWatch::Alarm")["AppleApiErrorsAlarm"]
    dimensions = {each["Name"]: written(each["Value"]) for each in alarm["Dimensions"]}

    assert dimensions["ApiName"] == written(api(aws, "AppleApi")["Name"])
    assert dimensions["ApiName"] != written(api(aws, "BusinessApi")["Name"])
