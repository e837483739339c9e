"""A message made of a template of the library. It is no kind: it becomes the one its template is of."""

from __future__ import annotations

from typing import Annotated, Any, Literal, NoReturn

from pydantic import Field

from parley.business.kinds.base import Build, Send
from parley.business.operations.shapes import Whole  # noqa: TC001  (pydantic reads it)


class FromTemplate(Send):
    """The template's latest published version, with these values, in the customer's language."""

    type: Literal["template"] = "template"
    template: Annotated[str, Field(min_length=1, max_length=64, description="The template's name.")]
    variables: dict[str, Any] = Field(
        default_factory=dict,
        description="A value for each variable; `order.number` is `number` in the object `order`.",
    )
    locale: Annotated[
        str | None,
        Field(
            pattern=r"^[A-Za-z]{2,8}([_-][A-Za-z0-9]{1,8}){0,4}$",
            description="Which language; without it the customer's own, and without that the template's first.",
        ),
    ] = None
    version: Annotated[Whole | None, Field(ge=1, le=1_000_000, description="A published one; else the latest.")] = None

    def to_apple(self, build: Build) -> NoReturn:
        """Never: what it becomes is another message."""
        raise NotImplementedError
