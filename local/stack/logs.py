"""`parley logs`: what the functions wrote into CloudWatch Logs, and the logs of the stack's own servers."""

import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path

from botocore.exceptions import BotoCoreError, ClientError

from local.stack import cloud
from local.stack.errors import StackError
from local.stack.layout import CLOUD, PARTS, STACK_NAME, Layout
from local.stack.processes import tail

STEPS = ("sam-build", "sam-deploy")
_POLL_SECONDS = 0.5
_FUNCTION = "AWS::Lambda::Function"
_SUFFIX = "Function"
_SEEN = 10_000
# Functions are asked one after another: one may have written before what another was asked already.
_LATE_MILLISECONDS = 5_000
# Lambda's own lines around each invocation.
_FRAME = ("START RequestId:", "END RequestId:", "REPORT RequestId:")


def names(layout: Layout) -> list[str]:
    """Whose log can be asked for: parts, sam's steps, and functions when the cloud runs."""
    return [*PARTS, *STEPS, *_functions(layout)]


def of_file(path: Path, *, lines: int, follow: bool, pause: Callable[[float], None] = time.sleep) -> Iterator[str]:
    """The last lines of a log file, and with `follow` every line written from then on."""
    yield from tail(path, lines)
    if not follow:
        return
    position = path.stat().st_size if path.exists() else 0
    rest = ""
    while True:
        if path.exists() and path.stat().st_size != position:
            # A step's log starts again from nothing.
            position = position if path.stat().st_size > position else 0
            with path.open(errors="replace") as file:
                file.seek(position)
                *complete, rest = (rest + file.read()).split("\n")
                position = file.tell()
            yield from complete
        pause(_POLL_SECONDS)


def of_functions(
    layout: Layout,
    wanted: str | None,
    *,
    lines: int,
    follow: bool,
    pause: Callable[[float], None] = time.sleep,
) -> Iterator[str]:
    """What the functions logged, oldest first: all of them, or the one named (`inbound`).

    StackError when the cloud does not run or has no such function.
    """
    functions = _functions(layout)
    if not functions:
        raise StackError("No function is deployed.", hint="Run: parley up")
    if wanted is not None:
        functions = _one(functions, wanted, names(layout))
    seen: deque[str] = deque(maxlen=_SEEN)
    since = 0
    limit = lines
    while True:
        events = _events(layout, functions, since, seen)
        for moment, name, text in events[-limit:]:
            yield f"{_clock(moment)} {name:<16} {text}"
        if not follow:
            return
        since = max([since, *(moment - _LATE_MILLISECONDS for moment, _, _ in events)])
        limit = _SEEN
        pause(_POLL_SECONDS)


def _functions(layout: Layout) -> dict[str, str]:
    """Log groups by the functions' short names (`Inbound`)."""
    try:
        client = cloud.client("cloudformation", layout.url(CLOUD))
        resources = client.describe_stack_resources(StackName=STACK_NAME)["StackResources"]
        lambdas = cloud.client("lambda", layout.url(CLOUD))
        return {
            resource["LogicalResourceId"].removesuffix(_SUFFIX): lambdas.get_function_configuration(
                FunctionName=resource["PhysicalResourceId"]
            )
            .get("LoggingConfig", {})
            .get("LogGroup", f"/aws/lambda/{resource['PhysicalResourceId']}")
            for resource in resources
            if resource["ResourceType"] == _FUNCTION
        }
    except (BotoCoreError, ClientError):
        return {}


def _one(functions: Mapping[str, str], wanted: str, known: list[str]) -> dict[str, str]:
    for name, group in functions.items():
        if wanted.lower().removesuffix(_SUFFIX.lower()) == name.lower():
            return {name: group}
    raise StackError(f"There is no log named {wanted}.", hint=f"Known are: {', '.join(known)}")


def _events(layout: Layout, functions: Mapping[str, str], since: int, seen: deque[str]) -> list[tuple[int, str, str]]:
    """New log events as (milliseconds since 1970, function, text), oldest first."""
    client = cloud.client("logs", layout.url(CLOUD))
    found = []
    for name, group in functions.items():
        try:
            pages = client.get_paginator("filter_log_events").paginate(logGroupName=group, startTime=since)
            events = [event for page in pages for event in page["events"]]
        except ClientError:
            continue  # no group yet: the function has never run
        except BotoCoreError as error:
            raise StackError("The local cloud does not answer any more.") from error
        for event in events:
            identity = f"{name} {event['timestamp']} {event.get('logStreamName')} {event['message']}"
            if identity not in seen and not event["message"].startswith(_FRAME):
                seen.append(identity)
                found.append((event["timestamp"], name, event["message"].rstrip("\n")))
    return sorted(found, key=lambda event: event[0])


def _clock(moment: int) -> str:
    return datetime.fromtimestamp(moment / 1000, UTC).astimezone().strftime("%H:%M:%S.%f")[:-3]
