"""Rules for one string, and the annotated types that carry them into the models.

A rule takes a string and yields `(code, message)` for everything that is wrong with it, so that one value can
be at fault twice.
"""

import re
from collections.abc import Callable, Iterator
from typing import Annotated, Any, Final

from pydantic import AfterValidator
from pydantic_core import PydanticCustomError

from parley.apple import limits

type Complaint = tuple[str, str]
type Rule = Callable[[Any], Iterator[Complaint]]

COMPLAINTS: Final = "complaints"
ABSENT: Final[Any] = None
"""The default of a member that may be left out; null in its place is refused like any wrong type."""

# Compiled when they are first needed, and kept by `re`: a text needs none of them.
_CONTROL: Final = r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]"
_INVISIBLE: Final = r"[\s\u00ad\u200b-\u200f\u2060\ufeff]*"
_UUID: Final = r"[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}"
_IN_NO_IDENTIFIER: Final = r"\.\./|['\"]"
_NOT_IN_URL: Final = r"[^\x21-\x7e]"
_AUTHORITY: Final = (
    r"(?i)[a-z]+://(?:[^/?#@\[\]\\]*@)?(?:\[[0-9a-f:.]+\]|[a-z0-9][a-z0-9._-]*)(?::[0-9]{0,5})?(?:[/?#]|$)"
)


def checked(rule: Rule) -> AfterValidator:
    """A validator that hands over all a rule complains about."""

    def judge(value: Any) -> Any:
        complaints = list(rule(value))
        if complaints:
            raise PydanticCustomError(COMPLAINTS, "{complaints}", {COMPLAINTS: complaints})
        return value

    return AfterValidator(judge)


class Refusal(AfterValidator):
    """Marks a member that Apple knows elsewhere but not here."""


def refused(message: str) -> Refusal:
    """Refuses the member whatever it holds."""

    def judge(_: Any) -> Any:
        raise PydanticCustomError(COMPLAINTS, "{complaints}", {COMPLAINTS: [("forbidden", message)]})

    return Refusal(judge)


def visible(value: str) -> Iterator[Complaint]:
    """Not blank, no control characters."""
    if re.fullmatch(_INVISIBLE, value):
        yield "blank", "write at least one visible character, or leave the field out if it is optional"
    yield from plain(value)


def plain(value: str) -> Iterator[Complaint]:
    """No control characters, no halves of a character."""
    if found := re.search(_CONTROL, value):
        yield "unprintable", f"remove the character U+{ord(found[0]):04X} at position {found.start()}"


def at_most(count: int, value: str) -> Iterator[Complaint]:
    """A bound in code points."""
    if len(value) > count:
        yield "too_long", f"shorten it by {len(value) - count:,} to at most {count:,} characters"


def ui_text(value: str) -> Iterator[Complaint]:
    """A string the device shows (protocol/14, first rows)."""
    yield from visible(value)
    yield from at_most(limits.MAX_UI_CHARS, value)


def name(value: str) -> Iterator[Complaint]:
    """An identifier of any length (protocol/14)."""
    yield from visible(value)
    if found := re.search(_IN_NO_IDENTIFIER, value):
        yield "forbidden_characters", f"remove {found[0]} : an identifier has no ../ and no straight quotes"


def identifier(value: str) -> Iterator[Complaint]:
    """An identifier of an item, image, slot or session (protocol/14)."""
    yield from name(value)
    yield from at_most(limits.MAX_IDENTIFIER_CHARS, value)


def uuid(value: str) -> Iterator[Complaint]:
    """A UUID in its usual form, in either case."""
    if not re.fullmatch(_UUID, value):
        yield "malformed", "write a UUID such as 1f6f8a52-6c39-4c57-8d5e-7b1f4a0c2d33"


def https_url(value: str) -> Iterator[Complaint]:
    """An https URL (protocol/14)."""
    if not value.lower().startswith("https://"):
        yield "not_https", "start it with https://"
    yield from url(value)


def url(value: str) -> Iterator[Complaint]:
    """What holds for a URL of any scheme."""
    yield from visible_ascii(value)
    if "://" in value and not re.match(_AUTHORITY, value):
        yield "malformed", "write a host after ://, such as https://shop.example/bikes"
    yield from at_most(limits.MAX_URL_BYTES, value)


def visible_ascii(value: str) -> Iterator[Complaint]:
    """What may stand in a URL: printable ASCII without spaces."""
    if found := re.search(_NOT_IN_URL, value):
        yield "malformed", f"percent-encode the character U+{ord(found[0]):04X} at position {found.start()}"


def pattern(regex: str, message: str) -> Rule:
    """A string of one form; compiled when it is first needed, and kept by `re`."""

    def rule(value: str) -> Iterator[Complaint]:
        if not re.fullmatch(regex, value):
            yield "malformed", message

    return rule


UIText = Annotated[str, checked(ui_text)]
Visible = Annotated[str, checked(visible)]
Plain = Annotated[str, checked(plain)]
Identifier = Annotated[str, checked(identifier)]
Uuid = Annotated[str, checked(uuid)]
HttpsUrl = Annotated[str, checked(https_url)]
