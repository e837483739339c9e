"""Every JSON example of docs/api is true: what is sent is good, what is received is what the code makes.

A comment before each example says what it is; `send`, `answer`, `result` … name the message of `events/messages/`
they show, in which a picture by URL may stand for one inside.
"""

from __future__ import annotations

import base64
import io
import json
import re
import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import pytest
from jsonschema import Draft202012Validator

from local.lint import faults_of
from local.stack.layout import ROOT
from local.trigger import Fixture, select
from parley.business import openapi, pictures, sends
from parley.business.api import Note
from parley.business.faults import models_of
from parley.business.idempotency import read_idempotency_key
from parley.business.kinds import MODULES, model_of
from parley.errors import Invalid, Rejected
from parley.runtime import http
from tests.support.fixture_webhooks import CAPABLE, NOW, expected, flat, prepared, webhook

if TYPE_CHECKING:
    from pathlib import Path

    from pydantic import BaseModel

FOLDER: Final = ROOT / "docs/api"
PAGES: Final = sorted(FOLDER.rglob("*.md"))
_FENCE: Final = re.compile(r"^(?:<!-- (?P<what>[^\n]*) -->\n)?```json\n(?P<json>.*?)^```$", re.MULTILINE | re.DOTALL)
_LINK: Final = re.compile(r"\]\((?!https?://)([^)#]*)(?:#([^)]*))?\)")
_REQUEST: Final = "00000000-0000-4000-8000-000000000001"
_PICTURE: Final = {"data", "url", "attachment_id", "asset_id", "description"}


@dataclass(frozen=True)
class Example:
    """One block. `what` is the first word of its comment, `of` the rest."""

    page: Path
    line: int
    what: str
    of: str
    text: str

    @property
    def json(self) -> Any:
        return json.loads(self.text)

    @property
    def fixture(self) -> Fixture:
        (one,) = select([self.of.split()[0]])
        return one


def examples() -> list[Example]:
    found = []
    for page in PAGES:
        content = page.read_text("utf-8")
        for block in _FENCE.finditer(content):
            what, _, of = (block["what"] or "").partition(" ")
            found.append(Example(page, content.count("\n", 0, block.start("json")), what, of, block["json"]))
    return found


EXAMPLES: Final = examples()


def name_of(example: Example) -> str:
    return f"{example.page.relative_to(FOLDER)}:{example.line} {example.what} {example.of}"


def these(*what: str) -> pytest.MarkDecorator:
    found = [example for example in EXAMPLES if example.what in what]
    assert found
    return pytest.mark.parametrize("example", found, ids=name_of)


def faults(message: object) -> list[tuple[str, str]]:
    return [(fault.path, fault.code) for fault in faults_of(message, now=NOW) if not fault.warning]


def without_pictures(value: Any) -> Any:
    """The same JSON with every picture replaced by whether it has a description."""
    if isinstance(value, dict):
        if value.keys() <= _PICTURE and len(value.keys() - {"description"}) == 1:
            return ("a picture", value.get("description"))
        return {key: without_pictures(member) for key, member in value.items()}
    return [without_pictures(entry) for entry in value] if isinstance(value, list) else value


def test_every_example_says_what_it_is() -> None:
    known = {"send", "broken", "problem", "answer", "webhook", "message", "result", "reaction", "notes", "reply"}

    assert [name_of(example) for example in EXAMPLES if example.what not in known] == []
    assert sum(page.read_text("utf-8").count("```json") for page in PAGES) == len(EXAMPLES)


@these("send")
def test_what_is_sent_is_good_and_one_of_the_samples(example: Example) -> None:
    assert faults(example.json) == []
    assert without_pictures(example.json) == without_pictures(example.fixture.message())


@these("result", "reaction")
def test_what_is_received_is_what_the_code_makes_of_the_sample(example: Example) -> None:
    wanted = expected(example.fixture)
    asked = wanted.pop("asked", None)
    made = flat(webhook(example.fixture, asked))[example.what]

    shown = example.json
    named = shown.pop("in_reply_to")
    assert (named is None) == (made.pop("in_reply_to") is None)
    assert named is None or str(uuid.UUID(named)) == named
    assert shown == made


@these("webhook")
def test_a_whole_webhook_is_what_the_code_makes_of_the_sample(example: Example) -> None:
    assert example.json == webhook(example.fixture, None)


@these("message")
def test_a_part_of_a_webhook_is_what_the_code_makes_of_the_sample(example: Example) -> None:
    assert example.json == flat(webhook(example.fixture, None))["message"]


@these("answer")
def test_an_answer_of_the_api_is_as_described_and_tells_the_form(example: Example) -> None:
    components = openapi.document()["components"]
    schema = {"$ref": "#/components/schemas/MessageView", "components": components}
    lacking = set(example.of.partition(" to a device without ")[2].split())
    sent = prepared(example.fixture.name, [one for one in CAPABLE if one not in lacking], request_identifier=_REQUEST)

    shown = example.json
    Draft202012Validator(schema).validate(shown)
    assert shown.keys() <= components["schemas"]["MessageView"]["properties"].keys()
    assert shown["kind"] == example.fixture.message().get("type", "text")
    assert shown["type"] == sent.parts[0].type
    assert shown.get("body") == sent.parts[0].content.get("body")
    assert (shown.get("form"), shown.get("form_reason")) == (sent.form if sent.reason else None, sent.reason)


def test_the_broken_message_is_refused_with_the_problem_below_it() -> None:
    (broken,) = (example for example in EXAMPLES if example.what == "broken")
    (problem,) = (example for example in EXAMPLES if example.what == "problem")
    found = [fault for fault in faults_of(broken.json, now=NOW) if not fault.warning]

    answer = http.problem(Invalid(found), request_id=problem.json["request_id"])

    assert json.loads(answer["body"]) == problem.json
    assert [fault.path for fault in found] == [entry["path"] for entry in problem.json["errors"]]


@these("notes")
def test_a_note_is_what_is_said_of_such_a_picture(example: Example) -> None:
    image = pytest.importorskip("PIL.Image")
    (note,) = (Note.model_validate(entry) for entry in example.json)
    photo = io.BytesIO()
    image.new("RGB", (4032, 3024), "teal").save(photo, format="JPEG")

    made = pictures.fit(pictures.decode(base64.b64encode(photo.getvalue()).decode(), note.path), note.path)

    assert made.note == note.note


@pytest.mark.parametrize("kind", list(MODULES))
def test_every_kind_has_a_page_that_names_all_its_fields(kind: str) -> None:
    page = (FOLDER / "kinds" / f"{kind}.md").read_text("utf-8")
    shared = {"to", "type", "auto_reply", "agent", "topic", "fallback"}
    wanted = {field.alias or name for name, field in model_of(kind).model_fields.items()} - shared

    assert f"<!-- fields {kind} -->" in page
    assert f'"type": "{kind}"' in page
    assert [name for name in sorted(wanted) if f"`{name}`" not in page and f"`{name}." not in page] == []


@pytest.mark.parametrize("kind", list(MODULES))
def test_every_field_below_has_its_name_on_the_page(kind: str) -> None:
    page = (FOLDER / "kinds" / f"{kind}.md").read_text("utf-8")

    names = {name for model in _inner(model_of(kind)) for name in model.model_fields} - _PICTURE - {"type"}

    assert [name for name in sorted(names) if f"`{name}`" not in page and f'"{name}"' not in page] == []


def _inner(model: type[BaseModel], seen: frozenset[type[BaseModel]] = frozenset()) -> set[type[BaseModel]]:
    """The models inside a model, through lists, unions and aliases."""
    found: set[type[BaseModel]] = set()
    for definition in model.model_fields.values():
        for inner in models_of(definition.annotation):
            if inner not in seen:
                found |= {inner} | _inner(inner, seen | {inner})
    return found


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_leads_somewhere(page: Path) -> None:
    content = page.read_text("utf-8")
    for target, anchor in _LINK.findall(content):
        file = (page.parent / target).resolve() if target else page
        assert file.exists(), target
        if anchor:
            headings = re.findall(r"^#+ (.*)$", file.read_text("utf-8"), re.MULTILINE)
            assert anchor in {re.sub(r"[^\w -]", "", heading).strip().lower().replace(" ", "-") for heading in headings}


def test_every_kind_is_in_the_table() -> None:
    table = (FOLDER / "README.md").read_text("utf-8")

    assert [kind for kind in MODULES if f"| [`{kind}`](kinds/{kind}.md) |" not in table] == []


def test_the_key_and_the_size_are_as_written() -> None:
    page = (FOLDER / "README.md").read_text("utf-8")

    assert "1 to 255 visible ASCII" in page
    assert read_idempotency_key("k" * 255) == "k" * 255
    with pytest.raises(Rejected):
        read_idempotency_key("k" * 256)
    assert f"{sends.MAX_BODY_BYTES // 1024 // 1024} MB is the limit" in page
