"""Apple's own JSON as the kind it is, so that it has the other forms of that kind too (protocol/04, 05)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from parley.apple.replies.tolerant import table, tables, text
from parley.business import sends
from parley.errors import Invalid

if TYPE_CHECKING:
    from collections.abc import Callable

    from parley.business.kinds.apple import Apple
    from parley.business.kinds.base import Send

    type Picture = Callable[[Json], Json]

type Json = dict[str, Any]


def own_shape(message: Apple) -> Send | None:
    """The same message in a business's words, `message` being one that Apple would take.

    None for what has no other form anyway, and for what our shapes have no word for.
    """
    read = _READERS.get(message.shown)
    interactive = message.interactiveData
    if read is None or interactive is None:
        return None
    data = table(interactive.get("data"))
    images = {text(image.get("identifier")): image for image in tables(data.get("images"))}

    def picture(holder: Json) -> Json:
        """The `image` that is named there, if one is."""
        image = images.get(text(holder.get("imageIdentifier")))
        return {} if image is None else {"image": _named(image, {"data": "data", "description": "description"})}

    content = read(data, picture)
    if message.shown != "quick_reply":
        content = _bubbles(interactive, picture) | content
    shared = {"to": message.to, "auto_reply": message.auto_reply, "agent": message.agent, "type": message.shown}
    try:
        return sends.from_object(_present(shared | content))
    except Invalid:
        return None


def _quick_reply(data: Json, _: Picture) -> Json:
    content = table(data.get("quick-reply"))
    return {"text": content.get("summaryText"), "items": [_item(item) for item in tables(content.get("items"))]}


def _list_picker(data: Json, picture: Picture) -> Json:
    sections = [
        _named(section, {"title": "title", "multiple": "multipleSelection"})
        | {
            "items": [
                _named(item, {"identifier": "identifier", "title": "title", "subtitle": "subtitle"}) | picture(item)
                for item in _in_order(section.get("items"))
            ]
        }
        for section in _in_order(table(data.get("listPicker")).get("sections"))
    ]
    return {"sections": sections}


def _time_picker(data: Json, _: Picture) -> Json:
    event = table(data.get("event"))
    slot = {"identifier": "identifier", "start": "startTime", "duration": "duration"}
    slots = [_named(one, slot) for one in tables(event.get("timeslots"))]
    names = {"event_title": "title", "event_identifier": "identifier", "timezone_offset": "timezoneOffset"}
    return _named(event, names) | {"slots": slots}


def _form(data: Json, picture: Picture) -> Json:
    dynamic = table(data.get("dynamic"))
    form = table(dynamic.get("data"))
    private = bool(dynamic.get("private") or form.get("private"))
    pages = [_page(page, picture) for page in tables(form.get("pages"))]
    return {"start": form.get("startPageIdentifier"), "private": private, "pages": pages}


def _page(page: Json, picture: Picture) -> Json:
    options = table(page.get("options"))
    made = _named(page, _PAGE)
    match page.get("type"):
        case "select":
            items = [
                _item(item) | _named(item, {"value": "value", "next": "nextPageIdentifier"}) | picture(item)
                for item in tables(page.get("items"))
            ]
            return made | _named(page, {"multiple": "multipleSelection"}) | {"type": "select", "items": items}
        case "picker":
            items = [_item(item) | _named(item, {"value": "value"}) for item in tables(page.get("items"))]
            return made | {"type": "wheel", "items": items}
        case "datePicker":
            return made | _named(page, {"hint": "hintText"}) | _named(options, _DATE) | {"type": "date"}
        case _:
            multiline = options.get("inputType") == "multiline"
            given = _named(page, {"hint": "hintText"}) | _named(options, _INPUT)
            return made | given | {"type": "input", "multiline": multiline}


def _authentication(data: Json, _: Picture) -> Json:
    oauth2 = table(table(data.get("authenticate")).get("oauth2"))
    legacy = {} if "redirectURI" in oauth2 else {"legacy": _named(oauth2, _LEGACY)}
    return _named(oauth2, {"scope": "scope", "state": "state", "redirect_uri": "redirectURI"}) | legacy


_READERS: Final[dict[str, Callable[[Json, Picture], Json]]] = {
    "quick_reply": _quick_reply,
    "list_picker": _list_picker,
    "time_picker": _time_picker,
    "form": _form,
    "authentication": _authentication,
}
_BUBBLE: Final = {"title": "title", "subtitle": "subtitle", "style": "style"}
_PAGE: Final = {"identifier": "pageIdentifier", "title": "title", "question": "subtitle", "next": "nextPageIdentifier"}
_DATE: Final = {"format": "dateFormat", "start": "startDate", "minimum": "minimumDate", "maximum": "maximumDate"}
_INPUT: Final = {"max_length": "maximumCharacterCount", "content_type": "textContentType", "required": "required"}
_LEGACY: Final = {
    "response_type": "responseType",
    "response_encryption_key": "responseEncryptionKey",
    "client_secret": "clientSecret",
}


def _bubbles(interactive: Json, picture: Picture) -> Json:
    before, after = (
        _named(bubble, _BUBBLE) | picture(bubble)
        for bubble in (table(interactive.get("receivedMessage")), table(interactive.get("replyMessage")))
    )
    return before | ({"reply": after} if after else {})


def _item(item: Json) -> Json:
    return _named(item, {"identifier": "identifier", "title": "title"})


def _in_order(entries: object) -> list[Json]:
    """As the device shows them; without an `order` as they stand."""
    return sorted(tables(entries), key=lambda entry: entry["order"] if isinstance(entry.get("order"), int) else 0)


def _named(apples: Json, names: dict[str, str]) -> Json:
    """What is there, under our names."""
    return {ours: apples[theirs] for ours, theirs in names.items() if apples.get(theirs) is not None}


def _present(values: Json) -> Json:
    return {name: value for name, value in values.items() if value is not None}
