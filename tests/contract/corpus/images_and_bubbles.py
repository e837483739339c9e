"""Pictures of a message and the two bubbles that show them (04 §1.2, §1.3), shown on a list picker."""

from __future__ import annotations

from typing import Any

from tests.contract.corpus import pictures
from tests.contract.corpus.cases import Cases
from tests.contract.corpus.edits import Append, Drop, Message, Put
from tests.contract.corpus.list_pickers import item, section
from tests.contract.corpus.parts import DATA, RECEIVED, REPLY, interactive
from tests.contract.corpus.ui_strings import identified, limited, shown

IMAGES = f"{DATA}/images"
ITEM = f"{DATA}/listPicker/sections/0/items/0"


def pictured() -> Message:
    """Two pictures in use, and a third that nobody refers to."""
    images = [
        {"identifier": "bell", "data": pictures.png(), "description": "Brass bell"},
        {"identifier": "basket", "data": pictures.png(side=180)},
        {"identifier": "spare", "data": pictures.png(side=2)},
    ]
    bell = item("x-bell", "Bell") | {"subtitle": "Brass, 12 €", "imageIdentifier": "bell", "style": "icon"}
    basket = item("x-basket", "Basket", 1) | {"imageIdentifier": "basket"}
    message = interactive({"listPicker": {"sections": [section("Extras", bell, basket, multiple=True)]}}, images=images)
    message["interactiveData"]["receivedMessage"]["imageIdentifier"] = "bell"
    return message


def heavy(count: int, characters: int) -> list[dict[str, Any]]:
    """So many pictures of so many base64 characters, the two that are used among them."""
    names = ["bell", "basket", *map(str, range(count - 2))]
    return [{"identifier": name, "data": pictures.png_of_characters(characters)} for name in names]


PICTURES = Cases("pictures", pictured, "04 §1.2")
PICTURES.good("as it is")
identified(PICTURES, "identifier", f"{IMAGES}/2/identifier")
PICTURES.good("one used three times", Put(f"{DATA}/listPicker/sections/0/items/1/imageIdentifier", "bell"))
PICTURES.good("without a description", Drop(f"{IMAGES}/0/description"))
PICTURES.good(
    "of exactly 200,000 base64 characters", Put(f"{IMAGES}/0/data", pictures.png_of_characters(200_000)), says="14"
)
PICTURES.good("4.8 million characters together", Put(IMAGES, heavy(24, 200_000)), says="14 row data.images total")
PICTURES.broken("identifier is missing", Drop(f"{IMAGES}/2/identifier"))
PICTURES.broken("identifier is a number", Put(f"{IMAGES}/2/identifier", 2))
PICTURES.broken("an identifier twice", Put(f"{IMAGES}/2/identifier", "bell"))
PICTURES.broken("data is missing", Drop(f"{IMAGES}/1/data"))
PICTURES.broken("data is null", Put(f"{IMAGES}/1/data", None))
PICTURES.broken("data is empty", Put(f"{IMAGES}/1/data", ""))
PICTURES.broken("data is a data URL", Put(f"{IMAGES}/1/data", pictures.DATA_URL), says="04 §1.2; 12 no. 30")
PICTURES.broken("data is not base64", Put(f"{IMAGES}/1/data", pictures.NOT_BASE64))
PICTURES.broken("data is a JPEG", Put(f"{IMAGES}/1/data", pictures.JPEG), says="04 §1.2; 12 no. 42")
PICTURES.broken("data is a GIF", Put(f"{IMAGES}/1/data", pictures.GIF))
PICTURES.broken("data is words", Put(f"{IMAGES}/1/data", pictures.WORDS))
PICTURES.broken(
    "just above 200,000 base64 characters", Put(f"{IMAGES}/1/data", pictures.png_of_characters(200_004)), says="14"
)
PICTURES.broken("above 204,800 bytes", Put(f"{IMAGES}/1/data", pictures.png(204_801)), says="14 row Images")
PICTURES.broken("5.4 million bytes together", Put(IMAGES, heavy(36, 200_000)), says="14 row data.images total")
PICTURES.broken("description is a number", Put(f"{IMAGES}/0/description", 1))
PICTURES.broken("an unknown key", Put(f"{IMAGES}/0/mimeType", "image/png"))
PICTURES.broken("one is a string", Append(IMAGES, pictures.png()), at=(f"{IMAGES}/3",))
PICTURES.broken("an item points nowhere", Put(f"{ITEM}/imageIdentifier", "horn"), says="04 §4: entry of data.images")
PICTURES.broken("an item points in other letters", Put(f"{ITEM}/imageIdentifier", "Bell"), says="04 §4")
PICTURES.broken("an item points with a number", Put(f"{ITEM}/imageIdentifier", 0), says="04 §4")
PICTURES.broken(
    "all taken away",
    Drop(IMAGES),
    at=(
        f"{RECEIVED}/imageIdentifier",
        f"{ITEM}/imageIdentifier",
        f"{DATA}/listPicker/sections/0/items/1/imageIdentifier",
    ),
)

BUBBLES = Cases("bubbles", pictured, "04 §1.3")
shown(BUBBLES, "title", f"{RECEIVED}/title")
limited(BUBBLES, "title of the reply", f"{REPLY}/title")
limited(BUBBLES, "subtitle", f"{RECEIVED}/subtitle")
limited(BUBBLES, "secondarySubtitle", f"{RECEIVED}/secondarySubtitle")
for style in ("icon", "small", "large"):
    BUBBLES.good(f"style {style}", Put(f"{RECEIVED}/style", style), Put(f"{REPLY}/style", style))
BUBBLES.good("no style", Drop(f"{RECEIVED}/style"))
BUBBLES.good("no subtitle", Drop(f"{RECEIVED}/subtitle"))
BUBBLES.good(
    "every key",
    Put(f"{RECEIVED}/secondarySubtitle", "12 €"),
    Put(f"{RECEIVED}/tertiarySubtitle", "In stock"),
    Put(f"{RECEIVED}/imageTitle", "Bell"),
    Put(f"{RECEIVED}/imageSubtitle", "Brass"),
    Put(f"{RECEIVED}/imageDescription", "A brass bell"),
    Put(f"{RECEIVED}/alternateTitle", "Pick extras"),
)
BUBBLES.broken("title is missing", Drop(f"{RECEIVED}/title"))
BUBBLES.broken("title of the reply is missing", Drop(f"{REPLY}/title"))
BUBBLES.broken("title of the reply is blank", Put(f"{REPLY}/title", "\t"), says="14 row UI strings")
BUBBLES.broken("title is a number", Put(f"{RECEIVED}/title", 1))
BUBBLES.broken("subtitle is null", Put(f"{RECEIVED}/subtitle", None))
BUBBLES.broken("style is unknown", Put(f"{RECEIVED}/style", "huge"))
BUBBLES.broken("style in capitals", Put(f"{REPLY}/style", "Icon"))
BUBBLES.broken("an unknown key", Put(f"{RECEIVED}/footer", "Tap"))
BUBBLES.broken("the picture is not there", Put(f"{RECEIVED}/imageIdentifier", "hero"))
BUBBLES.broken("the picture of the reply is not there", Put(f"{REPLY}/imageIdentifier", "hero"))

ALL = (PICTURES, BUBBLES)
