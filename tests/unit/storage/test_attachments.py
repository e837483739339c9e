"""Attachments in the table, and in memory as the other suites use them: put once, claimed by one, settled once."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import pytest

from parley.conversation.attachments import Attachment, PartKind, PartState, attachment_id
from parley.conversation.records import Direction
from parley.errors import Fatal, Retryable
from parley.storage.attachments import DynamoAttachments
from parley.storage.due import DynamoDue
from tests.support.clock import Clock
from tests.support.cloud import TABLE
from tests.support.memory_attachments import MemoryAttachments

if TYPE_CHECKING:
    from collections.abc import Callable

    from parley.services import ports
    from tests.support.cloud import Cloud

BUSINESS = "b1"
A1 = attachment_id(BUSINESS, "m1", 0)


@dataclass
class Kept:
    """One implementation, and what the sweeper would find in it."""

    clock: Clock
    attachments: ports.Attachments
    overdue: Callable[[], list[str]]

    def pending(self, **changed: Any) -> Attachment:
        facts: dict[str, Any] = {
            "id": A1,
            "business_id": BUSINESS,
            "conversation_id": "c1",
            "message_id": "m1",
            "direction": Direction.INBOUND,
            "state": PartState.PENDING,
            "name": "a.png",
            "mime_type": "image/png",
            "size": 7,
            "created_at": self.clock(),
        }
        return Attachment(**facts | changed)

    def claimed(self, by: str = "w1", seconds: float = 120) -> Attachment:
        self.attachments.put(self.pending())
        claimed = self.attachments.claim(self.now(), by=by, until=self.clock() + seconds)
        assert claimed is not None
        return claimed

    def now(self) -> Attachment:
        found = self.attachments.get(BUSINESS, A1)
        assert found is not None
        return found


@pytest.fixture(params=["dynamodb", "memory"])
def kept(request: pytest.FixtureRequest) -> Kept:
    clock = Clock()
    if request.param == "memory":
        memory = MemoryAttachments(clock)
        return Kept(clock, memory, lambda: [each for each, at in memory.due.items() if at <= clock()])
    client = request.getfixturevalue("cloud").dynamodb
    due = DynamoDue(client, table=TABLE)
    return Kept(
        clock,
        DynamoAttachments(client, table=TABLE, retention_days=lambda _: 90, clock=clock),
        lambda: [found.id for found in due.overdue(clock(), limit=10)],
    )


def test_what_is_put_is_read_as_it_was(kept: Kept) -> None:
    whole = kept.pending(
        kind=PartKind.REFERENCE,
        place=-1,
        content_type="image/png",
        sha256="0" * 64,
        s3_key="attachments/b1/a",
        mmcs={"url": "https://x", "size": 7},
        sealed_key="AAAA",
    )

    assert kept.attachments.put(whole)
    assert kept.now() == whole


def test_it_is_put_once(kept: Kept) -> None:
    assert kept.attachments.put(kept.pending())
    assert not kept.attachments.put(kept.pending(name="other.png"))
    assert kept.now().name == "a.png"


def test_those_of_a_message_are_read_together_without_the_missing_ones(kept: Kept) -> None:
    ids = [attachment_id(BUSINESS, "m1", place) for place in range(4)]
    for place in (0, 2):
        kept.attachments.put(kept.pending(id=ids[place], place=place))

    found = kept.attachments.of_message(BUSINESS, ids)

    assert {each: found[each].place for each in found} == {ids[0]: 0, ids[2]: 2}
    assert kept.attachments.of_message(BUSINESS, []) == {}
    assert kept.attachments.of_message("b2", ids) == {}


def test_one_worker_claims_and_another_does_not(kept: Kept) -> None:
    claimed = kept.claimed("w1")

    assert claimed.attempts == 1
    assert kept.attachments.claim(kept.now(), by="w2", until=kept.clock() + 120) is None
    assert kept.now().attempts == 1


def test_a_claim_that_ran_out_is_anybodys(kept: Kept) -> None:
    claimed = kept.claimed("w1", seconds=120)
    kept.clock.now += 121

    taken = kept.attachments.claim(kept.now(), by="w2", until=kept.clock() + 120)

    assert taken is not None
    assert taken.attempts == 2
    assert not kept.attachments.keep(claimed, by="w1", until=kept.clock() + 120)
    assert not kept.attachments.give_back(claimed, by="w1", next_at=kept.clock())


def test_a_claim_that_is_kept_does_not_run_out(kept: Kept) -> None:
    claimed = kept.claimed("w1", seconds=120)
    kept.clock.now += 100
    assert kept.attachments.keep(claimed, by="w1", until=kept.clock() + 120)
    kept.clock.now += 100

    assert kept.attachments.claim(kept.now(), by="w2", until=kept.clock() + 120) is None


def test_a_claim_may_move_it_on(kept: Kept) -> None:
    kept.attachments.put(kept.pending(direction=Direction.OUTBOUND, state=PartState.AWAITING_UPLOAD))

    claimed = kept.attachments.claim(kept.now(), by="w1", until=kept.clock() + 120, into=PartState.PROCESSING)

    assert claimed is not None
    assert claimed.state is PartState.PROCESSING
    assert kept.now().state is PartState.PROCESSING


def test_what_is_given_back_keeps_what_its_transfer_has(kept: Kept) -> None:
    claimed = kept.claimed("w1")
    unfinished = {"upload_id": "u", "etags": ["e1", "e2"], "done": 16}

    assert kept.attachments.give_back(replace(claimed, unfinished=unfinished), by="w1", next_at=kept.clock() + 9)

    assert kept.now().unfinished == unfinished
    assert kept.now().next_at == kept.clock() + 9
    again = kept.attachments.claim(kept.now(), by="w2", until=kept.clock() + 120)
    assert again is not None
    assert again.unfinished == unfinished
    assert kept.attachments.give_back(replace(again, unfinished=None), by="w2", next_at=kept.clock())
    assert not kept.now().unfinished


def test_it_is_settled_once(kept: Kept) -> None:
    claimed = kept.claimed("w1")
    ready = replace(claimed, state=PartState.READY, size=8, sha256="0" * 64, settled_at=kept.clock())

    assert kept.attachments.settle(ready, from_state=PartState.PENDING)
    assert not kept.attachments.settle(replace(ready, state=PartState.FAILED), from_state=PartState.PENDING)

    assert kept.now() == ready
    assert kept.attachments.claim(ready, by="w2", until=kept.clock() + 120) is None
    assert kept.attachments.claim(claimed, by="w2", until=kept.clock() + 120) is None
    assert not kept.attachments.keep(claimed, by="w1", until=kept.clock() + 120)


def test_what_was_kept_of_a_transfer_goes_when_it_is_settled(kept: Kept) -> None:
    claimed = kept.claimed("w1")
    kept.attachments.give_back(replace(claimed, unfinished={"upload_id": "u"}), by="w1", next_at=kept.clock())

    kept.attachments.settle(replace(kept.now(), state=PartState.READY), from_state=PartState.PENDING)

    assert kept.now().unfinished is None
    assert kept.now().next_at is None


def test_the_sweeper_finds_what_nobody_has_taken_care_of(kept: Kept) -> None:
    kept.attachments.put(kept.pending())
    assert kept.overdue() == []
    kept.clock.now += 61
    assert kept.overdue() == [A1]

    claimed = kept.attachments.claim(kept.now(), by="w1", until=kept.clock() + 120)
    assert claimed is not None
    assert kept.overdue() == []
    kept.clock.now += 181
    assert kept.overdue() == [A1]

    assert kept.attachments.give_back(claimed, by="w1", next_at=kept.clock() + 600)
    kept.clock.now += 659
    assert kept.overdue() == []
    kept.clock.now += 2
    assert kept.overdue() == [A1]

    kept.attachments.settle(replace(kept.now(), state=PartState.FAILED), from_state=PartState.PENDING)
    assert kept.overdue() == []


def test_what_waits_for_a_business_is_nothing_for_the_sweeper(kept: Kept) -> None:
    kept.attachments.put(kept.pending(state=PartState.AWAITING_UPLOAD))
    kept.clock.now += 10_000

    assert kept.overdue() == []


def test_what_has_expired_is_not_there(cloud: Cloud) -> None:
    clock = Clock()
    attachments = DynamoAttachments(cloud.dynamodb, table=TABLE, retention_days=lambda _: 1, clock=clock)
    kept = Kept(clock, attachments, list)
    attachments.put(kept.pending())
    clock.now += 4 * 86_400 + 1  # a customer's file waits with its message

    assert attachments.get(BUSINESS, A1) is None
    assert attachments.of_message(BUSINESS, [A1]) == {}


def test_what_another_version_wrote_is_read_as_far_as_it_is_known(cloud: Cloud) -> None:
    clock = Clock()
    attachments = DynamoAttachments(cloud.dynamodb, table=TABLE, retention_days=lambda _: 1, clock=clock)
    attachments.put(Kept(clock, attachments, list).pending())
    cloud.dynamodb.update_item(
        TableName=TABLE,
        Key={"pk": {"S": f"ATT#{BUSINESS}#{A1}"}, "sk": {"S": "ATT"}},
        UpdateExpression="SET colour = :red",
        ExpressionAttributeValues={":red": {"S": "red"}},
    )

    assert attachments.get(BUSINESS, A1) is not None


class Stingy:
    """A table that answers only some of what was asked."""

    def __init__(self, client: Any, *, answers: int) -> None:
        self._client = client
        self._answers = answers

    def batch_get_item(self, *, RequestItems: Any) -> Any:  # noqa: N803  (botocore's names)
        (table, wanted), *_ = RequestItems.items()
        first, rest = wanted["Keys"][: self._answers], wanted["Keys"][self._answers :]
        found = self._client.batch_get_item(RequestItems={table: {"Keys": first}})["Responses"] if first else {}
        left = {table: {"Keys": rest, "ConsistentRead": True}} if rest else {}
        return {"Responses": found, "UnprocessedKeys": left}


def test_a_table_that_answers_in_part_is_asked_again_and_not_for_ever(cloud: Cloud) -> None:
    clock = Clock()
    attachments = DynamoAttachments(cloud.dynamodb, table=TABLE, retention_days=lambda _: 1, clock=clock)
    ids = [attachment_id(BUSINESS, "m1", place) for place in range(6)]
    for place, each in enumerate(ids):
        attachments.put(Kept(clock, attachments, list).pending(id=each, place=place))

    def asking(answers: int) -> DynamoAttachments:
        client: Any = Stingy(cloud.dynamodb, answers=answers)
        return DynamoAttachments(client, table=TABLE, retention_days=lambda _: 1, clock=clock)

    assert asking(2).of_message(BUSINESS, ids).keys() == set(ids)
    with pytest.raises(Retryable):
        asking(1).of_message(BUSINESS, ids)


def test_a_table_that_is_not_there_is_an_operators_business(cloud: Cloud) -> None:
    clock = Clock()
    lost = DynamoAttachments(cloud.dynamodb, table="none", retention_days=lambda _: 1, clock=clock)
    pending = Kept(clock, lost, list).pending()

    steps: list[Callable[[], object]] = [
        lambda: lost.put(pending),
        lambda: lost.get(BUSINESS, A1),
        lambda: lost.of_message(BUSINESS, [A1]),
        lambda: lost.claim(pending, by="w", until=1),
        lambda: lost.settle(pending, from_state=PartState.PENDING),
    ]
    for step in steps:
        with pytest.raises(Fatal):
            step()


def test_only_what_has_a_name_gets_another(kept: Kept) -> None:
    kept.attachments.rename(BUSINESS, A1, "[redacted]")
    assert kept.attachments.get(BUSINESS, A1) is None
    kept.attachments.put(kept.pending())
    nameless = attachment_id(BUSINESS, "m1", 1)
    kept.attachments.put(kept.pending(id=nameless, name=None))

    for each in (A1, nameless):
        kept.attachments.rename(BUSINESS, each, "[redacted]")

    found = [kept.attachments.get(BUSINESS, each) for each in (A1, nameless)]
    assert [each.name for each in found if each] == ["[redacted]", None]
