"""Messages of third-party iMessage apps (protocol/04 §7)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from local.gateway.judge.bubble import judge_bubble
from local.gateway.judge.pictures import read_png
from local.gateway.judge.wording import MAX_URL_BYTES, judge_ui_text, judge_url_text
from local.gateway.refusal import malformed

if TYPE_CHECKING:
    from local.gateway.judge.fields import Fields

THIRD_PARTY = "com.apple.messages.MSMessageExtensionBalloonPlugin:"
BID = re.compile(re.escape(THIRD_PARTY) + r"[A-Z0-9]{10}:[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")
MAX_ICON_CHARACTERS = 15_360
"""Of base64; an icon must stay below."""
MAX_QUERY_BYTES = 65_536
KNOWN = {
    "bid", "appId", "appName", "appIcon", "URL", "receivedMessage", "replyMessage", "sessionIdentifier",
    "useLiveLayout",
}  # fmt: skip


def judge_imessage_app(interactive: Fields) -> list[str]:
    """Judge the interactive data of another extension than Apple's. Returns violations; raises RefusalError."""
    bid = interactive.text("bid")
    if not bid.startswith(THIRD_PARTY):
        raise interactive.wrong("bid", f"must start with {THIRD_PARTY}")
    if BID.fullmatch(bid) is None:
        raise interactive.wrong("bid", "must end in a team id of 10 characters, a colon and an extension's bundle id")
    if "data" in interactive:
        raise malformed("Third party interactive data disallows use of 'data'")
    if interactive.whole_number("appId") <= 0:
        raise interactive.wrong("appId", "must be the app's number in the App Store")
    judge_ui_text(interactive, "appName")
    _judge_url(interactive)
    if "appIcon" in interactive:
        read_png(interactive, "appIcon")
        if len(interactive.text("appIcon")) >= MAX_ICON_CHARACTERS:
            raise interactive.wrong("appIcon", f"must have fewer than {MAX_ICON_CHARACTERS} base64 characters")
    violations = interactive.unknown(KNOWN) + judge_bubble(interactive.object("receivedMessage"), None)
    if "replyMessage" in interactive:
        violations += judge_bubble(interactive.object("replyMessage"), None)
    return violations


def _judge_url(interactive: Fields) -> None:
    url = interactive.text("URL")
    if url.startswith("?"):
        judge_url_text(interactive, "URL", longest=MAX_QUERY_BYTES)
    elif url.startswith("https://"):
        judge_url_text(interactive, "URL", longest=MAX_URL_BYTES)
    else:
        raise interactive.wrong("URL", "must be a query string that starts with ?, or an https URL")
