"""Show what would be sent of a template, form by form."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from parley.business.faults import pointer
from parley.business.library import placeholders, values
from parley.business.library.faults import faults_of
from parley.conversation.languages import chosen
from parley.errors import Fault, Invalid, Rejected
from parley.services.trial import back

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from parley.business.library.content import TemplateContent
    from parley.services.library import Library
    from parley.services.prepare import Prepared
    from parley.services.trial import Trial

MAX_CHARS: Final = 5_000_000
"""own: what one answer may be; Lambda gives 6 MB."""

_PICTURE: Final = re.compile(r"[A-Za-z0-9+/]{1000,}={0,2}")


@dataclass(frozen=True, slots=True)
class Preview:
    """`message` is the friendly one; `forms` has an entry for each form, as JSON."""

    locale: str
    message: dict[str, Any]
    forms: list[dict[str, Any]]
    notes: list[dict[str, str]]


class PreviewTemplate:
    """The working copy, or a version. Without variables the examples are shown."""

    def __init__(self, *, library: Library, trial: Trial, clock: Callable[[], float]) -> None:
        self._library = library
        self._trial = trial
        self._clock = clock

    def __call__(
        self,
        business_id: str,
        name: str,
        *,
        version: int | None,
        given: Mapping[str, Any] | None,
        locale: str | None,
        capabilities: Sequence[str] | None,
        pictures: bool,
    ) -> Preview:
        """Raises Invalid: `/variables…` for what was given, `/template…` for what the template says; or NotFound."""
        content = self._content(business_id, name, version)
        language = chosen(
            content.bodies,
            locale,
            otherwise=chosen(content.bodies, content.default_locale, otherwise=next(iter(content.bodies))),
        )
        known = self._trial.examples(content) if given is None else values.read(content.variables, given)
        filled = placeholders.fill(content.bodies[language], known)
        try:
            send = self._trial.message(filled)
            made = list(self._trial.shown(business_id, send, capabilities))
        except Invalid as error:
            at = f"/template/bodies{pointer(language)}"
            raise Invalid([each._replace(path=at + back(each.path, filled)) for each in error.faults]) from None
        forms = [_form(device, each, pictures=pictures) for device, each in made]
        if len(json.dumps(forms)) > MAX_CHARS:
            message = "leave the pictures out, or name the capabilities of one device"
            raise Invalid([Fault("/pictures", "too_large", message)])
        notes = [note for _, each in made if not isinstance(each, Rejected) for note in each.notes]
        return Preview(language, filled.body, forms, list({note["path"]: note for note in notes}.values()))

    def _content(self, business_id: str, name: str, version: int | None) -> TemplateContent:
        if version is not None:
            return self._library.version(business_id, name, version).content
        _, content = self._library.read(business_id, name)
        if faults := faults_of(content, now=self._clock()):
            raise Invalid([fault._replace(path=f"/template{fault.path}") for fault in faults])
        return content


def _form(device: list[str], made: Prepared | Rejected, *, pictures: bool) -> dict[str, Any]:
    if isinstance(made, Rejected):
        return {"capabilities": device, "reason": made.message, "messages": []}
    messages = [
        {"type": part.type, "content": part.content if pictures else _without_pictures(part.content)}
        for part in made.parts
    ]
    return {"capabilities": device, "form": made.form, "reason": made.reason, "messages": messages}


def _without_pictures(value: Any) -> Any:
    """The same content with how long each picture is, in its place."""
    if isinstance(value, str):
        return f"({len(value)} characters)" if _PICTURE.fullmatch(value) else value
    if isinstance(value, dict):
        return {name: _without_pictures(member) for name, member in value.items()}
    return [_without_pictures(entry) for entry in value] if isinstance(value, list) else value
