"""A text (protocol/03 §2)."""

from __future__ import annotations

from typing import Annotated, Final, Literal

from pydantic import ConfigDict, Field, JsonValue

from parley.apple import enclosures, limits
from parley.business.kinds.base import Build, Mapped, Send, Strict, present

_SAYS_SOMETHING: Final[list[JsonValue]] = [
    {"required": ["body"]},
    {"required": ["attachments"], "properties": {"attachments": {"minItems": 1}}},
]


class Enclosed(Strict):
    """A file that was uploaded before, by its id (`POST /v1/attachments`)."""

    id: Annotated[str, Field(min_length=1, max_length=limits.MAX_ID_CHARS)]


class Text(Send):
    """Plain text for one customer, files, or both."""

    model_config = ConfigDict(json_schema_extra={"anyOf": _SAYS_SOMETHING})

    type: Literal["text"] = "text"
    body: Annotated[
        str,
        Field(
            description="Plain text; new lines as \\n. It may be left out when there are attachments. U+FFFC stands "
            "where one is shown; what has no place is shown at the end.",
            max_length=limits.MAX_TEXT_CHARS,
        ),
    ] = ""
    subject: Annotated[
        str | None, Field(description="One line shown above the text.", max_length=limits.MAX_SUBJECT_CHARS)
    ] = None
    attachments: list[Enclosed] = Field(
        default_factory=list,
        description="Files in the order of their places. The message waits until they are ready.",
        max_length=limits.USUAL_ATTACHMENTS,
    )
    links: Annotated[
        Literal["preview", "plain"],
        Field(description="`preview` sends every URL in the text as a rich link, in its place; `plain` leaves it."),
    ] = "preview"

    @property
    def words(self) -> str:
        """The body with a place for every file."""
        return enclosures.placed(self.body, len(self.attachments))

    def to_apple(self, build: Build) -> Mapped:
        """`body` and `subject` as they are; files by our ids, until the message goes."""
        build.paths |= {"/body": "/body", "/subject": "/subject", "/attachments": "/attachments"}
        files = enclosures.named([each.id for each in self.attachments]) or None
        return Mapped("text", present(body=self.words, subject=self.subject, attachments=files), paths=build.paths)

    def piece(self, body: str, *, subject: str | None, files: list[Enclosed]) -> Text:
        """A part of this text that goes as a message of its own."""
        return self.model_copy(update={"body": body, "subject": subject, "attachments": files})
