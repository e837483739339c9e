"""Everything is wired from the environment the template declares, and from nothing else."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import threading
from typing import TYPE_CHECKING, Any

import boto3
import pytest

from parley.errors import Fatal, Rejected
from parley.runtime import compose
from parley.runtime.registration import registration
from tests.support import template_yaml
from tests.support.cloud import AWS_ENVIRONMENT
from tests.support.fixtures import fresh_composition

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["fresh_composition"]

pytestmark = pytest.mark.usefixtures("fresh_composition")

WIRED = [
    ("InboundFunction", compose.receive),
    ("RoutingFunction", compose.deliver),
    ("RoutingFunction", lambda: compose.visibility("EVENTS_QUEUE_URL")),
    ("WakeupsFunction", compose.wake),
    ("OutboundApiFunction", compose.accept),
    ("OutboundApiFunction", compose.messages),
    ("OutboundApiFunction", compose.signal),
    ("OutboundSenderFunction", compose.send),
    ("OutboundSenderFunction", lambda: compose.visibility("OUTBOX_QUEUE_URL")),
    ("SweeperFunction", compose.sweep),
    ("AuthorizerFunction", compose.authorize),
]

VALUES = {
    "RETENTION_DAYS": "90",
    "ALLOW_LOOPBACK": "false",
    "STAGE": "prod",
    "APPLE_GATEWAY_URL": "https://gateway.example/v1",
}


def declare(monkeypatch: pytest.MonkeyPatch, names: set[str]) -> None:
    """An environment with these variables of ours, and AWS's own."""
    for function, _ in WIRED:
        for name in template_yaml.environment(function):
            monkeypatch.delenv(name, raising=False)
    for name in names:
        monkeypatch.setenv(name, VALUES.get(name, f"the-{name.lower()}"))
    for name, value in AWS_ENVIRONMENT.items():
        monkeypatch.setenv(name, value)


@pytest.mark.parametrize(("function", "wire"), WIRED)
def test_a_function_needs_no_variable_the_template_does_not_give_it(
    function: str, wire: Callable[[], object], monkeypatch: pytest.MonkeyPatch
) -> None:
    declare(monkeypatch, template_yaml.environment(function))

    assert wire() is wire()


def test_a_variable_that_is_missing_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    declare(monkeypatch, template_yaml.environment("InboundFunction") - {"APPLE_SECRET_ID"})

    with pytest.raises(Fatal, match="APPLE_SECRET_ID"):
        compose.receive()


def test_a_stage_in_aws_lets_no_webhook_go_to_loopback(monkeypatch: pytest.MonkeyPatch) -> None:
    declare(monkeypatch, template_yaml.environment("RoutingFunction"))
    monkeypatch.setenv("ALLOW_LOOPBACK", "true")

    with pytest.raises(Fatal, match="ALLOW_LOOPBACK"):
        compose.guard()


@pytest.mark.parametrize(("variables", "wired"), [({}, 0), ({"AWS_LAMBDA_FUNCTION_NAME": "f"}, 1)])
def test_only_in_lambda_is_anything_wired_early(
    variables: dict[str, str], wired: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("AWS_LAMBDA_FUNCTION_NAME", raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    calls: list[str] = []

    compose.early(lambda: calls.append("wired"))

    assert len(calls) == wired


STARTS = """
import gc
usual = gc.get_threshold()
from parley.runtime import compose
starting = gc.get_threshold()
compose.early(lambda: None)
print(starting[0] > 10 * usual[0], gc.get_threshold() == usual, gc.get_freeze_count() > 0)
"""


@pytest.mark.parametrize(
    ("variables", "seen"), [({}, "False True False"), ({"AWS_LAMBDA_FUNCTION_NAME": "f"}, "True True True")]
)
def test_only_a_starting_function_looks_for_no_garbage(variables: dict[str, str], seen: str) -> None:
    environment = {"PYTHONPATH": os.pathsep.join(sys.path), **variables}

    done = subprocess.run([sys.executable, "-c", STARTS], env=environment, capture_output=True, text=True, check=True)

    assert done.stdout.strip() == seen


def test_clients_give_up_quickly_because_apple_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    declare(monkeypatch, set())

    config = compose.client("dynamodb").meta.config

    assert (config.connect_timeout, config.read_timeout) == (2, 5)
    assert config.retries == {"mode": "standard", "total_max_attempts": 4}


def test_with_the_first_try_that_is_ours_there_are_as_many_tries(monkeypatch: pytest.MonkeyPatch) -> None:
    declare(monkeypatch, set())
    monkeypatch.setenv("AWS_LAMBDA_FUNCTION_NAME", "inbound")

    made = {name: compose.client.__wrapped__(name) for name in ("dynamodb", "sqs", "s3")}  # not to be kept
    tries = {name: client.meta.config.retries["total_max_attempts"] for name, client in made.items()}

    assert tries == {"dynamodb": 3, "sqs": 3, "s3": 4}


def test_a_message_without_files_loads_nothing_that_judges_files() -> None:
    compose.enclosable("b", [], conversation_id="c")

    assert compose.enclosing.cache_info().currsize == 0


def test_threads_that_need_their_first_client_at_once_all_get_one(monkeypatch: pytest.MonkeyPatch) -> None:
    declare(monkeypatch, set())
    compose.client.cache_clear()
    compose.session.cache_clear()
    made: list[Any] = []
    start = threading.Barrier(8, timeout=10)

    def make() -> None:
        start.wait()
        made.append(compose.client("sqs"))

    threads = [threading.Thread(target=make) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(made) == 8


def test_a_new_id_is_a_uuid() -> None:
    first, second = compose.new_id(), compose.new_id()

    assert re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", first)
    assert first != second


def test_registration_is_wired_for_an_operators_session(monkeypatch: pytest.MonkeyPatch) -> None:
    declare(monkeypatch, set())
    wired = registration(
        boto3.Session(),
        table_name="t",
        business_secret_prefix="p/",
        usage_plans={"standard": "u"},
        allow_loopback=False,
    )

    with pytest.raises(Rejected) as caught:
        wired.business("biz", name="B", url="https://user@hooks.example/")
    assert caught.value.code == "url_userinfo"
