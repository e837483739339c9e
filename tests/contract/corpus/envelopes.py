"""The envelope around every message (03 §1), shown on a text."""

from __future__ import annotations

from tests.contract.corpus.cases import Cases
from tests.contract.corpus.edits import Drop, Message, Put, Rename
from tests.contract.corpus.parts import BID, BUSINESS, PHONE, envelope


def base() -> Message:
    return envelope("text", body="Yes, three are left. Shall I reserve one?")


ENVELOPE = Cases("envelope", base, "03 §1")
ENVELOPE.good("as it is")

ENVELOPE.good("a message id of version 5", Put("/id", "c51cf6b4-2ef1-5b0c-8d7a-0b7c0a9d0f11"))
ENVELOPE.good("an opaque id with plus and slash", Put("/destinationId", "urn:mbid:AQAAYabc+def/ghi=="), says="15 §5")
ENVELOPE.good(
    "an opaque id of 178 characters", Put("/destinationId", f"urn:mbid:{'AQAAY0ex/+' * 16}abcd01w=="), says="02"
)
ENVELOPE.good("an opaque id without padding", Put("/destinationId", "urn:mbid:AQAAYexample0cust"), says="02 Opaque id")

ENVELOPE.broken("v is missing", Drop("/v"))
ENVELOPE.broken("v is 2", Put("/v", 2), says="02 §1, 03 §1: version, always 1")
ENVELOPE.broken("v is a string", Put("/v", "1"))
ENVELOPE.broken("v is true", Put("/v", True))
ENVELOPE.broken("id is missing", Drop("/id"))
ENVELOPE.broken("id is no UUID", Put("/id", "message-1"))
ENVELOPE.broken("id is a number", Put("/id", 17))
ENVELOPE.broken("id is null", Put("/id", None))
ENVELOPE.broken("type is missing", Drop("/type"), may=("/body",))
ENVELOPE.broken("type is unknown", Put("/type", "picture"), may=("/body",))
ENVELOPE.broken("type in capitals", Put("/type", "TEXT"), may=("/body",), says="03 §1: type is case-sensitive")
ENVELOPE.broken("type is a number", Put("/type", 1), may=("/body",))
ENVELOPE.broken("close cannot be sent", Put("/type", "close"), at=("/type",), may=("/body",), says="03 §1; 02 §5")
ENVELOPE.broken("sourceId is missing", Drop("/sourceId"))
ENVELOPE.broken("sourceId is no UUID", Put("/sourceId", "example-bikes"), says="00 §1: a lower-case UUID")
ENVELOPE.broken("sourceId in capitals", Put("/sourceId", BUSINESS.upper()), says="00 §1: a lower-case UUID")
ENVELOPE.broken("sourceId is an opaque id", Put("/sourceId", "urn:mbid:AQAAYexample0customer0A=="))
ENVELOPE.broken("sourceId is null", Put("/sourceId", None))
ENVELOPE.broken("destinationId is missing", Drop("/destinationId"))
ENVELOPE.broken("destinationId is a business id", Put("/destinationId", BUSINESS))
ENVELOPE.broken(
    "destinationId is a business URN", Put("/destinationId", f"urn:biz:{BUSINESS}"), says="02 Opaque id; 10 §2"
)
ENVELOPE.broken("destinationId is a phone number", Put("/destinationId", PHONE), says="03 §1: tel only for invitations")
ENVELOPE.broken("destinationId is a prefix only", Put("/destinationId", "urn:mbid:"), says="02 Opaque id")
ENVELOPE.broken(
    "destinationId is encoded as in a URL", Put("/destinationId", "urn%3Ambid%3AAQAAYabc%3D%3D"), says="02 Opaque id"
)
ENVELOPE.broken(
    "destinationId with its plus turned blank", Put("/destinationId", "urn:mbid:AQAAYabc def=="), says="12 no. 18"
)
ENVELOPE.broken("destinationId is a number", Put("/destinationId", 15550100))
ENVELOPE.broken("intent is inbound only", Put("/intent", "product_question"), says="02 §1; 03 §1 has no such key")
ENVELOPE.broken("an unknown key", Put("/priority", "high"))
ENVELOPE.broken("an unknown key with slash and tilde", Put("/a~1b~0c", 1), says="RFC 6901 escapes; 03 §1")
ENVELOPE.broken("sourceId misspelt", Rename("/sourceId", "sourceID"))
ENVELOPE.broken("interactive data beside a text", Put("/interactiveData", {"bid": BID}))
ENVELOPE.broken("a rich link beside a text", Put("/richLinkData", {"url": "https://shop.example/"}))

ALL = (ENVELOPE,)
