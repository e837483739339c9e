"""A message of a business's own iMessage app (protocol/04 §7)."""

from __future__ import annotations

from typing import Any, Literal

from parley.business.kinds.base import Build, Mapped, present
from parley.business.kinds.bubbles import ImageRef, WithBubble
from parley.errors import Fault, Invalid


class ImessageApp(WithBubble):
    """Opens an iMessage extension with `url`: a query string that starts with `?`, or an https URL."""

    type: Literal["imessage_app"]
    bid: str
    app_id: int
    app_name: str
    app_icon: ImageRef | None = None
    url: str
    session: str | None = None
    live_layout: bool | None = None

    def to_apple(self, build: Build) -> Mapped:
        """`interactiveData` without `data`, which Apple forbids here. Raises Invalid for a bubble with a picture."""
        pictured = [
            path for path, bubble in (("/image", self), ("/reply/image", self.reply)) if bubble and bubble.image
        ]
        if pictured:
            message = "remove it: there is no way to send a picture along with another company's extension"
            raise Invalid([Fault(path, "forbidden", message) for path in pictured])
        level = "/interactiveData"
        build.paths |= {
            level: "",
            f"{level}/appId": "/app_id",
            f"{level}/appName": "/app_name",
            f"{level}/URL": "/url",
            f"{level}/sessionIdentifier": "/session",
            f"{level}/useLiveLayout": "/live_layout",
        }
        # Apple would make one up, and nobody could tell which message the app answers: it names nothing else.
        session = self.session if self.session is not None else build.request_identifier
        content: dict[str, Any] = present(
            bid=self.bid,
            appId=self.app_id,
            appName=self.app_name,
            appIcon=build.base64_png(self.app_icon, f"{level}/appIcon", "/app_icon") if self.app_icon else None,
            URL=self.url,
            sessionIdentifier=session,
            useLiveLayout=self.live_layout,
        )
        received = present(title=self.title, subtitle=self.subtitle, style=self.style)
        build.paths[f"{level}/receivedMessage"] = ""
        content["receivedMessage"] = received
        if self.reply is not None:
            build.paths[f"{level}/replyMessage"] = "/reply"
            content["replyMessage"] = present(
                title=self.reply.title, subtitle=self.reply.subtitle, style=self.reply.style
            )
        return Mapped("interactive", {"interactiveData": content}, paths=build.paths, session_identifier=session)
