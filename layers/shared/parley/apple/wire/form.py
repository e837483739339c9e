"""A form of several pages (protocol/05)."""

import re
from collections.abc import Iterator
from typing import Annotated, Any, Final, Literal

from parley.apple.wire import form_graph, form_pages
from parley.apple.wire import interactive as base
from parley.apple.wire.arrays import counted
from parley.apple.wire.node import Node
from parley.apple.wire.rules import ABSENT, UIText, checked, pattern
from parley.apple.wire.structure import Wire, structure
from parley.errors import Fault

_PROVEN_VERSIONS: Final = ("1.1", "1.2")
_VERSION: Final = re.compile(r"[0-9]+\.[0-9]+")


class _Splash(Wire):
    header: UIText = ABSENT
    splashtext: UIText = ABSENT
    button_title: UIText
    image_identifier: str = ABSENT


class _Form(Wire):
    start_page_identifier: str
    show_summary: bool = ABSENT
    private: bool = ABSENT
    splash: _Splash = ABSENT
    pages: list[Any]


class _Dynamic(Wire):
    version: Annotated[str, checked(pattern(_VERSION.pattern, 'write "1.2"'))]
    template: Literal["messageForms"]
    private: bool = ABSENT
    data: _Form


class _Data(base.Data):
    dynamic: _Dynamic


class _Interactive(base.BuiltIn):
    data: _Data


def check(interactive: Node, now: float) -> Iterator[Fault]:
    """Judge an `interactiveData` that holds a form; `now` tells which days a date page can offer."""
    yield from structure(_Interactive, interactive)
    dynamic = interactive.at("data", "dynamic")
    form = dynamic.at("data")
    pages = form.each("pages")
    images = [item.at("imageIdentifier") for page in pages for item in page.each("items")]
    yield from base.frame(interactive, [form.at("splash", "imageIdentifier"), *images])
    yield from _dynamic(dynamic)
    yield from counted(form.at("pages"), "a page")
    for page in pages:
        yield from form_pages.check(page, now)
    yield from form_graph.check(form)


def _dynamic(dynamic: Node) -> Iterator[Fault]:
    version, outer, inner = dynamic.at("version"), dynamic.at("private"), dynamic.at("data", "private")
    if version.text not in _PROVEN_VERSIONS and _VERSION.fullmatch(version.text or ""):
        yield version.warning("unproven", 'write "1.2": no other version than 1.1 and 1.2 has been seen')
    if isinstance(outer.value, bool) and isinstance(inner.value, bool) and outer.value != inner.value:
        yield outer.fault("contradiction", "write the same as in dynamic.data.private, or leave it out")
