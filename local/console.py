"""What the command line says, and how it fails."""

import os
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import typer
from rich.console import Console

from local.stack.errors import StackError

# Results go to stdout, everything about the way there to stderr.
out = Console()
_err = Console(stderr=True)

_INTERRUPTED = 130
_COMMAND = re.compile(r"\bparley(?= [a-z])")


def say(text: str) -> None:
    """Tell how it goes, on stderr."""
    _err.print(text, markup=False, highlight=False, style="dim", soft_wrap=True)


@contextmanager
def expected_failures() -> Iterator[None]:
    """Say what happened and what to do, in words; only what nobody expected is a traceback."""
    try:
        yield
    except StackError as error:
        _tell(error)
        raise typer.Exit(1) from None
    except KeyboardInterrupt:
        say("Interrupted.")
        raise typer.Exit(_INTERRUPTED) from None
    except BrokenPipeError:
        # The reader has gone, as in `parley logs | head`; nothing may be written at exit either.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise typer.Exit(1) from None


def _tell(error: StackError) -> None:
    if error.log_tail:
        _err.print(f"--- the end of {error.log}", markup=False, highlight=False, style="dim", soft_wrap=True)
        for line in error.log_tail:
            _err.print(line, markup=False, highlight=False, soft_wrap=True)
        _err.print("---", style="dim")
    _err.print(error.message, markup=False, highlight=False, style="bold red", soft_wrap=True)
    if error.hint:
        from local.stack.report import program

        hint = _COMMAND.sub(program(), error.hint)
        _err.print(hint, markup=False, highlight=False, soft_wrap=True)
