"""`sam deploy` of the built template into the local cloud."""

import hashlib
from pathlib import Path

from local.stack import cloud, gateway_responses
from local.stack.build import Say, architecture, sam
from local.stack.cloud import Deployed
from local.stack.errors import StackError
from local.stack.layout import CLOUD, GATEWAY, REGION, STACK_NAME, Layout

_TAG = "parley-build"


def deploy(
    layout: Layout, template: Path, fingerprint: str, say: Say, *, lock_descriptor: int
) -> tuple[Deployed, bool]:
    """Deploy unless exactly this is deployed; returns the stack and whether it was changed.

    What is deployed is read from a tag of the stack itself, so a local cloud that came back with older data,
    or with none, is found out.
    """
    parameters = {
        "Stage": "local",
        "Architecture": architecture(),
        "AwsEndpointUrl": layout.url(CLOUD),
        "AppleGatewayUrl": layout.url(GATEWAY, "/v1"),
    }
    wanted = hashlib.sha256(f"{fingerprint} {sorted(parameters.items())}".encode()).hexdigest()[:32]
    current = cloud.deployed(layout)
    if current is not None and current.tag(_TAG) == wanted:
        gateway_responses.put(layout)  # the last `up` may have ended before it came to them
        return current, False
    say("Deploying it into the local cloud with sam deploy …")
    sam(
        layout,
        "sam-deploy",
        [
            "deploy",
            "--config-env=local",
            f"--config-file={layout.root / 'samconfig.toml'}",
            f"--template-file={template}",
            f"--stack-name={STACK_NAME}",
            f"--region={REGION}",
            f"--tags={_TAG}={wanted}",
            "--parameter-overrides",
            *(f"{name}={value}" for name, value in parameters.items()),
        ],
        lock_descriptor=lock_descriptor,
        hint="If the template is right, parley down --purge and parley up start with an empty cloud.",
    )
    after = cloud.deployed(layout)
    if after is None or after.tag(_TAG) != wanted:
        raise StackError(
            "sam deploy ended well, yet the stack is not deployed.",
            hint="parley down --purge, then parley up, starts with an empty cloud.",
        )
    gateway_responses.put(layout)
    return after, True
