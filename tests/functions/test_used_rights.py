"""Every right a role has is used by some test of this folder, and nothing is called without one.

Named so that it runs last; it can only tell when the whole folder has run before it.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.support.rights import USED
from tests.template.access_checks import grants, role_of
from tests.template.test_access import NOT_CALLED_BY_OUR_CODE
from tests.template.translation import Template, resolved, source, translated

HERE = Path(__file__).parent

# Rights that no call of ours names, and why they are there.
IMPLIED = {
    ("sqs:DeleteMessage", "EventsQueue.Arn"): "Lambda takes away what was handled",
    ("sqs:DeleteMessage", "OutboxQueue.Arn"): "Lambda takes away what was handled",
    ("sqs:DeleteMessage", "WakeupsQueue.Arn"): "Lambda takes away what was handled",
    ("sqs:DeleteMessage", "AutomationsQueue.Arn"): "Lambda takes away what was handled",
    ("sqs:DeleteMessage", "TransfersQueue.Arn"): "Lambda takes away what was handled",
    ("sqs:DeleteMessage", "ErasuresQueue.Arn"): "Lambda takes away what was handled",
    ("sqs:DeleteMessage", "UploadsQueue.Arn"): "Lambda takes away what was handled",
    ("sqs:SendMessage", "ExpiryDlq.Arn"): "Lambda notes what of the stream it gave up",
    ("s3:ListBucket", "Bucket.Arn"): "without it S3 says 403 of an object that is not there, and not 404",
}


@pytest.fixture(scope="module")
def sam() -> Template:
    return source()


@pytest.fixture(scope="module")
def roles(sam: Template) -> dict[str, str]:
    """`<folder>/<module>` → role."""
    template = resolved(translated(sam), Stage="prod")
    found: dict[str, str] = {}
    for name, resource in sam["Resources"].items():
        if resource["Type"] == "AWS::Serverless::Function":
            properties: dict[str, Any] = resource["Properties"]
            folder, module = properties["CodeUri"].split("/")[1], properties["Handler"].split(".")[0]
            found[f"{folder}/{module}"] = role_of(template, name)
    return found


@pytest.fixture(scope="module")
def granted(sam: Template) -> dict[str, set[tuple[str, str]]]:
    """Role → (action, resource)."""
    found: dict[str, set[tuple[str, str]]] = {}
    for grant in grants(resolved(translated(sam), Stage="prod")):
        if grant.action not in NOT_CALLED_BY_OUR_CODE or grant.resource.endswith("Dlq.Arn"):
            found.setdefault(grant.role, set()).add((grant.action, grant.resource))
    return found


def _whole_folder_ran(request: pytest.FixtureRequest) -> bool:
    ran = {item.path for item in request.session.items}
    return ran >= set(HERE.glob("test_*.py")) and not request.config.option.keyword


def test_nothing_is_called_without_a_right(roles: dict[str, str], granted: dict[str, set[tuple[str, str]]]) -> None:
    missing = {function: used - granted[roles[function]] for function, used in USED.items()}

    assert not any(missing.values()), _told(missing)


def test_every_right_is_used_by_a_test(
    request: pytest.FixtureRequest, roles: dict[str, str], granted: dict[str, set[tuple[str, str]]]
) -> None:
    if not _whole_folder_ran(request):
        pytest.skip("tells nothing unless all of tests/functions has run")

    unused = {function: granted.get(role, set()) - USED[function] - IMPLIED.keys() for function, role in roles.items()}

    assert not any(unused.values()), _told(unused)


def _told(rights: dict[str, set[tuple[str, str]]]) -> str:
    lines = [f"{function}: {action} on {on}" for function, each in rights.items() for action, on in sorted(each)]
    return "\n".join(sorted(lines))
