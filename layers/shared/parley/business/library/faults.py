"""What is wrong with a template as such, whoever it goes to. Pointers lead into the template."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from parley.business.faults import pointer
from parley.business.kinds import MODULES
from parley.business.library import placeholders
from parley.business.library.placeholders import ABSENT
from parley.business.library.values import fits, sample, wanted
from parley.errors import Fault

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from parley.business.library.content import TemplateContent, Variable

KINDS: Final = tuple(kind for kind in MODULES if kind != "typing")
"""What a body may be: typing says nothing."""

_ENCLOSED: Final = re.compile(r"/attachments/\d+/id$")
_LOCALE: Final = re.compile(r"[A-Za-z]{2,8}([_-][A-Za-z0-9]{1,8}){0,4}")


def faults_of(content: TemplateContent, *, now: float) -> list[Fault]:
    """Everything that can be told without trying it."""
    return [
        *_variables(content.variables, now),
        *_unused(content),
        *_locales(content),
        *(fault for locale, body in content.bodies.items() for fault in _body(content, locale, body)),
    ]


def _variables(variables: list[Variable], now: float) -> Iterator[Fault]:
    names: list[str] = []
    for number, variable in enumerate(variables):
        at = f"/variables/{number}"
        if any(variable.name == name or _holds(variable.name, name) or _holds(name, variable.name) for name in names):
            yield Fault(f"{at}/name", "duplicate", "a name is one variable, and not the beginning of another's")
        names.append(variable.name)
        for member in ("default", "example"):
            value = getattr(variable, member)
            if value is not None and not fits(value, variable.type):
                yield Fault(f"{at}/{member}", "variable_type", f"send {wanted(variable.type)}")
        if variable.required and sample(variable, now=now) is ABSENT:
            yield Fault(
                f"{at}/example", "example_missing", "a list needs an example, for the template to be tried with"
            )


def _unused(content: TemplateContent) -> Iterator[Fault]:
    """What is asked for and shown nowhere: somebody has mistyped a name, or forgotten to take it away."""
    used = {name for _, text in placeholders.texts(content.bodies) for name in placeholders.names_in(text)}
    for number, variable in enumerate(content.variables):
        if variable.name not in used:
            yield Fault(f"/variables/{number}/name", "unused_variable", "use it in a body, or remove it")


def _holds(name: str, other: str) -> bool:
    return other.startswith(f"{name}.")


def _locales(content: TemplateContent) -> Iterator[Fault]:
    known: set[str] = set()
    for locale in content.bodies:
        at = f"/bodies{pointer(locale)}"
        if not _LOCALE.fullmatch(locale):
            yield Fault(at, "malformed", "write a language and perhaps a country: de, de_AT")
        elif folded(locale) in known:
            yield Fault(at, "duplicate", "this locale has a body already; case does not count, _ and - are one")
        known.add(folded(locale))
    if folded(content.default_locale) not in known:
        yield Fault("/default_locale", "unknown_locale", "name one that has a body")


def folded(locale: str) -> str:
    """A locale as it is compared."""
    return locale.lower().replace("_", "-")


def _body(content: TemplateContent, locale: str, body: dict[str, Any]) -> Iterator[Fault]:
    at = f"/bodies{pointer(locale)}"
    if "to" in body:
        yield Fault(f"{at}/to", "unknown_field", "remove it: who gets it is told when it is sent")
    if body.get("type", "text") not in KINDS:
        yield Fault(f"{at}/type", "unknown_type", f"use one of {', '.join(KINDS)}")
    types = {variable.name: variable.type for variable in content.variables}
    for path, text in placeholders.texts(body):
        yield from (Fault(at + path, code, message) for code, message in _text(text, types))
        if _is_passing(path) and not placeholders.names_in(text):
            yield Fault(
                at + path, "not_lasting", "files go away with time: keep the picture as an asset of the library"
            )


def _text(text: str, types: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    if placeholders.is_broken(text):
        yield "placeholder_malformed", "close each {{ with }}, and put nothing but a variable's name between them"
    for name in placeholders.names_in(text):
        if name not in types:
            yield "unknown_variable", f"declare “{name[:80]}” among the variables, or mend its name"
        elif types[name] == "list" and not placeholders.is_one(text):
            yield "variable_type", f"“{name}” is a list, which cannot stand inside a text"


def _is_passing(path: str) -> bool:
    """Whether the id of an attachment stands there: it is gone when its time is over, a template is not."""
    return path.endswith("/attachment_id") or _ENCLOSED.search(path) is not None
