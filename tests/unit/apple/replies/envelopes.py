"""Envelopes as Apple posts them, and contents as an MSP sends them, with values of our own."""

from __future__ import annotations

from typing import Any

BID = "com.apple.messages.MSMessageExtensionBalloonPlugin:0000000000:com.apple.icloud.apps.messages.business.extension"
APP_BID = "com.apple.messages.MSMessageExtensionBalloonPlugin:AB12CD34EF:com.example.trailmap.MessagesExtension"
REQUEST = "3c1f7a52-0d0e-4a37-9a1c-6f4a2f6f9b01"
SESSION = "D2B0B7C4-54C3-4C11-8F0B-6B8A5B0A8E11"

REFERENCE = {
    "bid": BID,
    "title": "Medium",
    "url": "https://p61-content.icloud.com/MEXAMPLE.C01USN00",
    "owner": "MEXAMPLE.C01USN00",
    "key": "00" + "ab" * 32,
    "signature": "81" + "cd" * 20,
    "size": 15880,
}


def interactive(data: dict[str, Any], *, title: str | None = "Your choice") -> dict[str, Any]:
    """`interactiveData` of a reply: the bubbles inside `data`."""
    inner: dict[str, Any] = {"version": "1.0", "requestIdentifier": REQUEST, **data}
    if title is not None:
        inner["replyMessage"] = {"title": title, "alternateTitle": title, "style": "icon"}
    return {"bid": BID, "sessionIdentifier": SESSION, "data": inner}


def reply(data: dict[str, Any], *, title: str | None = "Your choice") -> dict[str, Any]:
    """A whole envelope around `interactive`."""
    return envelope(interactiveData=interactive(data, title=title))


def envelope(**parts: Any) -> dict[str, Any]:
    return {
        "v": 1,
        "id": "e1c7a7de-9a43-4f3a-8a62-6d1ce6f0a001",
        "type": "interactive",
        "sourceId": "urn:mbid:AQAAYtestcustomer0A==",
        "destinationId": "6e1a4a3e-6b36-4a3f-8f4e-0d5f3a2f9c11",
        "locale": "en_US",
        **parts,
    }


def sent(data: dict[str, Any]) -> dict[str, Any]:
    """Stored content of a question: what stands beside the ids, the bubbles beside `data`."""
    return {
        "interactiveData": {
            "bid": BID,
            "data": {"version": "1.0", "requestIdentifier": REQUEST, **data},
            "receivedMessage": {"title": "Please choose"},
            "replyMessage": {"title": "Your choice"},
        }
    }


def section(title: str, *items: tuple[str, str], multiple: bool | None = None) -> dict[str, Any]:
    made: dict[str, Any] = {
        "title": title,
        "order": 0,
        "items": [
            {"identifier": identifier, "title": name, "order": place, "style": "icon"}
            for place, (identifier, name) in enumerate(items)
        ],
    }
    if multiple is not None:
        made["multipleSelection"] = multiple
    return made


def picker(*sections: dict[str, Any]) -> dict[str, Any]:
    return {"listPicker": {"sections": list(sections)}}
