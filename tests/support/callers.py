"""What the authorizer says of a key to the functions behind it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from parley.business.scopes import SCOPES

if TYPE_CHECKING:
    from collections.abc import Iterable


def caller(
    business: str, *, key_id: str = "pk_test", scopes: Iterable[str] = SCOPES, mode: str = "live"
) -> dict[str, str]:
    """A live key that may do everything, unless told otherwise."""
    return {"business_id": business, "key_id": key_id, "scopes": " ".join(scopes), "mode": mode}
