"""MiniStack: started so that it touches nothing outside the state folder, and asked through boto3."""

import os
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from local.stack import http, scratch
from local.stack.errors import StackError
from local.stack.layout import CLOUD, HOST, REGION, STACK_NAME, Layout
from local.stack.processes import Launch, Processes, environment

if TYPE_CHECKING:
    from collections.abc import Mapping, MutableMapping

    from mypy_boto3_cloudformation.type_defs import StackTypeDef

_CREDENTIAL = "test"
_START_SECONDS = 60.0
_DEPLOYED = frozenset({"CREATE_COMPLETE", "UPDATE_COMPLETE"})


def launch(layout: Layout) -> Launch:
    """How MiniStack is started.

    It is told to listen on 127.0.0.1 only, to open no port but its own (IoT and SFTP would be more), to
    keep its data in the state folder over restarts, to enforce IAM, so that a grant the template lacks
    fails here and not first on AWS, and to leave Docker alone, where it would remove the containers of
    any other MiniStack.
    """
    data = layout.cloud_dir
    return Launch(
        part=CLOUD,
        python=layout.tools / "ministack" / "bin" / "python",
        arguments=("-m", "ministack"),
        environment=environment(
            BIND_HOST=HOST,
            GATEWAY_PORT=str(layout.port(CLOUD)),
            MINISTACK_HOST=HOST,
            MINISTACK_REGION=REGION,
            AUTH="true",
            IOT_MTLS_ENABLED="0",
            SFTP_ENABLED="0",
            PERSIST_STATE="1",
            STATE_DIR=str(data / "state"),
            S3_PERSIST="1",
            S3_DATA_DIR=str(data / "s3"),
            TMPDIR=str(data / "tmp"),
            DOCKER_HOST=f"unix://{data}/no-docker.sock",
            AWS_EC2_METADATA_DISABLED="true",
        ),
    )


def start(layout: Layout, processes: Processes) -> None:
    """Start MiniStack without waiting for it."""
    if not launch(layout).python.exists():
        raise StackError("MiniStack is not installed.", hint="Run: make setup")
    scratch.prepare(layout)
    processes.start(launch(layout))


def await_healthy(layout: Layout, processes: Processes) -> None:
    """Return once MiniStack takes requests."""
    processes.wait_until_healthy(CLOUD, lambda: is_healthy(layout), timeout=_START_SECONDS)


def is_healthy(layout: Layout) -> bool:
    """Whether MiniStack takes requests."""
    return http.answers(layout.url(CLOUD, "/_ministack/ready"))


def claim(environ: "MutableMapping[str, str]", layout: Layout) -> None:
    """Make every AWS SDK of this process speak to the local cloud, and to nothing else.

    Whatever account, profile or endpoint the caller has set up is out of reach from here on.
    """
    for name in [name for name in environ if name.startswith("AWS_")]:
        del environ[name]
    environ.update(credentials(layout))


def credentials(layout: Layout) -> dict[str, str]:
    """The variables that make an AWS SDK or sam speak to the local cloud."""
    return {
        "AWS_ENDPOINT_URL": layout.url(CLOUD),
        "AWS_ACCESS_KEY_ID": _CREDENTIAL,
        "AWS_SECRET_ACCESS_KEY": _CREDENTIAL,
        "AWS_DEFAULT_REGION": REGION,
        "AWS_REGION": REGION,
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
        # A proxy of this machine must not stand between it and itself.
        "NO_PROXY": HOST,
        "no_proxy": HOST,
    }


@lru_cache(maxsize=16)
def client(service: Any, endpoint_url: str) -> Any:
    """A boto3 client of the local cloud."""
    config = Config(connect_timeout=5, read_timeout=60, retries={"total_max_attempts": 2})
    return boto3.client(service, endpoint_url=endpoint_url, config=config)


class Deployed:
    """The deployed stack as CloudFormation describes it."""

    def __init__(self, description: "StackTypeDef") -> None:
        self._description = description

    @property
    def outputs(self) -> "Mapping[str, str]":
        """Outputs of the template by name."""
        return {each["OutputKey"]: each["OutputValue"] for each in self._description.get("Outputs", [])}

    def output(self, name: str) -> str:
        """One output; StackError when the template has none of that name."""
        try:
            return self.outputs[name]
        except KeyError:
            raise StackError(f"The deployed template has no output {name}.") from None

    def tag(self, name: str) -> str | None:
        """The value of a tag of the stack."""
        return next((tag["Value"] for tag in self._description.get("Tags", []) if tag["Key"] == name), None)


def deployed(layout: Layout) -> Deployed | None:
    """The stack when it is completely deployed, else None."""
    try:
        stacks = client("cloudformation", layout.url(CLOUD)).describe_stacks(StackName=STACK_NAME)["Stacks"]
    except ClientError:
        return None
    except BotoCoreError as error:
        raise StackError(f"The local cloud does not answer: {error.__class__.__name__}.") from error
    found = [stack for stack in stacks if stack["StackStatus"] in _DEPLOYED]
    return Deployed(found[0]) if found else None
