"""The strict judge of what Parley is about to send to Apple: outgoing messages in Apple's own wire JSON.

Nothing here raises, whatever JSON it is given: every fault of a message is returned at once, each with the JSON
pointer of its place, a stable code and a message that says how to mend it. Structure is judged by pydantic models,
one module per kind, imported when the first message of that kind comes by; what ties several fields together is
judged by plain functions over the raw JSON, so that both sorts of fault appear side by side.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

from parley.apple.wire import envelope
from parley.apple.wire.kinds import kind_of
from parley.apple.wire.node import Node, in_order

if TYPE_CHECKING:
    from parley.errors import Fault

__all__ = ["check", "check_construct", "check_content", "kind_of"]

_MODULES: Final = {
    "text": "text",
    "typing_start": "typing_indicator",
    "typing_end": "typing_indicator",
    "richLink": "rich_link",
    "interactive": "interactive",
}


def check(message: object, *, now: float) -> list[Fault]:
    """Judge a whole message: ids and content (protocol/03). `now` is in epoch seconds.

    Faults are sorted by path. A message may be sent when none is left that is no warning.
    """
    whole = Node("", message)
    if not isinstance(message, dict):
        return [whole.fault("wrong_type", "write one JSON object")]
    content = Node("", {key: value for key, value in message.items() if key not in envelope.IDS})
    addressed = envelope.check(whole, invitation=kind_of(content.value) == "invitation")
    return in_order(addressed + _content(message.get("type"), content, now))


def check_content(type: object, content: object, *, now: float) -> list[Fault]:  # noqa: A002  (Apple's word)
    """Judge what stands beside the ids of a message of this type; paths are relative to the envelope."""
    node = Node("", content)
    if not isinstance(content, dict):
        return [node.fault("wrong_type", "write one JSON object")]
    return in_order(envelope.check_type(Node("/type", type)) + _content(type, node, now))


def check_construct(body: object) -> list[Fault]:
    """Judge the body of a `/constructPayload` request (protocol/13 §1); paths are relative to it."""
    from parley.apple.wire import construct

    return in_order(list(construct.check(Node("", body))))


def _content(type: Any, content: Node, now: float) -> list[Fault]:  # noqa: A002
    name = _MODULES.get(type) if isinstance(type, str) else None
    name = name or _MODULES.get(_meant(content), "any_content")
    faults: list[Fault] = list(import_module(f"parley.apple.wire.{name}").check(content, now))
    return faults


def _meant(content: Node) -> str:
    """The type to judge by when the envelope names none that exists."""
    if content.has("interactiveData") or content.has("interactiveDataRef"):
        return "interactive"
    if content.has("richLinkData") or content.has("richLinkDataRef"):
        return "richLink"
    return "text" if content.has("body") or content.has("attachments") else ""
