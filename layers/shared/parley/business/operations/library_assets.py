"""Pictures of the library: kept once, named by templates and messages."""

from __future__ import annotations

from typing import Annotated, Final

from pydantic import ConfigDict, Field

from parley.business.kinds.bubbles import one_of
from parley.business.library.content import MAX_DESCRIPTION
from parley.business.operations.library import LibraryQuery
from parley.business.operations.operation import Operation
from parley.business.operations.shapes import Asked, Id, Next, Shown

_LARGE: Final = 6 * 1024 * 1024


class NewAsset(Asked):
    """A picture, by exactly one of `data` and `attachment_id`."""

    model_config = ConfigDict(json_schema_extra=one_of("data", "attachment_id"))

    data: Annotated[str | None, Field(description="PNG, JPEG, GIF, WebP or HEIC as base64.")] = None
    attachment_id: Id | None = None
    description: Annotated[str | None, Field(max_length=MAX_DESCRIPTION, description="For who looks for it.")] = None


class AssetView(Shown):
    """A picture as it is sent: a PNG inside Apple's limits. Its id is the SHA-256 of its bytes."""

    id: str
    size: int
    width: int
    height: int
    description: str | None = None
    created_at: str
    note: Annotated[str | None, Field(description="What was done to make it fit.")] = None
    download_url: Annotated[str | None, Field(description="It works for five minutes.")] = None


class AssetList(Shown):
    """By id."""

    data: list[AssetView]
    next_cursor: Next = None


CREATE: Final = Operation(
    id="createAsset",
    method="POST",
    path="/v1/library/assets",
    scope="manage",
    summary="Keep a picture",
    description="It is made to fit now, and not when it is sent. The same picture is kept once.",
    body=(NewAsset,),
    status=201,
    outcome="Kept, or there already.",
    answer=AssetView,
    headers=("Location",),
    once=True,
    max_bytes=_LARGE,
)
LIST: Final = Operation(
    id="listAssets",
    method="GET",
    path="/v1/library/assets",
    scope="read",
    summary="All pictures",
    query=LibraryQuery,
    outcome="By id.",
    answer=AssetList,
)
GET: Final = Operation(
    id="getAsset",
    method="GET",
    path="/v1/library/assets/{asset_id}",
    scope="read",
    summary="One picture",
    outcome="The picture, with a short-lived download URL.",
    answer=AssetView,
    refusals={404: "No such picture of this business."},
)

REMOVE: Final = Operation(
    id="removeAsset",
    method="DELETE",
    path="/v1/library/assets/{asset_id}",
    scope="manage",
    summary="Remove a picture",
    description="What names it keeps it: a template's working copy, any of its versions, the channel's messages.",
    status=204,
    outcome="Removed.",
    refusals={404: "No such picture of this business.", 409: "Something names it."},
)

OPERATIONS: Final = (CREATE, LIST, GET, REMOVE)
