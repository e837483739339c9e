"""Reading a customer's own words as the answer to a question that went out as a text."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from parley.apple import limits
from parley.apple.wire.text import PLACEHOLDER
from parley.conversation.fallback import days, labels
from parley.conversation.fallback.offers import Choice

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from parley.conversation.fallback.offers import Offered, Page

_LINE: Final = re.compile(
    "[\\s#(]*([0-9\uff10-\uff19]{1,3})(?!\\d)[\ufe0f\u20e3]*\\s*[.)]{0,2}\\s*[:=\u2013-]?\\s*(.*)"
)
"""A number of a question, and what is said to it: `1a`, `2 b`, `(3) b`, `4: kim@example.net`."""
_SHORT: Final = re.compile(r"(?<![0-9])([0-9]{1,3})\s*(?:[.):]\s*)?([a-z]{1,2})(?![^\s,;])", re.IGNORECASE)
_NOTHING: Final = re.compile(r"[\s,;]*")


def read_answer(text: str, offered: Offered) -> list[Choice] | None:
    """What a customer's own words answer; None when they are no answer to this question.

    Choices go by number or title, a form of one page by what it asks for, one of several line by line. Of a form only
    the pages count that its branches lead to; what somebody wrote stands as the title of a choice. Never raises.
    """
    words = text.replace(PLACEHOLDER, " ").strip()
    if len(words) > limits.MAX_TEXT_CHARS:
        return None
    if offered.kind != "form":
        return labels.find(words, offered.choices, labels.of(offered.choices), multiple=offered.multiple)
    if len(offered.pages) == 1:
        page = offered.pages[0]
        return _said(words, page, labels.of(page.choices))
    given = _by_line(words, offered.pages)
    if given is None:
        return None
    return [choice for page in _visited(offered.pages, given) for choice in given.get(page.identifier, ())] or None


def _said(words: str, page: Page, names: Sequence[str]) -> list[Choice] | None:
    """One page's answer, its choices going by these names."""
    if page.type == "date":
        day = days.read(words, page)
        return None if day is None else [Choice(page.identifier, words, value=day.isoformat(), page=page.identifier)]
    if page.type == "input":
        # Its `pattern` is not tried: a regular expression of somebody's may take for ever over a customer's text.
        if not words or (page.max_length is not None and len(words) > page.max_length):
            return None
        return [Choice(page.identifier, words, page=page.identifier)]
    chosen = labels.find(words, page.choices, names, multiple=page.multiple)
    return chosen and [replace(choice, page=page.identifier) for choice in chosen]


def _by_line(words: str, pages: Sequence[Page]) -> dict[str, list[Choice]] | None:
    """What was said to each page; None when a line answers nothing, or two answer the same."""
    said: dict[int, str] = {}
    last = None
    for line in _lines(words, pages):
        found = _LINE.fullmatch(line)
        number = int(found[1]) if found else 0
        if found and 1 <= number <= len(pages):
            if number in said:
                return None
            said[number] = found[2]
            last = pages[number - 1]
        elif last is not None and last.multiline:
            said[pages.index(last) + 1] += f"\n{line}"
        else:
            return None
    given: dict[str, list[Choice]] = {}
    for number, answer in said.items():
        page = pages[number - 1]
        if page.type == "input" and not answer.strip():
            continue
        chosen = _said(answer.strip(), page, labels.letters(len(page.choices)))
        if chosen is None:
            return None
        given[page.identifier] = chosen
    return given


def _lines(words: str, pages: Sequence[Page]) -> list[str]:
    """The lines with something in them; `1a, 2b` is two of them."""
    lines: list[str] = []
    for line in words.splitlines():
        short = [(found[1], found[2]) for found in _SHORT.finditer(line)]
        if len(short) > 1 and _NOTHING.fullmatch(_SHORT.sub("", line)) and _all_have_choices(short, pages):
            lines += [f"{number}{letter}" for number, letter in short]
        elif line.strip():
            lines.append(line)
    return lines


def _all_have_choices(short: Sequence[tuple[str, str]], pages: Sequence[Page]) -> bool:
    numbers = [int(number) for number, _ in short]
    return all(1 <= number <= len(pages) and pages[number - 1].choices for number in numbers)


def _visited(pages: Sequence[Page], given: Mapping[str, Sequence[Choice]]) -> list[Page]:
    """The pages that can be reached: by the answer's own branch, and where there is no answer by every branch."""
    known = {page.identifier: page for page in pages}
    order = [pages[0].identifier]
    for name in order:  # grows as it is walked
        order += [onward for onward in _onward(known[name], given.get(name)) if onward not in order]
    return [known[name] for name in order]


def _onward(page: Page, taken: Sequence[Choice] | None) -> list[str]:
    leads = [choice.next or page.next for choice in (page.choices if taken is None else taken)] or [page.next]
    return [name for name in dict.fromkeys(leads) if name is not None]
