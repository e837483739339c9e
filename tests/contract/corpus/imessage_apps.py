"""Third-party iMessage apps (04 §7)."""

from __future__ import annotations

from tests.contract.corpus import pictures
from tests.contract.corpus.cases import Cases
from tests.contract.corpus.edits import Drop, Message, Put
from tests.contract.corpus.parts import BALLOON, INTERACTIVE, RECEIVED, REPLY, REQUEST, envelope
from tests.contract.corpus.ui_strings import limited

ICON = f"{INTERACTIVE}/appIcon"
URL = f"{INTERACTIVE}/URL"


def base() -> Message:
    app = {
        "appId": 1234509876,
        "appName": "Trail Map",
        "appIcon": pictures.png(side=60),
        "bid": f"{BALLOON}:AB12CD34EF:com.example.trailmap.MessagesExtension",
        "URL": "?route=77&level=easy",
        "receivedMessage": {"title": "Route 77", "subtitle": "Open the map", "style": "large"},
        "sessionIdentifier": "3F0E8C55-0A6F-4B1B-9C55-2F6C1D1E7A10",
        "useLiveLayout": True,
    }
    return envelope("interactive", interactiveData=app)


IMESSAGE_APP = Cases("iMessage app", base, "04 §7")
IMESSAGE_APP.good("as it is")
limited(IMESSAGE_APP, "bubble title", f"{RECEIVED}/title")
IMESSAGE_APP.good("a bubble picture as the page shows it", Put(f"{RECEIVED}/imageIdentifier", "m"))
IMESSAGE_APP.good("with an https URL", Put(URL, "https://trailmap.example/route/77"))
IMESSAGE_APP.good("a URL of 5,000 characters", Put(URL, "?state=" + "a" * 4993), says="14 row iMessage app URL")
IMESSAGE_APP.good("without an icon", Drop(ICON))
IMESSAGE_APP.good(
    "an icon of 15,356 base64 characters", Put(ICON, pictures.png_of_characters(15_356)), says="14 row appIcon"
)
IMESSAGE_APP.good("without a session", Drop(f"{INTERACTIVE}/sessionIdentifier"))
IMESSAGE_APP.good("without a live layout", Put(f"{INTERACTIVE}/useLiveLayout", False))
IMESSAGE_APP.good("layout left to the default", Drop(f"{INTERACTIVE}/useLiveLayout"))
IMESSAGE_APP.good("with a reply bubble", Put(REPLY, {"title": "Route chosen"}))

IMESSAGE_APP.broken(
    "data is forbidden",
    Put(f"{INTERACTIVE}/data", {"version": "1.0", "requestIdentifier": REQUEST}),
    says="04 §1, §7; 12 no. 40",
)
IMESSAGE_APP.broken("even empty data is forbidden", Put(f"{INTERACTIVE}/data", {}), says="04 §7")
IMESSAGE_APP.broken("bid without a bundle id", Put(f"{INTERACTIVE}/bid", f"{BALLOON}:AB12CD34EF"))
IMESSAGE_APP.broken("bid without its first part", Put(f"{INTERACTIVE}/bid", "AB12CD34EF:com.example.trailmap"))
IMESSAGE_APP.broken("appId is missing", Drop(f"{INTERACTIVE}/appId"))
IMESSAGE_APP.broken("appId is a string", Put(f"{INTERACTIVE}/appId", "1234509876"), says="04 §7: send a JSON number")
IMESSAGE_APP.broken("appId is null", Put(f"{INTERACTIVE}/appId", None))
IMESSAGE_APP.broken("appName is missing", Drop(f"{INTERACTIVE}/appName"))
IMESSAGE_APP.broken("appName is a number", Put(f"{INTERACTIVE}/appName", 77))
IMESSAGE_APP.broken("appIcon is a JPEG", Put(ICON, pictures.JPEG))
IMESSAGE_APP.broken("appIcon is a data URL", Put(ICON, pictures.DATA_URL))
IMESSAGE_APP.broken("appIcon is a number", Put(ICON, 1))
IMESSAGE_APP.broken(
    "appIcon of exactly 15,360 base64 characters", Put(ICON, pictures.png_of_characters(15_360)), says="14: < 15,360"
)
IMESSAGE_APP.broken("URL is missing", Drop(URL))
IMESSAGE_APP.broken("URL is a number", Put(URL, 77))
IMESSAGE_APP.broken("URL is no query and no address", Put(URL, "route=77"))
IMESSAGE_APP.broken("URL above 64 KB", Put(URL, "?" + "a" * 65_536), says="04 §7: max 64 KB")
IMESSAGE_APP.broken("receivedMessage is missing", Drop(RECEIVED))
IMESSAGE_APP.broken("bubble title is missing", Drop(f"{RECEIVED}/title"))
IMESSAGE_APP.broken("bubble style is unknown", Put(f"{RECEIVED}/style", "wide"), says="04 §1.3")
IMESSAGE_APP.broken("sessionIdentifier is a number", Put(f"{INTERACTIVE}/sessionIdentifier", 3))
IMESSAGE_APP.broken("useLiveLayout is a number", Put(f"{INTERACTIVE}/useLiveLayout", 1))
IMESSAGE_APP.broken(
    "requestIdentifier does not exist here",
    Put(f"{INTERACTIVE}/requestIdentifier", REQUEST),
    says="04 §7: there is no requestIdentifier",
)
IMESSAGE_APP.broken("an unknown key", Put(f"{INTERACTIVE}/url", "?route=77"))

ALL = (IMESSAGE_APP,)
