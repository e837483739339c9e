"""Reactions, which arrive as ordinary texts: the sentence the device writes for those who cannot show them.

`Loved “See you at four”` names neither the message nor a type, so this is best effort: only a whole sentence that a
device is known to write counts, anything else stays a text (protocol/02 §3).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from parley.apple.tapback_patterns import TABLES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from parley.apple.tapback_patterns import Form, Reaction, Table, Target

_QUOTES: Final = ("“”", '""', "„“", "„”", '„"', "«»", "「」", "『』")
"""Opening and closing marks of the languages; „ is closed by a straight mark where typing programs mend quotes."""

_CLOSED_BY: Final = {"“": "”", "„": '“”"', "«": "»", "「": "」", "『": "』", '"': '"'}
_AMBIGUOUS: Final = '“"'
"""What opens a quotation of one language and closes one of another, or of the same."""

_SPACES: Final = "\u00a0\u2002\u2003\u2007\u2008\u2009\u200a\u202f\u3000\t\r\n"
_INVISIBLE: Final = "\u200b\u200e\u200f\u2060\u2066\u2067\u2068\u2069\ufeff"
_BLANK: Final = " " + _SPACES + _INVISIBLE

_SIMPLER: Final = str.maketrans(
    dict.fromkeys(_SPACES + _INVISIBLE, " ")
    | dict.fromkeys("“”„‟«»「」『』", '"')
    | dict.fromkeys("‘’ʼ", "'")  # noqa: RUF001  (the look-alikes are the point)
    | {"\uff01": "!", "\uff1f": "?", "\u3002": "."}
)
"""One character for one, so that a place in the simpler text is the same place in the body."""

_COMPARABLE: Final = _SIMPLER | dict.fromkeys(map(ord, _INVISIBLE + "\ufffc"))

_EMOJI: Final = re.compile(
    "[#*0-9]\ufe0f?\u20e3"
    "|[\u00a9\u00ae\u203c\u2049\u2122\u2139\u2190-\u21ff\u2300-\u27bf\u2900-\u297f\u2b00-\u2bff\u3030\u303d\u3297\u3299"
    "\U0001f000-\U0001faff]"
    "[\u200d\u20e3\ufe0e\ufe0f\u2190-\u21ff\u2300-\u27bf\u2b00-\u2bff\U0001f000-\U0001faff\U000e0020-\U000e007f]{0,23}"
)
_NUMBER: Final = re.compile("[0-9]+")
_ELLIPSIS: Final = ("…", "...")


@dataclass(frozen=True, slots=True)
class Tapback:
    """`removed`: the reaction was taken back. `quoted` is the text reacted to, maybe cut short; else None."""

    reaction: Reaction
    emoji: str | None = None
    removed: bool = False
    quoted: str | None = field(default=None, repr=False)
    target: Target = "text"


def detect(body: str, locale: str | None) -> Tapback | None:
    """The reaction that `body` is the sentence for, or None for an ordinary text.

    The table of `locale` (`de_DE`, `zh-Hant-TW`) is tried first, then all others: people write with several keyboards.
    """
    text = body.strip(_BLANK)
    simpler = text.translate(_SIMPLER)
    if simpler.endswith("."):  # some languages end the sentence with a full stop
        simpler = simpler[:-1].rstrip()
        text = text[: len(simpler)]
    for table in _tables(locale):
        for form in table.from_to(simpler[:1], simpler[-1:]):
            found = _fit(form, table, text, simpler)
            if found is not None:
                return found
    return None


def matches(quoted: str, outbound_body: str) -> bool:
    """Whether `quoted` is `outbound_body`, or its beginning cut off by an ellipsis.

    Spaces, invisible characters, attachment places and kinds of quotation mark make no difference.
    """
    part, whole = _comparable(quoted), _comparable(outbound_body)
    if not part or part == whole:
        return bool(part)
    for ellipsis in _ELLIPSIS:
        if part.endswith(ellipsis):
            beginning = part.removesuffix(ellipsis).rstrip()
            return bool(beginning) and whole.startswith(beginning)
    return False


def _comparable(text: str) -> str:
    return " ".join(text.translate(_COMPARABLE).split())


def _tables(locale: str | None) -> Iterator[Table]:
    parts = re.split("[-_@.]", (locale or "").lower())
    name = parts[0]
    if name == "zh":
        name = "zh-hant" if {"hant", "tw", "hk", "mo"} & set(parts) else "zh-hans"
    if name in TABLES:
        yield TABLES[name]
    yield from (table for other, table in TABLES.items() if other != name)


def _fit(form: Form, table: Table, text: str, simpler: str) -> Tapback | None:
    """`text` read as the sentence `form`; `simpler` is the same text with the marks made alike."""
    start, end = len(form.head), len(simpler) - len(form.tail)
    if start > end or not simpler.startswith(form.head) or not simpler.endswith(form.tail):
        return None
    emoji = None
    if form.joint is not None:
        at = simpler.find(form.joint, start, end) if form.emoji_first else simpler.rfind(form.joint, start, end)
        if at < 0:
            return None
        left, right = (start, at), (at + len(form.joint), end)
        emoji_place, (start, end) = (left, right) if form.emoji_first else (right, left)
        emoji = text[slice(*emoji_place)].strip(_BLANK)
        if not _EMOJI.fullmatch(emoji):
            return None
    quoted = _quoted(text[start:end].strip(_BLANK))
    if quoted is not None:
        return Tapback(form.reaction, emoji, form.removed, quoted)
    target = _thing(table, simpler[start:end])
    return None if target is None else Tapback(form.reaction, emoji, form.removed, None, target)


def _thing(table: Table, name: str) -> Target | None:
    """What is named instead of quoted, in the sentence's language or in English."""
    wanted = _NUMBER.sub("#", " ".join(name.split())).casefold()
    return table.things.get(wanted) or TABLES["en"].things.get(wanted)


def _quoted(text: str) -> str | None:
    """What stands between quotation marks, if the first closes with the last: `“a” and “b”` is not one quotation."""
    for opening, closing in _QUOTES:
        if len(text) > 2 and text[0] == opening and text[-1] == closing:
            inner = text[1:-1].strip(_BLANK)
            return inner if inner and _closes_last(inner, closing) else None
    return None


def _closes_last(inner: str, closing: str) -> bool:
    """No mark inside closes the outer quotation. One inside may stay open: the text was cut off after it.

    Inside German marks an English quotation opens with the mark that closes the German one: `„Nimm “alles” mit“`.
    """
    quotations: list[str] = []
    """The opening marks of those that are open."""
    for place, mark in enumerate(inner):
        if _opens(mark, inner, place):
            quotations.append(mark)
            continue
        closed = next((n for n in reversed(range(len(quotations))) if mark in _CLOSED_BY[quotations[n]]), None)
        if closed is not None:
            del quotations[closed:]
        elif mark == closing:
            return False
    return True


def _opens(mark: str, text: str, place: int) -> bool:
    """Whether a quotation opens here. What may close one as well opens where a word begins, or where it has to."""
    if mark not in _CLOSED_BY or mark not in _AMBIGUOUS:
        return mark in _CLOSED_BY
    before = text[place - 1] if place else " "
    if before.isspace() or before in "([{":
        return True
    return mark == "“" and "”" in text[place:]
