"""The envelope and its headers (protocol/01 §3.1, 03 §1)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from local.gateway.config import is_uuid
from local.gateway.judge.fields import Fields
from local.gateway.judge.interactive import judge_interactive
from local.gateway.judge.rich_link import judge_rich_link
from local.gateway.judge.text import judge_text, judge_typing
from local.gateway.refusal import malformed
from local.web.strict_json import parse_object

if TYPE_CHECKING:
    from collections.abc import Mapping

    from local.gateway.judge.setting import KindJudge, Setting

TYPE_JUDGES: dict[str, KindJudge] = {
    "text": judge_text,
    "interactive": judge_interactive,
    "richLink": judge_rich_link,
    "typing_start": judge_typing,
    "typing_end": judge_typing,
}
KNOWN = {
    "v", "id", "type", "sourceId", "destinationId", "body", "subject", "attachments", "locale",
    "interactiveData", "interactiveDataRef", "richLinkData", "richLinkDataRef",
}  # fmt: skip
CONTENT = {
    "text": {"body", "subject", "attachments"},
    "interactive": {"interactiveData", "interactiveDataRef", "attachments"},
    "richLink": {"richLinkData", "richLinkDataRef"},
}
"""What each type carries beside the ids; what belongs to another type is only noted."""
IDS = (("id", "id"), ("sourceId", "source-id"), ("destinationId", "destination-id"))
"""Each body key with the header that repeats it."""
MAX_AGENT = 64
"""Apple keeps that many characters of `msp-agent` (protocol/14)."""


@dataclass(frozen=True)
class Judged:
    """A message that broke no rule. `envelope` is the parsed body."""

    id: str
    type: str
    business_id: str
    opaque_id: str
    envelope: dict[str, Any]
    auto_reply: bool
    msp_agent: str | None
    wants_data_ref: bool
    message_type: str | None
    """The header that makes an interactive message an invitation."""
    violations: list[str]


def judge(headers: Mapping[str, str], body: bytes, setting: Setting) -> Judged:
    """Judge one POST of the MSP. `headers` must look names up in any case. Raises RefusalError (400)."""
    for _, header in IDS:
        if not headers.get(header):
            raise malformed(f"header {header} is missing")
    try:
        envelope = Fields(parse_object(body))
    except ValueError as error:
        raise malformed(str(error)) from error
    _judge_ids(headers, envelope)
    if envelope.whole_number("v") != 1:
        raise envelope.wrong("v", "must be 1")
    kind = envelope.text("type")
    if kind not in TYPE_JUDGES:
        raise malformed(_wrong_type(kind))
    violations = envelope.unknown(KNOWN) + _misplaced(envelope, kind) + _judge_headers(headers)
    violations += TYPE_JUDGES[kind](envelope, setting)
    for key in ("subject", "locale"):
        if not isinstance(envelope.value.get(key, ""), str):
            raise envelope.wrong(key, "must be a string")
    agent = headers.get("msp-agent")
    return Judged(
        id=envelope.value["id"],
        type=kind,
        business_id=envelope.value["sourceId"],
        opaque_id=envelope.value["destinationId"],
        envelope=envelope.value,
        auto_reply=headers.get("auto-reply", "").lower() == "true",
        msp_agent=agent[:MAX_AGENT] if agent else None,
        wants_data_ref=headers.get("include-data-ref", "").lower() == "true",
        message_type=headers.get("message-type"),
        violations=violations,
    )


def _judge_ids(headers: Mapping[str, str], envelope: Fields) -> None:
    for key, header in IDS:
        if envelope.text(key) != headers[header]:
            raise envelope.wrong(key, f"differs from header {header}")
    if not is_uuid(envelope.value["id"]):
        raise envelope.wrong("id", "must be a UUID")


def _misplaced(envelope: Fields, kind: str) -> list[str]:
    others = set().union(*CONTENT.values()) - CONTENT.get(kind, set())
    return [f"{key} has no place in {kind}" for key in sorted(others) if key in envelope]


def _judge_headers(headers: Mapping[str, str]) -> list[str]:
    violations = []
    if headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
        violations.append("header Content-Type should be application/json")
    if "capability-list" in headers:
        violations.append("header capability-list is only for messages from Apple")
    violations += [
        f"header {name} must be true or false"
        for name in ("auto-reply", "include-data-ref")
        if headers.get(name, "false") not in {"true", "false"}
    ]
    return violations


def _wrong_type(kind: str) -> str:
    if kind == "close":
        return "type close cannot be sent by an MSP"
    right_case = next((known for known in TYPE_JUDGES if known.lower() == kind.lower()), None)
    if right_case is not None:
        return f"type is written in the wrong case; it must be {right_case}"
    return f"type is unknown; it must be one of {', '.join(TYPE_JUDGES)}"
