"""Text messages and typing indicators (protocol/03 §2-3)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from local.gateway.judge.attachment import judge_attachment

if TYPE_CHECKING:
    from local.gateway.judge.fields import Fields

PLACEHOLDER = "\N{OBJECT REPLACEMENT CHARACTER}"
"""Stands in a body where an attachment is shown."""


def judge_text(envelope: Fields) -> list[str]:
    """Judge a `text`. Returns violations; raises RefusalError."""
    violations: list[str] = []
    body = envelope.text("body")
    placeholders = body.count(PLACEHOLDER)
    parts = envelope.objects("attachments") if "attachments" in envelope else []
    if parts and placeholders != len(parts):
        raise envelope.wrong("body", f"has {placeholders} U+FFFC for {len(parts)} attachments; each needs one")
    if placeholders and not parts:
        violations.append("body has U+FFFC, but there is no attachment")
    for part in parts:
        violations += judge_attachment(part)
    return violations


def judge_typing(envelope: Fields) -> list[str]:
    """Judge a `typing_start` or `typing_end`: an envelope and nothing else."""
    return [f"{key} has no place in {envelope.value['type']}" for key in ("body", "attachments") if key in envelope]
