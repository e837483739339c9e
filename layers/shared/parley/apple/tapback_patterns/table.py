"""The shape of one language's table, and what its sentences are made of.

A sentence is written as the device words it, with `{}` for the target and `{emoji}` for the emoji. Every quotation
mark is written `"`, every apostrophe `'`: bodies are compared after the same simplification. A blank next to a slot
is optional. In the names of things `#` stands for a number.

The comments of the tables say where a sentence is known from:
  page   protocol/02 §3
  seen   quoted in public by people who received it; not on our page
  guess  how iMessage words things in general, or a literal translation; costs nothing when wrong
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

type Reaction = Literal["love", "like", "dislike", "laugh", "emphasize", "question", "emoji", "sticker"]
type Target = Literal["text", "image", "video", "audio", "attachment", "sticker", "business_message"]

type Sentences = Mapping[Reaction, tuple[str, ...]]
type Things = Mapping[Target, tuple[str, ...]]


class Form(NamedTuple):
    """A sentence cut at its slots: `head`, the slots with `joint` between them, `tail`."""

    reaction: Reaction
    removed: bool
    head: str
    joint: str | None
    tail: str
    emoji_first: bool


@dataclass(frozen=True, slots=True)
class Table:
    """One language: its sentences cut into forms, and its things by their lower-case names."""

    forms: tuple[Form, ...]
    things: Mapping[str, Target]
    firsts: frozenset[str] = field(init=False)
    lasts: frozenset[str] = field(init=False)
    """The letters that sentences begin and end with where they do not with a slot."""
    by_letters: dict[tuple[str, str], tuple[Form, ...]] = field(init=False, default_factory=dict, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "firsts", frozenset(form.head[:1] for form in self.forms))
        object.__setattr__(self, "lasts", frozenset(form.tail[-1:] for form in self.forms))

    def from_to(self, first: str, last: str) -> tuple[Form, ...]:
        """What a text with these letters at its ends may be, in order: nearly every one has very few to be held to."""
        ends = (first if first in self.firsts else "", last if last in self.lasts else "")
        found = self.by_letters.get(ends)
        if found is None:
            may_be = (form for form in self.forms if form.head[:1] in {"", ends[0]} and form.tail[-1:] in {"", ends[1]})
            found = self.by_letters[ends] = tuple(may_be)
        return found


def build(*, given: Sentences, taken: Sentences, things: Things) -> Table:
    """A table of the sentences for a reaction given and for one taken back."""
    return Table(
        (*_forms(given, removed=False), *_forms(taken, removed=True)),
        {name.casefold(): target for target, names in things.items() for name in names},
    )


def _forms(sentences: Sentences, *, removed: bool) -> Iterator[Form]:
    for reaction, wordings in sentences.items():
        for wording in wordings:
            yield _cut(reaction, wording, removed=removed)


def _cut(reaction: Reaction, wording: str, *, removed: bool) -> Form:
    emoji_at, target_at = wording.find("{emoji}"), wording.index("{}")
    if emoji_at < 0:
        head, tail = wording.split("{}")
        return Form(reaction, removed, head.strip(), None, tail.strip(), emoji_first=False)
    slots = ("{emoji}", "{}") if emoji_at < target_at else ("{}", "{emoji}")
    head, rest = wording.split(slots[0])
    joint, tail = rest.split(slots[1])
    return Form(reaction, removed, head.strip(), joint.strip(), tail.strip(), emoji_first=emoji_at < target_at)
