"""Texts, with and without attachments, and typing indicators (03 §2, §3; 08)."""

from __future__ import annotations

from tests.contract.corpus.cases import Cases
from tests.contract.corpus.edits import Append, Drop, Message, Put, Rename
from tests.contract.corpus.parts import BIKE, FAMILY, envelope

PLACE = "\ufffc"
FIRST = "/attachments/0"
KEY = "0000112233445566778899aabbccddeeff0f1e2d3c4b5a69788796a5b4c3d2e1f0"
HEX_SIGNATURE = "81D64AF92868D2D3D20DC3A25A6FA8C700E0C17D9C"


def attachment(name: str = "receipt-9001.pdf", mime_type: str = "application/pdf") -> dict[str, str]:
    return {
        "name": name,
        "mimeType": mime_type,
        "size": "48231",
        "signature-base64": "gdZK+Sho0tPSDcOiWm+oxwDgwX2c",
        "url": "https://p42-content.icloud.com/MEXAMPLE0C01USN00",
        "owner": "MEXAMPLE0.C01USN00",
        "key": KEY,
    }


def text() -> Message:
    return envelope("text", body="Hello from Example Bikes", subject="Your order")


def with_attachment() -> Message:
    return envelope("text", body=f"Your receipt: {PLACE}", attachments=[attachment()])


def typing() -> Message:
    return envelope("typing_start")


TEXT = Cases("text", text, "03 §2")
TEXT.good("as it is")
TEXT.good("without a subject", Drop("/subject"))
TEXT.good("one letter", Put("/body", "k"))
TEXT.good("of several lines", Put("/body", "We open at nine.\nWe close at six.\n\nSee you!"))
TEXT.good("with emoji", Put("/body", f"Ready {BIKE} for the {FAMILY}"), says="11 §3 no. 2")
TEXT.good("in Arabic", Put("/body", "هل الدراجة متوفرة؟"), says="11 §3 no. 2")
TEXT.good("of 201 characters", Put("/body", "a" * 201), says="03 §2: the UI-string rule does not cover plain text")
TEXT.good("of 10,000 characters", Put("/body", "na " * 3333 + "!"), says="03 §2: no fixed maximum")
TEXT.good("with quotes and markup characters", Put("/body", '<b>5 < 6</b> & "it\'s" {x}'), says="03 §2: no markup")
TEXT.broken("body is missing", Drop("/body"))
TEXT.broken("body is a number", Put("/body", 42))
TEXT.broken("body is null", Put("/body", None))
TEXT.broken("body is an object", Put("/body", {"text": "Hello"}))
TEXT.broken("body misspelt", Rename("/body", "Body"))
TEXT.broken("subject is a number", Put("/subject", 7))
TEXT.broken("subject is null", Put("/subject", None))

ATTACHED = Cases("attachment", with_attachment, "08 §2, §5")
ATTACHED.good("as it is")
ATTACHED.good("alone, only its placeholder as body", Put("/body", PLACE), says="02 §2")
ATTACHED.good(
    "two, in order", Put("/body", f"{PLACE} and {PLACE}"), Append("/attachments", attachment("b.ics", "text/calendar"))
)
ATTACHED.good(
    "ten", Put("/body", PLACE * 10), Put("/attachments", [attachment()] * 10), says="14 row Attachments per message"
)
ATTACHED.good("of exactly 100 MB", Put(f"{FIRST}/size", "104857600"), says="14 row Attachment")
ATTACHED.good("a voice memo", Put(f"{FIRST}/name", "memo.caf"), Put(f"{FIRST}/mimeType", "audio/x-caf"), says="08 §7")
ATTACHED.good("a wallet pass", Put(f"{FIRST}/mimeType", "application/vnd.apple.pkpass"), says="08 §7")
ATTACHED.good("a three-dimensional model", Put(f"{FIRST}/mimeType", "model/vnd.usdz+zip"), says="08 §7")
ATTACHED.good("with a name in Japanese", Put(f"{FIRST}/name", "領収書.pdf"))
for key in ("name", "mimeType", "size", "signature-base64", "url", "owner", "key"):
    ATTACHED.broken(f"{key} is missing", Drop(f"{FIRST}/{key}"))
ATTACHED.broken("size is a number", Put(f"{FIRST}/size", 48231), says="08 §2; 12 no. 23")
ATTACHED.broken("size is no count of bytes", Put(f"{FIRST}/size", "48 KB"))
ATTACHED.broken("one byte above 100 MB", Put(f"{FIRST}/size", "104857601"), says="14 row Attachment")
ATTACHED.broken("its hex signature is not sent", Put(f"{FIRST}/signature", HEX_SIGNATURE))
ATTACHED.broken("its signature in hex", Put(f"{FIRST}/signature-base64", HEX_SIGNATURE), says="08 §2; 12 no. 19")
ATTACHED.broken("an old name of the type is never sent", Put(f"{FIRST}/mime-type", "application/pdf"), says="08 §2")
ATTACHED.broken("an old name of the key is never sent", Put(f"{FIRST}/decryption-key", KEY), says="08 §2")
ATTACHED.broken("key without its type byte", Put(f"{FIRST}/key", KEY[2:]), says="08 §1; 12 no. 21")
ATTACHED.broken("key with another type byte", Put(f"{FIRST}/key", f"01{KEY[2:]}"), says="08 §1")
ATTACHED.broken("key is not hex", Put(f"{FIRST}/key", f"00{'zz' * 32}"), says="08 §1")
ATTACHED.broken("an empty body", Put("/body", ""), says="03 §2: at least the placeholders")
ATTACHED.broken("attachments is an object", Put("/attachments", attachment()))
ATTACHED.broken("an attachment is a string", Put(FIRST, "receipt-9001.pdf"))
ATTACHED.broken("body is missing", Drop("/body"), says="03 §2")

TYPING = Cases("typing", typing, "03 §3")
TYPING.good("as it is")
TYPING.good("it ends", Put("/type", "typing_end"))
TYPING.broken("with a body", Put("/body", "…"), says="02 §4: no body")
TYPING.broken("its end with a body", Put("/type", "typing_end"), Put("/body", ""), at=("/body",), says="02 §4: no body")
TYPING.broken("with attachments", Put("/attachments", [attachment()]), says="03 §1, §3")
TYPING.broken("type in camel case", Put("/type", "typingStart"), says="03 §1: type is case-sensitive")
TYPING.broken("interactive data beside it", Put("/interactiveData", {}), says="03 §1")
TYPING.broken("id is missing", Drop("/id"), says="02 §4: same envelope, own id")

ALL = (TEXT, ATTACHED, TYPING)
