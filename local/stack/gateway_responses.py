"""API Gateway's own answers, put in place after a deploy: MiniStack does not import them with an API's body."""

import json
from typing import Any

from local.stack import cloud
from local.stack.layout import CLOUD, STACK_NAME, Layout

_KEY = "x-amazon-apigateway-gateway-responses"


def put(layout: Layout) -> None:
    """Read the deployed template's gateway responses and set each on its API. On AWS the import does this."""
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
        responses: dict[str, dict[str, Any]] = resource["Properties"]["Body"].get(_KEY, {})
        for kind, response in responses.items():
            given = {key: value for key, value in response.items() if value}
            gateway.put_gateway_response(restApiId=api_id, responseType=kind, **given)
        gateway.create_deployment(restApiId=api_id, stageName="local")
