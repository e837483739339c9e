"""Reactions: sentences that quote the message reacted to (protocol/02 §3)."""

from __future__ import annotations

import base64
from typing import Any

import pytest

from tests.unit.local import samples
from tests.unit.local.samples import send
from tests.unit.local.wire import Msp, envelope

pytestmark = [pytest.mark.allow_hosts(["127.0.0.1"]), pytest.mark.usefixtures("stub_msp")]


def react(msp: Msp, **order: Any) -> str:
    answer = msp.control("POST", "/phones/reply", {"action": "tapback", **order})
    assert answer.status == 200, answer.text
    (sent,) = answer.json["envelopes"]
    assert sent["type"] == "text"
    return str(sent["body"])


@pytest.mark.parametrize(
    ("order", "body"),
    [
        ({"reaction": "love"}, "Loved “Four o'clock?”"),
        ({"reaction": "like"}, "Liked “Four o'clock?”"),
        ({"reaction": "dislike"}, "Disliked “Four o'clock?”"),
        ({"reaction": "laugh"}, "Laughed at “Four o'clock?”"),
        ({"reaction": "emphasize"}, "Emphasized “Four o'clock?”"),
        ({"reaction": "question"}, "Questioned “Four o'clock?”"),
        ({"reaction": "emoji", "emoji": "🚲"}, "Reacted 🚲 to “Four o'clock?”"),
        ({"reaction": "sticker"}, "Reacted with a sticker to “Four o'clock?”"),
        ({"reaction": "love", "removed": True}, "Removed a heart from “Four o'clock?”"),
        ({"reaction": "like", "locale": "de_DE"}, "Gefällt „Four o'clock?“"),
        ({"reaction": "love", "locale": "ja_JP"}, "“Four o'clock?”に“ハート”と応答"),
    ],
)
def test_a_reaction_is_a_sentence_that_quotes_the_message(msp: Msp, order: dict[str, Any], body: str) -> None:
    msp.post(envelope(body="Four o'clock?"))

    assert react(msp, **order) == body


def test_a_reaction_to_anything_but_a_text_names_what_it_is(msp: Msp) -> None:
    send(msp, "list_picker", samples.list_picker())

    assert react(msp, reaction="like") == "Liked 1 Business Message"
    assert react(msp, reaction="like", locale="de") == "Gefällt 1 Business-Nachricht"


@pytest.mark.parametrize(
    ("mime_type", "body"), [("image/png", "Loved an image"), ("application/pdf", "Loved an attachment")]
)
def test_a_reaction_to_a_file_alone_names_it(msp: Msp, mime_type: str, body: str) -> None:
    part = {
        "name": "a",
        "mimeType": mime_type,
        "size": "1",
        "url": "https://x.example",
        "owner": "M0",
        "key": "00" + "ab" * 32,
        "signature-base64": base64.b64encode(bytes(21)).decode(),
    }
    assert msp.post(envelope(body="\ufffc", attachments=[part])).status == 200

    assert react(msp, reaction="love") == body


def test_a_reaction_can_be_to_an_older_message(msp: Msp) -> None:
    older = envelope(body="{0} first {emoji}")
    msp.post(older)
    msp.post(envelope(body="second"))

    assert react(msp, reaction="love") == "Loved “second”"
    assert react(msp, reaction="love", message_id=older["id"]) == "Loved “{0} first {emoji}”"


@pytest.mark.parametrize("order", [{"reaction": "emoji"}, {"reaction": "love", "emoji": "🚲"}, {"reaction": "hug"}, {}])
def test_a_reaction_there_is_not_is_answered_400(msp: Msp, order: dict[str, Any]) -> None:
    msp.post(envelope())

    assert msp.control("POST", "/phones/reply", {"action": "tapback", **order}).status == 400


def test_a_reaction_leaves_the_message_unanswered(msp: Msp) -> None:
    send(msp, "list_picker", samples.list_picker())

    react(msp, reaction="like")

    assert msp.bubbles()[0]["answers"] == 0


def test_there_must_be_a_message_to_react_to(msp: Msp) -> None:
    assert msp.control("POST", "/phones/reply", {"action": "tapback", "reaction": "love"}).status == 404
