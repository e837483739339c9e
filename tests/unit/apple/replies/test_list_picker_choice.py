"""Telling what was chosen in a list picker from what was only offered (protocol/04 §4)."""

from __future__ import annotations

from typing import Any

import pytest

from parley.apple import replies
from parley.apple.replies import list_picker
from tests.unit.apple.replies.envelopes import picker, reply, section

SIZES = section("Size", ("s", "Small"), ("m", "Medium"), ("l", "Large"))
EXTRAS = section("Extras", ("bell", "Bell"), ("basket", "Basket"), ("xl", "Bell XL"), multiple=True)


def offered(*sections: dict[str, Any]) -> tuple[list_picker.Section, ...]:
    return list_picker.read_sections({"sections": list(sections)})


def read(*sections: dict[str, Any], title: str | None = "") -> replies.ListPicker:
    found = replies.read(reply(picker(*sections), title=title))
    assert isinstance(found, replies.ListPicker)
    return found


def picks(chosen: list_picker.Chosen) -> list[tuple[str | None, str | None, str | None]]:
    return [(one.item.identifier, one.item.title, one.section) for one in chosen.picked]


def test_a_reply_of_only_chosen_items_is_taken_as_it_is() -> None:
    found = read(section("Size", ("m", "Medium")), section("Extras", ("bell", "Bell"), ("xl", "Bell XL"))).chosen(
        offered(SIZES, EXTRAS)
    )

    assert picks(found) == [("m", "Medium", "Size"), ("bell", "Bell", "Extras"), ("xl", "Bell XL", "Extras")]
    assert not found.ambiguous


def test_a_section_called_selected_is_used_alone_and_its_items_keep_their_own_sections() -> None:
    reply_ = read(section("Selected items", ("m", "Medium"), ("bell", "Bell")), section("Other items", ("s", "Small")))

    found = reply_.chosen(offered(SIZES, EXTRAS))

    assert picks(found) == [("m", "Medium", "Size"), ("bell", "Bell", "Extras")]
    assert not found.ambiguous


def test_without_the_request_the_selected_section_is_used_and_no_section_is_named() -> None:
    found = read(section("Selected", ("m", "Medium")), section("Size", ("s", "Small"))).chosen()

    assert picks(found) == [("m", "Medium", None)]


def test_an_empty_selected_section_means_nothing_was_chosen() -> None:
    assert read(section("Selected"), section("Other", ("s", "Small"))).chosen().picked == ()


@pytest.mark.parametrize("title", ["Not selected", "Non-selected", "Unselected", "Preselected"])
def test_a_section_of_what_was_not_selected_is_no_marker(title: str) -> None:
    found = read(section("SELECTED", ("m", "Medium")), section(title, ("s", "Small"))).chosen()
    assert picks(found) == [("m", "Medium", None)]

    without = read(section(title, ("s", "Small"))).chosen()
    assert picks(without) == [("s", "Small", title)]


def test_a_section_the_business_itself_called_selected_is_no_marker() -> None:
    own = section("Selected bikes", ("city", "City"))

    found = read(own, section("Extras", ("bell", "Bell"))).chosen(offered(own, EXTRAS))

    assert picks(found) == [("city", "City", "Selected bikes"), ("bell", "Bell", "Extras")]


def test_items_that_were_never_offered_are_left_out() -> None:
    found = read(section("Size", ("m", "Medium"), ("ghost", "Ghost"))).chosen(offered(SIZES))

    assert picks(found) == [("m", "Medium", "Size")]


def test_when_nothing_of_the_reply_was_offered_all_of_it_is_taken() -> None:
    found = read(section("Other", ("x", "X"), ("y", "Y"))).chosen(offered(SIZES))

    assert picks(found) == [("x", "X", "Other"), ("y", "Y", "Other")]
    assert not found.ambiguous


def test_a_title_missing_in_the_reply_comes_from_the_request() -> None:
    bare = {"sections": [{"items": [{"identifier": "m"}]}]}
    found = replies.read(reply({"listPicker": bare}))
    assert isinstance(found, replies.ListPicker)

    assert picks(found.chosen(offered(SIZES))) == [("m", "Medium", "Size")]


def test_an_item_repeated_in_the_reply_counts_once() -> None:
    found = read(section("Extras", ("bell", "Bell")), section("Extras", ("bell", "Bell"))).chosen(offered(EXTRAS))

    assert picks(found) == [("bell", "Bell", "Extras")]


def test_items_without_identifiers_are_all_kept() -> None:
    bare = {"title": "Size", "items": [{"title": "Small"}, {"title": "Small"}]}

    assert picks(read(bare).chosen()) == [(None, "Small", "Size"), (None, "Small", "Size")]


def test_a_repeated_offer_is_told_apart_by_the_bubbles_title_and_flagged() -> None:
    found = read(SIZES, title="Medium").chosen(offered(SIZES))

    assert picks(found) == [("m", "Medium", "Size")]
    assert found.ambiguous


def test_a_repeated_offer_of_several_sections_is_narrowed_in_all_of_them() -> None:
    found = read(SIZES, EXTRAS, title="Large, Bell XL and Basket").chosen(offered(SIZES, EXTRAS))

    assert picks(found) == [
        ("l", "Large", "Size"),
        ("basket", "Basket", "Extras"),
        ("xl", "Bell XL", "Extras"),
    ]
    assert found.ambiguous


def test_a_title_is_found_as_whole_words_only() -> None:
    sizes = section("Size", ("l", "L"), ("xl", "XL"), ("none", ""))

    assert picks(read(sizes, title="XL").chosen(offered(sizes))) == [("xl", "XL", "Size")]


def test_a_repeated_offer_that_the_title_does_not_tell_apart_is_given_whole_and_flagged() -> None:
    found = read(SIZES, title="Votre choix").chosen(offered(SIZES))

    assert [one.item.identifier for one in found.picked] == ["s", "m", "l"]
    assert found.ambiguous


def test_a_repeated_offer_without_any_title_is_flagged() -> None:
    assert read(SIZES, title=None).chosen(offered(SIZES)).ambiguous


def test_without_the_request_the_replys_own_flag_tells_a_repeated_offer() -> None:
    single = section("Size", ("s", "Small"), ("m", "Medium"), multiple=False)

    assert read(single, title="Small").chosen().ambiguous
    assert not read(SIZES).chosen().ambiguous  # it does not say whether several may be chosen
    assert not read(EXTRAS).chosen().ambiguous


def test_several_of_a_multiple_section_are_several_choices() -> None:
    found = read(EXTRAS, title="Bell").chosen(offered(EXTRAS))

    assert len(found.picked) == 3
    assert not found.ambiguous
