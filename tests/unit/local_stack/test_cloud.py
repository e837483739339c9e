"""The local cloud is asked, and nothing but the local cloud."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError

from local.stack import cloud
from local.stack.errors import StackError
from local.stack.layout import CLOUD

if TYPE_CHECKING:
    from local.stack.layout import Layout


def test_every_account_profile_and_endpoint_of_the_caller_is_out_of_reach(layout: Layout) -> None:
    environ = {
        "AWS_PROFILE": "production",
        "AWS_ENDPOINT_URL_SQS": "https://sqs.example",
        "AWS_ACCESS_KEY_ID": "AKIA",
        "AWS_SESSION_TOKEN": "token",
        "PATH": "/bin",
    }

    cloud.claim(environ, layout)

    assert environ["PATH"] == "/bin"
    assert environ["AWS_ENDPOINT_URL"] == "http://127.0.0.1:4766"
    assert environ["AWS_ACCESS_KEY_ID"] == "test"
    assert environ["AWS_CONFIG_FILE"] == environ["AWS_SHARED_CREDENTIALS_FILE"] == "/dev/null"
    assert not {"AWS_PROFILE", "AWS_ENDPOINT_URL_SQS", "AWS_SESSION_TOKEN"} & environ.keys()


def test_ministack_keeps_to_the_loopback_interface_and_the_state_folder(
    layout: Layout, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_PROFILE", "production")
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.example")

    launch = cloud.launch(layout)

    environment = launch.environment
    assert launch.part == CLOUD
    assert environment["BIND_HOST"] == "127.0.0.1"
    assert environment["GATEWAY_PORT"] == "4766"
    assert environment["IOT_MTLS_ENABLED"] == environment["SFTP_ENABLED"] == "0"
    for folder in ("STATE_DIR", "S3_DATA_DIR", "TMPDIR"):
        assert environment[folder].startswith(str(layout.state_dir))
    assert "AWS_PROFILE" not in environment
    assert "HTTPS_PROXY" not in environment


def _describing(answer: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def describe_stacks(**_name: str) -> Any:
        if isinstance(answer, Exception):
            raise answer
        return {"Stacks": [answer]}

    client = SimpleNamespace(describe_stacks=describe_stacks)
    monkeypatch.setattr(cloud, "client", lambda _service, _endpoint: client)


@pytest.mark.parametrize("status", ["CREATE_COMPLETE", "UPDATE_COMPLETE"])
def test_a_complete_stack_tells_outputs_and_tags(layout: Layout, monkeypatch: pytest.MonkeyPatch, status: str) -> None:
    outputs = [{"OutputKey": "TableName", "OutputValue": "table"}]
    _describing({"StackStatus": status, "Outputs": outputs, "Tags": [{"Key": "build", "Value": "b1"}]}, monkeypatch)

    found = cloud.deployed(layout)

    assert found is not None
    assert found.output("TableName") == "table"
    assert found.tag("build") == "b1"
    assert found.tag("other") is None
    with pytest.raises(StackError, match="no output BucketName"):
        found.output("BucketName")


@pytest.mark.parametrize("status", ["ROLLBACK_COMPLETE", "CREATE_IN_PROGRESS", "UPDATE_ROLLBACK_COMPLETE"])
def test_a_stack_in_any_other_state_counts_as_not_deployed(
    layout: Layout, monkeypatch: pytest.MonkeyPatch, status: str
) -> None:
    _describing({"StackStatus": status}, monkeypatch)

    assert cloud.deployed(layout) is None


def test_no_stack_is_not_deployed(layout: Layout, monkeypatch: pytest.MonkeyPatch) -> None:
    _describing(ClientError({"Error": {"Code": "ValidationError"}}, "DescribeStacks"), monkeypatch)

    assert cloud.deployed(layout) is None


def test_a_cloud_that_does_not_answer_is_told(layout: Layout, monkeypatch: pytest.MonkeyPatch) -> None:
    _describing(EndpointConnectionError(endpoint_url="http://127.0.0.1:4766"), monkeypatch)

    with pytest.raises(StackError, match="does not answer"):
        cloud.deployed(layout)
