"""What is printed of each webhook: one line, and its body only if somebody wants to see it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from local.listen.listener import Heard


def line(heard: Heard, *, show: bool) -> str:
    """For people."""
    webhook, answer = heard.webhook, heard.answer
    place = "" if webhook.sequence is None else f"seq {webhook.sequence}"
    remarks = [
        f"not verified: {heard.problem}" if heard.problem else None,
        "replayed" if heard.replay else None,
        f"{answer.tries} tries" if answer.tries > 1 else None,
        answer.note,
    ]
    remark = ", ".join(filter(None, remarks))
    told = (
        f"{heard.number:>4}  {_clean(webhook.type) or '?':<22}  {_clean(webhook.conversation_id):<26}  {place:<8}"
        f"  {answer.status}  {answer.ms:>5} ms  {remark}"
    ).rstrip()
    return f"{told}\n{json.dumps(webhook.event, indent=2, ensure_ascii=False)}" if show else told


def facts(heard: Heard, *, show: bool) -> dict[str, Any]:
    """For programs."""
    webhook, answer = heard.webhook, heard.answer
    found = {
        "number": heard.number,
        "webhook_id": webhook.id,
        "type": webhook.type,
        "conversation_id": webhook.conversation_id,
        "sequence": webhook.sequence,
        "verified": heard.problem is None,
        "problem": heard.problem,
        "status": answer.status,
        "ms": answer.ms,
        "tries": answer.tries,
        "note": answer.note,
        "replay": heard.replay,
    }
    return {**found, "body": webhook.event} if show else found


def _clean(text: str | None) -> str:
    """Nothing that could command a terminal: whoever sent it may have proved nothing."""
    return "".join(letter if letter.isprintable() else "?" for letter in (text or "")[:64])
