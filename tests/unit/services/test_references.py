from __future__ import annotations

import copy
import json
import uuid
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import pytest

from parley.apple.gateway import GatewayAnswer, Verdict
from parley.apple.outbound import OutboundMessage
from parley.conversation import references
from parley.conversation.identity import conversation_id
from parley.conversation.references import LARGE_BYTES, Known
from parley.errors import Retryable
from parley.services.references import REUSE_SECONDS, Referring
from tests.support import apple_requests as apple
from tests.support.clock import Clock
from tests.support.world import CONVERSATION

if TYPE_CHECKING:
    from tests.support.world import World

LARGE: dict[str, Any] = {
    "interactiveData": {"bid": "b", "data": {"requestIdentifier": str(uuid.UUID(int=1)), "pictures": "A" * LARGE_BYTES}}
}
REFERENCE = {"url": "https://p61/x", "owner": "M1", "dataRefSig": "opaque", "unknown": [1]}
GIVEN = GatewayAnswer(Verdict.ACCEPTED, 200, "", data_ref=REFERENCE)
TAKEN = GatewayAnswer(Verdict.ACCEPTED, 200, "")
REFUSED = GatewayAnswer(Verdict.REFUSED, 400, "has expired")


@dataclass
class Apple:
    """Answers one after another, then takes everything."""

    answers: list[GatewayAnswer] = field(default_factory=list)
    sent: list[OutboundMessage] = field(default_factory=list)

    def send(self, message: OutboundMessage, *, token: str) -> GatewayAnswer:
        assert token == "t"
        self.sent.append(message)
        return self.answers.pop(0) if self.answers else TAKEN

    def construct(self, body: dict[str, Any], *, business_id: str, token: str) -> Any:
        return (body, business_id, token)


@dataclass
class DataRefs:
    items: dict[tuple[str, str], Known] = field(default_factory=dict)
    away: bool = False

    def get(self, business_id: str, digest: str) -> Known | None:
        self._ask()
        return self.items.get((business_id, digest))

    def put(self, business_id: str, digest: str, known: Known) -> None:
        self._ask()
        self.items[business_id, digest] = known

    def _ask(self) -> None:
        if self.away:
            raise Retryable("the table is away", code="aws_unavailable")


@dataclass
class Bench:
    apple: Apple = field(default_factory=Apple)
    data_refs: DataRefs = field(default_factory=DataRefs)
    clock: Clock = field(default_factory=Clock)

    def send(self, content: dict[str, Any] = LARGE, **fields: Any) -> GatewayAnswer:
        usual: dict[str, Any] = {"id": "m", "type": "interactive", "business_id": "b", "opaque_id": "urn:mbid:x"}
        message = OutboundMessage(content=content, **usual | fields)
        referring = Referring(gateway=self.apple, data_refs=self.data_refs, clock=self.clock)
        return referring.send(message, token="t")

    def forms(self) -> list[tuple[str, bool]]:
        """How each message went: by what, and whether a reference was asked for."""
        return [
            (next(iter(each.content)), each.headers().get("include-data-ref") == "true") for each in self.apple.sent
        ]


WHOLE, ASKING, SHORT = ("interactiveData", False), ("interactiveData", True), ("interactiveDataRef", False)


def test_the_second_time_a_reference_is_asked_for_and_from_then_on_it_is_sent() -> None:
    bench = Bench(Apple([TAKEN, GIVEN]))

    for _ in range(4):
        assert bench.send().verdict is Verdict.ACCEPTED

    assert bench.forms() == [WHOLE, ASKING, SHORT, SHORT]
    assert bench.apple.sent[2].content == {"interactiveDataRef": REFERENCE}
    assert bench.apple.sent[2].body().keys() == {
        "v", "id", "type", "sourceId", "destinationId", "interactiveDataRef"
    }  # fmt: skip


def test_a_reference_that_comes_unasked_is_used_at_once() -> None:
    bench = Bench(Apple([GIVEN]))

    bench.send()
    bench.send()

    assert bench.forms() == [WHOLE, SHORT]


def test_a_reference_that_is_refused_is_replaced_by_the_whole_message_and_a_new_one() -> None:
    newer = {**REFERENCE, "owner": "M2"}
    bench = Bench(Apple([GIVEN, REFUSED, replace(GIVEN, data_ref=newer)]))

    answers = [bench.send(id=name) for name in "abc"]

    assert [answer.verdict for answer in answers] == [Verdict.ACCEPTED] * 3
    assert bench.forms() == [WHOLE, SHORT, ASKING, SHORT]
    assert [message.id for message in bench.apple.sent] == ["a", "b", "b", "c"]
    assert bench.apple.sent[-1].content["interactiveDataRef"] == newer


@pytest.mark.parametrize("verdict", [Verdict.NOT_NOW, Verdict.UNCERTAIN, Verdict.GONE, Verdict.FORBIDDEN])
def test_another_answer_to_a_reference_is_the_messages_answer(verdict: Verdict) -> None:
    bench = Bench(Apple([GIVEN, GatewayAnswer(verdict, 0, "")]))
    bench.send()

    assert bench.send().verdict is verdict
    assert bench.send().verdict is Verdict.ACCEPTED
    assert bench.forms() == [WHOLE, SHORT, SHORT]


def test_what_apple_did_not_take_is_not_remembered() -> None:
    bench = Bench(Apple([REFUSED, GatewayAnswer(Verdict.NOT_NOW, 429, "")]))

    bench.send()
    bench.send()

    assert bench.data_refs.items == {}


def test_an_old_reference_is_renewed_without_being_tried() -> None:
    bench = Bench(Apple([GIVEN]))
    bench.send()
    bench.clock.advance(REUSE_SECONDS)

    bench.send()

    assert bench.forms() == [WHOLE, ASKING]


@pytest.mark.parametrize(
    ("content", "fields"),
    [
        ({"interactiveData": {"bid": "b", "data": {}}}, {}),
        ({"body": "A" * 20_000}, {"type": "text"}),
        ({"interactiveDataRef": REFERENCE}, {}),
        (LARGE, {"door": "authenticate"}),
        (LARGE, {"extra_headers": {"message-type": "notification"}}),
        ({"interactiveData": "A" * 20_000}, {}),
    ],
)
def test_nothing_else_is_touched(content: dict[str, Any], fields: dict[str, Any]) -> None:
    bench = Bench(Apple([GIVEN]))

    bench.send(content, **fields)
    bench.send(content, **fields)

    assert [each.content for each in bench.apple.sent] == [content, content]
    assert bench.data_refs.items == {}


def test_businesses_and_contents_are_kept_apart() -> None:
    other = copy.deepcopy(LARGE)
    other["interactiveData"]["data"]["requestIdentifier"] = str(uuid.UUID(int=2))
    bench = Bench(Apple([GIVEN]))

    bench.send()
    bench.send(business_id="c")
    bench.send(other)

    assert bench.forms() == [WHOLE, WHOLE, WHOLE]


def test_without_the_table_messages_go_whole() -> None:
    bench = Bench(Apple([GIVEN, GIVEN]), DataRefs(away=True))

    assert [bench.send().verdict for _ in range(2)] == [Verdict.ACCEPTED] * 2
    assert bench.forms() == [WHOLE, WHOLE]


def test_links_are_built_as_before() -> None:
    referring = Referring(gateway=Apple(), data_refs=DataRefs(), clock=Clock())

    built: Any = referring.construct({"x": 1}, business_id="b", token="t")

    assert built == ({"x": 1}, "b", "t")


def test_exactly_10_kb_are_not_large() -> None:
    at = {"interactiveData": {"x": "A" * (LARGE_BYTES - len('{"x":""}'))}}
    above = {"interactiveData": {"x": at["interactiveData"]["x"] + "A"}}

    assert references.large(at) is None
    assert references.large(above) is not None


# --- one request identifier for all customers --------------------------------------------------

PICKER: dict[str, Any] = {
    "type": "list_picker",
    "title": "Which one?",
    "sections": [{"title": "Bikes", "items": [{"identifier": "a", "title": "Red"}]}],
}
OTHER = "urn:mbid:AQAAYother=="


def asked(world: World, message: dict[str, Any], to: str = apple.CUSTOMER) -> tuple[str, str]:
    """The request identifier of a message, as it was stored and as it goes."""
    accepted = world.business_asks({**message, "to": to})
    (stored,) = accepted.messages
    text = stored.payload or world.payloads.get(stored.payload_key or "")
    return stored.request_identifier or "", json.loads(text)["interactiveData"]["data"]["requestIdentifier"]


@pytest.fixture
def large_picker() -> dict[str, Any]:
    items = [{"identifier": f"i{n}", "title": f"{n} {'x' * 190}"} for n in range(60)]
    return {**PICKER, "sections": [{"title": "Bikes", "items": items}]}


def test_the_same_large_message_asks_every_customer_under_one_identifier(
    world: World, large_picker: dict[str, Any]
) -> None:
    first, second = asked(world, large_picker), asked(world, large_picker, OTHER)

    assert first == second
    assert first[0] == first[1]
    assert uuid.UUID(first[0]).version == 5


def test_the_same_customer_is_never_asked_twice_under_one_identifier(
    world: World, large_picker: dict[str, Any]
) -> None:
    first, second, third = (asked(world, large_picker)[0] for _ in range(3))

    assert len({first, second, third}) == 3


def test_a_small_message_asks_under_an_identifier_of_its_own(world: World) -> None:
    assert asked(world, PICKER)[0] != asked(world, PICKER, OTHER)[0]


def test_other_words_are_another_message(world: World, large_picker: dict[str, Any]) -> None:
    other = {**large_picker, "title": "Which two?"}

    assert asked(world, large_picker)[0] != asked(world, other, OTHER)[0]


def test_an_answer_finds_the_message_of_its_own_customer(world: World, large_picker: dict[str, Any]) -> None:
    identifier, _ = asked(world, large_picker)
    asked(world, large_picker, OTHER)

    others = conversation_id(apple.BUSINESS, OTHER)
    found = [world.table.requests[conversation, identifier] for conversation in (CONVERSATION, others)]
    assert [world.table.message(each).opaque_id for each in found] == [apple.CUSTOMER, OTHER]
