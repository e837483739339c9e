"""A form as questions in one text, for a device without forms (protocol/05 §6)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from parley.business.kinds.form import BranchingChoice, DatePage, InputPage, SelectPage
from parley.conversation.fallback import days, labels
from parley.conversation.fallback.offers import Choice, Offered, Page

if TYPE_CHECKING:
    from parley.business.kinds.form import Choice as Item
    from parley.business.kinds.form import Form, WheelPage

_SECRETS: Final = frozenset({"creditCardNumber", "newPassword", "password"})
"""What must not be asked for in a text, which stays readable in the conversation (protocol/05 §3.4, 07 §3)."""

_END: Final = "✓"


def asks_for_secrets(form: Form) -> bool:
    """Whether a page wants what nobody should write into a chat."""
    return any(isinstance(page, InputPage) and page.content_type in _SECRETS for page in form.pages)


def offered(form: Form) -> Offered:
    """The form's pages, the one it starts with first."""
    start = form.start if form.start is not None else form.pages[0].identifier
    pages = sorted(form.pages, key=lambda page: page.identifier != start)
    return Offered("form", pages=tuple(map(_page, pages)), private=form.private)


def body(form: Form, pages: tuple[Page, ...]) -> str:
    """Every question with its number, every choice with its letter, and how to answer; a single question bare."""
    asked = {page.identifier: page for page in form.pages}
    lines = [form.title, *([form.subtitle] if form.subtitle else [])]
    if len(pages) == 1:
        return "\n".join([*lines, question(form.pages[0], pages[0])])
    for number, page in enumerate(pages, start=1):
        lines += ["", f"{number}. {question(asked[page.identifier], page)}{_onward(page, None, pages)}"]
        named = zip(labels.letters(len(page.choices)), page.choices, strict=True)
        lines += [f"{letter}) {choice.title}{_onward(page, choice, pages)}" for letter, choice in named]
    return "\n".join([*lines, "", _how(pages)])


def question(asked: SelectPage | WheelPage | DatePage | InputPage, page: Page) -> str:
    """What is asked, and how the answer is to be written."""
    notes = [asked.hint] if isinstance(asked, DatePage | InputPage) and asked.hint else []
    if page.type == "date":
        notes.append(days.shown(page))
    if page.multiple:
        notes.append("a, b, …")
    return asked.question + "".join(f" ({note})" for note in notes)


def _how(pages: tuple[Page, ...]) -> str:
    numbered = list(enumerate(pages, start=1))
    tapped = [f"{number}a" for number, page in numbered if page.choices]
    written = [f"{number}: …" for number, page in numbered if not page.choices]
    return "\n".join(["Please answer line by line:", *tapped[:1], *written[:1]])


def _onward(page: Page, choice: Choice | None, pages: tuple[Page, ...]) -> str:
    """Where to go on, ` → 4`: beside each choice where they part, else beside the question.

    Nothing where it is the next question anyway.
    """
    parting = any(one.next is not None for one in page.choices)
    if parting is (choice is None):
        return ""
    name = (choice.next if choice else None) or page.next
    names = [one.identifier for one in pages]
    following = names[names.index(page.identifier) + 1 :][:1]
    if name == (following[0] if following else None):
        return ""
    return f" → {_END if name is None else names.index(name) + 1}"


def _page(page: SelectPage | WheelPage | DatePage | InputPage) -> Page:
    made = Page(page.identifier, page.type, next=page.next)
    match page:
        case SelectPage():
            return replace(made, choices=tuple(map(_choice, page.items)), multiple=page.multiple)
        case DatePage():
            return replace(made, format=page.format, minimum=page.minimum, maximum=page.maximum)
        case InputPage():
            return replace(made, max_length=page.max_length, multiline=page.multiline)
        case _:
            return replace(made, choices=tuple(map(_choice, page.items)))


def _choice(item: Item) -> Choice:
    onward = item.next if isinstance(item, BranchingChoice) else None
    value = item.value if item.value is not None else item.identifier
    return Choice(item.identifier, item.title, value=value, next=onward)
