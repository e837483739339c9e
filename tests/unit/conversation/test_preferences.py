"""What a customer wants to be notified of."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parley.business import sends
from parley.business.channel import Topic, channel_of
from parley.conversation.preferences import (
    MAX_TOPICS,
    NONE,
    Consent,
    changed,
    chosen,
    consent_of,
    permits,
    question,
)
from parley.conversation.references import LARGE_BYTES
from parley.conversation.triggers import WORDS
from parley.services.prepare import Prepare
from parley.services.rehearse import Unread, Unseen

_REQUEST = "00000000-0000-4000-8000-000000000001"
IDS = st.sampled_from(["a", "b", "c"])
KEPT = st.dictionaries(
    IDS,
    st.fixed_dictionaries(
        {"subscribed": st.booleans(), "at": st.floats(0, 100), "by": st.sampled_from(["customer", "business"])}
    ),
)


def said(subscribed: bool, by: str = "customer") -> dict[str, dict[str, object]]:
    return {"orders": {"subscribed": subscribed, "at": 1.0, "by": by}}


@pytest.mark.parametrize(
    ("needed", "nothing", "by_business", "by_customer"),
    [
        (Consent.IMPLIED, True, True, True),
        (Consent.GIVEN, False, True, True),
        (Consent.EXPRESS, False, False, True),
    ],
)
def test_what_each_kind_of_topic_needs(needed: Consent, nothing: bool, by_business: bool, by_customer: bool) -> None:
    assert permits({}, "orders", needed) is nothing
    assert permits(said(subscribed=True, by="business"), "orders", needed) is by_business
    assert permits(said(subscribed=True), "orders", needed) is by_customer
    assert not permits(said(subscribed=False), "orders", needed)
    assert not permits(said(subscribed=False, by="business"), "orders", needed)
    assert permits(said(subscribed=False), "other", needed) is nothing


def test_consent_of_topics() -> None:
    assert consent_of(Topic("a", {}, default=True)) is Consent.IMPLIED
    assert consent_of(Topic("a", {})) is Consent.GIVEN
    assert consent_of(Topic("a", {}, marketing=True)) is Consent.EXPRESS


@given(KEPT, st.dictionaries(IDS, st.booleans()))
def test_a_change_says_what_was_wanted_and_again_changes_nothing(
    kept: dict[str, dict[str, object]], wanted: dict[str, bool]
) -> None:
    after = changed(kept, wanted, by="customer", at=200.0)

    assert {name: after[name]["subscribed"] for name in wanted} == wanted
    assert {name: after[name] for name in kept if name not in wanted} == {
        name: choice for name, choice in kept.items() if name not in wanted
    }
    assert changed(after, wanted, by="customer", at=300.0) == after
    assert changed(after, wanted, by="business", at=300.0) == after


def test_what_a_customer_confirms_is_theirs() -> None:
    noted = changed({}, {"orders": True}, by="business", at=1.0)

    assert changed(noted, {"orders": True}, by="customer", at=2.0)["orders"] == {
        "subscribed": True,
        "at": 2.0,
        "by": "customer",
    }


def test_what_is_not_picked_is_not_wanted() -> None:
    assert chosen({"a", NONE}, ["a", "b"]) == {"a": True, "b": False}
    assert chosen({NONE}, ["a"]) == {"a": False}
    assert chosen({"gone"}, []) == {}


LARGEST = channel_of(
    {"topics": [{"id": f"{n:032d}", "titles": {"en": "ü" * 60, "ja": "通" * 60}} for n in range(MAX_TOPICS)]}
)


@pytest.mark.parametrize("locale", [*WORDS["person"], None, "xx"])
@pytest.mark.parametrize("capabilities", [None, ["LIST"], ["QUICK"], []])
def test_the_question_can_be_sent_in_every_language_and_form(locale: str, capabilities: list[str] | None) -> None:
    prepare = Prepare(pictures=lambda _: Unseen(), previews=Unread, clock=lambda: 1.0, new_id=lambda: _REQUEST)
    message = question(LARGEST, {}, locale)

    prepared = prepare(sends.from_object({"to": "-", **message}), capabilities, business_id="b")

    (part,) = prepared.parts
    assert prepared.form == ("list_picker" if capabilities is None or "LIST" in capabilities else "text")
    assert len(str(part.content)) < LARGE_BYTES


def test_the_question_says_how_it_is_now() -> None:
    channel = channel_of({"topics": [{"id": "orders", "titles": {"en": "Orders"}, "default": True}]})

    on, off = (question(channel, kept, "en")["sections"][0]["items"][0] for kept in ({}, said(subscribed=False)))

    assert (on["subtitle"], off["subtitle"]) == ("On", "Off")
