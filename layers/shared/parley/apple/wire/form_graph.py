"""Where the pages of a form lead: each is reached, and from each there is a way to an end (protocol/05 §4)."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from parley.apple.wire.arrays import unique
from parley.apple.wire.node import Node, shown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from parley.errors import Fault


@dataclass(frozen=True, slots=True)
class _Page:
    node: Node
    next: list[Node]
    """Every nextPageIdentifier a customer can follow from here."""
    ends: bool


def check(form: Node) -> Iterator[Fault]:
    """Judge the references between pages; the graph as a whole only once every part of it is sound."""
    nodes = form.each("pages")
    identifiers = [node.at("pageIdentifier") for node in nodes]
    yield from unique(identifiers, "page")
    if not nodes or any(identifier.text is None for identifier in identifiers):
        return
    start = form.at("startPageIdentifier")
    pages = {str(one.value): _page(node) for one, node in zip(identifiers, nodes, strict=True)}
    targets = [start, *(target for page in pages.values() for target in page.next)]
    for target in targets:
        if target.text is not None and target.text not in pages:
            yield target.fault("unresolved", f"name a page that exists: {shown(target.text)} is none")
    resolved = all(target.text in pages for target in targets)
    if resolved and len(pages) == len(nodes) and all(_is_sound(node) for node in nodes):
        yield from _graph(form, pages, str(start.value))


def _is_sound(node: Node) -> bool:
    """Whether we can tell where a page leads."""
    items = node.each("items")
    if _branches(node):
        return bool(items) and all(isinstance(item.value, dict) for item in items)
    known = node.at("type").text in {"select", "picker", "datePicker", "input"}
    return known and not any(item.has("nextPageIdentifier") for item in items)


def _branches(node: Node) -> bool:
    """Only the items of a single select page lead on, each its own way."""
    return node.at("type").value == "select" and node.at("multipleSelection").value is not True


def _page(node: Node) -> _Page:
    onward = [node.at("nextPageIdentifier")] if node.has("nextPageIdentifier") else []
    submits = node.at("submitForm").value is True
    items = node.each("items")
    if not _branches(node):
        return _Page(node, onward, submits or not onward)
    branches = [item.at("nextPageIdentifier") for item in items if item.has("nextPageIdentifier")]
    falls_through = len(branches) < len(items)
    return _Page(node, branches + (onward if falls_through else []), submits or (falls_through and not onward))


def _graph(form: Node, pages: dict[str, _Page], start: str) -> Iterator[Fault]:
    reached = _spread([start], {name: [str(target.value) for target in page.next] for name, page in pages.items()})
    for name, page in pages.items():
        if name not in reached:
            yield page.node.fault("unreachable", "lead another page here, or remove it: no customer can see it")
    before: dict[str, list[str]] = defaultdict(list)
    for name, page in pages.items():
        for target in page.next:
            before[str(target.value)].append(name)
    leaving = _spread([name for name in reached if pages[name].ends], before)
    if not leaving:
        yield form.at("pages").fault("no_end", "let one page end the form: leave its nextPageIdentifier out")
        return
    for name, page in pages.items():
        if name in reached and name not in leaving:
            yield page.node.fault("no_end", "let this page lead to an end: who comes here can never submit the form")
    for target in _cycles(pages, start):
        if target.value in leaving:
            yield target.warning("cycle", "this leads back to a page the customer has already seen")


def _spread(found: list[str], onward: dict[str, list[str]]) -> set[str]:
    reached = set(found)
    queue = [*found]
    while queue:
        for target in onward.get(queue.pop(), []):
            if target not in reached:
                reached.add(target)
                queue.append(target)
    return reached


def _cycles(pages: dict[str, _Page], start: str) -> Iterator[Node]:
    """The references that close a cycle, met when walking from the start in depth."""
    open_, done = {start}, set[str]()
    path = [(start, iter(pages[start].next))]
    while path:
        name, targets = path[-1]
        target = next(targets, None)
        if target is None:
            path.pop()
            open_.remove(name)
            done.add(name)
        elif str(target.value) in open_:
            yield target
        elif str(target.value) not in done:
            open_.add(str(target.value))
            path.append((str(target.value), iter(pages[str(target.value)].next)))
