"""Privacy settings: how long things are kept."""

from __future__ import annotations

from typing import Annotated, Final

from pydantic import Field

from parley.business.operations.operation import Operation
from parley.business.operations.shapes import Asked, Shown, Whole


class NewPrivacy(Asked):
    """All of the settings; what is left out is as the installation has it."""

    retention_days: Annotated[
        Whole | None,
        Field(ge=1, le=3650, description="How long messages and files are kept, at most as long as the installation."),
    ] = None


class PrivacyView(Shown):
    """The settings as they are."""

    retention_days: Annotated[int | None, Field(description="Absent when nothing is set.")] = None
    installation_days: Annotated[int, Field(description="What holds when nothing is set, and the most there is.")]


_ETAG: Final = ("ETag",)

GET: Final = Operation(
    id="getPrivacy",
    method="GET",
    path="/v1/privacy",
    scope="read",
    summary="How long things are kept",
    outcome="The settings.",
    answer=PrivacyView,
    headers=_ETAG,
)
PUT: Final = Operation(
    id="replacePrivacy",
    method="PUT",
    path="/v1/privacy",
    scope="manage",
    summary="Say how long things are kept",
    description=(
        "For everything that comes from a minute later on; what is there already goes when it was to. Undelivered "
        "messages, and customers' files with them, are kept for four days at least."
    ),
    body=(NewPrivacy,),
    outcome="The settings as they are now.",
    answer=PrivacyView,
    headers=_ETAG,
    refusals={412: "They were changed since the `ETag` in `If-Match`."},
    guarded=True,
)

OPERATIONS: Final = (GET, PUT)
