"""A customer's device: it shows what it has the capabilities for, and answers what it shows."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from parley.apple import inbound, wire
from parley.business.kinds.base import Build
from parley.conversation import fallback
from parley.conversation.records import Conversation, Direction, Message, State
from parley.services.understand import Understand
from tests.support.memory_settings import Payloads
from tests.unit.apple.wire.samples import BUSINESS, CUSTOMER, NOW, REQUEST
from tests.unit.business.kinds.samples import png

if TYPE_CHECKING:
    from collections.abc import Sequence

    from parley.business.kinds.base import Mapped
    from parley.conversation.fallback import Chosen
    from parley.conversation.invitations import Outcome
    from tests.unit.business.kinds.samples import Json

NEEDS: Final = {"quick_reply": "QUICK", "list_picker": "LIST", "time_picker": "TIME", "form": "FORM"}
"""By what arrives at a device (protocol/11 §1); a sign-in is told by its flow."""


def sent(chosen: Chosen) -> Mapped:
    """What Apple is sent."""
    return chosen.message.to_apple(Build(request_identifier=REQUEST, now=NOW, png=png))


def shows(content: Json, capabilities: Sequence[str]) -> bool:
    """Whether such a device can show this."""
    kind = wire.kind_of(content)
    if kind == "authentication":
        oauth2 = content["interactiveData"]["data"]["authenticate"]["oauth2"]
        return ("AUTH2" if "redirectURI" in oauth2 else "AUTH") in capabilities
    return kind not in NEEDS or NEEDS[kind] in capabilities


def tapped(content: Json, chosen: Any) -> Json:
    """`interactiveData` of the reply, as protocol/04 §3 to §5, 05 §5 and 07 have it."""
    data = content["interactiveData"]["data"]
    answer = {"version": "1.0", "requestIdentifier": data["requestIdentifier"]}
    match wire.kind_of(content):
        case "quick_reply":
            answer["quick-reply"] = data["quick-reply"] | {"selectedIdentifier": one_of(chosen)}
        case "list_picker":
            sections = [
                section | {"items": [item for item in section["items"] if item["identifier"] in identifiers(chosen)]}
                for section in data["listPicker"]["sections"]
            ]
            answer["listPicker"] = {"sections": [section for section in sections if section["items"]]}
        case "time_picker":
            slots = [slot for slot in data["event"]["timeslots"] if slot["identifier"] == one_of(chosen)]
            answer["event"] = data["event"] | {"timeslots": slots, "location": {}}
        case "form":
            answer["dynamic"] = _filled(data["dynamic"], chosen)
        case _:
            answer["authenticate"] = {"status": chosen}
    return {"bid": content["interactiveData"]["bid"], "data": answer}


def _filled(dynamic: Json, chosen: Json) -> Json:
    pages = {page["pageIdentifier"]: page for page in dynamic["data"]["pages"]}
    selections = [
        {"pageIdentifier": name, "subtitle": pages[name]["subtitle"], "items": _entries(pages[name], given)}
        for name, given in chosen.items()
    ]
    return {
        "version": "1.2",
        "template": "messageForms",
        "private": dynamic["data"]["private"],
        "selections": selections,
    }


def _entries(page: Json, given: Any) -> list[Json]:
    if isinstance(given, list):
        return [item | {"type": page["type"]} for item in page["items"] if item["identifier"] in given]
    return [{"identifier": page["pageIdentifier"], "title": given, "value": given, "type": page["type"]}]


def typed(body: str, friendly: Json, chosen: Any) -> str:
    """What a customer types who reads this text: the number or the letter in front of what they have in mind."""
    pages = {page["identifier"]: page for page in friendly.get("pages", ())}
    if len(pages) > 1:
        return "\n".join(_line(body, pages[name], given) for name, given in chosen.items())
    if isinstance(chosen, dict) and not isinstance(next(iter(chosen.values())), list):
        return str(next(iter(chosen.values())))
    titles = titles_of(friendly)
    return ", ".join(label(body, titles[identifier]) for identifier in identifiers(chosen))


def _line(body: str, page: Json, given: Any) -> str:
    part = body[body.index(page["question"]) :]
    number = label(body, page["question"])
    titles = {item["identifier"]: item["title"] for item in page.get("items", ())}
    said = ", ".join(label(part, titles[one]) for one in given) if isinstance(given, list) else given
    return f"{number}: {said}"


def label(body: str, words: str) -> str:
    """`2` of a line `2. No`, `b` of a line `b) No`."""
    found = re.search(rf"^(\w+)[.)] {re.escape(words)}", body, re.MULTILINE)
    assert found, f"{words!r} is not offered in {body!r}"
    return found[1]


def titles_of(friendly: Json) -> dict[str, str]:
    """The titles of all that can be chosen, by identifier; of a slot its time at the place of the event."""
    holders = [friendly, *friendly.get("sections", ()), *friendly.get("pages", ())]
    items = [item for holder in holders if friendly["type"] != "apple_pay" for item in holder.get("items", ())]
    times = {"s1": "2027-03-04 " + ("10:00" if "timezone_offset" in friendly else "09:00"), "s2": "2027-03-04 10:30"}
    return {item["identifier"]: item["title"] for item in items} | times


def identifiers(chosen: Any) -> list[str]:
    """What is chosen, on whatever page."""
    return chosen if isinstance(chosen, list) else next(iter(chosen.values()))


def one_of(chosen: Any) -> str:
    (only,) = identifiers(chosen)
    return only


def understood(chosen: Chosen, content: Json, **reply: Any) -> Json:
    """What the business is told of a reply to the message that was sent: its result, if it has one."""
    kind = "interactive" if "interactiveData" in reply else "text"
    raw = {"v": 1, "id": "r", "type": kind, "sourceId": CUSTOMER, "destinationId": BUSINESS, **reply}
    headers = {"id": "r", "source-id": CUSTOMER, "destination-id": BUSINESS}
    question = Message(
        id="question",
        business_id=BUSINESS,
        conversation_id="c",
        direction=Direction.OUTBOUND,
        type="interactive",
        state=State.SENT,
        received_at=NOW,
        ulid="",
        payload=json.dumps(content),
        offered=json.loads(json.dumps(fallback.stored(chosen.offered))) if chosen.offered else None,
    )
    conversation = Conversation(id="c", business_id=BUSINESS, opaque_id=CUSTOMER, question_id="question")
    facts = Understand(questions=_Question(question), payloads=Payloads())(
        inbound.read(json.dumps(raw).encode(), headers), conversation, at=NOW
    )
    result: Json = facts.facts.get("result", {})
    return result


@dataclass
class _Question:
    """`services.ports.Questions`, with one question."""

    question: Message

    def message(self, business_id: str, message_id: str) -> Message | None:
        return self.question

    def asked(self, business_id: str, conversation_id: str, request_identifier: str) -> Message | None:
        return self.question if request_identifier == REQUEST else None

    def in_session(self, business_id: str, conversation_id: str, session_identifier: str) -> Message | None:
        return None

    def invited(
        self, business_id: str, reference_id: str, *, request_identifier: str | None, conversation_id: str | None
    ) -> Message | None:
        return None

    def recent_bodies(self, business_id: str, conversation_id: str) -> list[tuple[str, str]]:
        return []

    def answered(self, conversation_id: str, question_id: str, *, by: str) -> None:
        """Nobody asks again here."""

    def concluded(self, invitation: Message, outcome: Outcome, *, conversation_id: str, at: float) -> None:
        """Nobody lists invitations here."""
