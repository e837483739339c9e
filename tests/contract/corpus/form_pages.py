"""The four types of form page and their options (05 §3)."""

from __future__ import annotations

from tests.contract.corpus.cases import Cases
from tests.contract.corpus.edits import Drop, Put, Rename
from tests.contract.corpus.form_parts import FORM, PAGES, choice, extras, one_input, page, test_ride
from tests.contract.corpus.ui_strings import identified, limited

SELECT = f"{PAGES}/0"
WHEEL = f"{PAGES}/1"
DAY = f"{PAGES}/2"
MAIL = f"{PAGES}/3"
OPTIONS = f"{PAGES}/0/options"

KEYBOARDS = [
    "default",
    "asciiCapable",
    "numbersAndPunctuation",
    "URL",
    "numberPad",
    "phonePad",
    "namePhonePad",
    "emailAddress",
    "decimalPad",
    "webSearch",
]
CONTENT_TYPES = [
    "name",
    "namePrefix",
    "givenName",
    "middleName",
    "familyName",
    "nameSuffix",
    "nickname",
    "jobTitle",
    "organizationName",
    "location",
    "fullStreetAddress",
    "streetAddressLine1",
    "streetAddressLine2",
    "addressCity",
    "addressState",
    "addressCityAndState",
    "sublocality",
    "countryName",
    "postalCode",
    "telephoneNumber",
    "emailAddress",
    "URL",
    "creditCardNumber",
    "username",
    "password",
    "newPassword",
    "oneTimeCode",
]

PAGE = Cases("form page", test_ride, "05 §3")
limited(PAGE, "title", f"{SELECT}/title")
limited(PAGE, "subtitle", f"{WHEEL}/subtitle")
limited(PAGE, "item title", f"{SELECT}/items/0/title")
limited(PAGE, "hint", f"{MAIL}/hintText")
limited(PAGE, "hint of a day", f"{DAY}/hintText")
limited(PAGE, "label of a wheel", f"{WHEEL}/pickerTitle")
limited(PAGE, "label of a day", f"{DAY}/options/labelText")
limited(PAGE, "placeholder", f"{MAIL}/options/placeholder")
PAGE.good("no title", Drop(f"{SELECT}/title"))
PAGE.good(
    "wheel without a title or a first choice",
    Drop(f"{WHEEL}/pickerTitle"),
    Drop(f"{WHEEL}/selectedItemIndex"),
    says="05 §3.2",
)
PAGE.good("wheel at its first choice", Put(f"{WHEEL}/selectedItemIndex", 0), says="05 §3.2")
PAGE.good(
    "wheel of thirty choices",
    Put(f"{WHEEL}/items", [choice(f"i{n}", f"{n} cm", f"{n}") for n in range(30)]),
    says="05 §3.2",
)
PAGE.good("day without options", Drop(f"{DAY}/options"), says="05 §3.3")
PAGE.good("day with a hint", Put(f"{DAY}/hintText", "We are closed on Sundays"), says="05 §3.3")
PAGE.good("day in the format of the device", Drop(f"{DAY}/options/dateFormat"), says="05 §3.3: default MM/dd/yyyy")
PAGE.good("day with an end only", Put(f"{DAY}/options", {"maximumDate": "12/31/2027"}), says="05 §3.3")
PAGE.good("line without options", Drop(f"{MAIL}/options"), says="05 §3.4")
PAGE.broken("type is missing", Drop(f"{MAIL}/type"))
PAGE.broken("type is null", Put(f"{MAIL}/type", None))
PAGE.broken("type of other systems", Put(f"{SELECT}/type", "singleSelect"), says="05 §3: no such type on the wire")
PAGE.broken("type in other letters", Put(f"{DAY}/type", "datepicker"), says="05 §3: case-sensitive")
PAGE.broken("type in capitals", Put(f"{MAIL}/type", "Input"), says="05 §3: case-sensitive")
PAGE.broken("pageIdentifier is missing", Drop(f"{WHEEL}/pageIdentifier"), may=(f"{SELECT}/items/0/nextPageIdentifier",))
PAGE.broken(
    "pageIdentifier is a number", Put(f"{WHEEL}/pageIdentifier", 1), may=(f"{SELECT}/items/0/nextPageIdentifier",)
)
PAGE.broken("subtitle is missing", Drop(f"{DAY}/subtitle"))
PAGE.broken("subtitle is blank", Put(f"{DAY}/subtitle", " "), says="14 row UI strings")
PAGE.broken("an unknown key", Put(f"{DAY}/required", True))
PAGE.broken("choices on an input page", Put(f"{MAIL}/items", []), says="05 §3.4")
PAGE.broken("options on a select page", Put(f"{SELECT}/options", {}), says="05 §3.1")
PAGE.broken("select items are missing", Drop(f"{SELECT}/items"), says="05 §3.1")
PAGE.broken("select item without an identifier", Drop(f"{SELECT}/items/0/identifier"), says="05 §3.1")
PAGE.broken("select item without a title", Drop(f"{SELECT}/items/0/title"), says="05 §3.1")
PAGE.broken("select item without a value", Drop(f"{SELECT}/items/1/value"), says="05 §3.1")
PAGE.broken("select item with a number as value", Put(f"{SELECT}/items/1/value", 2), says="05 §3.1")
PAGE.broken("select item with an unknown key", Put(f"{SELECT}/items/1/subtitle", "Strong"), says="05 §3.1")
PAGE.broken("select item points at no picture", Put(f"{SELECT}/items/1/imageIdentifier", "cargo"), says="05 §3.1, §4")
PAGE.broken("select item identifier twice", Put(f"{SELECT}/items/1/identifier", "k1"), says="05 §4")
PAGE.broken("multipleSelection is a string", Put(f"{SELECT}/multipleSelection", "false"), says="05 §3.1")
PAGE.broken(
    "choices that branch on a page for several",
    Put(f"{SELECT}/multipleSelection", True),
    says="05 §3.1, §4",
    at=(f"{SELECT}/items/0/nextPageIdentifier", f"{SELECT}/items/1/nextPageIdentifier"),
)
PAGE.broken("wheel items are missing", Drop(f"{WHEEL}/items"), says="05 §3.2")
PAGE.broken("wheel item without a value", Drop(f"{WHEEL}/items/0/value"), says="05 §3.2")
PAGE.broken("wheel item with a picture", Put(f"{WHEEL}/items/0/imageIdentifier", "hero"), says="05 §3.2: no images")
PAGE.broken("wheel item that branches", Put(f"{WHEEL}/items/0/nextPageIdentifier", "mail"), says="05 §3.2, §4")
PAGE.broken("wheel item identifier twice", Put(f"{WHEEL}/items/1/identifier", "s"), says="05 §4")
PAGE.broken("wheel for several", Put(f"{WHEEL}/multipleSelection", True), says="05 §3.2")
PAGE.broken("wheel index is a string", Put(f"{WHEEL}/selectedItemIndex", "1"), says="05 §3.2")
PAGE.broken("wheel index beyond the last choice", Put(f"{WHEEL}/selectedItemIndex", 2), says="05 §3.2: zero-based")
PAGE.broken("day with an unknown option", Put(f"{DAY}/options/timeZone", "UTC"), says="05 §3.3")
PAGE.broken("day with a number as date", Put(f"{DAY}/options/minimumDate", 20270301), says="05 §3.3")
PAGE.broken("day format is a number", Put(f"{DAY}/options/dateFormat", 1), says="05 §3.3")
PAGE.broken("day label is a number", Put(f"{DAY}/options/labelText", 1), says="05 §3.3")

SEVERAL = Cases("form page for several", extras, "05 §3.1")
SEVERAL.good("as it is")
identified(SEVERAL, "item identifier", f"{PAGES}/0/items/1/identifier")
SEVERAL.good("of one choice", Put(f"{PAGES}/0/items", [choice("a", "Bell", "bell")]))
SEVERAL.good(
    "leading on by the page",
    Put(
        f"{FORM}/pages",
        [
            page(
                "extras",
                "select",
                multipleSelection=True,
                items=[choice("a", "A", "a"), choice("b", "B", "b")],
                nextPageIdentifier="e",
            ),
            page("e", "input"),
        ],
    ),
)
SEVERAL.good("two choices of one value", Put(f"{PAGES}/0/items/1/value", "bell"))
SEVERAL.broken("a choice that branches", Put(f"{PAGES}/0/items/2/nextPageIdentifier", "extras"), says="05 §3.1, §4")
SEVERAL.broken("the picture of a choice is not there", Put(f"{PAGES}/0/items/0/imageIdentifier", "villain"))
SEVERAL.broken("the third choice repeats the first", Put(f"{PAGES}/0/items/2/identifier", "a"), says="05 §4")

LINE = Cases("form input", one_input, "05 §3.4")
LINE.good("as it is")
for keyboard in KEYBOARDS:
    LINE.good(f"keyboard {keyboard}", Put(f"{OPTIONS}/keyboardType", keyboard))
LINE.good(
    "every kind of content",
    Put(
        PAGES,
        [
            page(f"p{n}", "input", options={"textContentType": content}, nextPageIdentifier=f"p{n + 1}")
            for n, content in enumerate(CONTENT_TYPES)
        ]
        + [page(f"p{len(CONTENT_TYPES)}", "input")],
    ),
    Put(f"{FORM}/startPageIdentifier", "p0"),
)
LINE.good(
    "several lines", Put(OPTIONS, {"inputType": "multiline", "maximumCharacterCount": 300, "placeholder": "Optional"})
)
LINE.good(
    "a price", Put(OPTIONS, {"labelText": "Price", "prefixText": "€", "keyboardType": "decimalPad", "required": False})
)
LINE.good("a pattern with escapes", Put(f"{OPTIONS}/regex", "^\\d{5}(-\\d{4})?$"))
LINE.broken("inputType in camel case", Put(f"{OPTIONS}/inputType", "singleLine"))
LINE.broken("inputType is unknown", Put(f"{OPTIONS}/inputType", "password"))
LINE.broken("required is a string", Put(f"{OPTIONS}/required", "true"))
LINE.broken("maximumCharacterCount is a string", Put(f"{OPTIONS}/maximumCharacterCount", "30"))
LINE.broken("maximumCharacterCount is a fraction", Put(f"{OPTIONS}/maximumCharacterCount", 30.5))
LINE.broken("regex is an array", Put(f"{OPTIONS}/regex", ["\\d+"]))
LINE.broken("placeholder is a number", Put(f"{OPTIONS}/placeholder", 1))
LINE.broken(
    "keyboard of an older guide", Put(f"{OPTIONS}/keyboardType", "UIKeyboardTypeTwitter"), says="05 §3.4; 12 no. 44"
)
LINE.broken(
    "canonical keyboard in the old form", Put(f"{OPTIONS}/keyboardType", "UIKeyboardTypeNumberPad"), says="12 no. 44"
)
LINE.broken("keyboard in other letters", Put(f"{OPTIONS}/keyboardType", "numberpad"))
LINE.broken("kind of content is unknown", Put(f"{OPTIONS}/textContentType", "birthday"))
LINE.broken("kind of content in other letters", Put(f"{OPTIONS}/textContentType", "url"))
LINE.broken("an unknown option", Put(f"{OPTIONS}/minimumCharacterCount", 3))
LINE.broken("an option misspelt", Rename(f"{OPTIONS}/inputType", "input-type"), at=(f"{OPTIONS}/input-type",))
LINE.broken("an option beside the options", Put(f"{PAGES}/0/keyboardType", "URL"))
LINE.broken("options is an array", Put(OPTIONS, []))

ALL = (PAGE, SEVERAL, LINE)
