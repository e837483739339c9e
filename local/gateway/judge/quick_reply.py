"""Quick replies (protocol/04 §3)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from local.gateway.judge.wording import judge_identifiers, judge_ui_text

if TYPE_CHECKING:
    from local.gateway.judge.fields import Fields
    from local.gateway.judge.setting import Setting


def judge_quick_reply(content: Fields, _: Setting) -> list[str]:
    """A question and two to five choices."""
    judge_ui_text(content, "summaryText")
    items = content.objects("items")
    if not 2 <= len(items) <= 5:
        raise content.wrong("items", f"has {len(items)} entries; 2 to 5 are allowed")
    judge_identifiers(items)
    violations = content.unknown({"summaryText", "items"})
    for item in items:
        judge_ui_text(item, "title")
        violations += item.unknown({"identifier", "title"})
    return violations
