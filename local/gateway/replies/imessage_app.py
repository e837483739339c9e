"""Answering with an iMessage app (protocol/04 §7)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from local.gateway.replies.answer import Answer

if TYPE_CHECKING:
    from local.gateway.replies.answer import Asked

ECHOED = ("bid", "appId", "appName", "receivedMessage", "replyMessage", "useLiveLayout")


class AppAnswer(Answer):
    """What the extension sends; `url` carries its state."""

    url: str | None = None
    """The request's URL when missing."""

    def reply(self, asked: Asked) -> dict[str, Any]:
        """Everything stands at the outer level; there is neither `data` nor a request identifier."""
        echo = {key: asked.interactive[key] for key in ECHOED if key in asked.interactive}
        url = asked.interactive["URL"] if self.url is None else self.url
        return {**echo, "URL": url, "sessionIdentifier": asked.session}
