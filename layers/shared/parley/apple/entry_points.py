"""The ways into a conversation that Apple has for a business: links and a web button (protocol/10 §2)."""

from __future__ import annotations

import re
from html import escape
from typing import Final
from urllib.parse import quote

HOST: Final = "https://bcrw.apple.com"
BUTTON_SCRIPT: Final = "https://static.cdn-apple.com/businesschat/start-chat-button/2/index.js"

RESERVED: Final = "&#[](){}/"
"""What no value may hold, encoded or not (protocol/10 §2.1)."""

_PLAIN: Final = re.compile(r"[A-Za-z0-9_.-]*")


def recipient(business_id: str) -> str:
    """Who a link leads to."""
    return f"urn:biz:{quote(business_id, safe='')}"


def link(business_id: str, *, intent: str | None, group: str | None, body: str | None) -> str:
    """The short form: the business in the path."""
    asked = _query(intent, group, body)
    return f"{HOST}/{recipient(business_id)}" + (f"?{asked}" if asked else "")


def open_link(business_id: str, *, intent: str | None, group: str | None, body: str | None) -> str:
    """The `sms:open` form, on which iOS builds its own links."""
    asked = _query(intent, group, body)
    return f"{HOST}/sms:open?service=iMessage&recipient={recipient(business_id)}" + (f"&{asked}" if asked else "")


def web_button(business_id: str, *, intent: str | None, group: str | None) -> str:
    """HTML for a web page. The button knows no text to begin with (protocol/10 §2.2)."""
    named = {"business-id": business_id, "business-intent-id": intent, "business-group-id": group}
    attributes = "".join(f' data-apple-{name}="{escape(value)}"' for name, value in named.items() if value is not None)
    container = f'<div class="apple-business-chat-message-container"{attributes}></div>'
    return f'<script src="{BUTTON_SCRIPT}"></script>\n{container}'


def is_plain(identifier: str) -> bool:
    """Whether an intent or a group keeps to what reads the same encoded and not: letters, digits, `_`, `-`, `.`."""
    return _PLAIN.fullmatch(identifier) is not None


def _query(intent: str | None, group: str | None, body: str | None) -> str:
    """Every value encoded once."""
    named = {"biz-intent-id": intent, "biz-group-id": group, "body": body}
    return "&".join(f"{name}={quote(value, safe='')}" for name, value in named.items() if value is not None)
