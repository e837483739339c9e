from __future__ import annotations

import pytest

from tests.unit.apple.wire.breaking import GONE, errors, put, warnings
from tests.unit.apple.wire.samples import rich_link, rich_link_by_reference, text, text_with_attachment, typing_start


@pytest.mark.parametrize(
    ("path", "value", "code"),
    [
        ("/body", GONE, "required"),
        ("/body", 5, "wrong_type"),
        ("/body", "", "blank"),
        ("/body", " \n\t", "blank"),
        ("/body", "a\x00b", "unprintable"),
        ("/body", "a picture \ufffc", "placeholder_mismatch"),
        ("/subject", "", "blank"),
        ("/subject", "two\nlines", "unprintable"),
        ("/subject", "x" * 513, "too_long"),
        ("/attachments", {}, "wrong_type"),
        ("/interactiveData", {}, "unknown_field"),
        ("/richLinkData", {}, "unknown_field"),
    ],
)
def test_a_broken_text_is_refused_at_its_place(path: str, value: object, code: str) -> None:
    assert errors(put(text(), path, value)) == [(path, code)]


@pytest.mark.parametrize(
    ("path", "value", "code"),
    [
        ("/name", GONE, "required"),
        ("/name", " ", "blank"),
        ("/mimeType", "png", "malformed"),
        ("/size", 48231, "wrong_type"),
        ("/size", "48 kB", "malformed"),
        ("/size", "0", "out_of_range"),
        ("/size", "104857601", "out_of_range"),
        ("/url", "http://p42-content.icloud.com/x", "not_https"),
        ("/owner", "", "blank"),
        ("/key", "112233", "malformed"),
        ("/key", "01" + "0" * 64, "malformed"),
        ("/signature-base64", "81D64AF92868D2D3D20DC3A25A6FA8C700E0C17D9C", "malformed"),
        ("/signature-base64", GONE, "required"),
        ("/signature", "81D64AF92868D2D3D20DC3A25A6FA8C700E0C17D9C", "forbidden"),
        ("/file-size", "5", "unknown_field"),
    ],
)
def test_a_broken_attachment_is_refused_at_its_place(path: str, value: object, code: str) -> None:
    path = "/attachments/0" + path

    assert errors(put(text_with_attachment(), path, value)) == [(path, code)]


def test_the_largest_attachment_passes() -> None:
    assert errors(put(text_with_attachment(), "/attachments/0/size", "104857600")) == []


@pytest.mark.parametrize("body", ["", "no placeholder", "\ufffc\ufffc"])
def test_placeholders_and_attachments_are_counted_against_each_other(body: str) -> None:
    assert errors(put(text_with_attachment(), "/body", body)) == [("/body", "placeholder_mismatch")]


def test_a_body_of_placeholders_alone_is_enough() -> None:
    assert errors(put(text_with_attachment(), "/body", "\ufffc")) == []


def test_an_empty_list_of_attachments_is_no_attachment() -> None:
    assert errors(put(text(), "/attachments", [])) == []


def test_more_attachments_than_usual_are_worth_a_warning() -> None:
    message = text_with_attachment()
    message["attachments"] *= 11
    message["body"] = "\ufffc" * 11

    assert warnings(message) == [("/attachments", "too_many")]


def test_apple_names_no_maximum_for_a_text_but_we_warn() -> None:
    assert warnings(put(text(), "/body", "x" * 20_000)) == []
    assert warnings(put(text(), "/body", "x" * 20_001)) == [("/body", "too_long")]


def test_a_url_in_a_text_is_worth_a_warning() -> None:
    assert warnings(put(text(), "/body", "see HTTPS://shop.example")) == [("/body", "url_in_text")]


def test_new_lines_and_tabs_belong_to_a_text() -> None:
    assert errors(put(text(), "/body", "one\r\n\ttwo")) == []


def test_typing_carries_nothing_but_its_ids() -> None:
    assert errors(put(typing_start(), "/body", "…")) == [("/body", "unknown_field")]


@pytest.mark.parametrize(
    ("path", "value", "code"),
    [
        ("", GONE, "required"),
        ("", [], "wrong_type"),
        ("/url", GONE, "required"),
        ("/url", "shopapp://bikes/9", "not_https"),
        ("/url", "https://shop.example/bikes 9", "malformed"),
        ("/url", "https://shop.example/räder", "malformed"),
        ("/url", "https:///bikes", "malformed"),
        ("/url", "https://[2001:db8::1/bikes", "malformed"),
        ("/url", "https://shop.example:http/bikes", "malformed"),
        ("/url", "https://-.example", "malformed"),
        ("/url", "https://shop.example/" + "x" * 8172, "too_long"),
        ("/title", GONE, "required"),
        ("/title", "x" * 201, "too_long"),
        ("/title", "\u200b", "blank"),
        ("/title", "two\u2028lines", "unprintable"),
        ("/image", {}, "unknown_field"),
        ("/assets", GONE, "required"),
        ("/assets", {}, "required"),
        ("/assets/image/mimeType", "image/jpeg", "unknown_value"),
        ("/assets/image/data", GONE, "required"),
        ("/assets/image/data", "data:image/png;base64,iVBORw0KGgo=", "data_prefix"),
        ("/assets/video/url", "http://media.example/cargo9.m4v", "not_https"),
        ("/assets/video/mimeType", "movie", "malformed"),
        ("/assets/audio", {}, "unknown_field"),
    ],
)
def test_a_broken_rich_link_is_refused_at_its_place(path: str, value: object, code: str) -> None:
    path = "/richLinkData" + path

    assert errors(put(rich_link(), path, value)) == [(path, code)]


def test_two_hundred_characters_are_counted_in_code_points() -> None:
    assert errors(put(rich_link(), "/richLinkData/title", "🙂" * 200)) == []
    assert errors(put(rich_link(), "/richLinkData/title", "🙂" * 201)) == [("/richLinkData/title", "too_long")]


def test_one_string_can_be_at_fault_twice() -> None:
    assert errors(put(rich_link(), "/richLinkData/title", "\x07" * 201)) == [
        ("/richLinkData/title", "too_long"),
        ("/richLinkData/title", "unprintable"),
    ]


def test_a_url_of_the_greatest_length_passes() -> None:
    assert errors(put(rich_link(), "/richLinkData/url", "https://shop.example/" + "x" * 8171)) == []


@pytest.mark.parametrize(
    "url",
    ["HTTPS://SHOP.example", "https://[2001:db8::1]:8443/a", "https://kim@shop.example?a=b#c", "https://10.0.0.1:/"],
)
def test_urls_of_every_form_pass(url: str) -> None:
    assert errors(put(rich_link(), "/richLinkData/url", url)) == []


def test_http_and_a_missing_poster_are_worth_a_warning() -> None:
    message = put(rich_link(), "/richLinkData/assets/image", GONE)
    message["richLinkData"]["url"] = "http://shop.example"

    assert warnings(message) == [
        ("/richLinkData/assets/image", "no_poster"),
        ("/richLinkData/url", "not_https"),
    ]


@pytest.mark.parametrize(
    ("path", "value", "code"),
    [
        ("/url", GONE, "required"),
        ("/key", GONE, "required"),
        ("/key", "0011", "malformed"),
        ("/owner", 5, "wrong_type"),
        ("/size", "20412", "wrong_type"),
        ("/size", 0, "out_of_range"),
        ("/signature-base64", "81D64AF92868D2D3D20DC3A25A6FA8C700E0C17D9C", "malformed"),
        ("/bid", "com.apple.business.chat", "malformed"),
    ],
)
def test_a_broken_rich_link_reference_is_refused_at_its_place(path: str, value: object, code: str) -> None:
    path = "/richLinkDataRef" + path

    assert errors(put(rich_link_by_reference(), path, value)) == [(path, code)]


def test_a_rich_link_has_no_body() -> None:
    assert errors(put(rich_link(), "/body", "https://shop.example")) == [("/body", "forbidden")]


def test_a_rich_link_has_data_or_a_reference_and_not_both() -> None:
    both = {**rich_link(), "richLinkDataRef": rich_link_by_reference()["richLinkDataRef"]}

    assert errors(both) == [("/richLinkData", "exclusive")]
