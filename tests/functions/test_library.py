"""Templates and pictures: written, published, previewed, sent by name."""

from __future__ import annotations

import base64
import json
import time
from typing import TYPE_CHECKING, Any

import pytest

from parley.business.kinds.constructed_link import PLAIN
from parley.business.library.content import MAX_CHARS
from parley.conversation.attachments import Attachment, PartState, object_key
from parley.conversation.records import Direction
from parley.errors import Retryable
from parley.runtime import compose
from parley.services import assets as asset_services
from parley.services import library as library_services
from tests.support import apple_requests as apple
from tests.support.cloud import BUCKET
from tests.support.console import Console
from tests.support.pictures import opened, photo, plain, written
from tests.support.world import CONVERSATION

if TYPE_CHECKING:
    from tests.functions.conftest import Stack
    from tests.support.fixtures import Logged

GREETING: dict[str, Any] = {
    "default_locale": "en",
    "variables": [{"name": "name", "example": "Kim"}],
    "bodies": {
        "en": {"type": "text", "body": "Hello {{name}}"},
        "de": {"type": "text", "body": "Hallo {{name}}"},
        "de_AT": {"type": "text", "body": "Servus {{name}}"},
    },
}
PICTURE = {"data": PLAIN}


@pytest.fixture
def console(stack: Stack) -> Console:
    return Console()


@pytest.fixture
def stranger(stack: Stack) -> Console:
    stack.register.business(apple.OTHER_BUSINESS, name="Boats", url="http://127.0.0.1:9/")
    return Console(apple.OTHER_BUSINESS)


def jpeg(width: int, height: int) -> bytes:
    return written(photo(width, height), "JPEG")


def begin(console: Console, content: dict[str, Any] = GREETING, *, name: str = "greeting") -> None:
    answer = console.post("/v1/library", {"name": name, **content})
    assert answer.status == 201, answer.text


def published(console: Console, content: dict[str, Any] = GREETING, *, name: str = "greeting") -> None:
    begin(console, content, name=name)
    answer = console.post(f"/v1/library/{name}/publish")
    assert answer.status == 200, answer.text


def sent(stack: Stack, **message: Any) -> dict[str, Any]:
    answer = stack.api({"to": apple.CUSTOMER, "template": "greeting", "variables": {"name": "Kim"}, **message})
    assert answer["statusCode"] == 202, answer["body"]
    view: dict[str, Any] = json.loads(answer["body"])
    return view


def refused(stack: Stack, **message: Any) -> list[tuple[str, str]]:
    answer = stack.api({"to": apple.CUSTOMER, "template": "greeting", "variables": {"name": "Kim"}, **message})
    assert answer["statusCode"] == 422, answer["body"]
    assert stack.cloud.item_keys("MSG#") == []
    return [(fault["path"], fault["code"]) for fault in json.loads(answer["body"])["errors"]]


def writes(stack: Stack, **content: Any) -> None:
    stack.post(**content)
    stack.route()


# --- writing ----------------------------------------------------------------------------------------


def test_a_draft_is_changed_by_who_has_seen_it(console: Console) -> None:
    begin(console)
    etag = console.get("/v1/library/greeting").headers["ETag"]

    changed = console.put("/v1/library/greeting", GREETING | {"description": "mine"}, If_Match=etag)
    late = console.put("/v1/library/greeting", GREETING, If_Match=etag)

    assert (changed.status, changed.json["description"]) == (200, "mine")
    assert changed.headers["ETag"] != etag
    assert (late.status, late.code) == (412, "precondition_failed")
    shown = console.get("/v1/library/greeting")
    assert (shown.json, shown.headers["ETag"]) == (changed.json, changed.headers["ETag"])


def test_two_changes_at_once_one_after_the_other(console: Console, monkeypatch: pytest.MonkeyPatch) -> None:
    begin(console)
    store = compose.templates()
    save = store.save
    raced: list[Any] = []

    def racing(*args: Any) -> bool:
        if not raced:
            raced.append(console.put("/v1/library/greeting", GREETING | {"description": "first"}))
        return save(*args)

    monkeypatch.setattr(store, "save", racing)

    assert console.put("/v1/library/greeting", GREETING | {"description": "second"}).status == 200

    assert console.get("/v1/library/greeting").json["description"] == "second"


def test_a_change_that_others_always_forestall_is_tried_again_later(
    console: Console, monkeypatch: pytest.MonkeyPatch
) -> None:
    published(console)
    begin(console, name="other")
    console.put("/v1/library/greeting", GREETING | {"description": "changed"})
    for method in ("save", "publish", "remove"):
        monkeypatch.setattr(compose.templates(), method, lambda *_: False)

    answers = [
        console.put("/v1/library/greeting", GREETING),
        console.post("/v1/library/greeting/publish"),
        console.delete("/v1/library/other"),
    ]

    assert [(answer.status, answer.headers["Retry-After"]) for answer in answers] == [(503, "1")] * 3


def test_a_working_copy_that_is_being_replaced_is_read_whole_or_not_at_all(
    console: Console, stack: Stack, monkeypatch: pytest.MonkeyPatch
) -> None:
    begin(console)
    store = compose.templates()
    get = store.get
    seen: list[Any] = []

    def racing(*args: Any) -> Any:
        found = get(*args)
        if not seen:
            seen.append(found)
            console.put("/v1/library/greeting", GREETING | {"description": "replaced"})
        return found

    monkeypatch.setattr(store, "get", racing)
    assert console.get("/v1/library/greeting").json["description"] == "replaced"

    monkeypatch.setattr(store, "get", lambda *_: seen[0])
    assert console.get("/v1/library/greeting").status == 503


def test_a_name_is_taken_once_and_some_are_paths(console: Console) -> None:
    begin(console)

    again = console.post("/v1/library", {"name": "greeting", **GREETING})
    reserved = console.post("/v1/library", {"name": "assets", **GREETING})
    odd = console.post("/v1/library", {"name": "A name", **GREETING})

    assert (again.status, again.code) == (409, "template_exists")
    assert reserved.faults == [("/name", "reserved")]
    assert odd.faults == [("/name", "malformed")]


@pytest.mark.parametrize("name", ["nobody", "A", "a%23b", "x" * 300, "\u00e4"])
def test_a_template_nobody_knows_is_not_found(console: Console, name: str) -> None:
    answers = [
        console.get(f"/v1/library/{name}"),
        console.put(f"/v1/library/{name}", GREETING),
        console.post(f"/v1/library/{name}/publish"),
        console.post(f"/v1/library/{name}/preview"),
        console.get(f"/v1/library/{name}/versions"),
        console.get(f"/v1/library/{name}/versions/1"),
        console.get(f"/v1/library/{name}/export"),
        console.delete(f"/v1/library/{name}"),
    ]

    assert {(answer.status, answer.code) for answer in answers} == {(404, "template_unknown")}


@pytest.mark.parametrize(
    ("changed", "fault"),
    [
        ({"bodies": {"en": {"body": "x" * MAX_CHARS}}}, ("/bodies", "too_large")),
        ({"bodies": {"en": {"body": json.loads("[" * 20 + "]" * 20)}}}, ("/bodies/en/body" + "/0" * 15, "too_deep")),
        ({"bodies": {"en": {"number": 10**30}}}, ("/bodies/en/number", "out_of_range")),
        ({"bodies": {}}, ("/bodies", "too_short")),
        ({"default_locale": "?"}, ("/default_locale", "malformed")),
        ({"variables": [{"name": "Name"}]}, ("/variables/0/name", "malformed")),
        ({"variables": [{"name": f"n{each}"} for each in range(51)]}, ("/variables", "too_many")),
    ],
)
def test_what_no_template_may_be_is_not_even_kept_as_a_draft(
    console: Console, changed: dict[str, Any], fault: tuple[str, str]
) -> None:
    answer = console.post("/v1/library", {"name": "greeting", **GREETING, **changed})

    assert answer.faults == [fault]
    assert console.get("/v1/library").json == {"data": []}


def test_a_library_is_bounded(console: Console, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(library_services, "MAX_TEMPLATES", 1)
    monkeypatch.setattr(asset_services, "MAX_ASSETS", 0)
    begin(console)

    answer = console.post("/v1/library", {"name": "other", **GREETING})
    picture = console.post("/v1/library/assets", PICTURE)

    assert (answer.status, answer.code) == (422, "too_many_templates")
    assert (picture.status, picture.code) == (422, "too_many_assets")


def test_the_list_goes_by_name_and_page_by_page(console: Console) -> None:
    for name in ("b", "a", "c"):
        begin(console, name=name)

    first = console.get("/v1/library?limit=2").json
    second = console.get(f"/v1/library?limit=2&cursor={first['next_cursor']}").json

    assert [each["name"] for each in first["data"] + second["data"]] == ["a", "b", "c"]
    assert "bodies" not in first["data"][0]
    assert console.get("/v1/library?cursor=nonsense").faults == [("?cursor", "cursor_invalid")]


# --- publishing -------------------------------------------------------------------------------------


def test_versions_stay_as_they_are(console: Console) -> None:
    published(console)
    later = GREETING | {"bodies": {"en": {"type": "text", "body": "Welcome back {{name}}"}}}
    console.put("/v1/library/greeting", later)
    assert console.get("/v1/library/greeting").json["changed"] is True
    second = console.post("/v1/library/greeting/publish").json
    again = console.post("/v1/library/greeting/publish").json

    assert (second["version"], again) == (2, second)
    assert console.get("/v1/library/greeting").json["changed"] is False
    assert console.get("/v1/library/greeting/versions/1").json["bodies"] == GREETING["bodies"]
    assert console.get("/v1/library/greeting/versions/2").json == second
    page = console.get("/v1/library/greeting/versions?limit=1").json
    assert [each["version"] for each in page["data"]] == [2]
    rest = console.get(f"/v1/library/greeting/versions?limit=1&cursor={page['next_cursor']}").json
    assert [each["version"] for each in rest["data"]] == [1]
    for unknown in ("3", "0", "x", "\u0663", "99999999"):
        answer = console.get(f"/v1/library/greeting/versions/{unknown}")
        assert (answer.status, answer.code) == (404, "version_unknown")


@pytest.mark.parametrize(
    ("changed", "faults"),
    [
        ({"bodies": {"en": {"type": "text", "body": "{{nme}}"}}}, {("/bodies/en/body", "unknown_variable")}),
        ({"bodies": {"en": {"type": "text", "body": "{{name"}}}, {("/bodies/en/body", "placeholder_malformed")}),
        ({"bodies": {"en": {"type": "typing", "state": "start"}}}, {("/bodies/en/type", "unknown_type")}),
        ({"bodies": {"en": {"body": "{{name}}", "to": "x"}}}, {("/bodies/en/to", "unknown_field")}),
        (
            {"bodies": {"en": {"type": "text", "bdy": "{{name}}"}}},
            {("/bodies/en/bdy", "unknown_field"), ("/bodies/en/body", "required")},
        ),
        ({"bodies": {"en": {"body": "{{name}}"}, "EN": {"body": "a"}}}, {("/bodies/EN", "duplicate")}),
        ({"bodies": {"en": {"body": "{{name}}"}, "e n": {"body": "a"}}}, {("/bodies/e n", "malformed")}),
        ({"default_locale": "fr"}, {("/default_locale", "unknown_locale")}),
        (
            {"variables": [{"name": "name", "type": "number", "example": "5"}]},
            {("/variables/0/example", "variable_type")},
        ),
        (
            {"variables": [{"name": "name", "type": "list"}]},
            {
                ("/variables/0/example", "example_missing"),
                *((f"/bodies/{each}/body", "variable_type") for each in GREETING["bodies"]),
            },
        ),
        (
            {"variables": [{"name": "name"}, {"name": "name.first"}, {"name": "name"}]},
            {
                ("/variables/1/name", "unused_variable"),
                ("/variables/1/name", "duplicate"),
                ("/variables/2/name", "duplicate"),
            },
        ),
        (
            {"bodies": {"en": {"body": "{{name}}", "attachments": [{"id": "a"}]}}},
            {("/bodies/en/attachments/0/id", "not_lasting")},
        ),
        (
            {
                "bodies": {
                    "en": {
                        "type": "rich_link",
                        "url": "https://a.example/",
                        "title": "{{name}}",
                        "image": {"asset_id": "0"},
                    }
                }
            },
            {("/bodies/en/image/asset_id", "asset_unknown")},
        ),
    ],
)
def test_what_could_not_be_sent_cannot_be_published(
    console: Console, changed: dict[str, Any], faults: set[tuple[str, str]]
) -> None:
    begin(console, GREETING | changed)

    answer = console.post("/v1/library/greeting/publish")

    assert answer.status == 422
    assert faults <= set(answer.faults)
    assert {path for path, _ in answer.faults} == {path for path, _ in faults} | (
        {"/variables/0/name"} if "bodies" in changed and "{{name}}" not in json.dumps(changed) else set()
    )
    assert console.get("/v1/library/greeting").json["state"] == "draft"


def test_what_may_be_missing_is_missing_in_one_try(console: Console) -> None:
    optional = {
        "default_locale": "en",
        "variables": [{"name": "title", "required": False, "example": "Yes"}],
        "bodies": {
            "en": {
                "type": "quick_reply",
                "text": "Which?",
                "items": [{"identifier": "a", "title": "{{title}}"}, {"identifier": "b", "title": "B"}],
            }
        },
    }
    begin(console, optional)

    assert console.post("/v1/library/greeting/publish").faults == [("/bodies/en/items/0/title", "required")]


# --- sending ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("locale", "body"),
    [
        ("en_US", "Hello Kim"),
        ("de_DE", "Hallo Kim"),
        ("de_AT", "Servus Kim"),
        ("fr_FR", "Hello Kim"),
        (None, "Hello Kim"),
    ],
)
def test_a_customer_is_written_to_in_their_language(
    console: Console, stack: Stack, locale: str | None, body: str
) -> None:
    published(console)
    writes(stack, **({"locale": locale} if locale else {}))

    view = sent(stack)

    assert view["body"] == body
    assert view["template"]["version"] == 1
    stack.send()
    assert json.loads(stack.gateway.requests[-1].body)["body"] == body
    assert json.loads(stack.ask(view["id"])["body"])["template"] == view["template"]


def test_the_senders_words_come_before_the_templates(console: Console, stack: Stack) -> None:
    published(console)
    console.put("/v1/library/greeting", GREETING | {"description": "changed"})
    writes(stack, locale="de_DE")
    console.post("/v1/library/greeting/publish")

    view = sent(stack, locale="en-GB", version=1, auto_reply=True, agent="bot-1")

    assert (view["body"], view["template"]) == ("Hello Kim", {"name": "greeting", "version": 1, "locale": "en"})
    stack.send()
    headers = stack.gateway.requests[-1].headers
    assert (headers["auto-reply"], headers["msp-agent"]) == ("true", "bot-1")


def test_one_key_is_one_message_whatever_is_published_since(console: Console, stack: Stack) -> None:
    published(console)
    first = sent_with_key(stack)
    console.put("/v1/library/greeting", GREETING | {"bodies": {"en": {"body": "Bye {{name}}"}}})
    console.post("/v1/library/greeting/publish")
    console.post("/v1/library/greeting/archive")

    again = sent_with_key(stack)

    assert (again["headers"]["Idempotent-Replayed"], again["body"]) == ("true", first["body"])
    other = sent_with_key(stack, name="Alex")
    assert (other["statusCode"], json.loads(other["body"])["code"]) == (409, "idempotency_conflict")


def sent_with_key(stack: Stack, *, name: str = "Kim") -> Any:
    return stack.api(
        {"to": apple.CUSTOMER, "template": "greeting", "variables": {"name": name}}, idempotency_key="greeting-1"
    )


def test_what_cannot_be_sent_is_told_where_the_sender_can_mend_it(console: Console, stack: Stack) -> None:
    assert refused(stack) == [("/template", "template_unknown")]
    begin(console)
    assert refused(stack) == [("/template", "template_unpublished")]
    console.post("/v1/library/greeting/publish")

    assert refused(stack, variables={}) == [("/variables/name", "variable_missing")]
    assert refused(stack, variables={"name": 5}) == [("/variables/name", "variable_type")]
    assert refused(stack, variables={"name": "K", "nme": 1}) == [("/variables/nme", "unknown_variable")]
    assert refused(stack, version=2) == [("/version", "version_unknown")]
    assert refused(stack, variables={"name": "x" * 30_000}) == [("/variables/name", "too_long")]
    assert refused(stack, to="tel:+15550100") == [("/to", "unknown_conversation")]
    assert refused(stack, fallback={"type": "list_picker"})[0][0].startswith("/fallback/")
    assert refused(stack, fallback={"template": "greeting"}) == [("/fallback/type", "unknown_type")]
    assert refused(stack, body="x") == [("/body", "unknown_field")]

    console.post("/v1/library/greeting/archive")
    assert refused(stack) == [("/template", "template_archived")]
    console.post("/v1/library/greeting/restore")
    assert sent(stack)["state"] == "queued"


LISTED: dict[str, Any] = {
    "default_locale": "en",
    "variables": [
        {"name": "shop.stores", "type": "list", "example": [{"identifier": "a", "title": "A"}]},
        {"name": "shop.picture", "type": "url", "required": False},
    ],
    "bodies": {
        "en": {
            "type": "list_picker",
            "title": "Choose",
            "image": {"url": "{{shop.picture}}"},
            "sections": [{"title": "Stores", "items": "{{shop.stores}}"}],
            "fallback": "reject",
        }
    },
}


def test_a_list_is_given_as_it_is_and_its_faults_are_inside_it(console: Console, stack: Stack) -> None:
    content = json.loads(json.dumps(LISTED))
    del content["bodies"]["en"]["image"], content["variables"][1]
    published(console, content)

    faults = refused(
        stack, variables={"shop": {"stores": [{"identifier": "a", "title": "A"}, {"identifier": "a", "title": "B"}]}}
    )

    assert faults == [("/variables/shop/stores/1/identifier", "duplicate")]
    view = sent(stack, variables={"shop": {"stores": [{"identifier": "a", "title": "A"}]}})
    assert view["kind"] == "list_picker"


def test_a_template_that_a_device_does_not_show_names_itself(console: Console, stack: Stack) -> None:
    content = json.loads(json.dumps(LISTED))
    del content["bodies"]["en"]["image"], content["variables"][1]
    published(console, content)
    shown = apple.headers(apple.envelope(), authorization=f"Bearer {apple.token(now=time.time())}")
    content = apple.envelope()
    shown = apple.headers(content, authorization=f"Bearer {apple.token(now=time.time())}")
    shown["capability-list"] = "QUICK"
    stack.deliver_post(apple.api_gateway_event(json.dumps(content).encode(), shown))
    stack.route()

    body = {
        "to": apple.CUSTOMER,
        "template": "greeting",
        "variables": {"shop": {"stores": [{"identifier": "a", "title": "A"}]}},
    }
    answer = stack.api(body)
    problem = json.loads(answer["body"])

    assert (problem["code"], problem["errors"][0]["path"]) == ("unsupported_by_device", "/template")
    assert json.loads(stack.api(body | {"fallback": "auto"})["body"])["form"] == "text"


def test_an_optional_picture_that_is_missing_is_an_incomplete_picture(console: Console) -> None:
    begin(console, LISTED)

    assert console.post("/v1/library/greeting/publish").faults == [("/bodies/en/image", "required")]


def test_an_invitation_may_be_a_template(console: Console, stack: Stack) -> None:
    invitation = {
        "default_locale": "en",
        "variables": [{"name": "reference", "example": "r-1"}],
        "bodies": {"en": {"type": "invitation", "reference_id": "{{reference}}", "brand_name": "Bikes"}},
    }
    published(console, invitation)

    answer = stack.api({"to": "tel:+15550100", "template": "greeting", "variables": {"reference": "r-2"}})

    assert (answer["statusCode"], json.loads(answer["body"])["kind"]) == (202, "invitation")


# --- preview ----------------------------------------------------------------------------------------


def test_a_preview_shows_every_form_and_touches_nothing(console: Console, stack: Stack) -> None:
    begin(console, LISTED | {"bodies": {"en": LISTED["bodies"]["en"] | {"fallback": "auto"}}})
    before = stack.stored()

    given = {
        "shop": {
            "stores": [{"identifier": "a", "title": "A"}, {"identifier": "b", "title": "B"}],
            "picture": "https://a.example/p.jpg",
        }
    }
    view = console.post("/v1/library/greeting/preview", {"variables": given}, Idempotency_Key="k").json

    assert [(form["form"], len(form["capabilities"])) for form in view["forms"]] == [
        ("list_picker", 6),
        ("quick_reply", 5),
        ("text", 4),
    ]
    assert view["message"]["image"] == {"url": "https://a.example/p.jpg"}
    assert stack.stored() == before


def test_a_preview_of_one_device_says_what_it_gets_and_what_not(console: Console) -> None:
    begin(console, LISTED)

    given = {"shop": {"stores": [{"identifier": "a", "title": "A"}], "picture": "https://a.example/p.jpg"}}
    view = console.post("/v1/library/greeting/preview", {"variables": given, "capabilities": ["QUICK"]}).json

    (form,) = view["forms"]
    assert ("form" in form, form["messages"]) == (False, [])
    assert "does not show list_picker" in form["reason"]


def test_pictures_are_shown_when_they_are_asked_for(console: Console, monkeypatch: pytest.MonkeyPatch) -> None:
    picture = base64.b64encode(jpeg(300, 200)).decode()
    body = {"type": "rich_link", "url": "https://a.example/", "title": "{{name}}", "image": {"data": picture}}
    begin(console, GREETING | {"bodies": {"en": body}})

    short = console.post("/v1/library/greeting/preview").json
    long = console.post("/v1/library/greeting/preview", {"pictures": True}).json

    def data(view: Any) -> str:
        return str(view["forms"][0]["messages"][0]["content"]["richLinkData"]["assets"]["image"]["data"])

    assert data(short) == f"({len(data(long))} characters)"
    assert base64.b64decode(data(long)).startswith(b"\x89PNG")
    assert short["notes"] == [{"path": "/image/data", "note": "JPEG made a PNG"}]
    monkeypatch.setattr("parley.services.preview.MAX_CHARS", 1_000)
    assert console.post("/v1/library/greeting/preview", {"pictures": True}).faults == [("/pictures", "too_large")]


def test_a_preview_tells_a_fault_of_the_template_from_one_of_the_variables(console: Console) -> None:
    begin(console, GREETING | {"bodies": {"en": {"type": "text", "body": "{{name}}", "subject": "x" * 600}}})

    assert console.post("/v1/library/greeting/preview").faults == [("/template/bodies/en/subject", "too_long")]
    given = console.post("/v1/library/greeting/preview", {"variables": {"name": 5}})
    assert given.faults == [("/variables/name", "variable_type")]
    console.put("/v1/library/greeting", GREETING | {"bodies": {"en": {"type": "text", "body": "{{nme}}"}}})
    assert ("/template/bodies/en/body", "unknown_variable") in console.post("/v1/library/greeting/preview").faults
    assert console.post("/v1/library/greeting/preview", {"version": 1}).code == "version_unknown"


# --- putting away -----------------------------------------------------------------------------------


def test_what_is_archived_is_closed_until_it_is_restored(console: Console) -> None:
    published(console)

    away = console.post("/v1/library/greeting/archive")
    again = console.post("/v1/library/greeting/archive")

    assert (away.json["state"], again.json) == ("archived", away.json)
    assert console.put("/v1/library/greeting", GREETING).code == "template_archived"
    assert console.post("/v1/library/greeting/publish").code == "template_archived"
    assert console.get("/v1/library/greeting/versions/1").status == 200
    back = console.post("/v1/library/greeting/restore")
    assert (back.json["state"], console.post("/v1/library/greeting/restore").json) == ("published", back.json)


def test_only_what_was_never_published_is_removed(console: Console, stack: Stack) -> None:
    begin(console)
    published(console, name="sent")
    etag = console.get("/v1/library/greeting").headers["ETag"]
    console.put("/v1/library/greeting", GREETING | {"description": "changed"})

    assert console("DELETE", "/v1/library/greeting", If_Match=etag).code == "precondition_failed"
    assert console.delete("/v1/library/greeting").status == 204
    assert console.delete("/v1/library/sent").code == "template_published"
    assert [key for key in stack.cloud.item_keys("LIB#") if "greeting" in key] == []


# --- pictures ---------------------------------------------------------------------------------------


def test_a_picture_is_made_to_fit_once_and_kept_once(console: Console, stack: Stack) -> None:
    picture = base64.b64encode(written(plain(1200, 900), "JPEG")).decode()

    first = console.post("/v1/library/assets", {"data": picture, "description": "A square"}, Idempotency_Key="k")
    again = console.post("/v1/library/assets", {"data": picture})

    view = first.json
    assert (first.status, again.status, again.json["id"]) == (201, 201, view["id"])
    assert view["note"].startswith("JPEG made a PNG, scaled from 1200x900")
    assert (view["width"], view["description"]) == (840, "A square")
    assert stack.cloud.objects() == [f"library/{apple.BUSINESS}/{view['id']}"]
    stored = stack.cloud.s3.get_object(Bucket="parley-bucket", Key=stack.cloud.objects()[0])["Body"].read()
    assert (len(stored), stored[:4]) == (view["size"], b"\x89PNG")
    one = console.get(f"/v1/library/assets/{view['id']}").json
    assert one["download_url"].startswith("https://")
    assert f"/library/{apple.BUSINESS}/{view['id']}" in one["download_url"]


def test_a_picture_stands_wherever_a_picture_may(console: Console, stack: Stack) -> None:
    asset_id = console.post("/v1/library/assets", PICTURE).json["id"]
    body = {"type": "rich_link", "url": "https://a.example/", "title": "{{name}}", "image": {"asset_id": asset_id}}
    published(console, GREETING | {"bodies": {"en": body}})

    sent(stack)
    stack.send()

    link = json.loads(stack.gateway.requests[-1].body)["richLinkData"]
    assert link["assets"]["image"]["data"] == PLAIN
    direct = stack.api({"to": apple.CUSTOMER, **body, "title": "Direct"})
    assert direct["statusCode"] == 202


def test_a_picture_comes_from_a_file_too(console: Console, stack: Stack) -> None:
    key = object_key(apple.BUSINESS, "a")
    compose.attachments().put(
        Attachment("a", apple.BUSINESS, Direction.OUTBOUND, PartState.READY, time.time(), s3_key=key)
    )
    stack.cloud.s3.put_object(Bucket=BUCKET, Key=key, Body=jpeg(120, 90))

    unknown = console.post("/v1/library/assets", {"attachment_id": "nobody"})
    kept = console.post("/v1/library/assets", {"attachment_id": "a"})

    assert unknown.faults == [("/attachment_id", "attachment_unknown")]
    assert kept.status == 201
    picture = stack.cloud.s3.get_object(Bucket=BUCKET, Key=f"library/{apple.BUSINESS}/{kept.json['id']}")
    assert opened(picture["Body"].read()).size == (120, 90)


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        ({}, ("", "exclusive")),
        ({"data": PLAIN, "attachment_id": "a"}, ("", "exclusive")),
        ({"data": "?"}, ("/data", "picture_not_base64")),
        ({"data": "QUJD"}, ("/data", "picture_unreadable")),
    ],
)
def test_what_is_no_picture_is_not_kept(
    console: Console, stack: Stack, body: dict[str, Any], fault: tuple[str, str]
) -> None:
    assert console.post("/v1/library/assets", body).faults == [fault]
    assert stack.cloud.objects() == []


def test_pictures_are_listed_page_by_page(console: Console) -> None:
    ids = [
        console.post("/v1/library/assets", {"data": base64.b64encode(jpeg(size, 20)).decode()}).json["id"]
        for size in (20, 30, 40)
    ]

    first = console.get("/v1/library/assets?limit=2").json
    second = console.get(f"/v1/library/assets?limit=2&cursor={first['next_cursor']}").json

    assert [each["id"] for each in first["data"] + second["data"]] == sorted(ids)


@pytest.mark.parametrize("asset_id", ["nobody", "0" * 64, "0" * 63 + "A", "..%2F.."])
def test_a_picture_nobody_knows_is_not_found(console: Console, asset_id: str) -> None:
    answer = console.get(f"/v1/library/assets/{asset_id}")

    assert (answer.status, answer.code) == (404, "asset_unknown")


@pytest.fixture
def picture(console: Console, stack: Stack) -> str:
    """The id of a picture that nothing names."""
    asset_id: str = console.post("/v1/library/assets", PICTURE).json["id"]
    assert stack.cloud.objects() == [f"library/{apple.BUSINESS}/{asset_id}"]
    return asset_id


def showing(asset_id: str) -> dict[str, Any]:
    """A body that names a picture."""
    return {"type": "rich_link", "url": "https://a.example/", "title": "A", "image": {"asset_id": asset_id}}


def test_a_picture_nothing_names_is_removed_with_its_bytes(console: Console, stack: Stack, picture: str) -> None:
    answer = console.delete(f"/v1/library/assets/{picture}")

    assert (answer.status, answer.text) == (204, "")
    assert (stack.cloud.objects(), stack.cloud.item_keys("LIB#")) == ([], [])
    assert console.get("/v1/library/assets").json == {"data": []}
    again = console.delete(f"/v1/library/assets/{picture}")
    assert (again.status, again.code) == (404, "asset_unknown")
    assert console.post("/v1/library/assets", PICTURE).json["id"] == picture
    assert stack.cloud.objects() == [f"library/{apple.BUSINESS}/{picture}"]


@pytest.mark.parametrize(
    "content",
    [
        {"bodies": {"en": {"body": "Hello"}, "de": showing("<id>")}},
        {"variables": [{"name": "shown", "default": "<id>"}], "bodies": {"en": showing("{{shown}}")}},
    ],
)
def test_a_picture_a_working_copy_names_stays_until_it_does_not(
    console: Console, stack: Stack, picture: str, content: dict[str, Any]
) -> None:
    named = json.loads(json.dumps(GREETING | {"variables": []} | content).replace("<id>", picture))
    begin(console, named)

    refused = console.delete(f"/v1/library/assets/{picture}")

    assert (refused.status, refused.code) == (409, "asset_in_use")
    assert "greeting" in refused.json["detail"]
    assert console.get(f"/v1/library/assets/{picture}").status == 200
    assert len(stack.cloud.objects()) == 1
    assert console.put("/v1/library/greeting", GREETING).status == 200
    assert console.delete(f"/v1/library/assets/{picture}").status == 204


def test_a_picture_any_version_names_stays_for_it_can_still_be_sent(
    console: Console, stack: Stack, picture: str
) -> None:
    published(console, GREETING | {"bodies": {"en": showing(picture)}, "variables": []})
    assert console.put("/v1/library/greeting", GREETING).status == 200
    assert console.post("/v1/library/greeting/publish").json["version"] == 2
    assert console.post("/v1/library/greeting/archive").status == 200

    refused = console.delete(f"/v1/library/assets/{picture}")

    assert (refused.status, refused.code) == (409, "asset_in_use")
    assert console.post("/v1/library/greeting/restore").status == 200
    sent(stack, version=1, variables={})
    stack.send()
    assert json.loads(stack.gateway.requests[-1].body)["richLinkData"]["assets"]["image"]["data"] == PLAIN


def test_a_refusal_names_some_of_many_templates(console: Console, picture: str) -> None:
    for number in range(7):
        begin(console, GREETING | {"bodies": {"en": showing(picture)}, "variables": []}, name=f"t-{number}")

    detail = console.delete(f"/v1/library/assets/{picture}").json["detail"]

    assert detail.endswith("t-0, t-1, t-2, t-3, t-4 and others")


def test_a_picture_is_looked_for_in_the_last_of_many_large_templates_too(console: Console, picture: str) -> None:
    text = "x" * 140_000  # nine of them are more than DynamoDB reads at once
    for number in range(9):
        begin(console, GREETING | {"bodies": {"en": {"body": text}}, "variables": []}, name=f"large-{number}")
    begin(console, GREETING | {"bodies": {"en": showing(picture)}, "variables": []}, name="zebra")

    assert console.delete(f"/v1/library/assets/{picture}").json["detail"].endswith(": zebra")


def test_a_picture_an_automatic_message_names_stays(console: Console, picture: str) -> None:
    greeting = {"greeting": {"messages": {"en": showing(picture)}}}
    assert console.patch("/v1/channel", greeting).status == 200

    refused = console.delete(f"/v1/library/assets/{picture}")
    assert (refused.status, refused.code) == (409, "asset_in_use")
    assert "channel" in refused.json["detail"]

    assert console.patch("/v1/channel", {"greeting": None}).status == 200
    assert console.delete(f"/v1/library/assets/{picture}").status == 204


def test_another_businesss_picture_is_as_unknown_as_none_and_its_templates_keep_nothing(
    console: Console, stranger: Console, stack: Stack, picture: str
) -> None:
    theirs = stranger.delete(f"/v1/library/assets/{picture}")
    assert (theirs.status, theirs.code) == (404, "asset_unknown")
    assert stranger.delete("/v1/library/assets/nobody").text == theirs.text
    assert len(stack.cloud.objects()) == 1

    begin(stranger, GREETING | {"bodies": {"en": showing(picture)}, "variables": []})
    assert console.delete(f"/v1/library/assets/{picture}").status == 204


def test_a_key_that_may_not_manage_removes_no_picture(stack: Stack, picture: str) -> None:
    answer = Console(key={"scopes": ["read", "send", "keys", "privacy"]}).delete(f"/v1/library/assets/{picture}")

    assert (answer.status, answer.code) == (403, "scope_missing")
    assert len(stack.cloud.objects()) == 1


def test_a_removal_that_ended_half_way_goes_on_when_it_is_asked_for_again(
    console: Console, stack: Stack, picture: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def crash(*_: object) -> None:
        raise Retryable("DynamoDB is away", code="aws_unavailable", after=1)

    with monkeypatch.context() as patch:
        patch.setattr(compose.asset_store(), "remove", crash)
        assert console.delete(f"/v1/library/assets/{picture}").status == 503
    assert (stack.cloud.objects(), len(stack.cloud.item_keys("LIB#"))) == ([], 1)

    assert console.delete(f"/v1/library/assets/{picture}").status == 204
    assert stack.cloud.item_keys("LIB#") == []


def test_a_picture_whose_removal_ended_half_way_is_whole_again_once_it_is_kept_again(
    console: Console, stack: Stack, picture: str
) -> None:
    compose.objects().delete(f"library/{apple.BUSINESS}/{picture}")

    assert console.post("/v1/library/assets", PICTURE).status == 201

    stored = stack.cloud.s3.get_object(Bucket=BUCKET, Key=f"library/{apple.BUSINESS}/{picture}")["Body"].read()
    assert base64.b64encode(stored).decode() == PLAIN


# --- files ------------------------------------------------------------------------------------------


def test_a_template_moves_to_another_library_with_its_pictures(
    console: Console, stranger: Console, stack: Stack
) -> None:
    asset_id = console.post("/v1/library/assets", PICTURE | {"description": "A square"}).json["id"]
    body = {"type": "rich_link", "url": "https://a.example/", "title": "{{name}}", "image": {"asset_id": asset_id}}
    published(console, GREETING | {"bodies": {"en": body}})

    file = console.get("/v1/library/greeting/export?version=1").json
    assert console.get("/v1/library/greeting/export").json == file
    done = stranger.post("/v1/library/import", {"templates": [file], "publish": True}).json

    assert done == {"data": [{"name": "greeting", "outcome": "created", "version": 1}]}
    assert stranger.get(f"/v1/library/assets/{asset_id}").json["description"] == "A square"
    theirs = stranger.get("/v1/library/greeting").json
    assert theirs["bodies"] == console.get("/v1/library/greeting").json["bodies"]
    assert stranger.get("/v1/library/greeting/export").json == file


def test_an_import_leaves_what_is_there_unless_it_is_told_otherwise(console: Console) -> None:
    begin(console)
    file = console.get("/v1/library/greeting/export").json
    other = file | {"description": "other"}

    def take(file: dict[str, Any], **more: bool) -> Any:
        return console.post("/v1/library/import", {"templates": [file], **more}).json["data"][0]

    assert take(file, publish=True) == {"name": "greeting", "outcome": "unchanged", "version": 1}
    assert take(other, publish=True) == {"name": "greeting", "outcome": "kept"}
    assert console.get("/v1/library/greeting").json["description"] == ""
    assert take(other, replace=True) == {"name": "greeting", "outcome": "replaced"}
    assert console.get("/v1/library/greeting").json["changed"] is True


def test_an_import_is_checked_whole_before_anything_is_stored(console: Console, stack: Stack) -> None:
    begin(console, name="seed")
    file = console.get("/v1/library/seed/export").json
    bad = file | {"name": "b", "bodies": {"en": {"body": 10**30}}}
    pictured = file | {"name": "c", "assets": [{"id": "0" * 64, "data": PLAIN}, {"id": "0" * 64, "data": "?"}]}
    before = stack.cloud.item_keys("LIB#")

    answer = console.post(
        "/v1/library/import", {"templates": [file | {"name": "a"}, bad, pictured, file | {"name": "a"}]}
    )

    assert answer.faults == [
        ("/templates/1/bodies/en/body", "out_of_range"),
        ("/templates/2/assets/0/data", "asset_differs"),
        ("/templates/2/assets/1/data", "picture_not_base64"),
        ("/templates/3/name", "duplicate"),
    ]
    assert stack.cloud.item_keys("LIB#") == before


def test_a_file_that_cannot_be_published_says_why(console: Console) -> None:
    begin(console, name="seed")
    file = console.get("/v1/library/seed/export").json | {"name": "a", "default_locale": "fr"}

    answer = console.post("/v1/library/import", {"templates": [file], "publish": True})

    assert answer.faults == [("/templates/0/default_locale", "unknown_locale")]


def test_a_picture_that_is_no_small_clean_png_is_not_imported(console: Console) -> None:
    import hashlib

    begin(console, name="seed")
    content = jpeg(20, 20)
    picture = {"id": hashlib.sha256(content).hexdigest(), "data": base64.b64encode(content).decode()}
    file = console.get("/v1/library/seed/export").json | {"assets": [picture]}

    answer = console.post("/v1/library/import", {"templates": [file]})

    assert answer.faults == [("/templates/0/assets/0/data", "picture_unreadable")]


def test_an_export_leaves_out_what_is_not_there_and_has_a_bound(
    console: Console, monkeypatch: pytest.MonkeyPatch
) -> None:
    asset_id = console.post("/v1/library/assets", PICTURE).json["id"]
    body = {"type": "rich_link", "image": {"asset_id": asset_id}, "fallback": {"image": {"asset_id": "gone"}}}
    begin(console, GREETING | {"bodies": {"en": body}})

    assert [each["id"] for each in console.get("/v1/library/greeting/export").json["assets"]] == [asset_id]
    monkeypatch.setattr("parley.services.library_files.MAX_CHARS", 10)
    assert console.get("/v1/library/greeting/export").code == "export_too_large"


# --- whose it is ------------------------------------------------------------------------------------


def test_another_business_can_neither_see_nor_send_it(console: Console, stranger: Console, stack: Stack) -> None:
    published(console)
    asset_id = console.post("/v1/library/assets", PICTURE).json["id"]

    answer = stack.api(
        {"to": apple.CUSTOMER, "template": "greeting", "variables": {"name": "K"}}, business=apple.OTHER_BUSINESS
    )
    pictured = stack.api(
        {
            "to": apple.CUSTOMER,
            "type": "rich_link",
            "url": "https://a.example/",
            "title": "x",
            "image": {"asset_id": asset_id},
        },
        business=apple.OTHER_BUSINESS,
    )

    assert json.loads(answer["body"])["code"] == "template_unknown"
    assert json.loads(pictured["body"])["code"] == "asset_unknown"
    assert stranger.get("/v1/library").json == {"data": []}
    assert stranger.get("/v1/library/assets").json == {"data": []}


def test_nothing_a_template_says_is_in_a_log(console: Console, stack: Stack, logged: Logged) -> None:
    published(console, GREETING | {"description": "CANARYdescription"})
    sent(stack, variables={"name": "CANARYname"})
    refused_answer = stack.api({"to": apple.CUSTOMER, "template": "greeting", "variables": {"CANARYname": 1}})

    assert refused_answer["statusCode"] == 422
    assert "CANARY" not in logged.everything()


def test_the_conversation_decides_once_it_is_known(console: Console, stack: Stack) -> None:
    published(console)
    writes(stack, locale="de_DE")

    view = sent(stack, to=CONVERSATION)

    assert (view["conversation_id"], view["template"]["locale"]) == (CONVERSATION, "de")
