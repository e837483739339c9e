"""What a business can send: one friendly JSON shape per kind, each mapped to Apple's.

A kind's module is loaded when a message of that kind comes, so that sending a text costs no forms.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from parley.business.kinds.base import Send

MODULES: Final = {
    "text": ("text", "Text"),
    "typing": ("typing_indicator", "Typing"),
    "rich_link": ("rich_link", "RichLink"),
    "constructed_link": ("constructed_link", "ConstructedLink"),
    "quick_reply": ("quick_reply", "QuickReply"),
    "list_picker": ("list_picker", "ListPicker"),
    "time_picker": ("time_picker", "TimePicker"),
    "form": ("form", "Form"),
    "imessage_app": ("imessage_app", "ImessageApp"),
    "authentication": ("authentication", "Authentication"),
    "apple_pay": ("apple_pay", "ApplePay"),
    "invitation": ("invitation", "Invitation"),
    "apple": ("apple", "Apple"),
}
"""The `type` of a message, and where its shape is."""


def model_of(kind: str) -> type[Send]:
    """The pydantic model of a kind. Raises KeyError for a kind that is not in MODULES."""
    module, name = MODULES[kind]
    found: Any = getattr(import_module(f"{__name__}.{module}"), name)
    return found  # type: ignore[no-any-return]
