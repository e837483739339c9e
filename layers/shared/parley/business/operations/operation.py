"""One operation of the business API, as data."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from parley.business.scopes import Scope  # noqa: TC001  (others take it from here)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pydantic import BaseModel

type Method = Literal["GET", "POST", "PUT", "PATCH", "DELETE"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """What a route takes, what it answers, and what a key must be allowed to do for it.

    What every route may answer (401, 429, 500, 503, and what a body or query brings with it) is not listed here:
    `openapi` adds it.
    """

    id: str
    """The operationId: `sendMessage`."""
    method: Method
    path: str
    """As API Gateway knows it: `/v1/endpoints/{endpoint_id}`."""
    scope: Scope
    summary: str
    description: str | None = None
    body: tuple[type[BaseModel], ...] = ()
    """What may stand in the body; several when one of them may."""
    optional_body: bool = False
    """No body means an empty object."""
    query: type[BaseModel] | None = None
    status: int = 200
    outcome: str = "Done."
    """What the good answer means."""
    answer: type[BaseModel] | None = None
    media: str | None = None
    """What the good answer is when it is not JSON: `image/png`."""
    headers: tuple[str, ...] = ()
    """Of the good answer: `Location`, `ETag`."""
    also: Mapping[int, str] = field(default_factory=dict)
    """Other good answers, which have no content."""
    refusals: Mapping[int, str] = field(default_factory=dict)
    once: bool = False
    """Takes an `Idempotency-Key`."""
    repeatable: bool = False
    """Changes nothing, so that a call with the same key is simply answered anew, and nothing is kept of it."""
    max_bytes: int | None = None
    """Of the body; None is what `bodies` takes of any."""
    guarded: bool = False
    """Takes an `If-Match`."""

    @property
    def route(self) -> str:
        """`POST /v1/messages`."""
        return f"{self.method} {self.path}"
