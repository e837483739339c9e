"""Forms: what surrounds the pages (protocol/05 §1-2)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from local.gateway.judge.form_graph import judge_graph
from local.gateway.judge.form_pages import judge_page
from local.gateway.judge.pictures import judge_image_identifier
from local.gateway.judge.wording import judge_ui_text, judge_ui_texts
from local.gateway.refusal import malformed

if TYPE_CHECKING:
    from local.gateway.judge.fields import Fields
    from local.gateway.judge.setting import Setting

TEMPLATE = "messageForms"
SEEN_VERSIONS = {"1.1", "1.2"}
MAX_PAGE_IDENTIFIER_UNITS = 19
"""In UTF-16 code units."""


def judge_form(content: Fields, setting: Setting) -> list[str]:
    """The template, the welcome page, each page, and the ways through them."""
    violations = content.unknown({"version", "template", "private", "data"})
    if content.text("version") not in SEEN_VERSIONS:
        violations.append(f"{content.path('version')} is none that was ever seen; 1.2 is the newest")
    content.one_of("template", [TEMPLATE])
    content.flag("private")
    form = content.object("data")
    violations += form.unknown({"startPageIdentifier", "showSummary", "private", "splash", "pages"})
    for key in ("showSummary", "private"):
        form.flag(key)
    if "splash" in form:
        violations += _judge_splash(form.object("splash"), setting)
    pages = form.some_objects("pages")
    _judge_page_identifiers(pages)
    start = form.text("startPageIdentifier")
    for page in pages:
        violations += judge_page(page, setting)
    return violations + judge_graph(form, start, pages)


def _judge_splash(splash: Fields, setting: Setting) -> list[str]:
    judge_ui_text(splash, "buttonTitle")
    judge_ui_texts(splash, "header", "splashtext")
    judge_image_identifier(splash, setting.images)
    return splash.unknown({"header", "splashtext", "buttonTitle", "imageIdentifier"})


def _judge_page_identifiers(pages: list[Fields]) -> None:
    taken: set[str] = set()
    for page in pages:
        identifier = page.text("pageIdentifier")
        if len(identifier.encode("utf-16-le")) // 2 > MAX_PAGE_IDENTIFIER_UNITS:
            raise page.wrong("pageIdentifier", "must be shorter than 20 characters")
        if identifier in taken:
            raise malformed(f"{page.path('pageIdentifier')} is used twice")
        taken.add(identifier)
