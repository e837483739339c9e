"""What every built-in interactive message has: bid, bubbles and the frame of `data` (protocol/04 §1)."""

from collections.abc import Callable, Iterable, Iterator
from importlib import import_module
from typing import Annotated, Any, Literal

from parley.apple.wire import pictures
from parley.apple.wire.any_content import Content
from parley.apple.wire.attachments import Attachment
from parley.apple.wire.kinds import BUILT_IN_BID, DATA_KEYS, interactive_kind
from parley.apple.wire.node import Node
from parley.apple.wire.references import InteractiveReference
from parley.apple.wire.rules import ABSENT, Complaint, Identifier, UIText, Uuid, checked
from parley.apple.wire.structure import Wire, structure
from parley.errors import Fault


def _bid(value: str) -> Iterator[Complaint]:
    if value != BUILT_IN_BID:
        yield "malformed", f"write {BUILT_IN_BID}"


class Bubble(Wire):
    """`receivedMessage` and `replyMessage` (protocol/04 §1.3)."""

    title: UIText
    subtitle: UIText = ABSENT
    secondary_subtitle: UIText = ABSENT
    tertiary_subtitle: UIText = ABSENT
    image_identifier: str = ABSENT
    image_title: UIText = ABSENT
    image_subtitle: UIText = ABSENT
    image_description: UIText = ABSENT
    alternate_title: UIText = ABSENT
    style: Literal["icon", "small", "large"] = ABSENT


class Data(Wire):
    """The common members of `data`."""

    version: Literal["1.0"] = ABSENT
    msp_version: Literal["1.0"] = ABSENT
    request_identifier: Uuid
    images: list[pictures.Image] = ABSENT


class BuiltIn(Wire):
    """`interactiveData` of a built-in kind."""

    bid: Annotated[str, checked(_bid)]
    received_message: Bubble
    reply_message: Bubble = ABSENT
    session_identifier: Identifier = ABSENT
    use_live_layout: bool = ABSENT
    data: Data


class _Unknown(BuiltIn):
    received_message: Bubble = ABSENT


class _Interactive(Content):
    interactive_data: dict[Any, Any] = ABSENT
    interactive_data_ref: InteractiveReference = ABSENT


class _AppInteractive(_Interactive):
    attachments: list[Attachment] = ABSENT


def check(content: Node, now: float) -> Iterator[Fault]:
    """Judge an interactive message: by its data, or by reference."""
    data = content.at("interactiveData")
    kind = interactive_kind(data)
    yield from structure(_AppInteractive if kind == "imessage_app" else _Interactive, content)
    if not content.has("interactiveData"):
        if not content.has("interactiveDataRef"):
            yield data.fault("required", "add it, or interactiveDataRef")
        return
    if content.has("interactiveDataRef"):
        yield data.fault("exclusive", "keep interactiveData or interactiveDataRef, not both")
    if not isinstance(data.value, dict):
        return
    if kind == "unknown":
        yield from _unknown(data)
    elif kind == "imessage_app":
        yield from _judge(kind)(data, now)
    else:
        foreign = [key for key, other in DATA_KEYS.items() if other != kind and data.at("data").has(key)]
        for key in foreign:
            yield data.at("data", key).fault("exclusive", "send one kind per message; remove this one")
        yield from _judge(kind)(_without(data, foreign), now)


def frame(interactive: Node, references: Iterable[Node]) -> Iterator[Fault]:
    """What ties the common members together. `references` are the kind's own `imageIdentifier`s."""
    data = interactive.at("data")
    if isinstance(data.value, dict) and not data.has("version") and not data.has("mspVersion"):
        yield data.at("version").fault("required", 'add "version": "1.0"')
    bubbles = [interactive.at(bubble, "imageIdentifier") for bubble in ("receivedMessage", "replyMessage")]
    yield from pictures.check(data, [*bubbles, *references])


def _judge(kind: str) -> Callable[[Node, float], Iterator[Fault]]:
    judge: Callable[[Node, float], Iterator[Fault]] = import_module(f"parley.apple.wire.{kind}").check
    return judge


def _without(interactive: Node, keys: list[str]) -> Node:
    if not keys:
        return interactive
    data = {key: value for key, value in interactive.value["data"].items() if key not in keys}
    return Node(interactive.path, {**interactive.value, "data": data})


def _unknown(interactive: Node) -> Iterator[Fault]:
    yield from structure(_Unknown, interactive)
    data = interactive.at("data")
    if isinstance(data.value, dict):
        yield data.fault("required", f"add what the message is about: one of {', '.join(DATA_KEYS)}")
    yield from frame(interactive, [])
