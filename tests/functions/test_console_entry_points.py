"""A business makes links, codes and buttons that begin conversations."""

from __future__ import annotations

import base64
import io
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit
from xml.etree import ElementTree as ET

import pytest
import zxingcpp
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageDraw

from parley.apple import entry_points as apple_links
from parley.business import qr
from parley.business.bounds import MAX_LINK_CHARS
from parley.errors import Invalid
from parley.runtime import compose
from tests.support import apple_requests as apple
from tests.support.console import Console, Reply

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.functions.conftest import Stack

NEW = {"name": "Shop window", "intent": "repair", "group": "berlin", "body": "Grüezi, is it ready?"}
STRANGER = "99999999-52b8-4c0c-9a44-6f1f3b1a7c11"


@pytest.fixture
def console(stack: Stack) -> Console:
    return Console()


def created(console: Console, **fields: Any) -> Any:
    answer = console.post("/v1/entry-points", {"name": "Any", **fields})
    assert answer.status == 201, answer.text
    return answer.json


def scanned(picture: Image.Image) -> str:
    """What a camera reads."""
    (found,) = zxingcpp.read_barcodes(picture.convert("L"))
    text: str = found.text
    return text


def picture_of(answer: Reply) -> Image.Image:
    picture = Image.open(io.BytesIO(base64.b64decode(answer.text, validate=True)))
    picture.load()
    return picture


def drawn(svg: str) -> Image.Image:
    """The few commands of a code's path, drawn: rows of dark modules, ten pixels each."""
    root = ET.fromstring(svg)  # noqa: S314  (our own)
    modules = int(root.attrib["viewBox"].split()[2])
    picture = Image.new("L", (modules * 10, modules * 10), "white")
    draw = ImageDraw.Draw(picture)
    (path,) = [each for each in root.iter() if each.attrib.get("stroke")]
    for left, top, width in _rows(path.attrib["d"]):
        draw.rectangle((left * 10, top * 10, (left + width) * 10 - 1, top * 10 + 9), fill="black")
    return picture


def _rows(path: str) -> Iterator[tuple[int, int, int]]:
    """Left, top and width. `M` goes to a place, `m` by so much, `h` draws to the right."""
    x = y = 0.0
    for command in path.replace("M", "\nM").replace("m", "\nm").replace("h", "\nh").split("\n")[1:]:
        numbers = [float(each) for each in command[1:].replace(",", " ").replace("-", " -").split()]
        if command[0] == "h":
            yield round(x), int(y), round(numbers[0])
            x += numbers[0]
        else:
            x, y = (numbers[0], numbers[1]) if command[0] == "M" else (x + numbers[0], y + numbers[1])


def test_an_entry_point_is_made_in_all_its_forms(console: Console) -> None:
    answer = console.post("/v1/entry-points", NEW)

    view = answer.json
    assert (answer.status, answer.headers["Location"]) == (201, f"/v1/entry-points/{view['id']}")
    asked = "biz-intent-id=repair&biz-group-id=berlin&body=Gr%C3%BCezi%2C%20is%20it%20ready%3F"
    assert view == {
        **NEW,
        "id": view["id"],
        "link": f"https://bcrw.apple.com/urn:biz:{apple.BUSINESS}?{asked}",
        "open_link": f"https://bcrw.apple.com/sms:open?service=iMessage&recipient=urn:biz:{apple.BUSINESS}&{asked}",
        "web_button": (
            '<script src="https://static.cdn-apple.com/businesschat/start-chat-button/2/index.js"></script>\n'
            f'<div class="apple-business-chat-message-container" data-apple-business-id="{apple.BUSINESS}"'
            ' data-apple-business-intent-id="repair" data-apple-business-group-id="berlin"></div>'
        ),
        "created_at": view["created_at"],
    }
    assert console.get(f"/v1/entry-points/{view['id'].lower()}").json == view


def test_an_entry_point_without_words_is_the_business_alone(console: Console) -> None:
    view = created(console)

    assert view["link"] == f"https://bcrw.apple.com/urn:biz:{apple.BUSINESS}"
    assert view["open_link"].endswith(f"recipient=urn:biz:{apple.BUSINESS}")
    assert "intent" not in view["web_button"]


def test_they_are_listed_the_newest_first_page_by_page(console: Console) -> None:
    made = [created(console, name=f"Number {number}")["id"] for number in range(5)]

    seen, target = [], "/v1/entry-points?limit=2"
    for _ in range(3):
        page = console.get(target).json
        seen += [each["id"] for each in page["data"]]
        if "next_cursor" not in page:
            break
        target = f"/v1/entry-points?limit=2&cursor={page['next_cursor']}"
    assert sorted(seen, reverse=True) == seen
    assert sorted(seen) == sorted(made)
    assert console.get("/v1/entry-points?limit=5").json.get("next_cursor") is None


@pytest.mark.parametrize("place", ["nonsense", "bm9uc2Vuc2U", ""])
def test_a_cursor_of_something_else_is_refused(console: Console, place: str) -> None:
    assert console.get(f"/v1/entry-points?cursor={place}").faults == [("?cursor", "cursor_invalid")]


def test_a_cursor_that_is_no_place_of_this_list_is_refused(console: Console) -> None:
    from parley.business import cursors

    cursor = cursors.write("elsewhere", business_id=apple.BUSINESS, filters={})

    assert console.get(f"/v1/entry-points?cursor={cursor}").faults == [("?cursor", "cursor_invalid")]


def test_what_is_forgotten_is_gone(console: Console) -> None:
    one, other = created(console), created(console)

    assert console.delete(f"/v1/entry-points/{one['id']}").status == 204

    for answer in (console.get(f"/v1/entry-points/{one['id']}"), console.delete(f"/v1/entry-points/{one['id']}")):
        assert (answer.status, answer.code) == (404, "entry_point_unknown")
    assert [each["id"] for each in console.get("/v1/entry-points").json["data"]] == [other["id"]]


@pytest.mark.parametrize("entry_point_id", ["nobody", "01KDVDNA000000000000000000", "x" * 3000, "%C3%A4"])
def test_one_nobody_knows_is_not_found(console: Console, entry_point_id: str) -> None:
    target = f"/v1/entry-points/{entry_point_id}"
    for answer in (
        console.get(target),
        console.delete(target),
        console.get(f"{target}/qr.svg"),
        console.get(f"{target}/qr.png", Accept="image/png"),
    ):
        assert (answer.status, answer.code) == (404, "entry_point_unknown")


def test_another_business_finds_nothing(console: Console) -> None:
    made = created(console)
    stranger = Console(STRANGER)

    assert stranger.get("/v1/entry-points").json == {"data": []}
    assert stranger.get(f"/v1/entry-points/{made['id']}").code == "entry_point_unknown"
    assert stranger.get(f"/v1/entry-points/{made['id']}/qr.svg").code == "entry_point_unknown"
    assert stranger.delete(f"/v1/entry-points/{made['id']}").code == "entry_point_unknown"
    assert console.get(f"/v1/entry-points/{made['id']}").status == 200


@pytest.mark.parametrize("error", ["L", "M", "Q", "H"])
def test_a_camera_reads_the_link_from_the_png(console: Console, error: str) -> None:
    made = created(console, intent="repair", body="Grüezi, is it ready? 🚲")

    answer = console.get(f"/v1/entry-points/{made['id']}/qr.png?size=400&error={error}", Accept="image/png")

    assert (answer.status, answer.headers["Content-Type"]) == (200, "image/png")
    picture = picture_of(answer)
    assert picture.width == picture.height
    assert 300 < picture.width <= 400
    assert scanned(picture) == made["link"]


@pytest.mark.parametrize("error", ["L", "H"])
def test_a_camera_reads_the_link_from_the_svg(console: Console, error: str) -> None:
    made = created(console, **NEW)

    answer = console.get(f"/v1/entry-points/{made['id']}/qr.svg?size=300&error={error}")

    assert (answer.status, answer.headers["Content-Type"]) == (200, "image/svg+xml")
    assert '<svg width="300" height="300" ' in answer.text
    assert scanned(drawn(answer.text)) == made["link"]


def test_more_error_correction_makes_a_finer_code(console: Console) -> None:
    target = f"/v1/entry-points/{created(console, **NEW)['id']}/qr.svg"

    plain, robust = (drawn(console.get(f"{target}?error={error}").text).width for error in "LH")

    assert plain < robust


@pytest.mark.parametrize("accept", ["", "*/*", "image/*", "application/json, image/png", "text/html"])
def test_a_png_is_for_those_only_who_say_that_they_take_one(console: Console, accept: str) -> None:
    answer = console.get(f"/v1/entry-points/{created(console)['id']}/qr.png", Accept=accept)

    assert (answer.status, answer.code) == (406, "not_acceptable")
    assert answer.json["title"] == "Not Acceptable"


@pytest.mark.parametrize("accept", ["image/png", "Image/PNG;q=1, */*"])
def test_a_png_comes_to_those_who_take_one_first(console: Console, accept: str) -> None:
    assert console.get(f"/v1/entry-points/{created(console)['id']}/qr.png", Accept=accept).status == 200


@pytest.mark.parametrize(
    ("query", "fault"),
    [
        ("size=63", ("?size", "out_of_range")),
        ("size=2049", ("?size", "out_of_range")),
        ("size=big", ("?size", "wrong_type")),
        ("error=X", ("?error", "unknown_value")),
        ("colour=red", ("?colour", "unknown_field")),
    ],
)
def test_a_code_of_no_sensible_size_is_refused(console: Console, query: str, fault: tuple[str, str]) -> None:
    answer = console.get(f"/v1/entry-points/{created(console)['id']}/qr.svg?{query}")

    assert (answer.status, answer.faults) == (422, [fault])


def test_a_png_too_small_for_its_modules_is_refused() -> None:
    with pytest.raises(Invalid) as refused:
        qr.png("x" * qr.MAX_BYTES, size=184, error="H")

    assert [(fault.path, fault.code, fault.message) for fault in refused.value.faults] == [
        ("?size", "out_of_range", "send at least 185: it has so many modules")
    ]


@pytest.mark.parametrize(
    ("changed", "faults"),
    [
        ({"intent": "a&b"}, [("/intent", "reserved_character")]),
        ({"group": "a/b", "body": "see [this]"}, [("/group", "reserved_character"), ("/body", "reserved_character")]),
        ({"body": "two\nlines"}, [("/body", "not_printable")]),
        ({"intent": " "}, [("/intent", "not_printable")]),
        ({"intent": ""}, [("/intent", "blank")]),
        ({"name": ""}, [("/name", "blank")]),
        ({"name": "x" * 101}, [("/name", "too_long")]),
        ({"body": "x" * 256}, [("/body", "too_long")]),
        ({"body": "🚲" * 100}, [("/body", "too_long")]),
        ({"group": "ü" * 200, "body": "x"}, [("/group", "too_long")]),
        ({"locale": "de"}, [("/locale", "unknown_field")]),
        ({"intent": 7}, [("/intent", "wrong_type")]),
    ],
)
def test_what_a_link_cannot_carry_is_refused(
    console: Console, changed: dict[str, Any], faults: list[tuple[str, str]]
) -> None:
    answer = console.post("/v1/entry-points", {"name": "Any", **changed})

    assert (answer.status, answer.faults) == (422, faults)
    assert console.get("/v1/entry-points").json == {"data": []}


def test_the_characters_to_take_out_are_named(console: Console) -> None:
    (error,) = console.post("/v1/entry-points", {"name": "Any", "body": "(50/50)"}).json["errors"]

    assert error["message"] == "take ()/ out: Apple's links take none of &#[](){}/"


def test_words_that_not_everybody_reads_the_same_are_told(console: Console) -> None:
    view = created(console, intent="order:new", group="berlin-1", body="Hello: there!")

    assert [note["path"] for note in view["notes"]] == ["/intent"]


def test_there_is_an_end_to_them(console: Console, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("parley.services.entry_points.MAX_ENTRY_POINTS", 2)
    for _ in range(2):
        created(console)

    answer = console.post("/v1/entry-points", {"name": "One too many"})

    assert (answer.status, answer.code) == (409, "too_many_entry_points")


def test_the_same_call_makes_one(console: Console) -> None:
    first, again = (console.post("/v1/entry-points", NEW, Idempotency_Key="window") for _ in range(2))

    assert first.json == again.json
    assert len(console.get("/v1/entry-points").json["data"]) == 1


def test_routing_does_not_read_them_with_the_settings(console: Console, stack: Stack) -> None:
    created(console)

    business = compose.businesses().get(apple.BUSINESS, fresh=True)

    assert set(business.endpoints) == {"default"}
    assert any("|START#" in key for key in stack.cloud.item_keys(f"BIZ#{apple.BUSINESS}"))


WORDS = st.text(min_size=1).filter(lambda word: not set(word) & set(apple_links.RESERVED))


@given(intent=WORDS, group=WORDS, body=WORDS)
@settings(deadline=None)
def test_whatever_is_put_into_a_link_comes_out_of_it(intent: str, group: str, body: str) -> None:
    words = {"intent": intent, "group": group, "body": body}
    try:
        links = [make(apple.BUSINESS, **words) for make in (apple_links.link, apple_links.open_link)]
    except UnicodeEncodeError:  # half a surrogate pair is no text; no call can bring it here
        return

    for link in links:
        assert link.isascii()
        assert {link.count(character) for character in '"<> #[](){}'} == {0}
        asked = parse_qs(urlsplit(link).query, keep_blank_values=True)
        assert (asked["biz-intent-id"], asked["biz-group-id"], asked["body"]) == ([intent], [group], [body])


@given(st.text(alphabet="abcXYZ019:%=&?-", min_size=1, max_size=MAX_LINK_CHARS), st.sampled_from(["L", "M", "Q", "H"]))
@settings(max_examples=10, deadline=None)
def test_the_longest_link_fits_into_every_code(tail: str, error: qr.Correction) -> None:
    picture = Image.open(io.BytesIO(qr.png(tail, size=1024, error=error)))

    assert scanned(picture) == tail
    assert len(qr.png("é" * (qr.MAX_BYTES // 2), size=1024, error="H")) > 1000


def test_a_web_button_cannot_break_out_of_its_page() -> None:
    made = apple_links.web_button(apple.BUSINESS, intent='"><script>alert(1)</script>', group="'")

    assert made.count("<script") == 1
    assert "&quot;&gt;&lt;script&gt;" in made
