"""Messages with several faults at once: every one of them must be told."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.contract.corpus import (
    apple_pay,
    authentications,
    form_parts,
    images_and_bubbles,
    imessage_apps,
    invitations,
    list_pickers,
    pictures,
    quick_replies,
    rich_links,
    texts,
    time_pickers,
)
from tests.contract.corpus.cases import Broken, Spot
from tests.contract.corpus.edits import Append, Drop, Edit, Put, Rename
from tests.contract.corpus.parts import CUSTOMER, DATA, INTERACTIVE, RECEIVED, REPLY

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.contract.corpus.edits import Message

LIST = list_pickers.SECTIONS
SAYS = "00 §6 no. 1: emit strictly; every rule is stated where its single case stands"


def several(
    name: str, base: Callable[[], Message], *edits: Edit, at: tuple[Spot, ...] = (), may: tuple[str, ...] = ()
) -> Broken:
    spots = at or tuple(spot for edit in edits for spot in edit.spots)
    return Broken(f"several faults: {name}", SAYS, base, edits, spots, may)


FAULTY = (
    several(
        "nothing there but a body",
        texts.text,
        *(Drop(f"/{key}") for key in ("v", "id", "type", "sourceId", "destinationId")),
        may=("/body", "/subject"),
    ),
    several(
        "the whole envelope of a text",
        texts.text,
        Put("/v", 2),
        Put("/id", "1"),
        Put("/sourceId", "bikes"),
        Drop("/destinationId"),
        Drop("/body"),
        Put("/mood", "good"),
    ),
    several(
        "every key of an attachment",
        texts.with_attachment,
        Put("/attachments/0/size", 48231),
        Drop("/attachments/0/name"),
        Put("/attachments/0/key", "abc"),
        Put("/attachments/0/mime-type", "a/b"),
    ),
    several(
        "a rich link by a custom scheme with a JPEG",
        rich_links.base,
        Put(f"{rich_links.LINK}/url", "bikes://9"),
        Put(f"{rich_links.IMAGE}/data", pictures.JPEG),
        Put(f"{rich_links.VIDEO}/url", "http://media.example/a.m4v"),
        Put(f"{rich_links.LINK}/title", "x" * 201),
    ),
    several(
        "six choices, one without an identifier",
        quick_replies.base,
        Put(quick_replies.ITEMS, quick_replies.choices(6)),
        Drop(f"{quick_replies.ITEMS}/5/identifier"),
        Drop(f"{quick_replies.AT}/summaryText"),
        at=(quick_replies.ITEMS, f"{quick_replies.ITEMS}/5/identifier", f"{quick_replies.AT}/summaryText"),
    ),
    several(
        "structure and meaning of a list",
        list_pickers.base,
        Put(f"{LIST}/0/order", "0"),
        Drop(f"{LIST}/1/title"),
        Put(f"{LIST}/1/items/0/identifier", "size-s"),
        Put(f"{LIST}/0/items/1/title", "x" * 201),
        Put(f"{LIST}/1/items/1/imageIdentifier", "basket"),
        Put(f"{LIST}/1/items/1/price", 12),
    ),
    several(
        "bubbles where replies have them",
        list_pickers.base,
        Drop(RECEIVED),
        Put(f"{DATA}/receivedMessage", {"title": "A"}),
        Put(f"{DATA}/requestIdentifier", "order-9001"),
    ),
    several(
        "pictures and what points at them",
        images_and_bubbles.pictured,
        Put(f"{images_and_bubbles.IMAGES}/2/identifier", "bell"),
        Put(f"{images_and_bubbles.IMAGES}/1/data", pictures.DATA_URL),
        Put(f"{REPLY}/imageIdentifier", "horn"),
        Put(f"{RECEIVED}/style", "huge"),
    ),
    several(
        "two slots and a zone",
        time_pickers.base,
        Put(time_pickers.START, "2027-03-04T09:00:00Z"),
        Put(f"{time_pickers.SLOTS}/1/duration", "1800"),
        Put(f"{time_pickers.SLOTS}/1/identifier", "s1"),
        Put(f"{time_pickers.EVENT}/timezoneOffset", 3600),
        Put(f"{time_pickers.EVENT}/imageIdentifier", "x"),
    ),
    several(
        "pages, choices and options of a form",
        form_parts.test_ride,
        Put(f"{form_parts.FORM}/startPageIdentifier", "colour"),
        Drop(f"{form_parts.PAGES}/0/subtitle"),
        Drop(f"{form_parts.PAGES}/1/items/0/value"),
        Put(f"{form_parts.PAGES}/2/nextPageIdentifier", "end"),
        Put(f"{form_parts.PAGES}/3/options/keyboardType", "UIKeyboardTypeURL"),
        Rename(f"{form_parts.FORM}/splash/splashtext", "splashText"),
        Append(form_parts.PAGES, form_parts.page("mail", "input")),
        at=(
            f"{form_parts.FORM}/startPageIdentifier",
            f"{form_parts.PAGES}/0/subtitle",
            f"{form_parts.PAGES}/1/items/0/value",
            f"{form_parts.PAGES}/2/nextPageIdentifier",
            f"{form_parts.PAGES}/3/options/keyboardType",
            f"{form_parts.FORM}/splash/splashText",
            f"{form_parts.PAGES}/4/pageIdentifier",
        ),
    ),
    several(
        "an app with data and without a name",
        imessage_apps.base,
        Put(f"{INTERACTIVE}/data", {}),
        Drop(f"{INTERACTIVE}/appName"),
        Put(f"{INTERACTIVE}/appId", "1"),
        Put(imessage_apps.URL, "route"),
    ),
    several(
        "state, scope and redirect",
        authentications.new,
        Put(f"{authentications.OAUTH2}/scope", "openid"),
        Put(f"{authentications.OAUTH2}/state", "s" * 1025),
        Put(f"{authentications.OAUTH2}/redirectURI", "http://a.example/"),
        Put(f"{authentications.OAUTH2}/responseType", "token"),
    ),
    several(
        "money of three kinds",
        apple_pay.base,
        Put(f"{apple_pay.LINES}/0/amount", 39),
        Put(f"{apple_pay.LINES}/1/type", "Final"),
        Put(f"{apple_pay.METHODS}/0/amount", "free"),
        Put(f"{apple_pay.REQUEST}/countryCode", "DEU"),
        Drop(f"{apple_pay.PAYMENT}/merchantSession"),
        Put(f"{apple_pay.ENDPOINTS}/fallbackUrl", "http://a.example/"),
    ),
    several(
        "an invitation to an opaque id",
        invitations.base,
        Put("/destinationId", CUSTOMER),
        Put(invitations.TEMPLATE, "engage"),
        Put(invitations.REFERENCE, "it's"),
        Put(invitations.LOGO, pictures.JPEG),
        Put(invitations.BRAND, ""),
    ),
)
