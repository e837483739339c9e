"""One webhook on its way: signed with every key of the endpoint, dated now, and never a fault of the caller."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from standardwebhooks.webhooks import Webhook

from parley.business.model import Endpoint
from parley.business.webhook_client import WebhookAnswer
from parley.errors import Fatal, NotFound, Retryable
from parley.services.notify import Notify
from tests.support import apple_requests as apple
from tests.support import counterparts
from tests.support.clock import NEW_YEAR, Clock
from tests.support.world import URL, WEBHOOK_SECRET

if TYPE_CHECKING:
    from collections.abc import Sequence

OTHER_SECRET = "whsec_ZGlmZmVyZW50LWtleS1vZi0zMi1ieXRlcy1pbi1hbGwh"


@dataclass
class Keys:
    """`services.ports.SigningKeys` that remembers whose keys were asked for."""

    found: list[str] | Exception
    asked: list[tuple[str, str | None]] = field(default_factory=list)

    def keys(self, business_id: str, endpoint_id: str | None = None) -> Sequence[str]:
        self.asked.append((business_id, endpoint_id))
        if isinstance(self.found, Exception):
            raise self.found
        return self.found

    def put(self, business_id: str, secret: str) -> None:
        raise AssertionError("a webhook changes no key")


def post(keys: Keys, *, answer: WebhookAnswer = counterparts.OK) -> tuple[WebhookAnswer, list[counterparts.Posted]]:
    """One webhook; the answer, and what the endpoint got."""
    endpoint = counterparts.Endpoint(standing=answer)
    notify = Notify(signing_keys=keys, webhooks=endpoint, clock=Clock(NEW_YEAR + 60.9))
    answered = notify(
        Endpoint("default", URL),
        business_id=apple.BUSINESS,
        webhook_id="m1",
        event_type="message.received",
        at=NEW_YEAR,
        data={"message": {"body": "Hello \U0001f6b2"}},
    )
    return answered, endpoint.posts


def test_a_webhook_is_dated_when_it_happened_and_signed_when_it_goes() -> None:
    _, (posted,) = post(Keys([WEBHOOK_SECRET]))

    assert posted.url == URL
    assert posted.event == {
        "type": "message.received",
        "timestamp": "2026-01-01T00:00:00.000Z",
        "data": {"message": {"body": "Hello \U0001f6b2"}},
    }
    assert posted.webhook_id == "m1"
    assert posted.headers["webhook-timestamp"] == str(int(NEW_YEAR + 60))


def test_every_key_signs_while_two_are_good() -> None:
    keys = Keys([WEBHOOK_SECRET, OTHER_SECRET])

    _, (posted,) = post(keys)

    at = datetime.fromtimestamp(NEW_YEAR + 60, UTC)
    assert posted.headers["webhook-signature"].split(" ") == [
        Webhook(secret).sign("m1", at, posted.body.decode()) for secret in (WEBHOOK_SECRET, OTHER_SECRET)
    ]
    assert keys.asked == [(apple.BUSINESS, "default")]


@pytest.mark.parametrize("answer", [counterparts.OK, counterparts.DOWN, WebhookAnswer(0, 5, "", reason="timeout")])
def test_what_the_endpoint_says_is_the_answer(answer: WebhookAnswer) -> None:
    answered, _ = post(Keys([WEBHOOK_SECRET]), answer=answer)

    assert answered is answer


@pytest.mark.parametrize(
    "fault",
    [
        Fatal("the business has no webhook secret"),
        NotFound("no such secret", code="secret_unknown"),
        [],
        ["whsec_!"],
    ],
)
def test_without_a_good_key_nothing_goes_out_and_the_answer_says_why(fault: list[str] | Exception) -> None:
    answered, posts = post(Keys(fault))

    assert (answered.ok, answered.status, answered.reason) == (False, 0, "no_signing_key")
    assert posts == []


def test_keys_that_cannot_be_read_now_are_another_matter() -> None:
    with pytest.raises(Retryable):
        post(Keys(Retryable("read the secret: away", code="aws_unavailable")))
