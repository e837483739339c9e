"""API Gateway's own answers, put in place after a deploy: MiniStack does not import them with an API's body."""

import json
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from local.stack import cloud
from local.stack.errors import StackError
from local.stack.layout import CLOUD, STACK_NAME, Layout

_KEY = "x-amazon-apigateway-gateway-responses"


def put(layout: Layout) -> None:
    """Set the deployed template's gateway responses on its APIs, where they are not in place. On AWS the import does.

    Raises StackError.
    """
    try:
        _put(layout)
    except (BotoCoreError, ClientError) as error:
        raise StackError(
            f"The local cloud refused API Gateway's own answers: {error}",
            hint="parley down --purge, then parley up, starts with an empty cloud.",
        ) from error


def _put(layout: Layout) -> None:
    url = layout.url(CLOUD)
    cloudformation, gateway = cloud.client("cloudformation", url), cloud.client("apigateway", url)
    body = cloudformation.get_template(StackName=STACK_NAME, TemplateStage="Processed")["TemplateBody"]
    template: dict[str, Any] = json.loads(body) if isinstance(body, str) else body
    for name, resource in template["Resources"].items():
        if resource["Type"] != "AWS::ApiGateway::RestApi":
            continue
        api_id = cloudformation.describe_stack_resource(StackName=STACK_NAME, LogicalResourceId=name)[
            "StackResourceDetail"
        ]["PhysicalResourceId"]
        wanted: dict[str, dict[str, Any]] = resource["Properties"]["Body"].get(_KEY, {})
        there = gateway.get_gateway_responses(restApiId=api_id, limit=500)["items"]
        if wanted.keys() <= {item["responseType"] for item in there if not item.get("defaultResponse")}:
            continue
        for kind, response in wanted.items():
            given = {key: value for key, value in response.items() if value}
            gateway.put_gateway_response(restApiId=api_id, responseType=kind, **given)
        gateway.create_deployment(restApiId=api_id, stageName="local")
