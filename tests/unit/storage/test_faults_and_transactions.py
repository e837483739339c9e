"""What AWS raises becomes ours, and conflicts are tried again."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError, ReadTimeoutError

from parley.apple.inbound import InboundMessage
from parley.conversation.records import Overdue
from parley.errors import Fatal, ParleyError, Retryable
from parley.storage import transactions
from parley.storage.conversations import DynamoConversations
from parley.storage.due import DynamoDue
from parley.storage.faults import code_of, translated
from parley.storage.mailbox import DynamoMailbox
from parley.storage.messages import DynamoMessages
from parley.storage.secrets import WebhookSecrets
from parley.storage.usage import UsagePlans
from tests.support import apple_requests as apple
from tests.support.clock import Clock
from tests.unit.storage.conftest import a_message


def client_error(code: str, **more: Any) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": "CANARY"}, **more}, "Operation")  # type: ignore[typeddict-item]


def cancelled(*codes: str) -> ClientError:
    return client_error("TransactionCanceledException", CancellationReasons=[{"Code": code} for code in codes])


class Failing:
    """An AWS client whose every call ends the same way, and how often it was asked."""

    def __init__(self, *faults: Exception) -> None:
        self.faults = list(faults)
        self.calls: list[str] = []

    def __getattr__(self, name: str) -> Any:
        def call(**_wanted: Any) -> dict[str, Any]:
            self.calls.append(name)
            if self.faults:
                raise self.faults.pop(0) if len(self.faults) > 1 else self.faults[0]
            return {}

        return call


@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        (client_error("AccessDeniedException"), Fatal),
        (client_error("ResourceNotFoundException"), Fatal),
        (client_error("ValidationException"), Fatal),
        (client_error("QueueDoesNotExist"), Fatal),
        (client_error("AWS.SimpleQueueService.NonExistentQueue"), Fatal),
        (client_error("NoSuchBucket"), Fatal),
        (client_error("UnrecognizedClientException"), Fatal),
        (client_error("ProvisionedThroughputExceededException"), Retryable),
        (client_error("ThrottlingException"), Retryable),
        (client_error("InternalServerError"), Retryable),
        (client_error("SomethingNew"), Retryable),
        (client_error(""), Retryable),
        (EndpointConnectionError(endpoint_url="https://x"), Retryable),
        (ReadTimeoutError(endpoint_url="https://x"), Retryable),
    ],
)
def test_a_fault_is_an_operators_to_mend_or_passes(fault: Exception, expected: type[ParleyError]) -> None:
    with pytest.raises(expected, match="store the message") as caught, translated("store the message"):
        raise fault

    assert caught.value.__cause__ is fault
    assert "CANARY" not in str(caught.value)


def test_our_own_errors_pass_as_they_are() -> None:
    with pytest.raises(KeyError), translated("anything"):
        raise KeyError


def test_a_fault_without_a_code_has_an_empty_one() -> None:
    assert code_of(ClientError({}, "Operation")) == ""


def test_a_conflict_between_transactions_is_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("parley.storage.transactions.time.sleep", lambda _seconds: None)
    client = Failing(cancelled("TransactionConflict", "None"), cancelled("None", "TransactionConflict"))
    client.faults.append(cancelled("ConditionalCheckFailed"))

    with pytest.raises(ClientError) as caught:
        transactions.transact(client, [])  # type: ignore[arg-type]

    assert transactions.refusals(caught.value) == ["ConditionalCheckFailed"]
    assert len(client.calls) == 3


def test_but_not_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("parley.storage.transactions.time.sleep", lambda _seconds: None)
    client = Failing(cancelled("TransactionConflict"))

    with pytest.raises(ClientError):
        transactions.transact(client, [])  # type: ignore[arg-type]

    assert len(client.calls) == transactions.TRIES


def test_any_other_fault_is_not_tried_again() -> None:
    client = Failing(client_error("AccessDeniedException"))

    with pytest.raises(ClientError):
        transactions.transact(client, [])  # type: ignore[arg-type]

    assert client.calls == ["transact_write_items"]


@pytest.mark.parametrize(("code", "expected"), [("AccessDeniedException", Fatal), ("InternalServerError", Retryable)])
def test_no_adapter_lets_an_sdk_error_out(code: str, expected: type[ParleyError]) -> None:
    clock = Clock()
    client: Any = Failing(client_error(code))
    client.get_paginator = lambda _name: Failing(client_error(code))
    messages = DynamoMessages(client, table="t", retention_days=lambda _: 1, clock=clock)
    mailbox = DynamoMailbox(client, table="t", retention_days=lambda _: 1)
    conversations = DynamoConversations(client, table="t")
    message = a_message(clock, sequence=1)
    event = InboundMessage("e", "text", "c", "b", apple.envelope(), "")

    calls: list[Any] = [
        lambda: messages.add(message),
        lambda: messages.add_unless_twin(message, digest="d", window=1),
        lambda: messages.get("b", "m"),
        lambda: messages.settle(message, from_state=message.state),
        lambda: messages.postpone(message, due_at=1),
        lambda: messages.record_attempt(message, target="t", number=1, at=1, status=1, words="", ms=1),
        lambda: mailbox.held("c", limit=1),
        lambda: mailbox.hold(message),
        lambda: mailbox.forget("c", 1),
        lambda: conversations.get("c"),
        lambda: conversations.apply("c", event, at=1),
        lambda: conversations.opt_out("c", "b", "o"),
        lambda: conversations.release("c"),
        lambda: list(DynamoDue(client, table="t").overdue(1, limit=1)),
        lambda: DynamoDue(client, table="t").claim(Overdue("MSG", "b", "m", 1.0), until=1),
        lambda: WebhookSecrets(client, prefix="p/", clock=clock).keys("b"),
        lambda: WebhookSecrets(client, prefix="p/", clock=clock).put("b", "s"),
        lambda: UsagePlans(client, plans={"standard": "p"}).enroll("n", "i", tier="standard"),
    ]
    for call in calls:
        with pytest.raises(expected):
            call()
