"""`receivedMessage` and `replyMessage`: the bubbles before and after the answer (protocol/04 §1.3)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from local.gateway.judge.pictures import judge_image_identifier
from local.gateway.judge.wording import judge_ui_text, judge_ui_texts

if TYPE_CHECKING:
    from local.gateway.judge.fields import Fields

STYLES = ("icon", "small", "large")
OPTIONAL_TEXTS = (
    "subtitle", "secondarySubtitle", "tertiarySubtitle", "imageTitle", "imageSubtitle", "imageDescription",
    "alternateTitle",
)  # fmt: skip


def judge_bubble(bubble: Fields, images: frozenset[str] | None) -> list[str]:
    """Judge one bubble. `images` is None where no pictures can be referred to. Returns violations."""
    judge_ui_text(bubble, "title")
    judge_ui_texts(bubble, *OPTIONAL_TEXTS)
    if "style" in bubble:
        bubble.one_of("style", STYLES)
    if images is None:
        # How the picture of a third party's bubble travels is unknown (open question 24).
        if "imageIdentifier" in bubble:
            bubble.text("imageIdentifier")
    else:
        judge_image_identifier(bubble, images)
    return bubble.unknown({"title", "style", "imageIdentifier", *OPTIONAL_TEXTS})
