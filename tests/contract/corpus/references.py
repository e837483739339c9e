"""Interactive messages sent by reference (09 §3, §4)."""

from __future__ import annotations

from tests.contract.corpus import list_pickers
from tests.contract.corpus.cases import Cases
from tests.contract.corpus.edits import Drop, Message, Put
from tests.contract.corpus.parts import BID, envelope
from tests.contract.corpus.texts import KEY

REFERENCE = "/interactiveDataRef"


def stored() -> Message:
    """The dataRef of an earlier answer, verbatim: there is no key in it."""
    reference = {
        "bid": BID,
        "owner": "MEXAMPLE0.C01USN00",
        "url": "https://p61-content.icloud.com/MEXAMPLE0C01USN00",
        "size": 15880,
        "signature": "81D64AF92868D2D3D20DC3A25A6FA8C700E0C17D9C",
        "signature-base64": "gdZK+Sho0tPSDcOiWm+oxwDgwX2c",
        "title": "Pick extras",
        "dataRefSig": "opaque",
    }
    return envelope("interactive", interactiveDataRef=reference)


STORED = Cases("interactiveDataRef", stored, "09 §3")
STORED.good("as it is")
STORED.good("with keys nobody knows", Put(f"{REFERENCE}/later", [1]), says="09 §3: including unknown keys")
STORED.good(
    "one that the sender built",
    Drop(f"{REFERENCE}/signature"),
    Drop(f"{REFERENCE}/dataRefSig"),
    Put(f"{REFERENCE}/key", KEY),
    says="09 §4",
)
STORED.broken("bid is missing", Drop(f"{REFERENCE}/bid"))
STORED.broken("url is missing", Drop(f"{REFERENCE}/url"))
STORED.broken("owner is missing", Drop(f"{REFERENCE}/owner"))
STORED.broken("url is a number", Put(f"{REFERENCE}/url", 61))
STORED.broken("is a string", Put(REFERENCE, "https://p61-content.icloud.com/"))
STORED.broken(
    "data beside it",
    Put("/interactiveData", list_pickers.base()["interactiveData"]),
    at=(("/interactiveData", REFERENCE),),
    says="09 §3: no interactiveData beside it",
)
STORED.broken("on a text", Put("/type", "text"), Put("/body", "Hello"), at=(REFERENCE,), says="03 §1: for interactive")

ALL = (STORED,)
