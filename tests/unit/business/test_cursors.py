"""Cursors hold for the list they were made for."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parley.business import cursors
from parley.errors import Invalid

PLACES = st.text(alphabet="0123456789ABCDEFGHJKMNPQRSTVWXYZ", min_size=26, max_size=26)
FILTERS = st.dictionaries(st.sampled_from(["state", "since"]), st.none() | st.text(max_size=5))


@given(PLACES, st.text(max_size=40), FILTERS)
def test_a_cursor_leads_back_to_its_place_and_fits_into_a_url(
    place: str, business_id: str, filters: dict[str, str | None]
) -> None:
    cursor = cursors.write(place, business_id=business_id, filters=filters)

    assert re.fullmatch(r"[A-Za-z0-9_-]{1,80}", cursor)
    assert cursors.read(cursor, business_id=business_id, filters=filters) == place


@pytest.mark.parametrize(
    ("business_id", "filters"), [("other", {"state": "held"}), ("biz", {"state": "failed"}), ("biz", {})]
)
def test_a_cursor_of_another_list_is_refused(business_id: str, filters: dict[str, str]) -> None:
    cursor = cursors.write("0" * 26, business_id="biz", filters={"state": "held"})

    with pytest.raises(Invalid) as caught:
        cursors.read(cursor, business_id=business_id, filters=filters)

    assert (caught.value.path, caught.value.code) == ("?cursor", "cursor_invalid")


@given(st.text(max_size=80))
def test_any_other_text_is_refused(cursor: str) -> None:
    with pytest.raises(Invalid):
        cursors.read(cursor, business_id="biz", filters={})
