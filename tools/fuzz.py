#!/usr/bin/env python3
"""`python tools/fuzz.py SECONDS`: hostile input with other examples in every round, for so long and no longer.

What is fuzzed are the readers of what strangers send: bodies, tokens, envelopes, replies, what Apple decodes, keyed
archives, file names, URLs. Every round has its own order, so that a short one is not always about the same of them. A
round that fails is the last one, and says how to see it again.
"""

from __future__ import annotations

import os
import random
import secrets
import subprocess
import sys
import time
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[1]
READERS: Final = (
    "tests/property/test_bodies.py",
    "tests/property/test_decoded_payloads.py",
    "tests/property/test_hostile_tokens.py",
    "tests/property/test_inbound_json.py",
    "tests/property/test_replies_never_raise.py",
    "tests/unit/apple/test_keyed_archive.py",
    "tests/unit/business/test_filenames.py",
    "tests/unit/business/test_egress_nasty_urls.py",
    "tests/unit/business/test_key_ring.py",
)


def main(arguments: list[str]) -> int:
    """Returns the exit code: 0 when nothing was found, 2 for a wrong call."""
    if len(arguments) != 1 or not arguments[0].isdecimal():
        sys.stderr.write("python tools/fuzz.py SECONDS\n")
        return 2
    deadline = time.monotonic() + int(arguments[0])
    while (left := deadline - time.monotonic()) > 0:
        if not _round(secrets.randbelow(2**32), seconds=left):
            return 1
    sys.stdout.write(f"fuzz: nothing found in {arguments[0]} s\n")
    return 0


def _round(seed: int, *, seconds: float) -> bool:
    """One run of every reader; one that is cut off by the clock has found nothing."""
    readers = random.Random(seed).sample(READERS, len(READERS))  # noqa: S311  (an order, not a secret)
    command = [sys.executable, "-m", "pytest", "-x", "-q", "-m", "hypothesis", f"--hypothesis-seed={seed}", *readers]
    environment = {**os.environ, "PARLEY_HYPOTHESIS_PROFILE": "fuzz"}
    try:
        found = subprocess.run(  # noqa: S603  (our own tests)
            command,
            cwd=ROOT,
            env=environment,
            timeout=max(1.0, seconds),
            capture_output=True,
            text=True,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return True
    if found.returncode != 0:
        again = f"PARLEY_HYPOTHESIS_PROFILE=fuzz {' '.join(command)}"
        sys.stdout.write(f"{found.stdout[-20_000:]}\nfuzz: see it again with {again}\n")
    return found.returncode == 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
