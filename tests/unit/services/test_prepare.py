"""From a friendly message to what Apple is sent: the form, the pieces, the faults in the caller's words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from parley.business import sends
from parley.business.kinds.base import BUSINESS_EXTENSION
from parley.business.kinds.constructed_link import PLAIN
from parley.business.previews import Preview
from parley.conversation.capability import missing
from parley.errors import Invalid, Rejected
from parley.services.prepare import PREVIEW_SECONDS
from tests.support import apple_requests as apple

if TYPE_CHECKING:
    from parley.services.prepare import Prepared
    from tests.support.world import World

SHOP, MAP = "https://shop.example/bikes/9", "https://map.example/store"
QUESTION: dict[str, Any] = {
    "type": "quick_reply",
    "text": "Which one?",
    "items": [{"identifier": "a", "title": "Red"}, {"identifier": "b", "title": "Blue"}],
}
PICKER: dict[str, Any] = {
    "type": "list_picker",
    "title": "Bikes",
    "sections": [
        {"title": "Which?", "items": [{"identifier": "a", "title": "Red"}, {"identifier": "b", "title": "B"}]}
    ],
}


def prepare(world: World, message: dict[str, Any], capabilities: list[str] | None = None) -> Prepared:
    send = sends.from_object({"to": apple.CUSTOMER, **message})
    return world.prepare(send, capabilities, business_id=apple.BUSINESS)


def faults(world: World, message: dict[str, Any], capabilities: list[str] | None = None) -> list[tuple[str, str]]:
    with pytest.raises(Invalid) as caught:
        prepare(world, message, capabilities)
    return [(fault.path, fault.code) for fault in caught.value.faults]


def contents(prepared: Prepared) -> list[str]:
    """The texts and links that are sent, in order."""
    return [
        part.content["body"] if part.type == "text" else part.content["richLinkData"]["url"] for part in prepared.parts
    ]


def test_a_text_with_links_becomes_its_pieces_in_order(world: World) -> None:
    world.previews.pages = {SHOP: Preview(SHOP, "Cargo 9", PLAIN), MAP: Preview(MAP, "The store", PLAIN)}

    prepared = prepare(world, {"body": f"Look: {SHOP} or come to {MAP}, soon", "subject": "Bikes", "agent": "bot"})

    assert contents(prepared) == ["Look:", SHOP, "or come to", MAP, "soon"]
    assert [part.kind for part in prepared.parts] == ["text", "rich_link", "text", "rich_link", "text"]
    assert [part.content.get("subject") for part in prepared.parts] == ["Bikes", None, None, None, None]
    link = prepared.parts[1].content["richLinkData"]
    assert (link["title"], link["assets"]["image"]["data"]) == ("Cargo 9", PLAIN)
    assert (prepared.form, prepared.reason, prepared.offered) == ("text", None, None)


def test_a_link_without_a_preview_stays_a_text_in_its_place(world: World) -> None:
    world.previews.pages = {MAP: Preview(MAP, "The store")}

    assert contents(prepare(world, {"body": f"{SHOP} and {MAP}"})) == [SHOP, "and", MAP]


@pytest.mark.parametrize("body", [f"See {SHOP}", "no link at all", "ftp://x.example/"])
def test_without_any_preview_the_text_goes_as_it_is(world: World, body: str) -> None:
    prepared = prepare(world, {"body": body})

    assert contents(prepared) == [body]


def test_a_text_that_wants_its_links_plain_costs_no_look_at_the_page(world: World) -> None:
    world.previews.pages = {SHOP: Preview(SHOP, "Cargo 9", PLAIN)}

    assert contents(prepare(world, {"body": f"See {SHOP}", "links": "plain"})) == [f"See {SHOP}"]
    assert world.previews.asked == []


def test_a_page_without_a_picture_gets_a_plain_one_for_apple_takes_no_link_without(world: World) -> None:
    world.previews.pages = {SHOP: Preview(SHOP, "Cargo 9")}

    (part,) = prepare(world, {"body": SHOP}).parts

    assert part.content["richLinkData"]["assets"]["image"]["data"] == PLAIN


@pytest.mark.parametrize("preview", [Preview(SHOP, ""), Preview("gopher://x", "Cargo 9"), Preview(SHOP, "a\x00b")])
def test_a_preview_apple_would_refuse_leaves_the_text_as_it_was_written(world: World, preview: Preview) -> None:
    world.previews.pages = {SHOP: preview}

    assert contents(prepare(world, {"body": f"See {SHOP}"})) == [f"See {SHOP}"]


def test_a_subject_is_never_lost(world: World) -> None:
    world.previews.pages = {SHOP: Preview(SHOP, "Cargo 9", PLAIN)}

    behind = prepare(world, {"body": f"{SHOP} is new", "subject": "Bikes"})
    alone = prepare(world, {"body": SHOP, "subject": "Bikes"})

    assert [part.content.get("subject") for part in behind.parts] == [None, "Bikes"]
    assert [part.content for part in alone.parts] == [{"body": SHOP, "subject": "Bikes"}]


def test_all_previews_share_the_time(world: World) -> None:
    prepare(world, {"body": f"{SHOP} {MAP}"})

    assert world.previews.asked == [(SHOP, PREVIEW_SECONDS), (MAP, PREVIEW_SECONDS)]
    slow = world.previews.preview

    def preview(url: str, *, seconds: float) -> Preview | None:
        world.clock.advance(1.5)
        return slow(url, seconds=seconds)

    world.previews.asked.clear()
    world.previews.preview = preview  # type: ignore[method-assign]
    prepare(world, {"body": f"{SHOP} {MAP} {SHOP}"})

    assert [seconds for _, seconds in world.previews.asked] == pytest.approx([2.0, 0.5, 0.0])


def test_faults_are_told_where_the_caller_wrote_them(world: World) -> None:
    broken = QUESTION | {"items": [{"identifier": "a", "title": ""}, {"identifier": "b", "title": "Blue"}]}

    assert faults(world, broken) == [("/items/0/title", "blank")]
    assert faults(world, {"body": " "}) == [("/body", "blank")]


def test_pictures_are_gathered_before_anything_is_mapped(world: World) -> None:
    world.pictures.notes = [{"path": "/image/url", "note": "JPEG made a PNG"}]

    prepared = prepare(world, PICKER | {"image": {"url": "https://x.example/a.jpg"}})

    assert world.pictures.gathered == [("list_picker", "")]
    assert prepared.notes == [{"path": "/image/url", "note": "JPEG made a PNG"}]
    world.pictures.missing = "/image/url"
    assert faults(world, PICKER | {"image": {"url": "https://x.example/a.jpg"}}) == [
        ("/image/url", "picture_unreadable")
    ]


@pytest.mark.parametrize(
    ("capabilities", "form", "reason"),
    [
        (None, "quick_reply", None),
        (["QUICK"], "quick_reply", None),
        (["LIST"], "list_picker", "the device does not show quick_reply"),
        ([], "text", "the device does not show quick_reply"),
    ],
)
def test_the_form_is_the_best_the_device_can_show(
    world: World, capabilities: list[str] | None, form: str, reason: str | None
) -> None:
    prepared = prepare(world, QUESTION, capabilities)

    assert (prepared.form, prepared.reason, prepared.parts[0].kind) == (form, reason, form)
    assert (prepared.offered is None) is (reason is None)


def test_a_business_may_refuse_every_other_form(world: World) -> None:
    with pytest.raises(Rejected) as caught:
        prepare(world, QUESTION | {"fallback": "reject"}, [])

    assert (caught.value.code, caught.value.path) == ("unsupported_by_device", "/type")
    assert prepare(world, QUESTION | {"fallback": "reject"}, ["QUICK"]).form == "quick_reply"


RAW: dict[str, Any] = {
    "type": "apple",
    "interactiveData": {
        "bid": BUSINESS_EXTENSION,
        "receivedMessage": {"title": "Bikes"},
        "data": {
            "version": "1.0",
            "requestIdentifier": "7c0e3f3a-1111-4222-8333-0123456789ab",
            "listPicker": {"sections": [{"title": "Which?", "items": [{"identifier": "a", "title": "Red"}]}]},
        },
    },
}


def test_apples_own_json_has_the_other_forms_of_the_kind_it_is(world: World) -> None:
    for capabilities in (None, ["LIST"], ["LIST", "QUICK"]):
        assert prepare(world, RAW, capabilities).form == "apple"

    prepared = prepare(world, RAW, [])

    assert contents(prepared) == ["Bikes\n1. Red"]
    assert (prepared.form, prepared.reason) == ("text", "the device does not show list_picker")
    assert prepared.offered is not None
    assert prepared.offered.kind == "list_picker"


def test_what_can_be_said_in_no_other_form_is_refused(world: World) -> None:
    secret = {"type": "input", "identifier": "p", "question": "Password?", "content_type": "password"}
    form = {"type": "form", "title": "Sign in", "pages": [secret]}
    raw = {"type": "apple", **prepare(world, form).parts[0].content}

    for message, kind in ((form, "form"), (raw, "form"), (RAW | {"fallback": "reject"}, "list_picker")):
        with pytest.raises(Rejected) as caught:
            prepare(world, message, [])
        assert (caught.value.code, caught.value.path) == ("unsupported_by_device", "/type")
        assert f"does not show {kind}" in caught.value.message
        assert ("no other form" in caught.value.message) is (kind == "form")
        assert "give a fallback message" in caught.value.message


def test_another_message_takes_the_place_of_apples_own_json(world: World) -> None:
    message = RAW | {"fallback": PICKER | {"fallback": {"body": "Red or blue?"}}}

    assert prepare(world, message, ["LIST"]).form == "apple"
    prepared = prepare(world, message, [])

    assert contents(prepared) == ["Red or blue?"]
    assert (prepared.form, prepared.reason) == ("text", "the device does not show list_picker")


@pytest.mark.parametrize(
    ("flow", "needed"), [({"redirectURI": "x"}, "AUTH2"), ({"responseEncryptionKey": "x"}, "AUTH")]
)
def test_apples_own_sign_in_needs_a_device_that_knows_its_flow(flow: dict[str, str], needed: str) -> None:
    data = {"authenticate": {"oauth2": {"responseType": "code", **flow}}}
    send = sends.from_object({"to": apple.CUSTOMER, "type": "apple", "interactiveData": {"data": data}})

    assert [token for token in ("AUTH", "AUTH2") if missing(send, [token]) is None] == [needed]
    assert missing(send, []) == needed


@pytest.mark.parametrize(
    "content",
    [
        {"richLinkData": {"url": SHOP}},
        {"interactiveDataRef": {"bid": BUSINESS_EXTENSION}},
        {"interactiveData": {"data": {"payment": {}}}},
        {"interactiveData": {"data": ["listPicker"]}},
        {"interactiveData": {}},
    ],
)
def test_what_needs_no_capability_or_hides_what_it_is_goes_to_every_device(content: dict[str, Any]) -> None:
    assert missing(sends.from_object({"to": apple.CUSTOMER, "type": "apple", **content}), []) is None


def test_a_business_may_name_another_message(world: World) -> None:
    message = QUESTION | {"fallback": {"body": "Red or blue?"}, "auto_reply": True, "agent": "bot"}

    prepared = prepare(world, message, [])

    assert contents(prepared) == ["Red or blue?"]
    assert (prepared.form, prepared.reason) == ("text", "the device does not show quick_reply")
    assert prepared.offered is None
    assert prepare(world, message, ["QUICK"]).form == "quick_reply"


def test_the_other_message_may_have_another_itself(world: World) -> None:
    nested = QUESTION | {"fallback": PICKER | {"fallback": {"body": "Red or blue?"}}}

    assert prepare(world, nested, ["LIST"]).form == "list_picker"
    assert contents(prepare(world, nested, [])) == ["Red or blue?"]
    assert faults(world, QUESTION | {"fallback": PICKER | {"fallback": {"body": " "}}}, []) == [
        ("/fallback/fallback/body", "blank")
    ]


def test_the_faults_and_pictures_of_the_other_message_are_told_in_its_place(world: World) -> None:
    assert faults(world, QUESTION | {"fallback": {"body": " "}}, []) == [("/fallback/body", "blank")]
    world.pictures.missing = "/image/url"
    link = {"type": "rich_link", "url": SHOP, "title": "Cargo 9", "image": {"url": "https://x.example/a.png"}}

    assert faults(world, QUESTION | {"fallback": link}, []) == [("/fallback/image/url", "picture_unreadable")]
    assert world.pictures.gathered[-1] == ("rich_link", "/fallback")


def test_slots_that_have_begun_are_not_offered_in_words(world: World) -> None:
    slots = [
        {"identifier": "past", "start": "2020-01-01T10:00:00Z", "duration": 3600},
        {"identifier": "soon", "start": "2049-01-01T10:00:00Z", "duration": 3600},
    ]
    message = {"type": "time_picker", "title": "When?", "event_title": "A visit", "slots": slots}

    prepared = prepare(world, message, [])

    assert prepared.offered is not None
    assert [choice.identifier for choice in prepared.offered.choices] == ["soon"]


def test_a_link_apple_builds_is_judged_with_the_one_that_takes_its_place(world: World) -> None:
    message = {"type": "constructed_link", "url": SHOP, "title": "Cargo 9"}

    (part,) = prepare(world, message).parts

    assert part.construct == {"version": 1.0, "type": "link", "link": {"url": SHOP}}
    assert part.content["richLinkData"]["title"] == "Cargo 9"
    assert faults(world, message | {"url": "nowhere"})[0][0] == "/url"


def test_a_rehearsal_reads_and_judges_a_text_and_looks_at_nothing_else(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    judged: list[object] = []

    def judge(*content: object, now: float) -> list[object]:
        judged.append((now > 0, *content))
        return []

    monkeypatch.setattr("parley.services.prepare.wire.check_content", judge)

    world.prepare.rehearse()

    assert judged == [(True, "text", {"body": "-"})]
    assert (world.faults.calls, world.previews.asked, world.pictures.made) == ([], [], 0)


def test_a_warning_stops_nothing(world: World) -> None:
    link = {"type": "rich_link", "url": "http://shop.example", "title": "Cargo 9", "image": {"data": PLAIN}}

    assert contents(prepare(world, link)) == ["http://shop.example"]


@pytest.mark.parametrize("policy", ["auto", "reject", {"type": "text", "body": "Please call us"}])
def test_a_sign_in_takes_the_legacy_flow_where_the_device_knows_only_that(world: World, policy: object) -> None:
    key = (
        "BFyGpH9A9u3NaMoePRElItyKyRzkwQt0OtPo4lOPML5IjVADegG5QN3G3410Za4WJnieXNYkTHmoO7fTo"
        "+cTjrnR8haq/SFbnevIlQ2GzEAaEevJKdA+Oq4yHzdWCKoxQw=="
    )
    message = {
        "type": "authentication",
        "title": "Sign in",
        "scope": ["openid"],
        "state": "c3RhdGU",
        "redirect_uri": "https://msp.example/callback",
        "legacy": {"response_encryption_key": key},
        "fallback": policy,
    }

    prepared = prepare(world, message, ["AUTH"])

    (part,) = prepared.parts
    asked = part.content["interactiveData"]["data"]["authenticate"]["oauth2"]
    assert (asked["responseType"], "redirectURI" in asked, prepared.form) == ("token", False, "authentication")
