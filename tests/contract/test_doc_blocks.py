"""Every example in the documentation is run, or checked by the very tool it is meant for.

What no test here knows how to check makes one fail: whoever writes a page says how it is held true.
"""

from __future__ import annotations

import getopt
import importlib.util
import json
import os
import re
import shutil
import subprocess
import time
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

import botocore.session
import pytest
import typer
from botocore import xform_name
from jsonschema import Draft202012Validator
from starlette.routing import Match

from local.business.config import Config as BusinessConfig
from local.cli import app
from local.gateway.app import create_app
from local.gateway.config import Config as GatewayConfig
from local.gateway.gateway import Gateway
from local.lint import faults_of
from local.stack.layout import ROOT
from parley.business import operations, signing
from tests.contract import test_api_docs, test_webhook_docs
from tests.functions import test_console_docs
from tests.support.doc_blocks import PAGES, Block, blocks

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.applications import Starlette

LANGUAGES: Final = {"sh", "json", "http", "python", "js", "mermaid", ""}
SHELL: Final = blocks("sh")
NODE: Final = shutil.which("node")
SAM: Final = ROOT / ".tools/sam/bin/python"
EXAMPLES: Final = ROOT / "docs/webhooks/examples"
RUN_ELSEWHERE: Final = {"run client": "tests/functions/test_client_examples.py"}

# Commands of the system: that bash takes the line is all that can be known of them here.
SYSTEM: Final = set(
    (  # noqa: SIM905  (read as a line)
        "[ . apt-get base64 cat chmod cp debootstrap docker done echo exec export generate-messages get grep jq kill"
        " mkdir mktemp node pick printf rm sleep tar }"
    ).split()
)


def name_of(block: Block) -> str:
    return block.name


def commands(program: str) -> list[list[str]]:
    """All calls of a program in all pages, without its name."""
    found = [words for block in SHELL for words in block.commands]
    return [words[1:] for words in found if words[0].rpartition("/")[2] == program]


def test_every_block_has_a_language_that_is_checked() -> None:
    odd = [
        f"{page.relative_to(ROOT)}: {language}"
        for page in PAGES
        for language in re.findall(r"^ *```([^\n`]+)$", page.read_text("utf-8"), re.MULTILINE)
        if language not in LANGUAGES
    ]

    assert odd == []


@pytest.mark.parametrize("block", SHELL, ids=name_of)
def test_bash_takes_every_command(block: Block) -> None:
    done = subprocess.run(["bash", "-n"], input=block.script, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stderr


def test_every_program_is_checked_or_known_to_be_the_systems() -> None:
    ours = {"parley", "make", "sam", "aws", "curl", "api", "python", "python3", "python3.13"}

    programs = {words[0].rpartition("/")[2] for block in SHELL for words in block.commands}

    assert sorted(programs - ours - SYSTEM) == []


@pytest.mark.parametrize("words", commands("parley"), ids=" ".join)
def test_parley_takes_its_words(words: list[str]) -> None:
    parsed(typer.main.get_command(app), words)


def parsed(command: Any, words: list[str]) -> None:
    """Raises what the command line would say; runs nothing."""
    context, name = None, "parley"
    while True:
        context = command.make_context(name, list(words), parent=context)
        if not hasattr(command, "resolve_command"):
            return
        name, command, words = command.resolve_command(context, [*context._protected_args, *context.args])


@pytest.mark.parametrize("words", [["up", "--jsn"], ["nothing"], ["replay", "--nothing"]], ids=" ".join)
def test_a_word_that_parley_does_not_take_is_seen(words: list[str]) -> None:
    with pytest.raises(Exception, match="No such"):
        parsed(typer.main.get_command(app), words)


@pytest.mark.parametrize("words", commands("make"), ids=" ".join)
def test_make_has_its_target(words: list[str]) -> None:
    makefile = (ROOT / "Makefile").read_text("utf-8")
    (target, *_) = [word for word in words if "=" not in word]

    assert re.search(rf"^{re.escape(target)}:", makefile, re.MULTILINE)


def test_sam_takes_its_words() -> None:
    if not SAM.exists():
        assert not os.environ.get("CI"), "make setup brings sam"
        pytest.skip("needs .tools/sam")
    code = (
        "import json, sys\nfrom samcli.cli.main import cli\n"
        "for name, *words in json.loads(sys.argv[1]):\n"
        "    command = cli.get_command(cli.make_context('sam', [name], resilient_parsing=True), name)\n"
        "    context = command.make_context(name, words, resilient_parsing=True)\n"
        "    command.make_parser(context).parse_args(words)\n"
    )
    calls = commands("sam")
    assert calls

    done = subprocess.run([SAM, "-c", code, json.dumps(calls)], capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("words", commands("aws"), ids=" ".join)
def test_aws_takes_its_words(words: list[str]) -> None:
    service = botocore.session.get_session().get_service_model(words[0])
    by_name = {xform_name(name, "-"): name for name in service.operation_names}

    shape = service.operation_model(by_name[words[1]]).input_shape
    assert shape is not None
    members = shape.members
    options = [word.removeprefix("--") for word in words if word.startswith("--")]
    assert [each for each in options if each not in {xform_name(name, "-") for name in members}] == []


@pytest.mark.parametrize(
    "words", [words for name in ("python", "python3", "python3.13") for words in commands(name)], ids=" ".join
)
def test_python_finds_its_module(words: list[str]) -> None:
    if "-m" in words:
        module = words[words.index("-m") + 1]
        assert module == "pip" or importlib.util.find_spec(module) is not None
    elif words[0] == "-c":
        compile(words[1].replace("$1", "[0]"), "-c", "exec")
    else:
        (file,) = [word for word in words if word.endswith(".py")]
        assert (ROOT / file).is_file()


@pytest.fixture(scope="module")
def gateway(tmp_path_factory: pytest.TempPathFactory) -> Starlette:
    """Apple's gateway with its controls, to be asked for its routes."""
    return create_app(Gateway(GatewayConfig(), tmp_path_factory.mktemp("gateway")))


CURLS: Final = [words for words in [*commands("curl"), *commands("api")] if words]


@pytest.mark.parametrize("words", CURLS, ids=lambda words: " ".join(words)[:80])
def test_curl_asks_what_there_is(words: list[str], gateway: Starlette) -> None:
    method, url, data = _curl(words)
    path = urlsplit(re.sub(r"\$\{?\w+\}?", "x", re.sub(r"^\$\(.*?\)", "", url))).path

    if data.startswith("{") and not data.startswith("{not"):
        json.loads(re.sub(r"\$\(.*?\)|\$\w+", "x", data))
    if "/v1/" in path:
        wanted = f"/v1/{path.partition('/v1/')[2]}"
        patterns = {each.path: re.sub(r"\\\{\w+\\\}", "[^/]+", re.escape(each.path)) for each in operations.every()}
        known = {each.method for each in operations.every() if re.fullmatch(patterns[each.path], wanted)}
        assert method in known, wanted
    for beginning in ("$G/", "$phones/", "http://127.0.0.1:4580/control/"):
        if url.startswith(beginning):
            scope = {"type": "http", "method": method, "path": f"/control/{urlsplit(url.removeprefix(beginning)).path}"}
            assert any(route.matches(scope)[0] is Match.FULL for route in gateway.routes), scope["path"]


def _curl(words: list[str]) -> tuple[str, str, str]:
    """Method, URL and data. Raises GetoptError for an option that is not known here."""
    options, (url,) = getopt.gnu_getopt(words, "sSGT:X:H:d:o:w:", ["data-binary=", "data-urlencode="])
    given = dict(options)
    data = given.get("-d", given.get("--data-binary", ""))
    method = "PUT" if "-T" in given else "POST" if data and "-G" not in given else "GET"
    return given.get("-X", method), url, data


JSON_ELSEWHERE: Final = [
    block for block in blocks("json") if block.page.parent.name not in {"api", "kinds", "webhooks"}
]


def test_examples_of_the_api_and_of_webhooks_are_run_by_their_own_tests() -> None:
    for block in blocks("json", "http"):
        if block in JSON_ELSEWHERE:
            continue
        if block.page.parent.name == "webhooks":
            assert block.text in test_webhook_docs.PAGE
        elif block.language == "http":
            assert block.page.stem in test_console_docs.PAGES, block.name
        else:
            assert block.page in test_api_docs.PAGES, block.name


CHECKS: Final[dict[str, Callable[[Any], object]]] = {
    "msp_id": GatewayConfig.model_validate,
    "webhook_secret": BusinessConfig.model_validate,
    "attempts": lambda value: value["id"],  # answers of the gateway, shortened
}


@pytest.mark.parametrize("block", JSON_ELSEWHERE, ids=name_of)
def test_json_elsewhere_is_what_it_says(block: Block) -> None:
    value = json.loads(block.text)

    if value.get("type") == "message.received":
        schema = json.loads((ROOT / "docs/webhooks/schemas/message.received.json").read_text("utf-8"))
        Draft202012Validator(schema).validate(value)
    elif "to" in value:
        assert [fault for fault in faults_of(value, now=time.time()) if not fault.warning] == []
    else:
        (check,) = [check for name, check in CHECKS.items() if name in value]
        assert check(value)


SECRET: Final = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="
BODY: Final = b'{"type": "endpoint.test", "timestamp": "2026-11-23T12:00:00.000Z", "data": {}}'


def signed() -> dict[str, str]:
    return signing.signed_headers([SECRET], webhook_id="msg-1", timestamp=int(time.time()), body=BODY)


@pytest.mark.parametrize("block", blocks("python"), ids=name_of)
def test_python_is_run(block: Block, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    if block.says in RUN_ELSEWHERE:
        assert block.name.partition(":")[0] in (ROOT / RUN_ELSEWHERE[block.says]).read_text("utf-8")
        return
    monkeypatch.syspath_prepend(str(EXAMPLES))
    monkeypatch.setenv("WEBHOOK_SECRET", SECRET)
    names: dict[str, Any] = {"body": BODY, "headers": signed(), "secret": SECRET}

    exec(compile(block.text, block.name, "exec"), names)  # noqa: S102  (our own page)

    assert names.get("receive", lambda *_: 204)(BODY, signed()) == 204
    assert names.get("receive", lambda *_: 401)(BODY + b" ", signed()) == 401
    if "receive" in names:
        assert "endpoint.test" in capsys.readouterr().out


@pytest.mark.parametrize("block", blocks("js"), ids=name_of)
def test_javascript_is_run(block: Block) -> None:
    if NODE is None:
        assert not os.environ.get("CI"), "node is missing here, so its examples would go untested"
        pytest.skip("needs node")
    given = {"body": BODY.decode(), "headers": signed(), "secret": SECRET}
    before = (
        f"const given = {json.dumps(given)};\nconst body = Buffer.from(given.body);\n"
        "const { headers, secret } = given;\nconst newSecret = secret, oldSecret = secret;\n"
    )

    done = subprocess.run(
        [NODE, "--input-type=module", "-e", before + block.text],
        cwd=EXAMPLES,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stderr
