"""What a device has to be able to show for a message (protocol/11 §1)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

    from parley.business.kinds.base import Send

NEEDS: Final = {
    "quick_reply": "QUICK",
    "list_picker": "LIST",
    "time_picker": "TIME",
    "form": "FORM",
    "authentication": "AUTH2",
}
"""The capability a kind needs; the others every device shows (protocol/11 §1)."""

LEGACY: Final = "AUTH"
"""What a sign-in without `redirect_uri` needs in its place: only older devices know that flow (protocol/07)."""


def shown_kind(message: Send) -> str:
    """The kind the device has to show: of Apple's own JSON the one that is inside."""
    return str(getattr(message, "shown", getattr(message, "type", "")))


def missing(message: Send, capabilities: Sequence[str] | None) -> str | None:
    """The capability the device lacks for `message`; None when it can show it, or never said what it can."""
    needed = _needed(message)
    return None if capabilities is None or needed is None or needed in capabilities else needed


def fitted(message: Send, capabilities: Sequence[str] | None) -> Send:
    """The message, or the variant of itself that it has for such a device: a sign-in in the legacy flow."""
    if missing(message, capabilities) != "AUTH2" or getattr(message, "legacy", None) is None:
        return message
    variant = message.model_copy(update={"redirect_uri": None})
    return message if missing(variant, capabilities) else variant


def _needed(message: Send) -> str | None:
    if getattr(message, "type", "") == "authentication" and getattr(message, "redirect_uri", None) is None:
        # With neither flow it is broken, on whatever device: that is for Apple's judge to say.
        return LEGACY if getattr(message, "legacy", None) is not None else None
    return LEGACY if getattr(message, "signs_in_the_older_way", False) else NEEDS.get(shown_kind(message))
