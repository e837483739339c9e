"""The ways through a form's pages (protocol/05 §4)."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from local.gateway.judge.fields import Fields

Ways = dict[str, set[str | None]]
"""Where each page may lead; None is the end of the form."""


def judge_graph(form: Fields, start: str, pages: list[Fields]) -> list[str]:
    """Refuse ways that lead nowhere or never end. Returns violations."""
    ways: Ways = {page.text("pageIdentifier"): set() for page in pages}
    if start not in ways:
        raise form.wrong("startPageIdentifier", "is no page of the form")
    for page in pages:
        ways[page.text("pageIdentifier")] = _ways_from(page, set(ways))
    reached = _reachable(ways, start)
    if not any(None in ways[page] for page in reached):
        raise form.wrong("pages", "never end: no page that can be reached is without nextPageIdentifier")
    violations = [
        f"{page.place} cannot be reached from the start page"
        for page in pages
        if page.text("pageIdentifier") not in reached
    ]
    if any(page in _reachable(ways, following) for page in reached for following in ways[page] if following):
        violations.append(f"{form.path('pages')} go in a circle")
    return violations


def _ways_from(page: Fields, known: set[str]) -> set[str | None]:
    following = _next(page, known)
    if page.value["type"] != "select" or page.flag("multipleSelection"):
        ways = {following}
    else:
        ways = {_next(item, known) or following for item in page.objects("items")}
    return ways | {None} if page.flag("submitForm") else ways


def _next(fields: Fields, known: set[str]) -> str | None:
    if "nextPageIdentifier" not in fields:
        return None
    identifier = fields.text("nextPageIdentifier")
    if identifier not in known:
        raise fields.wrong("nextPageIdentifier", "is no page of the form")
    return identifier


def _reachable(ways: Ways, start: str) -> set[str]:
    reached: set[str] = set()
    todo = [start]
    while todo:
        page = todo.pop()
        if page not in reached:
            reached.add(page)
            todo += [following for following in ways[page] if following is not None]
    return reached
