"""The fingerprint tells whether there is anything new to build."""

from __future__ import annotations

from typing import TYPE_CHECKING

from local.stack.fingerprint import fingerprint

if TYPE_CHECKING:
    from pathlib import Path


def _tree(root: Path) -> Path:
    (root / "functions" / "inbound").mkdir(parents=True)
    (root / "functions" / "inbound" / "app.py").write_text("one")
    (root / "template.yaml").write_text("two")
    return root


def test_equal_trees_have_equal_fingerprints(tmp_path: Path) -> None:
    one, other = _tree(tmp_path / "one"), _tree(tmp_path / "other")

    assert fingerprint(one, "template.yaml", "functions") == fingerprint(other, "template.yaml", "functions")


def test_content_names_new_files_and_salt_make_a_difference(tmp_path: Path) -> None:
    root = _tree(tmp_path)
    app = root / "functions" / "inbound" / "app.py"
    seen = [fingerprint(root, "template.yaml", "functions")]

    app.write_text("other")
    seen.append(fingerprint(root, "template.yaml", "functions"))
    app.rename(app.with_name("moved.py"))
    seen.append(fingerprint(root, "template.yaml", "functions"))
    (root / "functions" / "new.py").touch()
    seen.append(fingerprint(root, "template.yaml", "functions"))
    seen.append(fingerprint(root, "template.yaml", "functions", salt="arm64"))

    assert len(set(seen)) == len(seen)


def test_text_moved_from_one_file_to_the_next_makes_a_difference(tmp_path: Path) -> None:
    for name, first, second in (("one", "ab", "c"), ("other", "a", "bc")):
        (tmp_path / name).mkdir()
        (tmp_path / name / "a").write_text(first)
        (tmp_path / name / "b").write_text(second)

    assert fingerprint(tmp_path / "one", "a", "b") != fingerprint(tmp_path / "other", "a", "b")


def test_bytecode_and_other_folders_make_none(tmp_path: Path) -> None:
    root = _tree(tmp_path)
    before = fingerprint(root, "template.yaml", "functions")

    (root / "functions" / "__pycache__").mkdir()
    (root / "functions" / "__pycache__" / "app.pyc").touch()
    (root / "docs").mkdir()
    (root / "docs" / "page.md").touch()

    assert fingerprint(root, "template.yaml", "functions") == before
