"""`parley lint` as it is typed: which files it takes, what it prints where, and how it ends."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any

import pytest
from typer.testing import CliRunner

from local import cli

if TYPE_CHECKING:
    from pathlib import Path

    from typer.testing import Result

RUN = CliRunner()
TO = "urn:mbid:AQAAYexample0customer0A=="
TEXT: dict[str, Any] = {"to": TO, "type": "text", "body": "Hello"}
LINK: dict[str, Any] = {"to": TO, "type": "rich_link", "url": "https://shop.example/", "title": "Our shop"}


def lint(*arguments: str, stdin: bytes | None = None) -> Result:
    return RUN.invoke(cli.app, ["lint", *arguments], input=stdin)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "message.json"


def test_a_good_message_is_silent_on_stdout_and_ends_with_zero(file: Path) -> None:
    file.write_text(json.dumps(TEXT))

    result = lint(str(file))

    assert (result.exit_code, result.stdout, result.stderr) == (0, "", "1 message, no faults\n")


def test_every_fault_is_one_line_with_file_path_code_and_message(file: Path) -> None:
    file.write_text(json.dumps({**LINK, "title": "x" * 201, "image": {"data": "?"}}))

    result = lint(str(file))

    assert result.exit_code == 1
    assert result.stdout.splitlines() == [
        f"{file}: /image/data  picture_not_base64  encode the picture as base64",
        f"{file}: /title  too_long  shorten it by 1 to at most 200 characters",
    ]
    assert result.stderr == "1 message, 2 faults\n"


def test_apples_own_json_is_told_by_its_version_and_its_ids_are_checked(file: Path) -> None:
    file.write_text(json.dumps({"v": 1, "id": "one", "type": "text", "sourceId": "shop", "body": "Hello"}))

    result = lint("--json", str(file))

    assert result.exit_code == 1
    assert [entry["path"] for entry in json.loads(result.stdout)] == ["/destinationId", "/id", "/sourceId"]


def test_for_machines_there_is_one_array_of_five_keys(file: Path) -> None:
    file.write_text(json.dumps(TEXT | {"body": "https://shop.example/", "links": "plain", "subject": ""}))

    result = lint("--json", str(file))

    entries = json.loads(result.stdout)
    assert [entry.keys() for entry in entries] == [{"file", "path", "code", "message", "severity"}] * 2
    assert {(entry["file"], entry["path"], entry["severity"]) for entry in entries} == {
        (str(file), "/body", "warning"),
        (str(file), "/subject", "error"),
    }
    assert result.stderr == ""


def test_for_machines_nothing_found_is_an_empty_array(file: Path) -> None:
    file.write_text(json.dumps(TEXT))

    assert json.loads(lint("--json", str(file)).stdout) == []


def test_warnings_are_marked_and_do_not_fail(file: Path) -> None:
    file.write_text(json.dumps(TEXT | {"body": "https://shop.example/", "links": "plain"}))

    result = lint(str(file))

    assert result.exit_code == 0
    assert result.stdout.startswith(f"{file}: /body  url_in_text  warning: ")
    assert result.stderr == "1 message, no faults, 1 warning\n"


def test_an_array_holds_several_messages_and_the_pointer_leads_to_each(file: Path) -> None:
    file.write_text(json.dumps([TEXT, {"to": TO}, 5]))

    result = lint("--json", str(file))

    assert [(entry["path"], entry["code"]) for entry in json.loads(result.stdout)] == [
        ("/1/body", "required"),
        ("/2", "body_not_object"),
    ]


@pytest.mark.parametrize("name", ["messages.jsonl", "messages.ndjson", "messages.txt"])
def test_each_line_may_hold_a_message(tmp_path: Path, name: str) -> None:
    file = tmp_path / name
    file.write_text(f'{json.dumps(TEXT)}\n\n{{"to": "{TO}"}}\n{{"to":\n')

    result = lint(str(file))

    assert result.exit_code == 1
    assert [line.partition("  ")[0] for line in result.stdout.splitlines()] == [f"{file}:3: /1/body", f"{file}:4: /2"]


def test_a_single_line_of_json_lines_is_the_first_message(tmp_path: Path) -> None:
    file = tmp_path / "messages.jsonl"
    file.write_text("{}\n")

    assert f"{file}:1: /0/to  required" in lint(str(file)).stdout


def test_a_dash_is_standard_input() -> None:
    assert lint("-", stdin=json.dumps(TEXT).encode()).exit_code == 0
    assert lint("-", stdin=b"{}").stdout.startswith("-: /to  required  ")


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "there is nothing here"),
        (b" \n", "there is nothing here"),
        (b'{"to": 1,\n "type" "text"}', "line 2, column 9"),
        (b'{"to": 1}}', "column 10"),
        (b'{"latitude": NaN}', "NaN"),
        (b"\xff\xfe{\x00", "UTF-8: byte 0"),
        (b"\xef\xbb\xbf{}", "BOM"),
        (b'{"a":' * 200_000 + b"1" + b"}" * 200_000, "too deeply"),
        (rb'{"to": "x", "body": "\ud800"}', "half a character"),
    ],
)
def test_what_is_not_json_is_a_fault_of_the_file(file: Path, content: bytes, told: str) -> None:
    file.write_bytes(content)

    result = lint(str(file))

    assert result.exit_code == 1
    assert result.stdout.count("\n") == 1
    assert result.stdout.startswith(f"{file}: (whole message)  body_not_json  ")
    assert told in result.stdout


def test_a_file_that_cannot_be_read_ends_with_two_and_the_others_are_checked(file: Path, tmp_path: Path) -> None:
    file.write_text("{}")

    result = lint(str(tmp_path / "missing.json"), str(tmp_path), str(file))

    assert result.exit_code == 2
    assert f"{file}: /to  required" in result.stdout
    assert f"{tmp_path / 'missing.json'}: cannot be read: No such file or directory" in result.stderr
    assert f"{tmp_path}: cannot be read: Is a directory" in result.stderr


@pytest.mark.parametrize("arguments", [[], ["--jsonl", "x"]])
def test_unusable_arguments_end_with_two(arguments: list[str]) -> None:
    assert lint(*arguments).exit_code == 2


def test_a_fields_name_cannot_play_tricks_on_a_terminal(file: Path) -> None:
    file.write_text(json.dumps(TEXT | {"\x1b[2J": 1}))

    result = lint(str(file))

    assert "\x1b" not in result.stdout
    assert "/\N{REPLACEMENT CHARACTER}[2J  unknown_field" in result.stdout


def test_the_clock_is_the_machines_own(file: Path) -> None:
    slot = {"identifier": "s", "duration": 1800, "start": f"{time.gmtime().tm_year - 1}-01-01T10:00:00Z"}
    file.write_text(json.dumps({"to": TO, "type": "time_picker", "title": "Book", "slots": [slot]}))

    assert f"{file}: /slots  no_future_slot" in lint(str(file)).stdout
