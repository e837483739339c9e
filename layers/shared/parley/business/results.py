"""What a business gets for an interactive reply: one flat, typed object per kind.

The customer's device repeats much of the question. `Asked` is that question as we sent it, used to tell what was
chosen from what was only offered, and to name sections and days as the business did.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC
from typing import TYPE_CHECKING, Any, Final

from parley.apple import replies
from parley.apple.replies import form as forms
from parley.apple.replies import list_picker as lists
from parley.apple.replies import quick_reply as quick
from parley.apple.replies import time_picker as times
from parley.apple.replies.tolerant import table

if TYPE_CHECKING:
    from datetime import datetime

    from parley.apple.replies.form import Answer, Page
    from parley.apple.replies.list_picker import Section
    from parley.apple.replies.reply import Item, Kind
    from parley.apple.replies.time_picker import Slot

_AUTHENTICATION: Final = {"authenticated": "success", "failed": "failure"}
"""The legacy flow's words; the others are the same on both sides (protocol/07)."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One interactive message that was sent: what it offered, to compare a reply with.

    A quick reply's items are in `items`, a list picker's in `sections`. Sent by reference, it is of kind `unknown`.
    """

    message_id: str
    kind: Kind
    request_identifier: str | None = None
    session_identifier: str | None = None
    items: tuple[Item, ...] = field(default=(), repr=False)
    sections: tuple[Section, ...] = field(default=(), repr=False)
    slots: tuple[Slot, ...] = field(default=(), repr=False)
    pages: tuple[Page, ...] = field(default=(), repr=False)
    reference_id: str | None = None
    private: bool = False


def asked_of(message_id: str, content: dict[str, Any]) -> Asked | None:
    """The question in stored Apple content (what stands beside the ids), or None when it asks nothing.

    A question and its answer share their shape, so the reply readers tell the kind.
    """
    if not ({"interactiveData", "interactiveDataRef"} & content.keys()):
        return None
    question = replies.read(content)
    data = table(table(content.get("interactiveData")).get("data"))
    return Asked(
        message_id=message_id,
        kind=question.kind,
        request_identifier=question.request_identifier,
        session_identifier=question.session_identifier,
        items=quick.read_items(table(data.get(quick.KEY))),
        sections=lists.read_sections(table(data.get(lists.KEY))),
        slots=times.read_slots(table(data.get(times.KEY))),
        pages=forms.read_pages(table(data.get(forms.KEY))),
        reference_id=question.reference_id if isinstance(question, replies.Invitation) else None,
        private=question.private,
    )


def result_of(reply: replies.Reply, asked: Asked | None) -> dict[str, Any]:
    """`{"kind", "in_reply_to", …}` for the webhook.

    list_picker, quick_reply: `selection: [{identifier, title, section}]`; time_picker: `slot` or null; form: `answers`
    by page and `private`; authentication: `status`; apple_pay: `state`; invitation: `accepted` and `reference_id`;
    imessage_app: `url` and `session`; unknown: `title`. `ambiguous: true` when the reply does not tell what was
    chosen, `unavailable: true` when its content could not be had. Never contains a code or a token.
    """
    # A reply of another kind than the question answers it, but cannot be read by it.
    offer = asked if asked is not None and asked.kind == reply.kind else None
    result = {"kind": reply.kind, "in_reply_to": asked.message_id if asked else None, **_facts(reply, offer)}
    if reply.unresolved:
        result["unavailable"] = True
    return result


def _facts(reply: replies.Reply, asked: Asked | None) -> dict[str, Any]:  # noqa: PLR0911  (one per kind)
    match reply:
        case replies.QuickReply():
            return _quick_reply(reply, asked)
        case replies.ListPicker():
            return _list_picker(reply, asked)
        case replies.TimePicker():
            return _time_picker(reply, asked)
        case replies.Form():
            return _form(reply, asked)
        case replies.Authentication():
            return _authentication(reply)
        case replies.ApplePay():
            return {"state": reply.state or "unknown"}
        case replies.Invitation():
            reference = reply.reference_id or (asked.reference_id if asked else None)
            return {"accepted": reply.accepted, "reference_id": reference}
        case replies.ImessageApp():
            return {"url": reply.url, "session": reply.session_identifier}
        case _:
            return {"title": reply.title}


def _quick_reply(reply: replies.QuickReply, asked: Asked | None) -> dict[str, Any]:
    item = reply.selected
    offered = asked.items if asked else ()
    if item is None or item.title is None:
        item = quick.select(offered, item.identifier if item else None, reply.selected_index) or item
    return {"selection": [] if item is None else [_picked(item, None)]}


def _list_picker(reply: replies.ListPicker, asked: Asked | None) -> dict[str, Any]:
    chosen = reply.chosen(asked.sections if asked else ())
    result: dict[str, Any] = {"selection": [_picked(one.item, one.section) for one in chosen.picked]}
    if chosen.ambiguous:
        result["ambiguous"] = True
    return result


def _picked(item: Item, section: str | None) -> dict[str, Any]:
    return {"identifier": item.identifier, "title": item.title, "section": section}


def _time_picker(reply: replies.TimePicker, asked: Asked | None) -> dict[str, Any]:
    if not reply.slots:
        return {"slot": None}
    slot = reply.slots[0]
    offered = {one.identifier: one for one in asked.slots} if asked else {}
    offer = offered.get(slot.identifier, slot) if slot.identifier else slot
    start = slot.start or offer.start
    result: dict[str, Any] = {
        "slot": {
            "identifier": slot.identifier,
            "start": _utc(start) if start else None,
            "duration": offer.duration if slot.duration is None else slot.duration,
        }
    }
    if len(reply.slots) > 1:
        result["ambiguous"] = True
    return result


def _utc(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _form(reply: replies.Form, asked: Asked | None) -> dict[str, Any]:
    """A page visited twice keeps its last answer; one without a name stays in the raw data only."""
    pages = {page.identifier: page for page in asked.pages} if asked else {}
    return {
        "answers": {answer.page: _answer(answer, pages.get(answer.page)) for answer in reply.answers if answer.page},
        "private": reply.private or bool(asked and asked.private),
    }


def _answer(answer: Answer, page: Page | None) -> dict[str, Any]:
    """`items` of select and wheel pages, `text` of input, `date` of date pages (null when it cannot be told).

    Types are named as a business names them in its form; a date is also `shown` as the customer saw it.
    """
    first = answer.entries[0] if answer.entries else None
    match answer.page_type(page):
        case "input":
            return {"type": "input", "text": (first.value or first.title or "") if first else ""}
        case "datePicker":
            day = answer.day(page)
            return {"type": "date", "date": day.isoformat() if day else None, "shown": first and first.title}
        case "select" | "picker" as kind:
            return {
                "type": "wheel" if kind == "picker" else "select",
                "items": [{"identifier": e.identifier, "title": e.title, "value": e.value} for e in answer.entries],
            }
        case _:
            return {"type": "unknown"}


def _authentication(reply: replies.Authentication) -> dict[str, Any]:
    result: dict[str, Any] = {"status": _AUTHENTICATION.get(reply.status, reply.status)}
    if reply.error_code:
        result["error_code"] = reply.error_code
    if reply.errors:
        result["errors"] = [{"code": e.code, "domain": e.domain, "message": e.message} for e in reply.errors]
    return result
