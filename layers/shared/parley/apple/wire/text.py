"""A text, with or without attachments (protocol/03 §2)."""

import re
from collections.abc import Iterator
from typing import Annotated, Final

from parley.apple import limits
from parley.apple.wire.any_content import Content
from parley.apple.wire.attachments import Attachment
from parley.apple.wire.node import Node
from parley.apple.wire.rules import ABSENT, Complaint, at_most, checked, visible
from parley.apple.wire.structure import structure
from parley.errors import Fault

PLACEHOLDER: Final = "\N{OBJECT REPLACEMENT CHARACTER}"
_CONTROL: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
_WEB_URL: Final = re.compile(r"https?://\S", re.IGNORECASE)


def _body(value: str) -> Iterator[Complaint]:
    if found := _CONTROL.search(value):
        yield "unprintable", f"remove the character U+{ord(found[0]):04X} at position {found.start()}"


def _subject(value: str) -> Iterator[Complaint]:
    yield from visible(value)
    yield from at_most(limits.MAX_SUBJECT_CHARS, value)


class _Text(Content):
    body: Annotated[str, checked(_body)]
    subject: Annotated[str, checked(_subject)] = ABSENT
    attachments: list[Attachment] = ABSENT


def check(content: Node, _now: float) -> Iterator[Fault]:
    """Judge body, subject and attachments."""
    yield from structure(_Text, content)
    body, text = content.at("body"), content.at("body").text
    if text is None:
        return
    yield from _placeholders(body, text, content.at("attachments"))
    if len(text) > limits.MAX_TEXT_CHARS:
        yield body.warning("too_long", f"Apple names no maximum, but nobody reads {len(text):,} characters")
    if _WEB_URL.search(text):
        yield body.warning("url_in_text", "send the URL as a richLink: in a text it has no preview, and fails review")


def _placeholders(body: Node, text: str, attachments: Node) -> Iterator[Fault]:
    listed = attachments.value if isinstance(attachments.value, list) else []
    if not text.strip() and not listed:
        yield body.fault("blank", "write at least one visible character")
    if attachments.value is not None and not isinstance(attachments.value, list):
        return
    if text.count(PLACEHOLDER) != len(listed):
        yield body.fault(
            "placeholder_mismatch",
            f"write U+FFFC once for each of the {len(listed)} attachments, where it is to be shown; "
            f"here it stands {text.count(PLACEHOLDER)} times",
        )
    if len(listed) > limits.USUAL_ATTACHMENTS:
        yield attachments.warning("too_many", f"more than {limits.USUAL_ATTACHMENTS} in one message is unproven")
