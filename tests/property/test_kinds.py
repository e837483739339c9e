"""Whatever a business writes is mapped, judged and, if need be, turned into another form; and answers are read."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any, Final
from unicodedata import normalize

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from parley.apple import wire
from parley.business import sends
from parley.business.kinds.paths import translate
from parley.conversation import fallback
from parley.conversation.capability import missing
from parley.conversation.fallback import Choice, Offered
from parley.errors import Invalid
from parley.storage.attributes import decode_item, encode_item
from tests.unit.apple.wire.samples import NOW
from tests.unit.business.kinds.broken import is_there
from tests.unit.business.kinds.samples import FULL_FORM, GOOD, RAW, Json, built, message
from tests.unit.conversation.choosing import DATE_FORM, SELECT_FORM

if TYPE_CHECKING:
    from collections.abc import Sequence

    from parley.errors import Fault

TOKENS: Final = ("QUICK", "LIST", "TIME", "AUTH", "AUTH2", "FORM")
WORDS: Final = [
    "", " ", "a", "kind", "size", "nowhere", "x-bell", "yes", "reject", "select", "wheel", "input", "date", "start",
    "2027-03-04T09:00:00Z", "2020-01-01T00:00+01:00", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:00-14:00",
    "31.12.2027", "12/31/2027", "yyyy-MM-dd", "EEEE", "(", "https://a.example", "http://a.example", "?x", "1.00", "-5",
    "\ufffc", "../x", "it's", "kim@example.net", "\n", "x" * 201, "x" * 20,
]  # fmt: skip
LEAVES: Final = (
    st.sampled_from(WORDS)
    | st.text(max_size=8)
    | st.none()
    | st.booleans()
    | st.integers(-5, 5)
    | st.integers()
    | st.floats(allow_nan=False)
)
VALUES: Final = (
    LEAVES | st.lists(LEAVES, max_size=2) | st.dictionaries(st.sampled_from(["data", "url", "title"]), LEAVES)
)
TITLES: Final = st.text(
    st.characters(exclude_categories=["C", "Z"], exclude_characters="\ufffc"), min_size=1, max_size=8
)
SEPARATORS: Final = st.sampled_from([",", ", ", " ", " and ", "\n", ";", " + "])


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Where something stands in a message."""
    members = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [place for key, member in members for place in ((*path, key), *places(member, (*path, key)))]


@st.composite
def messages(draw: st.DrawFn) -> Json:
    """A good message of any kind with up to four changes: a value replaced, taken away, or an entry doubled."""
    friendly: Json = copy.deepcopy(draw(st.sampled_from([*GOOD.values(), RAW, SELECT_FORM, DATE_FORM])))
    for _ in range(draw(st.integers(0, 4))):
        spots = [place for place in places(friendly) if place != ("type",)] or [("title",)]
        *parents, last = draw(st.sampled_from(spots))
        holder: Any = friendly
        for step in parents:
            holder = holder[step]
        match draw(st.sampled_from(["replace", "replace", "remove", "double"])):
            case "replace":
                holder[last] = draw(VALUES)
            case "remove" if last in holder or isinstance(holder, list):
                del holder[last]
            case _ if isinstance(holder, list):
                holder.insert(0, copy.deepcopy(holder[last]))
    return friendly


@st.composite
def offers(draw: st.DrawFn) -> Offered:
    """What has been offered in a text: choices of any title, or a form of several pages."""
    titles = draw(st.lists(TITLES, min_size=1, max_size=8))
    choices = tuple(Choice(f"i{place}", title) for place, title in enumerate(titles))
    made = [Offered("list_picker", choices, multiple=draw(st.booleans()))]
    for form in (FULL_FORM, SELECT_FORM, DATE_FORM):
        chosen = fallback.choose(sends.from_object(form), [], now=NOW)
        assert chosen is not None
        assert chosen.offered is not None
        made.append(chosen.offered)
    return draw(st.sampled_from(made))


@st.composite
def answers(draw: st.DrawFn, offered: Offered) -> str:
    """Something a customer may write: labels, titles, and anything else."""
    choices = [*offered.choices, *(choice for page in offered.pages for choice in page.choices)]
    titles = [choice.title for choice in choices]
    pieces = st.sampled_from([*titles, "1", "2", "a", "b", "1a", "2 b", "3: x", "4: 12.03.2027", "12.03.2027", "#3"])
    parts = draw(st.lists(pieces | st.text(max_size=6), min_size=1, max_size=5))
    return draw(SEPARATORS).join(parts)


def wire_faults(friendly: Json) -> list[Fault]:
    """What a business is told that sends this to a device that shows everything. Raises Invalid like the services."""
    got = built(sends.from_object(friendly))
    faults = wire.check_content(got.type, got.content, now=NOW)
    return translate([*faults, *(wire.check_construct(got.construct) if got.construct else ())], got.paths)


@given(messages())
def test_every_fault_leads_to_a_place_of_the_message(friendly: Json) -> None:
    try:
        faults: Sequence[Fault] = wire_faults(friendly)
    except Invalid as error:
        faults = error.faults

    assert [fault for fault in faults if not is_there(friendly, fault.path) or not fault.message] == []


@pytest.mark.parametrize("name", GOOD)
def test_a_good_message_has_no_fault(name: str) -> None:
    assert wire_faults(GOOD[name]) == []


@given(messages(), st.sets(st.sampled_from(TOKENS)))
def test_what_is_chosen_for_a_device_is_good_whenever_the_message_is(friendly: Json, capabilities: set[str]) -> None:
    tokens = sorted(capabilities)
    try:
        assume(not any(not fault.warning for fault in wire_faults(friendly)))
        send = sends.from_object(friendly)
    except Invalid:
        assume(condition=False)
        raise

    chosen = fallback.choose(send, tokens, now=NOW)

    if chosen is not None:
        got = built(chosen.message)
        assert [fault for fault in wire.check_content(got.type, got.content, now=NOW) if not fault.warning] == []
        assert missing(chosen.message, tokens) is None


@given(messages(), st.sets(st.sampled_from(TOKENS)))
def test_a_broken_message_is_refused_or_left_to_the_judge_but_nothing_else_happens(
    friendly: Json, capabilities: set[str]
) -> None:
    where: list[str] = []
    chosen = None
    try:
        chosen = fallback.choose(sends.from_object(friendly), sorted(capabilities), now=NOW)
    except Invalid as error:
        where = [fault.path for fault in error.faults]

    assert all(is_there(friendly, path) for path in where)
    assert chosen is None or chosen.form == getattr(chosen.message, "type", None)


@given(st.data())
def test_an_answer_names_only_what_was_offered(data: st.DataObject) -> None:
    offered = data.draw(offers())
    text = data.draw(answers(offered) | st.text(max_size=20))

    chosen = fallback.read_answer(text, offered)

    known = {page.identifier: {choice.identifier for choice in page.choices} for page in offered.pages}
    for choice in chosen or ():
        if choice.page is None:
            assert choice in offered.choices
        else:
            assert choice.identifier in (known[choice.page] or {choice.page})
    assert chosen != []
    if chosen is not None:
        assert fallback.answer_of(chosen, offered)["kind"] == offered.kind


@given(st.lists(TITLES, min_size=1, max_size=30, unique=True), st.data())
def test_a_number_of_the_text_chooses_what_stands_beside_it(titles: list[str], data: st.DataObject) -> None:
    items = [{"identifier": f"i{place}", "title": title} for place, title in enumerate(titles)]
    sections = [{"title": "Bikes", "multiple": data.draw(st.booleans()), "items": items}]
    chosen = fallback.choose(sends.from_object(picker(sections)), [], now=NOW)
    assert chosen is not None
    assert chosen.offered is not None
    place = data.draw(st.integers(0, len(titles) - 1))
    line = getattr(chosen.message, "body", "").split("\n")[1 + place]
    label, _, title = line.partition(". ")

    found = fallback.read_answer(label, fallback.offered_of(fallback.stored(chosen.offered)))

    assert title == titles[place]
    if found is None:
        assert any(label in normalize("NFKC", other).casefold() for other in titles if other != title)
    else:
        assert [choice.identifier for choice in found] == [f"i{place}"]


def picker(sections: list[Json]) -> Json:
    return message("list_picker", title="Pick extras", sections=sections)


@given(st.sets(st.integers(0, 7), min_size=1), SEPARATORS)
def test_several_numbers_choose_several(places: set[int], separator: str) -> None:
    items = [{"identifier": f"i{place}", "title": f"Bike {chr(place + 65)}"} for place in range(8)]
    chosen = fallback.choose(
        sends.from_object(picker([{"title": "Bikes", "multiple": True, "items": items}])), [], now=NOW
    )
    assert chosen is not None
    assert chosen.offered is not None

    found = fallback.read_answer(separator.join(str(place + 1) for place in sorted(places)), chosen.offered)

    assert [choice.identifier for choice in found or ()] == [f"i{place}" for place in sorted(places)]


@given(offers())
def test_an_offer_survives_the_table(offered: Offered) -> None:
    stored = decode_item(encode_item(fallback.stored(offered)))

    assert fallback.offered_of(stored) == offered
