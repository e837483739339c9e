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

# --- outgoing messages, by kind (protocol/14) --------------------------------------------------

MAX_UI_CHARS: Final = 200
"""Every string a device shows, counted in code points; enforced since 2026-08 (protocol/14, open question 26)."""

MAX_IDENTIFIER_CHARS: Final = 200
"""Identifiers of items, images, slots and sessions, in code points (protocol/14)."""

MAX_PAGE_IDENTIFIER_UNITS: Final = 19
"""`pageIdentifier` of a form: fewer than 20, in UTF-16 code units (protocol/05 §3)."""

MAX_URL_BYTES: Final = 8192
"""An https URL; printable ASCII, so a byte is a character (protocol/14)."""

MAX_APP_URL_BYTES: Final = 64 * 1024
"""The query string handed to a Messages extension (protocol/04 §7)."""

MAX_IMAGE_BASE64_CHARS: Final = 200_000
"""One picture, counted on the base64 text: the strictest reading of 200 KB (protocol/14, open question 26)."""

MAX_IMAGES_BASE64_CHARS: Final = 4_999_999
"""All of `data.images` together stay below 5 MB (protocol/04 §1.2)."""

MAX_APP_ICON_BASE64_CHARS: Final = 15_359
"""`appIcon`: fewer than 15,360 base64 characters (protocol/04 §7)."""

MIN_QUICK_REPLIES: Final = 2
MAX_QUICK_REPLIES: Final = 5
"""Apple answers 400 to a single choice, and to a sixth (protocol/04 §3)."""

MAX_STATE_CHARS: Final = 1024
"""`state` of a sign-in request: printable ASCII (protocol/07 §1)."""

MAX_REFERENCE_ID_CHARS: Final = 1000
"""`referenceId` of an invitation, in code points (protocol/13 §2.1)."""

MAX_ATTACHMENT_BYTES: Final = 100 * 1024 * 1024
"""One attachment (protocol/08 §7)."""

USUAL_ATTACHMENTS: Final = 10
"""What vendors allow in one text (protocol/03 §2): more is worth a warning."""

MIN_TIMEZONE_OFFSET_MINUTES: Final = -720
MAX_TIMEZONE_OFFSET_MINUTES: Final = 840
"""The earth's time zones, UTC-12 to UTC+14; the field is in minutes (protocol/04 §5)."""

SHORTEST_USUAL_SLOT_SECONDS: Final = 300
"""own: a shorter `duration` was probably meant in minutes (protocol/12 no. 37)."""

MAX_REGEX_CHARS: Final = 1000
"""own: a longer validation pattern of a form is a mistake, and slow to look at."""
