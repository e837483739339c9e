"""What was offered to a customer, as it is stored, and the answer in the shape of the kind that was asked."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True, slots=True)
class Choice:
    """One thing that may be chosen, under the identifier the business gave it; or what was written in its place.

    `start` is RFC 3339 in UTC, `duration` in seconds. `value` is a form's machine word, of a date the day in ISO.
    """

    identifier: str
    title: str
    section: str | None = None
    start: str | None = None
    duration: int | None = None
    value: str | None = None
    next: str | None = None
    """The page of a form this choice leads to."""
    single: int | None = None
    """The number of the section it stands in, when only one may be taken there."""
    page: str | None = None
    """In an answer: the page of the form that it answers."""


@dataclass(frozen=True, slots=True)
class Page:
    """One question of a form, in a business's words (`kinds.form`)."""

    identifier: str
    type: Literal["select", "wheel", "date", "input"]
    choices: tuple[Choice, ...] = ()
    multiple: bool = False
    next: str | None = None
    format: str | None = None
    minimum: str | None = None
    maximum: str | None = None
    max_length: int | None = None
    multiline: bool = False


@dataclass(frozen=True, slots=True)
class Offered:
    """The question as the business asked it: whatever form it took, the answer comes back in this one.

    A form has `pages`, the first is where it starts; everything else has `choices`.
    """

    kind: str
    choices: tuple[Choice, ...] = ()
    multiple: bool = False
    pages: tuple[Page, ...] = ()
    private: bool = False


def stored(offered: Offered) -> dict[str, Any]:
    """The offer as it lies in the table: dicts, lists, strings and whole numbers, without what is not there."""
    lean: dict[str, Any] = _lean(asdict(offered))
    return lean


def offered_of(stored_offer: dict[str, Any]) -> Offered:
    """The offer as it was stored."""
    pages = tuple(Page(**page | {"choices": _choices(page)}) for page in stored_offer.get("pages", ()))
    return Offered(**stored_offer | {"choices": _choices(stored_offer), "pages": pages})


def by_identifier(identifiers: Sequence[str | None], offered: Offered) -> list[Choice]:
    """The choices with these identifiers, in the order offered: what was tapped in another form of the question."""
    choices = offered.choices or tuple(choice for page in offered.pages[:1] for choice in page.choices)
    return [choice for choice in choices if choice.identifier in identifiers]


def answer_of(chosen: Sequence[Choice], offered: Offered) -> dict[str, Any]:
    """The result in the shape of the kind that was asked for (`business.results`), whatever form the question took."""
    if offered.kind == "form":
        return {"kind": "form", "answers": _answers(chosen, offered), "private": offered.private}
    if offered.kind == "time_picker":
        slots = [{"identifier": slot.identifier, "start": slot.start, "duration": slot.duration} for slot in chosen]
        return {"kind": "time_picker", "slot": slots[0] if slots else None}
    selection = [
        {"identifier": choice.identifier, "title": choice.title, "section": choice.section} for choice in chosen
    ]
    return {"kind": offered.kind, "selection": selection}


def _answers(chosen: Sequence[Choice], offered: Offered) -> dict[str, Any]:
    """By page, in the order of the answer; a tapped choice does not name its page, but then there is only one."""
    pages = {page.identifier: page for page in offered.pages}
    given: dict[str, list[Choice]] = {}
    for choice in chosen:
        given.setdefault(choice.page or offered.pages[0].identifier, []).append(choice)
    return {name: _answer(pages[name], taken) for name, taken in given.items()}


def _answer(page: Page, taken: list[Choice]) -> dict[str, Any]:
    if page.type == "input":
        return {"type": "input", "text": taken[0].title}
    if page.type == "date":
        return {"type": "date", "date": taken[0].value, "shown": taken[0].title}
    items = [{"identifier": choice.identifier, "title": choice.title, "value": choice.value} for choice in taken]
    return {"type": page.type, "items": items}


def _choices(holder: dict[str, Any]) -> tuple[Choice, ...]:
    return tuple(Choice(**choice) for choice in holder.get("choices", ()))


def _lean(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _lean(member) for name, member in value.items() if member is not None and member != ()}
    return [_lean(entry) for entry in value] if isinstance(value, tuple) else value
