"""Try a template without sending it: filled, mapped and judged exactly as a message is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from parley.business import sends
from parley.business.faults import pointer
from parley.business.library import placeholders, values
from parley.business.library.faults import faults_of
from parley.business.library.placeholders import ABSENT
from parley.conversation.capability import NEEDS, shown_kind
from parley.errors import Fault, Invalid, Rejected

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from parley.business.kinds.base import Send
    from parley.business.library.content import TemplateContent
    from parley.business.library.placeholders import Filled
    from parley.services.prepare import Prepare, Prepared

TOKENS: Final = ("QUICK", "LIST", "TIME", "AUTH", "AUTH2", "FORM")
_SIGN_IN: Final = ("AUTH2", "AUTH")
_NOBODY: Final = {"invitation": "tel:+15550100"}


class Trial:
    """Nothing is fetched and nothing is sent: `prepare` has stand-ins for what lies elsewhere."""

    def __init__(self, *, prepare: Prepare, clock: Callable[[], float]) -> None:
        self._prepare = prepare
        self._clock = clock

    def faults(self, business_id: str, content: TemplateContent) -> list[Fault]:
        """Why the template cannot be published; pointers lead into it.

        Each body is tried with examples for all its variables and with none for those that may be missing, as it
        is shown at best and at worst.
        """
        found = faults_of(content, now=self._clock())
        if not found:
            found = [
                fault
                for locale, body in content.bodies.items()
                for given in self._examples(content)
                for fault in self._tried(business_id, body, given, at=f"/bodies{pointer(locale)}")
            ]
        return list({(fault.path, fault.code): fault for fault in found}.values())

    def examples(self, content: TemplateContent) -> dict[str, Any]:
        """A value for every variable."""
        now = self._clock()
        return {each.name: values.sample(each, now=now) for each in content.variables}

    def shown(
        self, business_id: str, send: Send, capabilities: Sequence[str] | None
    ) -> Iterator[tuple[list[str], Prepared | Rejected]]:
        """What a device gets that can show this much; without `capabilities`, every form there is.

        Each form comes with the most capable device that gets it. Raises Invalid.
        """
        if capabilities is not None:
            yield list(capabilities), self._one(business_id, send, capabilities)
            return
        device = list(TOKENS)
        last = None
        while True:
            made = self._one(business_id, send, device)
            if made != last:
                yield list(device), made
            last = made
            lost = None if isinstance(made, Rejected) else _needed(send, made.form, device)
            if lost is None:
                return
            device.remove(lost)

    def message(self, filled: Filled) -> Send:
        """The body as a message to nobody. Raises Invalid."""
        kind = filled.body.get("type")
        return sends.from_object({**filled.body, "to": _NOBODY.get(kind if isinstance(kind, str) else "", "-")})

    def _examples(self, content: TemplateContent) -> list[dict[str, Any]]:
        everything = self.examples(content)
        needed = {each.name for each in content.variables if each.is_needed}
        defaults = {each.name: each.default for each in content.variables if each.default is not None}
        least = {name: everything[name] if name in needed else defaults.get(name, ABSENT) for name in everything}
        return [everything] if least == everything else [everything, least]

    def _tried(self, business_id: str, body: dict[str, Any], given: Mapping[str, Any], *, at: str) -> list[Fault]:
        filled = placeholders.fill(body, given)
        try:
            message = self.message(filled)
            for capabilities in (None, ()):
                self._one(business_id, message, capabilities)
        except Invalid as error:
            return [fault._replace(path=at + back(fault.path, filled)) for fault in error.faults]
        return []

    def _one(self, business_id: str, send: Send, capabilities: Sequence[str] | None) -> Prepared | Rejected:
        try:
            return self._prepare(send, capabilities, business_id=business_id)
        except Invalid:
            raise
        except Rejected as refusal:  # that a device does not show it is no fault of the template
            return refusal


def back(path: str, filled: Filled) -> str:
    """Where in the template's body a pointer into the filled one comes from; a variable's inside is its place."""
    prefix = path
    while prefix not in filled.origins:
        prefix = prefix.rpartition("/")[0]
    return filled.origins[prefix] + ("" if prefix in filled.whole else path[len(prefix) :])


def _needed(send: Send, form: str, device: Sequence[str]) -> str | None:
    """What the device would have to lack, for another form to be sent."""
    kind = shown_kind(send) if form == getattr(send, "type", "") else form
    tokens = _SIGN_IN if kind == "authentication" else (NEEDS.get(kind),)
    return next((token for token in tokens if token in device), None)
