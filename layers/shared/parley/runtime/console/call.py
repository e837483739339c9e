"""One call of the business API, read and checked, on its way to the function that answers it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from parley.business.calls import Answer

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from pydantic import BaseModel

    from parley.business.operations.operation import Operation


@dataclass(frozen=True, slots=True)
class Call:
    """`business_id` is the authorizer's word, and the only one that is ever used."""

    business_id: str
    key_id: str
    """Which of the business's keys was shown."""
    path: Mapping[str, str]
    body: Any = field(default=None, repr=False)
    """An instance of the operation's body model."""
    query: Any = None
    """An instance of its query model."""
    version: int | None = None
    """What `If-Match` asks for; None when any version will do."""


type Handler = Callable[[Call], Answer]


@dataclass(frozen=True, slots=True)
class Route:
    """An operation and who answers it. `secrets` names what of the answer is shown once."""

    operation: Operation
    handler: Handler
    secrets: frozenset[str] = frozenset()


def shown(operation: Operation, view: BaseModel, headers: dict[str, str] | None = None) -> Answer:
    """The good answer of an operation; what is absent is left out."""
    return Answer(operation.status, view.model_dump(mode="json", exclude_none=True), headers or {})


def drawn(operation: Operation, content: bytes) -> Answer:
    """The good answer of an operation that answers with something else than JSON."""
    return Answer(operation.status, headers={"Content-Type": operation.media or ""}, raw=content)


def etag(version: int) -> dict[str, str]:
    """The version of what is shown, for `If-Match`."""
    return {"ETag": f'"{version}"'}
