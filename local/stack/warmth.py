"""Call every function once after a deployment, so that nobody's first message waits for cold starts."""

import json
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

import urllib3
from botocore.exceptions import BotoCoreError, ClientError

from local.stack import cloud
from local.stack.cloud import Deployed
from local.stack.layout import CLOUD, STACK_NAME, Layout
from local.stack.state import State

_QUEUE_FUNCTIONS = (
    "RoutingFunction",
    "AutomaticFunction",
    "OutboundSenderFunction",
    "WakeupsFunction",
    "AttachmentsFunction",
)
_INBOUND_ENVIRONMENTS = 6
"""Apple posts side by side: several customers at once, or one message many times."""

_NO_MESSAGES = json.dumps({"Records": []}).encode()


def warm_up(layout: Layout, state: State, deployed: Deployed) -> None:
    """Start each function's environment with a request that changes nothing; that it fails matters little."""
    calls: list[Callable[[], object]] = [
        *[lambda: _request("POST", deployed.output("AppleMessageUrl"))] * _INBOUND_ENVIRONMENTS,
        lambda: _request(
            "GET",
            f"{deployed.output('BusinessApiUrl')}/v1/messages/00000000-0000-0000-0000-000000000000",
            Authorization=f"Bearer {state.business.api_key}",
        ),
        lambda: _invoke(layout, _QUEUE_FUNCTIONS),
    ]
    with ThreadPoolExecutor(len(calls)) as threads:
        for future in [threads.submit(call) for call in calls]:
            future.result()


def _request(method: str, url: str, **headers: str) -> None:
    try:
        urllib3.request(method, url, headers=headers, timeout=30, retries=False)
    except urllib3.exceptions.HTTPError:
        return


def _invoke(layout: Layout, functions: Sequence[str]) -> None:
    for function in functions:
        try:
            name = cloud.client("cloudformation", layout.url(CLOUD)).describe_stack_resource(
                StackName=STACK_NAME, LogicalResourceId=function
            )["StackResourceDetail"]["PhysicalResourceId"]
            cloud.client("lambda", layout.url(CLOUD)).invoke(FunctionName=name, Payload=_NO_MESSAGES)
        except (BotoCoreError, ClientError):
            continue
