"""`sam local start-api` with the functions pointed at a running local cloud."""

import contextlib
import json
import os
import socket
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

from local.sam_local import bridge, docker
from local.stack import cloud
from local.stack.build import architecture, sam_environment
from local.stack.errors import StackError
from local.stack.layout import CLOUD, GATEWAY, HOST, STACK_NAME, Layout
from local.stack.processes import Launch, Processes, tail
from local.stack.state import write_private

PART = "sam-local"
"""What sam's process and its log are called; its port is one of the layout's."""

_START_SECONDS = 60.0
_STOP_SECONDS = 30.0
_LOOK_SECONDS = 0.1
_DEAD_AFTER_LOOKS = 5


@contextlib.contextmanager
def started(
    layout: Layout, processes: Processes, template: Path, *, image: str, engine: docker.Engine
) -> Iterator[str]:
    """Serve both APIs of the built template; yields their base URL.

    Whatever happens inside, sam and its containers are gone afterwards. A StackError from inside is raised
    again with the end of sam's log.
    """
    write_private(env_file(layout), json.dumps(function_variables(layout), indent=2) + "\n")
    _tmp(layout).mkdir(exist_ok=True)
    processes.start(_launch(layout, template, image, engine))
    try:
        _await(layout, processes)
        yield f"http://{HOST}:{layout.port(PART)}"
    except StackError as error:
        log = layout.log(PART)
        raise StackError(error.message, hint=error.hint, log_tail=tail(log), log=str(log)) from error
    finally:
        before = docker.containers(endpoint(layout))
        stop(processes)
        docker.remove([*before, *docker.containers(endpoint(layout))])


def stop(processes: Processes) -> None:
    """End sam, that of a killed run too; given time, it takes its containers down."""
    processes.stop(PART, patience=_STOP_SECONDS)


def endpoint(layout: Layout) -> str:
    """The local cloud as a container sees it."""
    return in_container(layout.url(CLOUD))


def in_container(text: str) -> str:
    """`text` with this machine called what containers call it."""
    return text.replace(f"http://{HOST}:", f"http://{bridge.NAME}:")


def env_file(layout: Layout) -> Path:
    """What `--env-vars` reads."""
    return layout.state_dir / "env.json"


def function_variables(layout: Layout) -> dict[str, dict[str, str]]:
    """The environment of every deployed function by its logical id, as it has to be in a container.

    Taken from the deployed functions: table, queues, bucket and secrets are really there, under these names.
    """
    functions = cloud.client("lambda", layout.url(CLOUD))
    pages = cloud.client("cloudformation", layout.url(CLOUD)).get_paginator("list_stack_resources")
    found = {}
    for page in pages.paginate(StackName=STACK_NAME):
        for resource in page["StackResourceSummaries"]:
            if resource["ResourceType"] == "AWS::Lambda::Function":
                name = resource["PhysicalResourceId"]
                deployed = functions.get_function_configuration(FunctionName=name)["Environment"]["Variables"]
                found[resource["LogicalResourceId"]] = for_container(deployed)
    return found


def for_container(variables: Mapping[str, str]) -> dict[str, str]:
    """Environment variables with every URL of this machine as a container has to call it."""
    return {name: in_container(value) for name, value in variables.items()}


def _launch(layout: Layout, template: Path, image: str, engine: docker.Engine) -> Launch:
    arguments = (
        *("-m", "samcli", "local", "start-api"),
        "--config-env=local",
        f"--config-file={layout.root / 'samconfig.toml'}",
        f"--template={template}",
        f"--host={HOST}",
        f"--port={layout.port(PART)}",
        f"--env-vars={env_file(layout)}",
        f"--invoke-image={image}",
        "--skip-pull-image",  # it is here already
        "--warm-containers=LAZY",  # a container per function, not one per call
        "--no-watch",
        f"--add-host={bridge.ADD_HOST}",
        "--parameter-overrides",
        "Stage=local",
        f"Architecture={architecture()}",
        f"AwsEndpointUrl={endpoint(layout)}",
        f"AppleGatewayUrl={in_container(layout.url(GATEWAY, '/v1'))}",
    )
    return Launch(
        part=PART,
        python=layout.tools / "sam" / "bin" / "python",
        arguments=arguments,
        environment={
            **sam_environment(layout, os.environ),
            # A lock that an interrupted build of an image leaves there must not hold up the next run.
            "TMPDIR": str(_tmp(layout)),
            **({"DOCKER_HOST": engine.host} if engine.host else {}),
        },
    )


def _tmp(layout: Layout) -> Path:
    return layout.state_dir / "tmp"


def _await(layout: Layout, processes: Processes) -> None:
    deadline = time.monotonic() + _START_SECONDS
    absent = 0
    while True:
        with socket.socket() as probe:
            if probe.connect_ex((HOST, layout.port(PART))) == 0:
                return
        # Just started, a process has no command line to be known by yet.
        absent = 0 if processes.running(PART) else absent + 1
        if absent == _DEAD_AFTER_LOOKS:
            raise StackError("sam local start-api stopped while it was starting.")
        if time.monotonic() > deadline:
            raise StackError(f"sam local start-api did not answer within {_START_SECONDS:.0f} s.")
        time.sleep(_LOOK_SECONDS)
