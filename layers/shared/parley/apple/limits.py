"""Every bound on Apple's side of the wire, with its source. Ours are marked `own`."""

from typing import Final

MAX_REQUEST_BYTES: Final = 4 * 1024 * 1024
"""own: a POST from Apple, as it arrives and after inflating; Lambda itself takes 6 MB of base64."""

MAX_ID_CHARS: Final = 128
"""own: Apple's ids are UUIDs (protocol/02 §1); SQS takes 128 characters as a deduplication id."""

MAX_OPAQUE_ID_CHARS: Final = 1024
"""own: about 170 characters are seen, 512 must fit (protocol/02 §1)."""

TOKEN_MAX_AGE_SECONDS: Final = 3600
"""Older tokens are refused on both sides (protocol/01 §5)."""

TOKEN_FUTURE_SKEW_SECONDS: Final = 60
"""own: how far ahead of our clock a token's `iat` may be."""

TOKEN_REUSE_SECONDS: Final = 1800
"""A token we sign is used for half an hour at most (protocol/01 §5)."""

TOKEN_BACKDATE_SECONDS: Final = 5
"""`iat` is set a little back so that no clock skew puts it in the future (open question 39)."""

MAX_TEXT_CHARS: Final = 20_000
"""own: Apple publishes no maximum for a text (protocol/03 §2); vendors stop at 3,000 to 4,096."""

MAX_SUBJECT_CHARS: Final = 512
"""own: a subject line is one line."""

MAX_AGENT_CHARS: Final = 64
"""Apple keeps the first 64 characters of `msp-agent` (protocol/01 §3.1)."""

MAX_GATEWAY_ANSWER_BYTES: Final = 64 * 1024
"""own: a gateway answer is a line of text, or a small data reference (protocol/09 §3)."""

GATEWAY_TIMEOUT_SECONDS: Final = 10.0
"""What Apple's samples use for `/message` (protocol/01 §3.5)."""
