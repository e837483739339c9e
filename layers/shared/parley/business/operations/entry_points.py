"""Entry points: links, codes and buttons that begin a conversation."""

from __future__ import annotations

from typing import Annotated, Final, Literal

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from parley.apple.entry_points import RESERVED
from parley.business.api import Note  # noqa: TC001  (pydantic reads it)
from parley.business.bounds import DEFAULT_PAGE, MAX_ENTRY_POINTS
from parley.business.operations.operation import Operation
from parley.business.operations.shapes import Asked, Cursor, Limit, Next, Query, Shown


def _free_of_reserved(value: str) -> str:
    found = "".join(sorted(set(value) & set(RESERVED)))
    if found:
        raise PydanticCustomError(
            "reserved_character",
            "take {found} out: Apple's links take none of {all}",
            {"found": found, "all": RESERVED},
        )
    if not value.strip() or not value.isprintable():
        raise PydanticCustomError("not_printable", "write visible characters, in one line")
    return value


type LinkWord = Annotated[str, Field(min_length=1, max_length=255), AfterValidator(_free_of_reserved)]


class NewEntryPoint(Asked):
    """Where a conversation begins, and what it begins with."""

    name: Annotated[str, Field(min_length=1, max_length=100, description="For you alone.", examples=["Shop window"])]
    intent: Annotated[
        LinkWord | None,
        Field(description="Comes back as `customer.intent`; routes can ask for it.", examples=["repair"]),
    ] = None
    group: Annotated[LinkWord | None, Field(description="The same, as `customer.group`.", examples=["berlin"])] = None
    body: Annotated[
        LinkWord | None,
        Field(description="What the customer finds written, and may send.", examples=["I need a repair"]),
    ] = None


class EntryPointView(Shown):
    """An entry point in all its forms."""

    id: str
    name: str
    intent: str | None = None
    group: str | None = None
    body: str | None = None
    link: Annotated[str, Field(description="Opens Messages on an Apple device; this is what the code holds.")]
    open_link: Annotated[str, Field(description="The same in the form iOS itself builds.")]
    web_button: Annotated[str, Field(description="HTML for a web page; without the body, which it cannot carry.")]
    created_at: str
    notes: Annotated[list[Note] | None, Field(description="What is allowed, but might not be read everywhere.")] = None


class EntryPointList(Shown):
    """The newest first."""

    data: list[EntryPointView]
    next_cursor: Next = None


class EntryPointQuery(Query):
    """Which page."""

    cursor: Cursor | None = None
    limit: Limit = DEFAULT_PAGE


class CodeQuery(Query):
    """How the code is drawn."""

    size: Annotated[
        int,
        Field(
            ge=64,
            le=2048,
            description="Width and height in pixels, quiet zone included. A PNG takes whole pixels for each module, so "
            "it may be smaller.",
        ),
    ] = 512
    error: Annotated[
        Literal["L", "M", "Q", "H"],
        Field(description="How much of it may be damaged: 7, 15, 25 or 30 per cent."),
    ] = "M"


_UNKNOWN: Final = {404: "No such entry point of this business."}
_ONE: Final = "/v1/entry-points/{entry_point_id}"

CREATE: Final = Operation(
    id="createEntryPoint",
    method="POST",
    path="/v1/entry-points",
    scope="manage",
    summary="Make a way into a conversation",
    description="A link, a code to scan and a button for web pages, which say where the conversation came from.",
    body=(NewEntryPoint,),
    status=201,
    outcome="Made.",
    answer=EntryPointView,
    headers=("Location",),
    refusals={409: f"There are {MAX_ENTRY_POINTS} entry points already."},
    once=True,
)
LIST: Final = Operation(
    id="listEntryPoints",
    method="GET",
    path="/v1/entry-points",
    scope="read",
    summary="All entry points",
    query=EntryPointQuery,
    outcome="The newest first.",
    answer=EntryPointList,
)
GET: Final = Operation(
    id="getEntryPoint",
    method="GET",
    path=_ONE,
    scope="read",
    summary="One entry point",
    outcome="The entry point.",
    answer=EntryPointView,
    refusals=_UNKNOWN,
)
REMOVE: Final = Operation(
    id="removeEntryPoint",
    method="DELETE",
    path=_ONE,
    scope="manage",
    summary="Forget an entry point",
    description="What was printed goes on working: Apple knows nothing of it, and its intent and group still come.",
    status=204,
    outcome="Forgotten.",
    refusals=_UNKNOWN,
)
SVG: Final = Operation(
    id="getEntryPointSvg",
    method="GET",
    path=f"{_ONE}/qr.svg",
    scope="read",
    summary="Its QR code, to be printed at any size",
    query=CodeQuery,
    outcome="The code.",
    media="image/svg+xml",
    refusals=_UNKNOWN,
)
PNG: Final = Operation(
    id="getEntryPointPng",
    method="GET",
    path=f"{_ONE}/qr.png",
    scope="read",
    summary="Its QR code as a picture",
    description="Send `Accept: image/png`: without it API Gateway would answer with text.",
    query=CodeQuery,
    outcome="The code.",
    media="image/png",
    refusals=_UNKNOWN,
)

OPERATIONS: Final = (CREATE, LIST, GET, REMOVE, SVG, PNG)
