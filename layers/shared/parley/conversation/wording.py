"""Which of several languages a customer is spoken to in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from parley.conversation.routing import speaks

if TYPE_CHECKING:
    from collections.abc import Mapping


def wording[Words](options: Mapping[str, Words], locale: str | None, *, default: str) -> Words | None:
    """The words for `locale`: the closest that is spoken there, else the default's, else the first there are."""
    found = closest(options, locale) or closest(options, default) or next(iter(options), None)
    return options[found] if found is not None else None


def closest(options: Mapping[str, object], locale: str | None) -> str | None:
    """The longest of the given locales that `locale` is a part of; for `de_CH` that may be `de`, never `de_AT`."""
    spoken = [option for option in options if speaks(option, locale)]
    return max(spoken, key=len, default=None)


def language(locale: str | None) -> str | None:
    """`de` of `de_AT`."""
    return locale.replace("_", "-").partition("-")[0].lower() if locale else None
