import pytest

from tests.template.translation import Template, resolved, source, translated


@pytest.fixture(scope="session")
def sam() -> Template:
    """template.yaml as written."""
    return source()


@pytest.fixture(scope="session")
def template(sam: Template) -> Template:
    """The translated template, conditions undecided."""
    return translated(sam)


@pytest.fixture(scope="session")
def aws(template: Template) -> Template:
    """What a production deployment on AWS gets."""
    return resolved(
        template,
        Stage="prod",
        AlarmTopicArn="arn:aws:sns:us-east-1:123456789012:alarms",
        LogsKeyArn="arn:aws:kms:us-east-1:123456789012:key/logs",
    )


@pytest.fixture(scope="session")
def laptop(template: Template) -> Template:
    """What the local cloud gets."""
    return resolved(template, Stage="local", AwsEndpointUrl="http://127.0.0.1:4566")
