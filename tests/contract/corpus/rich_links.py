"""Rich links, with what Apple built itself too (03 §4, 13 §1)."""

from __future__ import annotations

from tests.contract.corpus import pictures
from tests.contract.corpus.cases import Cases
from tests.contract.corpus.edits import Drop, Message, Put, Rename
from tests.contract.corpus.parts import envelope
from tests.contract.corpus.texts import KEY
from tests.contract.corpus.ui_strings import shown

LINK = "/richLinkData"
ASSETS = f"{LINK}/assets"
IMAGE = f"{ASSETS}/image"
VIDEO = f"{ASSETS}/video"


def base() -> Message:
    image = {"data": pictures.png(side=240), "mimeType": "image/png"}
    video = {"url": "https://media.example/cargo9.m4v", "mimeType": "video/mp4"}
    link = {"url": "https://shop.example/bikes/cargo-9", "title": "Cargo 9: our family bike"}
    return envelope("richLink", richLinkData={**link, "assets": {"image": image, "video": video}})


def built_by_apple() -> Message:
    reference = {
        "title": "Rent bike 77",
        "url": "https://p61-content.icloud.com/MEXAMPLE0C01USN00",
        "owner": "MEXAMPLE0.C01USN00",
        "key": KEY,
        "size": 20412,
        "signature-base64": "gdZK+Sho0tPSDcOiWm+oxwDgwX2c",
    }
    return envelope("richLink", richLinkDataRef=reference)


def long_url(length: int) -> str:
    start = "https://shop.example/?q="
    return start + "a" * (length - len(start))


RICH_LINK = Cases("rich link", base, "03 §4")
RICH_LINK.good("as it is")
shown(RICH_LINK, "title", f"{LINK}/title")
RICH_LINK.good("an image alone", Drop(VIDEO))
RICH_LINK.good("a video alone", Drop(IMAGE), says="03 §4: image and/or video; an image as well is advice")
RICH_LINK.good(
    "a link by http", Put(f"{LINK}/url", "http://shop.example/bikes"), says="03 §4: http(s) only, https advisable"
)
RICH_LINK.good("a link of exactly 8,192 bytes", Put(f"{LINK}/url", long_url(8192)), says="14 row URL fields")
RICH_LINK.good("a link with query, fragment and port", Put(f"{LINK}/url", "https://shop.example:8443/a?b=c%20d&e=f#g"))
RICH_LINK.good(
    "an image of exactly 200,000 base64 characters", Put(f"{IMAGE}/data", pictures.png_of_characters(200_000))
)
RICH_LINK.good("a video of another type", Put(f"{VIDEO}/mimeType", "video/mpeg"))

RICH_LINK.broken("richLinkData is missing", Drop(LINK), at=((LINK, "/richLinkDataRef"),), says="03 §1: one of them")
RICH_LINK.broken("richLinkData is a string", Put(LINK, "https://shop.example/"))
RICH_LINK.broken("type in lower case", Put("/type", "richlink"), may=(LINK,), says="03 §1: richLink with capital L")
RICH_LINK.broken("with a body", Put("/body", "https://shop.example/"), says="03 §1: body for text")
RICH_LINK.broken("url is missing", Drop(f"{LINK}/url"))
RICH_LINK.broken("url is empty", Put(f"{LINK}/url", ""))
RICH_LINK.broken("url of a custom scheme", Put(f"{LINK}/url", "trailmap://route/77"))
RICH_LINK.broken("url of a mail address", Put(f"{LINK}/url", "mailto:kim@example.net"))
RICH_LINK.broken("url without a scheme", Put(f"{LINK}/url", "shop.example/bikes"))
RICH_LINK.broken("url without a host", Put(f"{LINK}/url", "https:///bikes"))
RICH_LINK.broken("url is a number", Put(f"{LINK}/url", 9))
RICH_LINK.broken("url of 8,193 bytes", Put(f"{LINK}/url", long_url(8193)), says="14 row URL fields")
RICH_LINK.broken("url beyond ASCII", Put(f"{LINK}/url", "https://shop.example/räder"), says="14 row URL fields")
RICH_LINK.broken(
    "url with a blank", Put(f"{LINK}/url", "https://shop.example/cargo 9"), says="14 row URL fields: printable ASCII"
)
RICH_LINK.broken("title is missing", Drop(f"{LINK}/title"))
RICH_LINK.broken("title is null", Put(f"{LINK}/title", None))
RICH_LINK.broken("assets is missing", Drop(ASSETS))
RICH_LINK.broken("assets is empty", Put(ASSETS, {}))
RICH_LINK.broken("assets is an array", Put(ASSETS, []))
RICH_LINK.broken("an unknown key", Put(f"{LINK}/summary", "Family bike"))
RICH_LINK.broken("an unknown asset", Put(f"{ASSETS}/audio", {"url": "https://media.example/a.caf"}))
RICH_LINK.broken("image data is missing", Drop(f"{IMAGE}/data"))
RICH_LINK.broken("image type is missing", Drop(f"{IMAGE}/mimeType"))
RICH_LINK.broken("image type is JPEG", Put(f"{IMAGE}/mimeType", "image/jpeg"))
RICH_LINK.broken("image misspelt type", Rename(f"{IMAGE}/mimeType", "mime-type"))
RICH_LINK.broken("image is a JPEG", Put(f"{IMAGE}/data", pictures.JPEG))
RICH_LINK.broken("image is words", Put(f"{IMAGE}/data", pictures.WORDS))
RICH_LINK.broken("image is a data URL", Put(f"{IMAGE}/data", pictures.DATA_URL), says="03 §4; 12 no. 30")
RICH_LINK.broken("image is not base64", Put(f"{IMAGE}/data", pictures.NOT_BASE64))
RICH_LINK.broken("image is empty", Put(f"{IMAGE}/data", ""))
RICH_LINK.broken(
    "image just above 200,000 base64 characters", Put(f"{IMAGE}/data", pictures.png_of_characters(200_004)), says="14"
)
RICH_LINK.broken("image above 204,800 bytes", Put(f"{IMAGE}/data", pictures.png(204_801)), says="14")
RICH_LINK.broken("image by link", Put(f"{IMAGE}/url", "https://media.example/cargo9.png"))
RICH_LINK.broken("video url is missing", Drop(f"{VIDEO}/url"))
RICH_LINK.broken("video type is missing", Drop(f"{VIDEO}/mimeType"))
RICH_LINK.broken("video by http", Put(f"{VIDEO}/url", "http://media.example/cargo9.m4v"))
RICH_LINK.broken("video inline", Put(f"{VIDEO}/data", "AAAA"))

BUILT = Cases("construct-payload link", built_by_apple, "13 §1")
BUILT.good("as it is")
BUILT.good(
    "with what else Apple gave", Put("/richLinkDataRef/dataRefSig", "opaque"), Put("/richLinkDataRef/later", {"a": 1})
)
BUILT.good("without a title", Drop("/richLinkDataRef/title"))
BUILT.broken("url is missing", Drop("/richLinkDataRef/url"))
BUILT.broken("owner is missing", Drop("/richLinkDataRef/owner"))
BUILT.broken("key is missing", Drop("/richLinkDataRef/key"))
BUILT.broken("signature is missing", Drop("/richLinkDataRef/signature-base64"))
BUILT.broken("size is missing", Drop("/richLinkDataRef/size"))
BUILT.broken("the reference is a string", Put("/richLinkDataRef", "https://p61-content.icloud.com/"))
BUILT.broken("data beside the reference", Put(LINK, base()["richLinkData"]), at=((LINK, "/richLinkDataRef"),))

ALL = (RICH_LINK, BUILT)
