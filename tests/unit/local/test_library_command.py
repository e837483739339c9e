"""`parley library` against an API that notes what it is asked."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.support.http_server import serving
from tests.unit.local.test_management import asked, good, parley

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.support.http_server import LocalServer

DRAFT: dict[str, Any] = {"name": "a", "state": "draft", "changed": True, "locales": ["de", "en"]}
SENT: dict[str, Any] = {"name": "b", "state": "published", "version": 2, "changed": True, "locales": ["en"]}


@pytest.fixture
def api() -> Iterator[LocalServer]:
    with serving(good({})) as server:
        yield server


def test_templates_are_listed_over_all_pages(api: LocalServer) -> None:
    api.answers[:] = [good({"data": [DRAFT], "next_cursor": "x+y"}), good({"data": [SENT]})]

    code, said = parley(api, "library", "list")

    assert (code, said) == (0, "a  draft  never published  de,en\nb  published  version 2, changed since  en\n")
    assert [line for line, _ in asked(api)] == [
        "GET /local/v1/library?limit=100",
        "GET /local/v1/library?limit=100&cursor=x%2By",
    ]


def test_a_template_becomes_a_file_and_a_file_a_template(api: LocalServer, tmp_path: Path) -> None:
    api.answers[:] = [good({"name": "a"})]
    code, said = parley(api, "library", "export", "a/b", "--version", "3")
    assert (code, json.loads(said)) == (0, {"name": "a"})
    file = tmp_path / "a.json"
    file.write_text(said)
    taken = {"data": [{"name": "a", "outcome": "created", "version": 1}]}
    api.answers[:] = [good(taken), good({"data": [{"name": "survey", "outcome": "kept"}]})]

    code, said = parley(api, "library", "import", str(file), "--starter", "--publish")

    assert (code, said) == (0, "a  created, version 1 is sent\nsurvey  kept\n")
    wishes = {"replace": False, "publish": True}
    assert asked(api) == [
        ("GET /local/v1/library/a%2Fb/export?version=3", None),
        ("POST /local/v1/library/import", {"templates": [{"name": "a"}], **wishes}),
        ("POST /local/v1/library/import", {"starter": True, **wishes}),
    ]


def test_a_template_is_published(api: LocalServer) -> None:
    api.answers[:] = [good({"version": 4})]

    code, said = parley(api, "library", "publish", "a")

    assert (code, said) == (0, "Version 4 of a is sent from now on.\n")
    assert asked(api) == [("POST /local/v1/library/a/publish", None)]


def test_a_preview_is_of_what_is_asked(api: LocalServer) -> None:
    api.answers[:] = [good({"forms": []})]

    words = ("--variables", '{"a": 1}', "--locale", "de", "--version", "2", "--device", "list, quick")
    code, said = parley(api, "library", "preview", "a", *words)

    assert (code, json.loads(said)) == (0, {"forms": []})
    wanted = {"variables": {"a": 1}, "locale": "de", "version": 2, "capabilities": ["LIST", "QUICK"]}
    assert asked(api) == [("POST /local/v1/library/a/preview", wanted)]


def test_what_is_no_file_is_told(api: LocalServer, tmp_path: Path) -> None:
    (tmp_path / "bad.json").write_text("{")

    assert parley(api, "library", "import")[0] == 2
    for arguments in (("import", str(tmp_path / "none")), ("import", str(tmp_path / "bad.json"))):
        code, _ = parley(api, "library", *arguments)
        assert code == 1
    assert parley(api, "library", "preview", "a", "--variables", "{")[0] == 1
    assert asked(api) == []
