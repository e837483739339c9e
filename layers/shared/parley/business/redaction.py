"""What a business marks as not to be kept of what customers send: found, and taken out.

Pure, and tolerant like all that reads what a device sent: nothing here raises for it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from parley.apple import inbound
from parley.apple.replies import form
from parley.apple.replies.reply import Common
from parley.apple.replies.tolerant import table
from parley.business.model import REDACTED
from parley.business.scrubbing import Search, leaves

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from parley.apple.replies.tolerant import Json
    from parley.business.model import Mark

ANSWERS: Final = "answers"
"""All answers of a form. One of them is `answers/<identifier of its page>`."""

RAW: Final = "raw"
"""An answer as a whole, of which nobody knows whether it is one to a form."""

_BODY: Final = "body"
_FIELDS: Final = (_BODY, "subject")

_QUESTION: Final = ("pageIdentifier", "title", "subtitle")
"""What of a page's answer is the question again (protocol/05 §5)."""

_REFERENCE: Final = ("bid", "size", "file-size")
"""What of a reference leads nowhere: the rest opens its content at Apple's, or says its title (protocol/09 §1)."""


@dataclass(frozen=True, slots=True)
class Redacted:
    """A message without what is marked. `names` says what that was: `body`, `answers/<page>`, `answers`, `raw`."""

    names: tuple[str, ...]
    raw: dict[str, Any] = field(repr=False)
    """Apple's envelope."""
    facts: dict[str, Any] | None = field(default=None, repr=False)
    """What its webhook said beside it; None when that is not known."""
    content: dict[str, Any] | None = field(default=None, repr=False)
    """The interactive data a reference stood for, if it was given."""


@dataclass(frozen=True, slots=True)
class _Forms:
    """The marks on forms."""

    whole: bool
    private: bool
    pages: frozenset[str]

    def names(self, pages: Iterable[str], *, private: bool) -> list[str]:
        """Of these pages of one form."""
        if self.whole or (self.private and private):
            return [ANSWERS]
        return [f"{ANSWERS}/{page}" for page in dict.fromkeys(pages) if page in self.pages]


def redact(
    marks: Sequence[Mark],
    raw: dict[str, Any],
    facts: dict[str, Any] | None,
    *,
    content: dict[str, Any] | None = None,
) -> Redacted | None:
    """Take out of one customer's message what is marked; None when nothing is. What was given stays as it is.

    `facts` is what was understood of it, None when that is still to come: until then a text, a list or a form may be
    the answer to what is marked, and counts as that.
    """
    forms = _forms(marks)
    if raw.get("type") == inbound.TEXT:
        return _text(marks, forms, raw, facts)
    if raw.get("type") == inbound.INTERACTIVE and forms is not None:
        return _interactive(forms, raw, facts, content)
    return None


def hide(facts: dict[str, Any], names: Iterable[str]) -> dict[str, Any]:
    """The same facts without the answers that are named."""
    named = frozenset(names)
    result = table(facts.get("result"))
    if RAW in named and "title" in result:
        return facts | {"result": result | {"title": REDACTED}}
    answers = result.get(ANSWERS)
    if not isinstance(answers, dict):
        return facts
    left = {
        page: REDACTED if ANSWERS in named or f"{ANSWERS}/{page}" in named else answer
        for page, answer in answers.items()
    }
    return facts | {"result": result | {ANSWERS: left}}


def found_in(raw: Mapping[str, Any]) -> list[str]:
    """The names of what was taken out of this copy, as far as the copy tells."""
    if raw.get("type") == inbound.TEXT:
        return [name for name in _FIELDS if raw.get(name) == REDACTED]
    pages = [_page(each) for each in _selections(table(raw.get("interactiveData"))) if each.get("items") == REDACTED]
    return [f"{ANSWERS}/{page}" for page in pages if page is not None]


def _forms(marks: Sequence[Mark]) -> _Forms | None:
    found = [mark for mark in marks if mark.type == "form"]
    if not found:
        return None
    fields = {mark.field for mark in found if mark.field is not None}
    return _Forms(
        whole=ANSWERS in fields,
        private=any(mark.private for mark in found),
        pages=frozenset(each.partition("/")[2] for each in fields - {ANSWERS}),
    )


def _text(
    marks: Sequence[Mark], forms: _Forms | None, raw: dict[str, Any], facts: dict[str, Any] | None
) -> Redacted | None:
    """A form that a device cannot show is asked, and answered, in words: then the words say what is marked."""
    names: list[str] = []
    result = table((facts or {}).get("result"))
    if forms is not None and facts is None:
        names.append(_BODY)
    elif forms is not None and result.get("kind") == "form":
        names += forms.names(table(result.get(ANSWERS)), private=bool(result.get("private")))
        names += [_BODY] if names else []
    names += [mark.field for mark in marks if mark.type == "text" and mark.field is not None]
    names = [name for name in dict.fromkeys(names) if name not in _FIELDS or name in raw]
    if not names:
        return None
    left = {name: REDACTED if name in names and name in _FIELDS else value for name, value in raw.items()}
    return Redacted(tuple(names), left, None if facts is None else hide(facts, names))


def _interactive(
    forms: _Forms, raw: dict[str, Any], facts: dict[str, Any] | None, content: dict[str, Any] | None
) -> Redacted | None:
    result = table((facts or {}).get("result"))
    interactive = content if content is not None else table(raw.get("interactiveData"))
    if "kind" in result and not result.get("unavailable"):
        answers = table(result.get(ANSWERS)) if result["kind"] == "form" else {}
        names = forms.names(answers, private=bool(result.get("private"))) if result["kind"] == "form" else []
    elif _is_form(interactive):
        # The question may have been private where the answer does not say so.
        answers = {}
        names = forms.names((_page(each) or "" for each in _selections(interactive)), private=True)
    else:
        answers, names = {}, [RAW]
    if not names:
        return None
    left = dict(raw)
    if isinstance(raw.get("interactiveData"), dict):
        left["interactiveData"] = _without(raw["interactiveData"], names, answers)
    elif "interactiveData" in raw:
        left["interactiveData"] = REDACTED
    reference = raw.get("interactiveDataRef")
    if isinstance(reference, dict):
        left["interactiveDataRef"] = {name: reference[name] for name in _REFERENCE if name in reference}
    return Redacted(
        tuple(names),
        left,
        None if facts is None else hide(facts, names),
        None if content is None else _without(content, names, answers),
    )


def _is_form(interactive: Json) -> bool:
    return isinstance(table(interactive.get("data")).get(form.KEY), dict)


def _selections(interactive: Json) -> list[Json]:
    listed = table(table(interactive.get("data")).get(form.KEY)).get("selections")
    listed = [listed] if isinstance(listed, dict) else listed
    return [each for each in listed if isinstance(each, dict)] if isinstance(listed, list) else []


def _page(selection: Json) -> str | None:
    """As the reader of answers has it: on a page of words or a day, the item may be all that names the page."""
    return form.read({form.KEY: {"selections": selection}}, _NOTHING).answers[0].page


_NOTHING: Final = Common(request_identifier=None, session_identifier=None, title=None, raw={})


def _without(interactive: Json, names: Sequence[str], answers: Json) -> Json:
    """Interactive data without the answers of these pages, and without its own words, which may repeat them."""
    if not _is_form(interactive):
        return _bare(interactive)
    hidden = frozenset(names)
    data = table(interactive.get("data"))
    dynamic = table(data.get(form.KEY))
    taken = [each for each in _selections(interactive) if _is_in(_page(each), hidden)]
    values = [found for each in taken for found in _values(each, _page(each))]
    values += [found for page, answer in answers.items() if _is_in(page, hidden) for found in leaves(answer)]
    search = Search(values)
    listed = dynamic.get("selections")
    entries = listed if isinstance(listed, list) else [listed] if listed is not None else []
    shown = [
        _selection(each, search) if isinstance(each, dict) and _is_in(_page(each), hidden) else search.outside(each)
        for each in entries
    ]
    rest = interactive | {"data": data | {form.KEY: {k: v for k, v in dynamic.items() if k != "selections"}}}
    left: Json = search.scrubbed(rest)
    if listed is not None:
        left["data"][form.KEY]["selections"] = shown
    return left


def _is_in(page: str | None, hidden: frozenset[str]) -> bool:
    return ANSWERS in hidden or f"{ANSWERS}/{page}" in hidden


def _bare(interactive: Json) -> Json:
    """What leads to the question, and nothing else."""
    data = table(interactive.get("data"))
    found = {name: interactive[name] for name in ("bid", "sessionIdentifier") if name in interactive}
    return found | {"data": {name: data[name] for name in ("version", "requestIdentifier") if name in data}}


def _selection(selection: Json, search: Search) -> Json:
    kept = {name: search.scrubbed(selection[name]) for name in _QUESTION if name in selection}
    page = _page(selection)
    return kept | ({} if page is None else {"pageIdentifier": page}) | {"items": REDACTED}


def _values(selection: Json, page: str | None) -> Iterator[str]:
    """Everything a customer may have said on a page."""
    for name, value in selection.items():
        if name not in _QUESTION:
            yield from (each for each in leaves(value) if each != page)
