"""`python -m local.events inbound/text`: an input of a function from `events/`, ready to be used.

The files carry sample identities that name nobody, and `{{apple_token}}` where Apple's token belongs, since
a token is refused an hour after it was signed (protocol/01 §5). Here it is signed anew, and the sample
identities are replaced by yours, inside compressed bodies too.
"""

from __future__ import annotations

import argparse
import base64
import binascii
import gzip
import json
import os
import re
import sys
import time
import uuid
import zlib
from dataclasses import dataclass, field, fields, replace
from typing import TYPE_CHECKING, Any

from local.gateway import tokens
from local.stack.errors import StackError
from local.stack.layout import ROOT, layout
from local.stack.state import read_state
from parley.apple.tokens import Credential
from parley.conversation.identity import conversation_id
from parley.errors import Fatal

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

FOLDER = ROOT / "events"
_TOKEN = "{{apple_token}}"  # noqa: S105 - the placeholder
_GZIP_MAGIC = b"\x1f\x8b"


@dataclass(frozen=True)
class Identities:
    """Who an event is about, and the two secrets that open doors: the MSP's and the API key's."""

    msp_id: str
    secret: str = field(repr=False)
    business_id: str
    opaque_id: str
    api_key: str = field(repr=False)
    message_id: str


SAMPLE = Identities(
    msp_id="11111111-2222-3333-4444-555555555555",
    secret="AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=",  # noqa: S106 - public: the bytes 0 to 31 (protocol/15 §1)
    business_id="2f0a6f0e-52b8-4c0c-9a44-6f1f3b1a7c11",
    opaque_id="urn:mbid:AQAAYexample0customer0A==",
    api_key="sample-key.not-a-secret-0123456789abcdef",
    message_id="7d3b1c58-2f7e-4a7e-9d0a-3f5b8e6c1a20",
)


def names() -> list[str]:
    """Every event as `<function>/<case>`."""
    return sorted(file.relative_to(FOLDER).with_suffix("").as_posix() for file in FOLDER.glob("*/*.json"))


def is_from_apple(name: str) -> bool:
    """Whether the event carries a token of Apple's."""
    return _TOKEN in _read(name)


def event(name: str, identities: Identities = SAMPLE, *, now: float) -> dict[str, Any]:
    """One event, signed at `now` (Unix seconds) and about `identities`. Raises KeyError for an unknown name."""
    swap = _swap(identities, now)
    filled: dict[str, Any] = json.loads(swap(_read(name)))
    if filled.get("isBase64Encoded"):
        filled["body"] = _refilled(filled["body"], swap)
    return filled


def _read(name: str) -> str:
    if name not in names():
        raise KeyError(name)
    return (FOLDER / f"{name}.json").read_text("utf-8")


def _swap(identities: Identities, now: float) -> Callable[[str], str]:
    """Replaces every sample by what was given. In one pass, so that nothing is replaced twice."""
    given = _words(identities) | {_TOKEN: _token(identities, now)}
    samples = {sample: given[name] for name, sample in _words(SAMPLE).items()} | {_TOKEN: given[_TOKEN]}
    # The longest first: the key's id is the beginning of the key.
    pattern = re.compile("|".join(re.escape(sample) for sample in sorted(samples, key=len, reverse=True)))
    return lambda text: pattern.sub(lambda found: samples[found[0]], text)


def _words(identities: Identities) -> dict[str, str]:
    return {
        "business": identities.business_id,
        "customer": identities.opaque_id,
        "conversation": conversation_id(identities.business_id, identities.opaque_id),
        "message": identities.message_id,
        "key": identities.api_key,
        "key_id": identities.api_key.partition(".")[0],
    }


def _token(identities: Identities, now: float) -> str:
    key = Credential.of(identities.msp_id, identities.secret).key
    return tokens.mint(key, {"aud": identities.msp_id, "iat": int(now)})


def _refilled(body: str, swap: Callable[[str], str]) -> str:
    """The same body about others; one that is broken on purpose stays as it is."""
    try:
        content = base64.b64decode(body, validate=True)
        compressed = content.startswith(_GZIP_MAGIC)
        text = (gzip.decompress(content) if compressed else content).decode("utf-8")
    except (binascii.Error, EOFError, OSError, UnicodeDecodeError, zlib.error):
        return body
    changed = swap(text).encode()
    return base64.b64encode(gzip.compress(changed, mtime=0) if compressed else changed).decode()


def main(arguments: Sequence[str] | None = None) -> int:
    """Print one event, or the list of all. Returns 2 when there is no such event or identity."""
    options = _options(arguments)
    if options.name is None:
        sys.stdout.write("\n".join(names()) + "\n")
        return 0
    try:
        identities = _identities(options)
        ready = event(options.name, identities, now=time.time())
    except KeyError:
        return _refuse(f"There is no event {options.name}; without a name, all are listed.")
    except (StackError, Fatal) as fault:
        return _refuse(str(fault))
    sys.stdout.write(json.dumps(ready, indent=2) + "\n")
    return 0


def _identities(options: argparse.Namespace) -> Identities:
    known = _of_stack() if options.stack else SAMPLE
    given = {each.name: getattr(options, each.name) for each in fields(Identities)}
    if given["message_id"] is None and is_from_apple(options.name):
        given["message_id"] = str(uuid.uuid4())  # Apple never uses an id twice for two messages
    return replace(known, **{name: value for name, value in given.items() if value is not None})


def _of_stack() -> Identities:
    state = read_state(layout(os.environ).state_file)
    if state is None:
        raise StackError("There is no local stack yet. Run: parley up")
    return Identities(
        msp_id=state.msp.id,
        secret=state.msp.secret,
        business_id=state.business.id,
        opaque_id=state.customer.opaque_id,
        api_key=state.business.api_key,
        message_id=SAMPLE.message_id,
    )


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m local.events", description="A function's input, ready to be used.")
    parser.add_argument("name", nargs="?", help="such as inbound/text; without it, all names are listed")
    parser.add_argument("--stack", action="store_true", help="take the identities of the local stack (parley up)")
    for each in fields(Identities):
        parser.add_argument(f"--{each.name.replace('_', '-')}")
    return parser.parse_args(arguments)


def _refuse(text: str) -> int:
    sys.stderr.write(f"{text}\n")
    return 2


if __name__ == "__main__":
    sys.exit(main())
