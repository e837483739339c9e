"""What Apple gets for the pickers and forms of `samples` (protocol/04 §3 to §5, 05 §4)."""

from __future__ import annotations

from typing import Any, Final

from tests.unit.apple.wire.samples import PNG
from tests.unit.business.kinds.samples import Json, images, interactive

FORM_PAGES: Final = [
    {
        "pageIdentifier": "kind",
        "type": "select",
        "title": "Bike",
        "subtitle": "Which kind do you like?",
        "multipleSelection": False,
        "items": [
            {
                "identifier": "k1",
                "title": "City",
                "value": "city",
                "imageIdentifier": "0",
                "nextPageIdentifier": "size",
            },
            {"identifier": "k2", "title": "Cargo", "value": "k2", "nextPageIdentifier": "extras"},
        ],
    },
    {
        "pageIdentifier": "size",
        "type": "picker",
        "subtitle": "Frame size",
        "pickerTitle": "Size",
        "selectedItemIndex": 1,
        "items": [
            {"identifier": "s", "title": "Small", "value": "S"},
            {"identifier": "m", "title": "Medium", "value": "m"},
        ],
        "nextPageIdentifier": "date",
    },
    {
        "pageIdentifier": "extras",
        "type": "select",
        "subtitle": "Which extras?",
        "multipleSelection": True,
        "items": [
            {"identifier": "bell", "title": "Bell", "value": "bell"},
            {"identifier": "basket", "title": "Basket", "value": "basket"},
        ],
        "nextPageIdentifier": "date",
    },
    {
        "pageIdentifier": "date",
        "type": "datePicker",
        "subtitle": "Preferred day",
        "hintText": "We are closed on Mondays",
        "options": {
            "dateFormat": "dd.MM.yyyy",
            "startDate": "04.03.2027",
            "minimumDate": "01.03.2027",
            "maximumDate": "31.03.2027",
            "labelText": "Day",
        },
        "nextPageIdentifier": "mail",
    },
    {
        "pageIdentifier": "mail",
        "type": "input",
        "subtitle": "Where may we write?",
        "hintText": "We send one confirmation",
        "options": {
            "inputType": "singleline",
            "required": True,
            "placeholder": "Your address",
            "labelText": "E-mail",
            "prefixText": "@",
            "maximumCharacterCount": 80,
            "regex": r"^[^@\s]+@[^@\s]+\.[^@\s]+$",
            "keyboardType": "emailAddress",
            "textContentType": "emailAddress",
        },
        "nextPageIdentifier": "note",
    },
    {
        "pageIdentifier": "note",
        "type": "input",
        "subtitle": "Anything else?",
        "options": {"inputType": "multiline"},
        "submitForm": True,
    },
]


def form(data: Json, **more: Any) -> Json:
    return {"dynamic": {"version": "1.2", "template": "messageForms", "data": data}} | more


WIRE: Final[dict[str, tuple[str, Json]]] = {
    "quick reply": (
        "interactive",
        interactive(
            {
                "quick-reply": {
                    "summaryText": "Was this helpful?",
                    "items": [
                        {"identifier": "yes", "title": "Yes"},
                        {"identifier": "no", "title": "No"},
                        {"identifier": "agent", "title": "Talk to a person"},
                    ],
                }
            }
        ),
    ),
    "list picker": (
        "interactive",
        interactive(
            {
                "listPicker": {
                    "sections": [
                        {
                            "title": "Extras",
                            "order": 0,
                            "multipleSelection": False,
                            "items": [{"identifier": "x-bell", "title": "Bell", "order": 0, "style": "default"}],
                        }
                    ]
                }
            },
            {"title": "Pick extras"},
        ),
    ),
    "full list picker": (
        "interactive",
        interactive(
            {
                "images": [{"identifier": "0", "data": PNG, "description": "Brass bell"}],
                "listPicker": {
                    "sections": [
                        {
                            "title": "Extras",
                            "order": 0,
                            "multipleSelection": True,
                            "items": [
                                {
                                    "identifier": "x-bell",
                                    "title": "Bell",
                                    "subtitle": "Brass, 12 €",
                                    "imageIdentifier": "0",
                                    "order": 0,
                                    "style": "default",
                                },
                                {
                                    "identifier": "x-basket",
                                    "title": "Basket",
                                    "subtitle": "Willow, 39 €",
                                    "order": 1,
                                    "style": "default",
                                },
                            ],
                        },
                        {
                            "title": "Colour",
                            "order": 1,
                            "multipleSelection": False,
                            "items": [{"identifier": "red", "title": "Red", "order": 0, "style": "default"}],
                        },
                    ]
                },
            },
            {"title": "Pick extras", "subtitle": "Tap to choose", "imageIdentifier": "0", "style": "small"},
            {"title": "Your choice", "subtitle": "Thank you", "imageIdentifier": "0", "style": "icon"},
        ),
    ),
    "time picker": (
        "interactive",
        interactive(
            {
                "event": {
                    "identifier": "event",
                    "title": "Choose a time",
                    "timeslots": [{"identifier": "s1", "startTime": "2027-03-04T09:00+0000", "duration": 1800}],
                }
            },
            {"title": "Choose a time"},
        ),
    ),
    "full time picker": (
        "interactive",
        interactive(
            {
                **images(PNG),
                "event": {
                    "identifier": "fit-7781",
                    "title": "Bike fitting",
                    "location": {"title": "Workshop Mitte", "latitude": 52.5163, "longitude": 13.3777, "radius": 50},
                    "timeslots": [
                        {"identifier": "s1", "startTime": "2027-03-04T09:00+0000", "duration": 1800},
                        {"identifier": "s2", "startTime": "2027-03-04T09:30+0000", "duration": 1800},
                    ],
                    "timezoneOffset": 60,
                },
            },
            {
                "title": "Choose a time",
                "subtitle": "It takes half an hour",
                "imageIdentifier": "0",
                "style": "large",
            },
            {"title": "Thank you"},
        ),
    ),
    "input form": (
        "interactive",
        interactive(
            form(
                {
                    "startPageIdentifier": "mail",
                    "showSummary": False,
                    "private": False,
                    "pages": [
                        {
                            "pageIdentifier": "mail",
                            "type": "input",
                            "subtitle": "Where may we write?",
                            "options": {"inputType": "singleline"},
                        }
                    ],
                }
            ),
            {"title": "Your address"},
        ),
    ),
    "full form": (
        "interactive",
        interactive(
            form(
                {
                    "startPageIdentifier": "kind",
                    "showSummary": True,
                    "private": True,
                    "splash": {
                        "header": "Hello",
                        "splashtext": "Four short questions",
                        "buttonTitle": "Start",
                        "imageIdentifier": "0",
                    },
                    "pages": FORM_PAGES,
                },
                **images(PNG),
            ),
            {"title": "Book a test ride", "subtitle": "Takes one minute", "imageIdentifier": "0", "style": "large"},
            {"title": "Test ride request", "style": "icon"},
        ),
    ),
}
