"""docs/security.md names a test for each claim: they exist, and its figures are right."""

from __future__ import annotations

import ast
import re
from pathlib import Path

from tests.support.attacks import at_apples_door

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docs/security.md").read_text()
NAMED = re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", TEXT)


def _tests_in(file: Path) -> set[str]:
    return {node.name for node in ast.parse(file.read_text()).body if isinstance(node, ast.FunctionDef)}


def test_every_claim_names_a_test_that_exists() -> None:
    missing = [f"{file}::{name}" for file, name in NAMED if name not in _tests_in(ROOT / file)]

    assert missing == []
    assert len(NAMED) >= 30


def test_every_row_of_the_table_of_claims_names_one() -> None:
    table = TEXT.split("## Claims")[1].split("\n\n")[1].splitlines()[2:]

    assert [row for row in table if "::" not in row] == []


def test_the_number_of_attacks_is_the_one_in_the_text() -> None:
    assert f"{len(at_apples_door())} hostile posts" in TEXT


def test_every_link_leads_somewhere() -> None:
    for page in ("security.md", "operations.md"):
        links = re.findall(r"\]\(([\w./-]+?)(?:#[\w-]+)?\)", (ROOT / "docs" / page).read_text())
        assert [link for link in links if not (ROOT / "docs" / link).exists()] == []
