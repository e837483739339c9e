"""Invitations to a phone number (13 §2)."""

from __future__ import annotations

from tests.contract.corpus import pictures
from tests.contract.corpus.cases import Cases
from tests.contract.corpus.edits import Drop, Message, Put
from tests.contract.corpus.parts import BIKE, CUSTOMER, DATA, INTERACTIVE, PHONE, interactive
from tests.contract.corpus.ui_strings import shown

NOTIFICATION = f"{DATA}/notification"
TEMPLATE = f"{NOTIFICATION}/templateId"
REFERENCE = f"{NOTIFICATION}/referenceId"
BRAND = f"{NOTIFICATION}/parameters/brandName"
LOGO = f"{NOTIFICATION}/parameters/brandLogo"
NO_IMAGE = "binaryChoice.engage.noImage"


def base() -> Message:
    notification = {
        "templateId": "binaryChoice.engage.withImage",
        "referenceId": "order-9001",
        "locale": "en-us",
        "parameters": {"brandName": "Example Bikes", "brandLogo": pictures.png(side=300)},
    }
    message = interactive({"notification": notification}, bubbles=False)
    message["interactiveData"]["useLiveLayout"] = True
    return message | {"destinationId": PHONE}


INVITATION = Cases("invitation", base, "13 §2.1")
INVITATION.good("as it is")
shown(INVITATION, "brandName", BRAND)
INVITATION.good("without an image", Put(TEMPLATE, NO_IMAGE), Drop(LOGO))
INVITATION.good("a reference of exactly 1,000 characters", Put(REFERENCE, "r" * 1000))
INVITATION.good("a reference of 1,000 astral characters", Put(REFERENCE, BIKE * 1000), says="13 §2.1: code points")
INVITATION.good("in the default language", Drop(f"{NOTIFICATION}/locale"))
INVITATION.good("in German", Put(f"{NOTIFICATION}/locale", "de-de"))
INVITATION.good("to a number of fifteen digits", Put("/destinationId", "tel:+491701234567890"))
INVITATION.good("a logo of exactly 200,000 base64 characters", Put(LOGO, pictures.png_of_characters(200_000)))
INVITATION.good("without a live layout", Drop(f"{INTERACTIVE}/useLiveLayout"), says="04 §1: default true")

INVITATION.broken("to an opaque id", Put("/destinationId", CUSTOMER), says="13 §2.1: tel + E.164")
INVITATION.broken("to a number without tel", Put("/destinationId", "+15550100"))
INVITATION.broken("to a number without its plus", Put("/destinationId", "tel:15550100"))
INVITATION.broken("to a number with blanks", Put("/destinationId", "tel:+1 555 0100"))
INVITATION.broken("to a number of sixteen digits", Put("/destinationId", "tel:+4917012345678901"))
INVITATION.broken("to a number with letters", Put("/destinationId", "tel:+1555BIKES"))
INVITATION.broken("notification is an array", Put(NOTIFICATION, []))
INVITATION.broken("templateId is missing", Drop(TEMPLATE))
INVITATION.broken("templateId is unknown", Put(TEMPLATE, "binaryChoice.engage"))
INVITATION.broken("templateId in other letters", Put(TEMPLATE, "binaryChoice.engage.withimage"))
INVITATION.broken("referenceId is missing", Drop(REFERENCE))
INVITATION.broken("referenceId is a number", Put(REFERENCE, 9001))
INVITATION.broken("referenceId of 1,001 characters", Put(REFERENCE, "r" * 1001), says="13 §2.1; 14 row referenceId")
INVITATION.broken("referenceId with an apostrophe", Put(REFERENCE, "kim's order"))
INVITATION.broken("referenceId with a straight quote", Put(REFERENCE, 'order "9001"'))
INVITATION.broken("referenceId with a way out of its folder", Put(REFERENCE, "../9001"))
INVITATION.broken("referenceId with a control character", Put(REFERENCE, "order\n9001"))
INVITATION.broken("locale in the form of a device", Put(f"{NOTIFICATION}/locale", "en_US"))
INVITATION.broken("locale in capitals", Put(f"{NOTIFICATION}/locale", "en-US"), says="13 §2.1: lower-case with hyphen")
INVITATION.broken("locale is a number", Put(f"{NOTIFICATION}/locale", 1))
INVITATION.broken("parameters is missing", Drop(f"{NOTIFICATION}/parameters"))
INVITATION.broken("brandName is missing", Drop(BRAND))
INVITATION.broken("brandName is a number", Put(BRAND, 1))
INVITATION.broken(
    "a logo where the template has none", Put(TEMPLATE, NO_IMAGE), at=(LOGO,), says="13 §2.1: rejected for noImage"
)
INVITATION.broken("logo is a JPEG", Put(LOGO, pictures.JPEG))
INVITATION.broken("logo is a data URL", Put(LOGO, pictures.DATA_URL), says="13 §2.1: base64 PNG; 12 no. 30")
INVITATION.broken("logo is words", Put(LOGO, pictures.WORDS))
INVITATION.broken("logo is not base64", Put(LOGO, pictures.NOT_BASE64))
INVITATION.broken(
    "logo just above 200,000 base64 characters", Put(LOGO, pictures.png_of_characters(200_004)), says="14"
)
INVITATION.broken("logo is an object", Put(LOGO, {"data": pictures.png()}))
INVITATION.broken("an unknown parameter", Put(f"{NOTIFICATION}/parameters/amount", "61.00"))
INVITATION.broken("an unknown key", Put(f"{NOTIFICATION}/expires", "2027-03-04"))
INVITATION.broken("requestIdentifier is missing", Drop(f"{DATA}/requestIdentifier"), says="04 §1.1")
INVITATION.broken("bid is missing", Drop(f"{INTERACTIVE}/bid"), may=(DATA,), says="04 §1")

ALL = (INVITATION,)
