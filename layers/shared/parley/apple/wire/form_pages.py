"""The four types of page a form is made of (protocol/05 §3)."""

from collections.abc import Iterator
from typing import Annotated, Any, Final, Literal

from pydantic import ConfigDict, Field

from parley.apple import limits
from parley.apple.wire import form_dates, form_regex
from parley.apple.wire.arrays import counted, unique
from parley.apple.wire.node import Node
from parley.apple.wire.rules import ABSENT, Complaint, Identifier, Plain, UIText, checked, name, refused
from parley.apple.wire.structure import Wire, structure
from parley.errors import Fault

_FORMER_TYPES: Final = {
    "singleSelect": "select",
    "multiSelect": "select with multipleSelection true",
    "wheelPicker": "picker",
    "splash": "a select, picker, datePicker or input page; a welcome goes into data.splash",
}
_SENSITIVE: Final = ("creditCardNumber", "newPassword", "password")
_ONE_LINE_ONLY: Final = "remove it: only a single line has one"


def _page_identifier(value: str) -> Iterator[Complaint]:
    yield from name(value)
    units = len(value.encode("utf-16-le", "surrogatepass")) // 2
    if units > limits.MAX_PAGE_IDENTIFIER_UNITS:
        yield "too_long", f"shorten it by {units - limits.MAX_PAGE_IDENTIFIER_UNITS}: fewer than 20 UTF-16 units"


def _type(value: str) -> Iterator[Complaint]:
    if value not in _MODELS:
        yield "unknown_value", f"write {_FORMER_TYPES.get(value, 'select, picker, datePicker or input')}"


_PageIdentifier = Annotated[str, checked(_page_identifier)]
_KeyboardType = Literal[
    "default", "asciiCapable", "numbersAndPunctuation", "URL", "numberPad", "phonePad", "namePhonePad",
    "emailAddress", "decimalPad", "webSearch",
]  # fmt: skip
_TextContentType = Literal[
    "name", "namePrefix", "givenName", "middleName", "familyName", "nameSuffix", "nickname", "jobTitle",
    "organizationName", "location", "fullStreetAddress", "streetAddressLine1", "streetAddressLine2", "addressCity",
    "addressState", "addressCityAndState", "sublocality", "countryName", "postalCode", "telephoneNumber",
    "emailAddress", "URL", "creditCardNumber", "username", "password", "newPassword", "oneTimeCode",
]  # fmt: skip


class _Item(Wire):
    identifier: Identifier
    title: UIText
    value: Plain


class _MultipleItem(_Item):
    image_identifier: str = ABSENT
    next_page_identifier: Annotated[
        Any, refused("remove it: with multipleSelection only the page has a nextPageIdentifier")
    ] = ABSENT


class _SingleItem(_Item):
    image_identifier: str = ABSENT
    next_page_identifier: str = ABSENT


class _PickerItem(_Item):
    image_identifier: Annotated[Any, refused("remove it: a wheel shows no pictures")] = ABSENT
    next_page_identifier: Annotated[Any, refused("remove it: only a single select page branches")] = ABSENT


class _Page(Wire):
    page_identifier: _PageIdentifier
    type: Annotated[str, checked(_type)]
    title: UIText = ABSENT
    subtitle: UIText
    next_page_identifier: str = ABSENT
    submit_form: bool = ABSENT


class _AnyPage(_Page):
    model_config = ConfigDict(extra="ignore")


class _Select(_Page):
    multiple_selection: bool = ABSENT
    items: list[_SingleItem]


class _MultipleSelect(_Page):
    multiple_selection: bool = ABSENT
    items: list[_MultipleItem]


class _Picker(_Page):
    picker_title: UIText = ABSENT
    selected_item_index: Annotated[int, Field(ge=0)] = ABSENT
    items: list[_PickerItem]


class _DateOptions(Wire):
    date_format: Annotated[str, checked(form_dates.date_format)] = ABSENT
    start_date: Plain = ABSENT
    minimum_date: Plain = ABSENT
    maximum_date: Plain = ABSENT
    label_text: UIText = ABSENT


class _DatePicker(_Page):
    hint_text: UIText = ABSENT
    options: _DateOptions = ABSENT


class _InputOptions(Wire):
    input_type: Literal["singleline", "multiline"] = ABSENT
    required: bool = ABSENT
    placeholder: UIText = ABSENT
    label_text: UIText = ABSENT
    prefix_text: UIText = ABSENT
    maximum_character_count: Annotated[int, Field(ge=1)] = ABSENT
    regex: Annotated[str, checked(form_regex.compiles)] = ABSENT
    keyboard_type: _KeyboardType = ABSENT
    text_content_type: _TextContentType = ABSENT


class _MultilineOptions(_InputOptions):
    label_text: Annotated[Any, refused(_ONE_LINE_ONLY)] = ABSENT
    prefix_text: Annotated[Any, refused(_ONE_LINE_ONLY)] = ABSENT


class _Input(_Page):
    hint_text: UIText = ABSENT
    options: _InputOptions = ABSENT


class _MultilineInput(_Page):
    hint_text: UIText = ABSENT
    options: _MultilineOptions


_MODELS: Final[dict[str, type[_Page]]] = {
    "select": _Select,
    "picker": _Picker,
    "datePicker": _DatePicker,
    "input": _Input,
}


def check(page: Node, now: float) -> Iterator[Fault]:
    """Judge one page for itself; where it leads is judged with the others."""
    kind, options = page.at("type").text, page.at("options")
    yield from structure(_model(page), page)
    if kind in {"select", "picker"}:
        yield from counted(page.at("items"), "an item")
        yield from unique((item.at("identifier") for item in page.each("items")), "item of the page")
    if kind == "picker":
        yield from _selected(page)
    elif kind == "datePicker":
        yield from form_dates.check(options, now)
    elif kind == "input" and options.at("textContentType").text in _SENSITIVE:
        yield options.at("textContentType").warning("sensitive", "do not ask for this in a chat: it is not safe")


def _model(page: Node) -> type[_Page]:
    kind = page.at("type").text
    if kind == "select" and page.at("multipleSelection").value is True:
        return _MultipleSelect
    if kind == "input" and page.at("options", "inputType").value == "multiline":
        return _MultilineInput
    return _MODELS.get(kind or "", _AnyPage)


def _selected(page: Node) -> Iterator[Fault]:
    index, items = page.at("selectedItemIndex"), page.each("items")
    if index.integer is not None and items and index.integer >= len(items):
        yield index.fault("out_of_range", f"count from zero: the last item is {len(items) - 1}")
