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
    by_letter: Mapping[str, tuple[Form, ...]] = field(init=False)
    """Those that may begin with a letter, in the same order; under `""` those that may begin with any."""

    def __post_init__(self) -> None:
        letters = {form.head[:1] for form in self.forms} | {""}
        found = {letter: tuple(form for form in self.forms if form.head[:1] in {letter, ""}) for letter in letters}
        object.__setattr__(self, "by_letter", found)

    def beginning_with(self, letter: str) -> tuple[Form, ...]:
        """What a text may be: nearly every one is none of these, and is compared with a few sentences only."""
        return self.by_letter.get(letter, self.by_letter[""])


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
