"""The commands `parley secret …`. Secrets come from a file or from stdin, never from the command line."""

import json
import os
import sys
import time
from dataclasses import asdict
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from local.console import expected_failures, out, say

secret = typer.Typer(
    help="Apple's key and the keys of webhooks: put a new one in, take an old one out.",
    no_args_is_help=True,
    rich_markup_mode=None,
)

_LIMIT = 4096


class Key(StrEnum):
    """One of Apple's keys, by its stage."""

    CURRENT = "current"
    PENDING = "pending"
    PREVIOUS = "previous"


Stack = Annotated[
    str | None,
    typer.Option(help="The deployed stack's name, reached with your AWS credentials; the local stack without it."),
]
Business = Annotated[str | None, typer.Option(help="A business id: its webhook keys instead of Apple's.")]
Endpoint = Annotated[str | None, typer.Option(help="Only this endpoint of the business.")]


@secret.command()
def stage(
    stack: Stack = None,
    *,
    file: Annotated[Path | None, typer.Option(help="Where the key is; stdin without it.")] = None,
    msp_id: Annotated[str | None, typer.Option(help="The MSP id, if the input is the bare key of a new stack.")] = None,
    replace: Annotated[bool, typer.Option("--replace", help="Drop a key that is staged already.")] = False,
) -> None:
    """Put what Apple Business Register shows beside the current key: accepted on the way in from now on.

    The input is the key as Apple shows it, or {"msp_id": "…", "secret": "…"}.
    """
    from local import secret as secrets

    with expected_failures():
        deployment = secrets.deployed(_stack(stack))
        version = secrets.stage(deployment, _input(file), msp_id=msp_id, replace=replace)
        say(f"Staged as version {version[:8]}. Functions that run take it when the first token signed with it comes.")
        say("Next: parley secret rotate")


@secret.command()
def status(
    stack: Stack = None,
    *,
    business: Business = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON array on stdout and nothing else.")] = False,
) -> None:
    """Show which versions there are and how old they are; never what is in them."""
    from local import secret as secrets

    with expected_failures():
        rows = secrets.status(secrets.deployed(_stack(stack)), business)
        if as_json:
            sys.stdout.write(json.dumps([asdict(row) for row in rows], indent=2) + "\n")
            return
        now = time.time()
        for row in rows:
            until = "" if row.good_until is None else f", {_until(row.good_until - now)}"
            stages = ", ".join(label.removeprefix("AWS").lower() for label in row.stages)
            out.print(f"{stages:<10} {row.version[:8]}  made {_age(now - row.created)} ago{until}", highlight=False)


@secret.command()
def rotate(stack: Stack = None, *, business: Business = None, endpoint: Endpoint = None) -> None:
    """Put the staged key of Apple's in force, tested with Apple first; or make a business new webhook keys.

    The old ones stay good for the overlap. Stopped halfway, the same command goes on.
    """
    from local import secret as secrets

    with expected_failures():
        deployment = secrets.deployed(_stack(stack))
        if business is not None and endpoint is not None:
            _hand_over({endpoint: secrets.rotate_endpoint(deployment, business, endpoint)})
            return
        _require_business(business, endpoint)
        secrets.rotate(deployment, business, say)
        if business is not None:
            _hand_over(secrets.webhook_secrets(deployment, business))


@secret.command()
def promote(stack: Stack = None) -> None:
    """Put the staged key of Apple's in force without asking Apple about it."""
    from local import secret as secrets

    with expected_failures():
        secrets.promote(secrets.deployed(_stack(stack)), say)


@secret.command()
def revoke(
    which: Annotated[Key | None, typer.Argument()] = None,
    stack: Stack = None,
    *,
    business: Business = None,
    endpoint: Endpoint = None,
    lock_out: Annotated[
        bool, typer.Option("--lock-out", help="With current and nothing staged: let nobody in until something is.")
    ] = False,
) -> None:
    """Take a key out of use now: one of Apple's by its stage, or with --business a webhook key."""
    from local import secret as secrets

    with expected_failures():
        name = _stack(stack)
        deployment = secrets.deployed(name)
        if business is not None:
            _hand_over({endpoint or "default": secrets.revoke_endpoint(deployment, business, endpoint)})
            return
        _require_business(business, endpoint)
        if which is None:
            raise typer.BadParameter("Say which: current, pending or previous; or --business.")
        if which is Key.CURRENT:
            secrets.revoke_current(deployment, lock_out=lock_out)
        else:
            secrets.revoke_stage(deployment, f"AWS{which.upper()}")
        say(f"The {which} key is out of use.")
        say(f"{secrets.restart(deployment, name)} functions start anew without it.")


def _stack(name: str | None) -> str:
    """The stack's name; without one this process speaks to the local cloud from here on."""
    if name is not None:
        return name
    from local.stack.cloud import claim
    from local.stack.layout import STACK_NAME, layout

    claim(os.environ, layout(os.environ))
    return STACK_NAME


def _input(file: Path | None) -> str:
    """The key; not echoed when a person types it."""
    if file is not None:
        try:
            with file.open() as opened:
                return opened.read(_LIMIT)
        except (OSError, UnicodeDecodeError) as error:
            raise typer.BadParameter(f"{file} cannot be read: {type(error).__name__}.") from None
    if sys.stdin.isatty():
        return str(typer.prompt("The key", hide_input=True, err=True))
    return sys.stdin.read(_LIMIT)


def _hand_over(secrets: dict[str, str]) -> None:
    """To the business, over whoever runs the command: there is no other time to see them."""
    say("Hand this to the business; it is not shown again.")
    for name, value in secrets.items():
        sys.stdout.write(f"{name}  {value}\n")


def _require_business(business: str | None, endpoint: str | None) -> None:
    if business is None and endpoint is not None:
        raise typer.BadParameter("--endpoint is one of a business's; say --business too.")


def _until(seconds: float) -> str:
    return f"good for {_age(seconds)} more" if seconds > 0 else "out of use"


def _age(seconds: float) -> str:
    for name, length in (("day", 86_400), ("hour", 3600), ("minute", 60)):
        if seconds >= length:
            count = int(seconds // length)
            return f"{count} {name}{'' if count == 1 else 's'}"
    return "less than a minute"
