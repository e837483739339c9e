"""What an API key may be allowed to do, and in earnest or not."""

from __future__ import annotations

from typing import Final, Literal, get_args

type Scope = Literal["read", "send", "manage", "keys", "privacy"]
type Mode = Literal["live", "test"]

SCOPES: Final[tuple[str, ...]] = get_args(Scope.__value__)
"""In the order they are shown. A key that was made before there were scopes has all of them."""

LIVE: Final = "live"
TEST: Final = "test"
