"""Text messages and typing indicators (protocol/03 §2-3)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from local.gateway.judge.attachment import judge_attachment

if TYPE_CHECKING:
    from local.gateway.judge.fields import Fields
    from local.gateway.judge.setting import Setting

PLACEHOLDER = "\N{OBJECT REPLACEMENT CHARACTER}"
"""Stands in a body where an attachment is shown."""


def judge_text(envelope: Fields, _: Setting) -> list[str]:
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


def judge_typing(_: Fields, __: Setting) -> list[str]:
    """Judge a `typing_start` or `typing_end`: an envelope and nothing else."""
    return []
