"""The outer form of interactive messages (protocol/04 §1, 09 §3-4)."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

from local.gateway.config import is_uuid
from local.gateway.judge.apple_pay import judge_apple_pay
from local.gateway.judge.attachment import judge_attachment, judge_key, judge_signature
from local.gateway.judge.authentication import judge_authentication
from local.gateway.judge.bubble import judge_bubble
from local.gateway.judge.fields import Fields
from local.gateway.judge.form import judge_form
from local.gateway.judge.imessage_app import judge_imessage_app
from local.gateway.judge.invitation import judge_invitation
from local.gateway.judge.list_picker import judge_list_picker
from local.gateway.judge.pictures import judge_images
from local.gateway.judge.quick_reply import judge_quick_reply
from local.gateway.judge.time_picker import judge_time_picker
from local.gateway.judge.wording import judge_identifier
from local.gateway.refusal import malformed

if TYPE_CHECKING:
    from local.gateway.judge.setting import KindJudge, Setting

APPLE_BID = (
    "com.apple.messages.MSMessageExtensionBalloonPlugin:0000000000:com.apple.icloud.apps.messages.business.extension"
)
"""The extension of all built-in kinds."""

KIND_JUDGES: dict[str, KindJudge] = {
    "quick-reply": judge_quick_reply,
    "listPicker": judge_list_picker,
    "event": judge_time_picker,
    "dynamic": judge_form,
    "authenticate": judge_authentication,
    "payment": judge_apple_pay,
    "notification": judge_invitation,
}
"""The key of `data` that says what kind of message it is, and who judges what stands there."""

SEEN_VERSIONS = {"1.0", "2.0"}
WITHOUT_BUBBLE = {"quick-reply", "notification"}
KNOWN = {"bid", "data", "receivedMessage", "replyMessage", "sessionIdentifier", "useLiveLayout"}
KNOWN_IN_DATA = {"version", "mspVersion", "requestIdentifier", "images", *KIND_JUDGES}


def judge_interactive(envelope: Fields, setting: Setting) -> list[str]:
    """Judge an `interactive` as it was posted. Returns violations; raises RefusalError.

    What a reference stands for is judged by `judge_interactive_data` once it is resolved.
    """
    violations: list[str] = []
    for part in envelope.objects("attachments") if "attachments" in envelope else []:
        violations += judge_attachment(part)
    if envelope.either("interactiveData", "interactiveDataRef") == "interactiveData":
        return violations + judge_interactive_data(envelope.object("interactiveData").value, setting)
    reference = envelope.object("interactiveDataRef")
    for key in ("bid", "url", "owner"):
        reference.text(key)
    reference.whole_number("size")
    judge_signature(reference)
    if "key" in reference:
        judge_key(reference)
    return violations


def judge_interactive_data(value: dict[str, Any], setting: Setting) -> list[str]:
    """Judge interactive data, posted inline or found behind a reference."""
    interactive = Fields(value, "interactiveData")
    bid = interactive.text("bid")
    if "sessionIdentifier" in interactive:
        judge_identifier(interactive, "sessionIdentifier")
    if "useLiveLayout" in interactive:
        interactive.flag("useLiveLayout")
    return _judge_built_in(interactive, setting) if bid == APPLE_BID else judge_imessage_app(interactive)


def _judge_built_in(interactive: Fields, setting: Setting) -> list[str]:
    data = interactive.object("data")
    violations = _judge_version(data)
    if not is_uuid(data.text("requestIdentifier")):
        raise data.wrong("requestIdentifier", "must be a UUID")
    kinds = [kind for kind in KIND_JUDGES if kind in data]
    if len(kinds) != 1:
        raise malformed(f"exactly one of {', '.join(KIND_JUDGES)} is needed in {data.place}")
    kind = kinds[0]
    content = data.object(kind)
    images, doubts = judge_images(data)
    violations += doubts + interactive.unknown(KNOWN) + data.unknown(KNOWN_IN_DATA)
    if "receivedMessage" in interactive or kind not in WITHOUT_BUBBLE:
        violations += judge_bubble(interactive.object("receivedMessage"), images)
    if "replyMessage" in interactive:
        violations += judge_bubble(interactive.object("replyMessage"), images)
    return violations + KIND_JUDGES[kind](content, dataclasses.replace(setting, images=images))


def _judge_version(data: Fields) -> list[str]:
    """Either name is taken; Apple's own samples disagree."""
    names = [name for name in ("version", "mspVersion") if name in data] or ["version"]
    odd = [name for name in names if data.text(name) not in SEEN_VERSIONS]
    return [f"{data.path(name)} is none that was ever seen; 1.0 is usual" for name in odd]
