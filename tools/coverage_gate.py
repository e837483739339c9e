#!/usr/bin/env python3
"""Fail when line or branch coverage is too low: coverage's own limit knows only the two together."""

import argparse
import json
import sys
from pathlib import Path


def main() -> int:
    """Read coverage's JSON report, say both figures, return 1 if one is below its limit."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("report", type=Path)
    arguments.add_argument("--line", type=float, required=True, help="least line coverage, percent")
    arguments.add_argument("--branch", type=float, required=True, help="least branch coverage, percent")
    given = arguments.parse_args()

    totals = json.loads(given.report.read_text())["totals"]
    figures = [
        ("line", totals["covered_lines"], totals["num_statements"], given.line),
        ("branch", totals["covered_branches"], totals["num_branches"], given.branch),
    ]
    failed = False
    for name, covered, total, least in figures:
        reached = 100.0 * covered / total if total else 100.0
        verdict = "ok" if reached >= least else "TOO LOW"
        failed |= reached < least
        sys.stdout.write(f"{name} coverage {reached:.1f} % (at least {least:g} %): {verdict}\n")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
