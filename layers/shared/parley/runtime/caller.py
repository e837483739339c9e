"""Who calls the business API, as the authorizer said, and what that key may do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from parley.business.scopes import LIVE, TEST
from parley.errors import Forbidden

if TYPE_CHECKING:
    from parley.business.model import ApiKey
    from parley.business.scopes import Scope


@dataclass(frozen=True, slots=True)
class Caller:
    """The authorizer's word, and the only one that is ever used. What it does not say is not allowed."""

    business_id: str
    key_id: str
    scopes: frozenset[str]
    is_test: bool

    @classmethod
    def of(cls, event: dict[str, Any]) -> Caller:
        """Of a call that API Gateway let through."""
        known = event["requestContext"]["authorizer"]
        return cls(
            business_id=known["business_id"],
            key_id=known["key_id"],
            scopes=frozenset(known.get("scopes", "").split()),
            is_test=known.get("mode") != LIVE,
        )

    def require(self, scope: Scope) -> None:
        """Raises Forbidden (`scope_missing`), naming what the key lacks."""
        if scope not in self.scopes:
            raise Forbidden(f"this call needs a key with the scope {scope}", code="scope_missing")


def context_of(key: ApiKey) -> dict[str, str]:
    """What the functions behind the authorizer are told of a key: text only, as API Gateway wants it."""
    return {
        "business_id": key.business_id,
        "key_id": key.id,
        "scopes": " ".join(key.scopes),
        "mode": TEST if key.mode == TEST else LIVE,
    }
