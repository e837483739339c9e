"""What the shapes of several resources have in common."""

from __future__ import annotations

import re
from contextlib import suppress
from datetime import datetime
from typing import Annotated, Final

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PlainValidator, WithJsonSchema
from pydantic_core import PydanticCustomError

from parley.business.bounds import MAX_PAGE

_RFC_3339: Final = re.compile(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d{1,9})?([Zz]|[+-]\d\d:\d\d)", re.ASCII)


class Asked(BaseModel):
    """What a caller sends: nothing unknown, no text for a number."""

    model_config = ConfigDict(extra="forbid", strict=True, defer_build=True)


class Query(BaseModel):
    """The parameters of a query, which are all text on their way."""

    model_config = ConfigDict(extra="forbid", defer_build=True)


class Shown(BaseModel):
    """What a caller gets; what is absent is left out."""

    model_config = ConfigDict(defer_build=True)


def _moment(value: object) -> datetime:
    """By hand, because pydantic takes numbers for Unix seconds and dates for midnights."""
    if isinstance(value, str) and _RFC_3339.fullmatch(value):
        with suppress(ValueError):
            return datetime.fromisoformat(value.upper())
    raise PydanticCustomError("malformed", "write it as 2026-11-23T12:00:00Z")


type Moment = Annotated[
    datetime, PlainValidator(_moment), WithJsonSchema({"type": "string", "format": "date-time", "maxLength": 40})
]
"""RFC 3339 with a time zone."""


def _whole(value: object) -> object:
    """JSON knows one kind of number: 3.0 is a whole one, and some languages write it so."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


type Whole = Annotated[int, BeforeValidator(_whole)]
"""A whole number, however it is written."""

type Id = Annotated[str, Field(min_length=1, max_length=128)]
type Word = Annotated[str, Field(min_length=1, max_length=255)]
"""An intent or a group."""

type Cursor = Annotated[str, Field(max_length=256, description="`next_cursor` of the page before, unchanged.")]
type Limit = Annotated[int, Field(ge=1, le=MAX_PAGE, description="The most entries of one page.")]
type Next = Annotated[str | None, Field(description="Give it as `cursor` for what comes next; absent at the end.")]
