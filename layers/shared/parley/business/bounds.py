"""How much of everything one business may have; all of it our own choice."""

from __future__ import annotations

from typing import Final

MAX_ENDPOINTS: Final = 50
"""One page shows them all, one transaction checks them all."""

MAX_RULES: Final = 100

MAX_NOTES: Final = 500
"""Of one conversation."""

MAX_ENTRY_POINTS: Final = 500
"""One query counts them all."""

MAX_LINK_CHARS: Final = 1200
"""Of an entry point's link: the largest code holds 1,273 at the highest error correction (`business.qr`)."""

MAX_KEYS: Final = 50
"""One batch reads them all."""

MAX_USAGE_DAYS: Final = 31
"""Asked for at once."""

DEFAULT_OVERLAP_HOURS: Final = 24
MAX_OVERLAP_HOURS: Final = 168
"""How long a replaced secret of an API key may stay good."""

MAX_PAGE: Final = 100
DEFAULT_PAGE: Final = 25

DEFAULT_RATE: Final = 20
MAX_RATE: Final = 200
"""Replayed webhooks per second."""

MAX_RUNNING: Final = 5
"""Replays at once: each takes its share of what routing can do."""

MAX_MARKS: Final = 50
"""Of what is not to be kept: they are read with every message."""
