"""A text (protocol/03 §2)."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from parley.apple import limits
from parley.business.kinds.base import Build, Mapped, Send, present


class Text(Send):
    """Plain text for one customer."""

    type: Literal["text"] = "text"
    body: Annotated[str, Field(description="Plain text; new lines as \\n.", max_length=limits.MAX_TEXT_CHARS)]
    subject: Annotated[
        str | None, Field(description="One line shown above the text.", max_length=limits.MAX_SUBJECT_CHARS)
    ] = None
    links: Annotated[
        Literal["preview", "plain"],
        Field(description="`preview` sends every URL in the text as a rich link, in its place; `plain` leaves it."),
    ] = "preview"

    def to_apple(self, build: Build) -> Mapped:
        """`body` and `subject` as they are."""
        build.paths |= {"/body": "/body", "/subject": "/subject"}
        return Mapped("text", present(body=self.body, subject=self.subject), paths=build.paths)
