"""Whatever JSON a device sends, reading it and telling the business about it never fails."""

from __future__ import annotations

import json
from datetime import date, datetime, timedelta, timezone
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from parley.apple import replies
from parley.apple.replies import dates, tolerant
from parley.business.results import asked_of, result_of
from tests.unit.apple.replies.envelopes import APP_BID, BID, picker, reply, section, sent

KINDS = {
    "quick_reply",
    "list_picker",
    "time_picker",
    "form",
    "authentication",
    "apple_pay",
    "imessage_app",
    "invitation",
    "unknown",
}

NAMES = [
    "data", "bid", "URL", "appId", "appName", "sessionIdentifier", "requestIdentifier", "interactiveData",
    "interactiveDataRef", "replyMessage", "title", "alternateTitle", "quick-reply", "listPicker", "event", "dynamic",
    "authenticate", "payment", "notification", "items", "identifier", "selectedIdentifier", "selectedIndex",
    "sections", "multipleSelection", "timeslots", "startTime", "duration", "timezoneOffset", "selections", "pages",
    "pageIdentifier", "options", "dateFormat", "type", "value", "private", "status", "code", "token", "errors",
    "error_code", "state", "id", "referenceId", "displayContent", "determinateResponse", "yes", "no",
]  # fmt: skip
VALUES = [
    BID, APP_BID, "Selected", "yes", "no", "select", "picker", "datePicker", "input", "true", "0", "1", "-7",
    "03/12/2027", "MM/dd/yyyy", "2027-03-11T23:00:00Z", "2027-03-04T09:30+0000", "1809595800", "tel:+15550100",
    "success", "authenticated", "failed", "paid", "m", "", " ", "\ud800", "٣",
]  # fmt: skip

leaves = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.integers(min_value=-(10**30), max_value=10**30),
    st.floats(),
    st.text(max_size=12),
    st.sampled_from(VALUES),
)
anything = st.recursive(
    leaves,
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.dictionaries(st.sampled_from(NAMES) | st.text(max_size=4), inner, max_size=6),
    ),
    max_leaves=25,
)
contents = st.dictionaries(st.sampled_from(NAMES), anything, max_size=6)
datas = st.dictionaries(
    st.sampled_from(["quick-reply", "listPicker", "event", "dynamic", "authenticate", "payment", "notification"]),
    contents,
    min_size=1,
    max_size=2,
).map(lambda data: {"requestIdentifier": "r", "replyMessage": {"title": "m"}, **data})
objects = st.dictionaries(st.sampled_from(NAMES) | st.text(max_size=4), anything, max_size=8)
envelopes = st.one_of(
    objects,
    st.fixed_dictionaries({"interactiveData": objects}, optional={"interactiveDataRef": anything}),
    st.fixed_dictionaries({"interactiveData": st.fixed_dictionaries({"bid": st.just(BID), "data": datas})}),
)


@given(envelopes, st.none() | envelopes)
def test_any_object_is_read_compared_and_told(envelope: dict[str, Any], question: dict[str, Any] | None) -> None:
    read = replies.read(envelope)
    asked = asked_of("m-1", question) if question is not None else None

    for result in (result_of(read, asked), result_of(read, asked_of("m-1", envelope))):
        assert result["kind"] in KINDS
        assert json.loads(json.dumps(result)) == result  # only JSON, no datetime or tuple
    repr(read)
    repr(asked)


@given(anything, st.none() | objects)
def test_any_decoded_data_is_read(decoded: object, reference: dict[str, Any] | None) -> None:
    assert replies.read_data(decoded, reference).kind in KINDS


@given(envelopes)
def test_decoded_data_reads_as_the_same_data_did_inline(envelope: dict[str, Any]) -> None:
    inline = replies.read({"interactiveData": envelope.get("interactiveData")})

    assert replies.read_data(envelope if isinstance(envelope.get("interactiveData"), dict) else {}) == inline


@given(st.dictionaries(st.text(max_size=6), anything, max_size=4))
def test_unknown_fields_survive(extra: dict[str, Any]) -> None:
    data = {"listPicker": {"sections": [], **{f"x{key}": value for key, value in extra.items()}}}

    assert replies.read(reply(data)).raw["data"]["listPicker"] == data["listPicker"]


identifiers = st.text(alphabet="abcdefgh", min_size=1, max_size=3)


@given(
    st.lists(identifiers, min_size=1, max_size=8, unique=True),
    st.data(),
)
def test_whatever_is_chosen_of_a_multiple_section_comes_back_in_order(names: list[str], draw: st.DataObject) -> None:
    chosen = draw.draw(st.lists(st.sampled_from(names), unique=True))
    pairs = {name: (name, f"Title of {name}") for name in names}
    asked = asked_of("m-1", sent(picker(section("Extras", *pairs.values(), multiple=True))))

    result = result_of(replies.read(reply(picker(section("Extras", *(pairs[name] for name in chosen))))), asked)

    assert [item["identifier"] for item in result["selection"]] == chosen
    assert "ambiguous" not in result


@given(
    st.datetimes(min_value=datetime(1900, 1, 1), max_value=datetime(2200, 1, 1)),  # noqa: DTZ001  (the zone is drawn)
    st.integers(min_value=-14 * 60, max_value=14 * 60),
    st.sampled_from(["%Y-%m-%dT%H:%M%z", "%Y-%m-%dT%H:%M:00%z", "%Y-%m-%d %H:%M %z", "%Y%m%dT%H%M%z"]),
)
def test_every_slot_that_can_be_offered_is_read_back(local: datetime, offset: int, spelling: str) -> None:
    start = local.replace(second=0, microsecond=0, tzinfo=timezone(timedelta(minutes=offset)))

    assert dates.instant(start.strftime(spelling)) == start


@given(anything)
def test_numbers_and_their_spellings_read_alike(value: object) -> None:
    number = tolerant.integer(value)
    assert number is None or tolerant.integer(str(number)) == number
    assert number is None or isinstance(value, str) or tolerant.text(value) == str(number)
    assert tolerant.flag(value) in {None, True, False}
    assert all(isinstance(entry, dict) for entry in tolerant.tables(value))


@given(st.text(max_size=70), st.text(alphabet="yMdEL'/. -a年", max_size=70))
def test_any_pattern_and_any_text_are_compared_without_failing(shown: str, pattern: str) -> None:
    dates.day(shown, pattern)


@given(
    st.dates(min_value=date(2000, 1, 1), max_value=date(2099, 12, 31)),
    st.sampled_from(
        [
            ("MM/dd/yyyy", "%m/%d/%Y"),
            ("dd.MM.yy", "%d.%m.%y"),
            ("yyyyMMdd", "%Y%m%d"),
            ("EEE, d MMM yyyy", "%a, %d %b %Y"),
            ("MMMM d, y", "%B %d, %Y"),
        ]
    ),
)
def test_a_day_written_in_a_pattern_is_read_back(day: date, spelling: tuple[str, str]) -> None:
    pattern, directive = spelling

    assert dates.day(day.strftime(directive), pattern) == day
