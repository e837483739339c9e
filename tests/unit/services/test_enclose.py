from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from parley.apple import wire
from parley.apple.enclosures import PLACEHOLDER, dictionary, enclosed, ids_of, named, placed, standing_in
from parley.conversation.attachments import Attachment, PartState
from parley.conversation.records import Direction
from parley.errors import Invalid, Rejected, Retryable
from parley.services.enclose import REUSE_SECONDS, WAIT_SECONDS, Enclosable, Enclose
from tests.support import apple_requests as apple
from tests.support.clock import NEW_YEAR, Clock
from tests.support.memory_attachments import MemoryAttachments

KEY = bytes(range(32))


class Seals:
    """Opens a sealed key for the attachment it was sealed for."""

    def __init__(self) -> None:
        self.opened: list[str] = []

    def open(self, sealed: str, *, business_id: str, attachment_id: str) -> bytes:
        assert sealed == f"sealed for {business_id} {attachment_id}"
        self.opened.append(attachment_id)
        return KEY


def ready(name: str, **facts: Any) -> Attachment:
    usual: dict[str, Any] = {
        "direction": Direction.OUTBOUND,
        "state": PartState.READY,
        "name": f"{name}.pdf",
        "size": 12,
        "content_type": "application/pdf",
        "mmcs": {"url": "https://mmcs/1", "owner": "M1", "signature-base64": "g" * 28, "size": 12},
        "sealed_key": f"sealed for {apple.BUSINESS} {name}",
        "settled_at": NEW_YEAR,
    }
    return Attachment(id=name, business_id=apple.BUSINESS, created_at=NEW_YEAR, **usual | facts)


class Bench:
    def __init__(self, *attachments: Attachment) -> None:
        self.clock = Clock()
        self.attachments = MemoryAttachments(self.clock)
        self.seals = Seals()
        for each in attachments:
            self.attachments.put(each)
        self.may = Enclosable(attachments=self.attachments, clock=self.clock)
        self._enclose = Enclose(attachments=self.attachments, seals=self.seals, clock=self.clock)  # type: ignore[arg-type]

    def enclose(self, *ids: str, business_id: str = apple.BUSINESS) -> dict[str, Any]:
        content = {"body": PLACEHOLDER * len(ids), "attachments": named(ids)}
        return self._enclose(business_id, content, since=NEW_YEAR)

    def faults(self, *ids: str, business_id: str = apple.BUSINESS) -> list[tuple[str, str]]:
        with pytest.raises(Invalid) as refused:
            self.may(business_id, ids, conversation_id="c1")
        return [(fault.path, fault.code) for fault in refused.value.faults]


def test_a_message_goes_with_apples_dictionaries_in_its_order() -> None:
    bench = Bench(ready("a"), ready("b", mime_type="text/calendar"))

    content = bench.enclose("b", "a")

    assert [part["name"] for part in content["attachments"]] == ["b.pdf", "a.pdf"]
    assert content["attachments"][1] == {
        "name": "a.pdf",
        "mimeType": "application/pdf",
        "size": "12",
        "signature-base64": "g" * 28,
        "url": "https://mmcs/1",
        "owner": "M1",
        "key": "00" + KEY.hex(),
    }
    assert content["attachments"][0]["mimeType"] == "text/calendar"
    assert wire.check_content("text", content, now=NEW_YEAR) == []


def test_a_message_without_files_is_left_as_it_is() -> None:
    bench = Bench()

    assert bench._enclose(apple.BUSINESS, {"body": "Hi"}, since=0) == {"body": "Hi"}


def test_the_same_message_gets_the_same_dictionaries_every_time() -> None:
    bench = Bench(ready("a"))

    assert bench.enclose("a") == bench.enclose("a")


def test_a_file_that_stands_twice_is_opened_once() -> None:
    bench = Bench(ready("a"))

    first, second = bench.enclose("a", "a")["attachments"]

    assert first == second
    assert bench.seals.opened == ["a"]


@pytest.mark.parametrize("state", [PartState.AWAITING_UPLOAD, PartState.PROCESSING])
def test_a_message_waits_for_its_files_longer_and_longer_but_not_for_ever(state: PartState) -> None:
    bench = Bench(ready("a"), ready("b", state=state, settled_at=None))
    waits = []
    for elapsed in (0, 4, 20, 59, WAIT_SECONDS - 1):
        bench.clock.now = NEW_YEAR + elapsed
        with pytest.raises(Retryable) as waiting:
            bench.enclose("a", "b")
        assert waiting.value.code == "attachment_not_ready"
        waits.append(waiting.value.after)

    bench.clock.now = NEW_YEAR + WAIT_SECONDS
    with pytest.raises(Rejected) as given_up:
        bench.enclose("a", "b")

    assert waits == [1.0, 1.0, 5.0, 14.75, 15.0]
    assert given_up.value.code == "attachment_not_ready"


def test_a_message_fails_with_its_file() -> None:
    bench = Bench(ready("a", state=PartState.FAILED, reason="size_mismatch"))

    with pytest.raises(Rejected, match="size_mismatch") as failed:
        bench.enclose("a")

    assert failed.value.code == "attachment_failed"


def test_a_file_that_has_expired_meanwhile_fails_its_message() -> None:
    with pytest.raises(Rejected) as failed:
        Bench().enclose("a")

    assert failed.value.code == "attachment_failed"


def test_another_businesss_file_is_not_there() -> None:
    with pytest.raises(Rejected):
        Bench(ready("a")).enclose("a", business_id=apple.OTHER_BUSINESS)


@pytest.mark.parametrize("state", [PartState.AWAITING_UPLOAD, PartState.PROCESSING, PartState.READY])
def test_a_file_may_be_named_before_it_is_ready(state: PartState) -> None:
    Bench(ready("a", state=state)).may(apple.BUSINESS, ["a", "a"], conversation_id="c1")


def test_every_file_that_may_not_be_sent_is_told_in_its_place() -> None:
    bench = Bench(
        ready("good"),
        ready("failed", state=PartState.FAILED, reason="apple_refused"),
        ready("theirs", direction=Direction.INBOUND),
        ready("old", settled_at=NEW_YEAR - REUSE_SECONDS - 1),
    )

    assert bench.faults("good", "nobody", "failed", "theirs", "old") == [
        ("/attachments/1/id", "attachment_unknown"),
        ("/attachments/2/id", "attachment_failed"),
        ("/attachments/3/id", "attachment_unknown"),
        ("/attachments/4/id", "attachment_expired"),
    ]
    assert bench.faults("good", business_id=apple.OTHER_BUSINESS) == [("/attachments/0/id", "attachment_unknown")]


def test_nothing_is_asked_about_a_message_without_files() -> None:
    bench = Bench()
    bench.attachments.of_message = None  # type: ignore[method-assign,assignment]

    bench.may(apple.BUSINESS, [], conversation_id="c1")


@pytest.mark.parametrize(
    ("body", "count", "whole"),
    [
        ("", 1, PLACEHOLDER),
        ("Hi", 2, f"Hi{PLACEHOLDER * 2}"),
        (f"A {PLACEHOLDER} B", 1, f"A {PLACEHOLDER} B"),
        (f"A {PLACEHOLDER} B", 3, f"A {PLACEHOLDER} B{PLACEHOLDER * 2}"),
        (PLACEHOLDER * 3, 1, PLACEHOLDER * 3),
        ("Hi", 0, "Hi"),
    ],
)
def test_what_has_no_place_is_shown_at_the_end(body: str, count: int, whole: str) -> None:
    assert placed(body, count) == whole


def test_only_our_own_names_are_ids() -> None:
    apples = dictionary(name="a", mime_type="a/b", key_field="00", mmcs=ready("a").mmcs or {})

    assert ids_of({"attachments": [*named(["x", "y"]), apples, "z"]}) == ["x", "y"]
    assert ids_of({"attachments": "x"}) == ids_of({}) == []


def test_the_judge_sees_a_good_dictionary_in_the_place_of_every_file() -> None:
    content = {"body": PLACEHOLDER * 2, "attachments": named(["x", "y"])}

    assert wire.check_content("text", standing_in(content), now=NEW_YEAR) == []
    assert standing_in({"body": "Hi"}) == {"body": "Hi"}
    assert enclosed(content, []) == {"body": PLACEHOLDER * 2, "attachments": []}
    assert ids_of(content) == ["x", "y"]


def test_a_key_stays_out_of_what_is_printed() -> None:
    assert "sealed for" not in repr(replace(ready("a"), name="x"))
