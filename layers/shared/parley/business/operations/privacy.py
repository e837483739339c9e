"""Privacy settings: how long things are kept, and what is not."""

from __future__ import annotations

from typing import Annotated, Final, Literal, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from parley.business.bounds import MAX_MARKS
from parley.business.operations.operation import Operation
from parley.business.operations.shapes import Asked, Shown, Whole


class FormMark(Asked):
    """Answers to forms: by `field`, or all of a `private` form. One of the two."""

    type: Literal["form"]
    field: Annotated[
        str | None,
        Field(
            pattern=r"^answers(/.{1,64})?$",
            max_length=72,
            description="`answers/<identifier of a page>` is one answer, `answers` is all of them.",
        ),
    ] = None
    private: Annotated[bool | None, Field(description="`true`: all answers of forms that are private.")] = None

    @model_validator(mode="after")
    def _one_of_them(self) -> Self:
        if (self.field is None) == (not self.private):
            raise PydanticCustomError("one_of", "name a field, or say private: true; not both")
        return self


class TextMark(Asked):
    """What a text says."""

    type: Literal["text"]
    field: Literal["body", "subject"]


type Mark = Annotated[FormMark | TextMark, Field(discriminator="type")]
type Marks = Annotated[
    list[Mark],
    Field(
        max_length=MAX_MARKS,
        description="What is not kept of what customers send: the webhook has it, and nobody after it.",
    ),
]


class NewPrivacy(Asked):
    """All of the settings; what is left out is as the installation has it."""

    retention_days: Annotated[
        Whole | None,
        Field(ge=1, le=3650, description="How long messages and files are kept, at most as long as the installation."),
    ] = None
    redact: Marks | None = None


class PrivacyView(Shown):
    """The settings as they are."""

    retention_days: Annotated[int | None, Field(description="Absent when nothing is set.")] = None
    redact: Annotated[Marks | None, Field(description="Absent when nothing is marked.")] = None
    installation_days: Annotated[int, Field(description="What holds when nothing is set, and the most there is.")]


_ETAG: Final = ("ETag",)

GET: Final = Operation(
    id="getPrivacy",
    method="GET",
    path="/v1/privacy",
    scope="read",
    summary="How long things are kept, and what is not",
    outcome="The settings.",
    answer=PrivacyView,
    headers=_ETAG,
)
PUT: Final = Operation(
    id="replacePrivacy",
    method="PUT",
    path="/v1/privacy",
    scope="manage",
    summary="Say how long things are kept, and what is not",
    description=(
        "How long: for everything that comes from a minute later on; what is there already goes when it was to. "
        "Undelivered messages, and customers' files with them, are kept for four days at least. What is marked is "
        "shown as `[redacted]` within five seconds, and kept as that once its message is delivered."
    ),
    body=(NewPrivacy,),
    outcome="The settings as they are now.",
    answer=PrivacyView,
    headers=_ETAG,
    refusals={412: "They were changed since the `ETag` in `If-Match`."},
    guarded=True,
)

OPERATIONS: Final = (GET, PUT)
