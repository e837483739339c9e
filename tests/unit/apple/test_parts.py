"""What a message says about its files and its large content, read tolerantly."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parley.apple.parts import MAX_LISTED, Description, files, reference

HEX = "81D64AF92868D2D3D20DC3A25A6FA8C700E0C17D9C"
FILE = {
    "name": "a.png",
    "mimeType": "image/png",
    "size": 48231,
    "url": "https://p42-content.icloud.com/M1",
    "owner": "M1.C01USN00",
    "key": "00" * 33,
    "signature": HEX,
}
READ = Description(
    name="a.png",
    mime_type="image/png",
    size=48231,
    url="https://p42-content.icloud.com/M1",
    owner="M1.C01USN00",
    key="00" * 33,
    signature=bytes.fromhex(HEX),
)

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner, max_size=3),
    max_leaves=6,
)


def without(*names: str, **changed: Any) -> dict[str, Any]:
    return {name: value for name, value in FILE.items() if name not in names} | changed


def test_a_file_is_read_and_lacks_nothing() -> None:
    assert files({"attachments": [FILE]}) == [READ]
    assert READ.missing is None


def test_the_names_of_2018_are_read_too_and_those_of_today_count_more() -> None:
    former = {
        "name": "a.png",
        "mime-type": "image/png",
        "file-size": "48231",
        "mmcs-url": FILE["url"],
        "mmcs-owner": FILE["owner"],
        "decryption-key": FILE["key"],
        "mmcs-signature-hex": HEX,
    }

    assert files({"attachments": [former]}) == [READ]
    assert files({"attachments": [FILE | {"mmcs-url": "https://old", "file-size": 1}]}) == [READ]


@pytest.mark.parametrize(
    ("size", "read"),
    [(7, 7), ("7", 7), (0, 0), (-1, None), (True, None), (1.5, None), ("x", None), ("٣", None), ("9" * 20, None)],
)
def test_a_size_is_a_number_or_digits(size: object, read: int | None) -> None:
    assert files({"attachments": [FILE | {"size": size}]})[0].size == read


@pytest.mark.parametrize("name", ["url", "owner", "key", "signature"])
def test_what_lacks_something_is_a_part_all_the_same(name: str) -> None:
    (found,) = files({"attachments": [without(name)]})

    assert found.missing == name
    assert found.name == "a.png"


def test_a_signature_in_base64_is_as_good() -> None:
    (found,) = files({"attachments": [without("signature", **{"signature-base64": "gdZK+Sho0tPSDcOiWm+oxwDgwX2c"})]})

    assert found.signature == READ.signature


def test_entries_keep_their_places_whatever_they_are() -> None:
    found = files({"attachments": [FILE, "nonsense", None, FILE]})

    assert [each.name for each in found] == ["a.png", None, None, "a.png"]


def test_a_list_without_end_is_read_to_a_point() -> None:
    assert len(files({"attachments": [FILE] * 5000})) == MAX_LISTED


def test_a_reference_has_a_bid_and_maybe_a_title() -> None:
    read = reference({"interactiveDataRef": FILE | {"bid": "com.apple", "title": "Medium"}})

    assert read is not None
    assert (read.bid, read.title, read.missing) == ("com.apple", "Medium", None)
    assert reference({}) is None
    assert reference({"interactiveDataRef": "x"}) is None


@given(st.dictionaries(st.sampled_from([*FILE, "bid", "title", "file-size", "signature-base64"]), json_values))
def test_no_description_is_too_odd_to_be_read(entry: dict[str, Any]) -> None:
    (found,) = files({"attachments": [entry]})

    assert found == reference({"interactiveDataRef": entry})


@given(json_values)
def test_no_list_is_too_odd_to_be_read(value: Any) -> None:
    assert isinstance(files({"attachments": value}), list)


def test_what_opens_a_file_is_not_shown_by_accident() -> None:
    assert not any(str(FILE[name]) in repr(READ) for name in ("url", "owner", "key"))
