"""The web ACLs are an option: unasked for nothing of them is there; with them no message is stopped for its body."""

from typing import Any

import pytest

from tests.template.translation import Template, of_type, parameters, referred, resolved, written

ACL = "AWS::WAFv2::WebACL"
ASSOCIATION = "AWS::WAFv2::WebACLAssociation"
DOORS = {"AppleWebAcl": "AppleApi", "BusinessWebAcl": "BusinessApi"}

# Every rule of the two managed groups that looks into a body.
INTO_BODIES = {
    "AWSManagedRulesCommonRuleSet": {
        "CrossSiteScripting_BODY",
        "EC2MetaDataSSRF_BODY",
        "GenericLFI_BODY",
        "GenericRFI_BODY",
        "SizeRestrictions_BODY",
    },
    "AWSManagedRulesKnownBadInputsRuleSet": {"JavaDeserializationRCE_BODY", "Log4JRCE_BODY", "ReactJSRCE_BODY"},
}
MAY_BE_MISSING = {"NoUserAgent_HEADER", "UserAgent_BadBots_HEADER"}


@pytest.fixture(scope="module")
def guarded(template: Template) -> Template:
    return resolved(template, Stage="prod", WebAcl="managed", AlarmTopicArn="arn:aws:sns:us-east-1:123456789012:alarms")


def managed(acl: dict[str, Any]) -> dict[str, set[str]]:
    """Managed group → its rules that are overridden; each of them has to count."""
    found: dict[str, set[str]] = {}
    for rule in acl["Rules"]:
        group = rule["Statement"].get("ManagedRuleGroupStatement")
        if group is not None:
            assert group["VendorName"] == "AWS"
            assert rule["OverrideAction"] == {"None": {}}  # what is not named blocks
            assert all(each["ActionToUse"] == {"Count": {}} for each in group["RuleActionOverrides"])
            found[group["Name"]] = {each["Name"] for each in group["RuleActionOverrides"]}
    return found


@pytest.mark.parametrize(("stage", "wanted"), [("prod", "off"), ("dev", "off"), ("local", "off"), ("local", "managed")])
def test_nobody_pays_for_it_unasked_and_the_laptop_never_has_it(template: Template, stage: str, wanted: str) -> None:
    plain = resolved(template, Stage=stage, WebAcl=wanted)

    assert of_type(plain, ACL) == of_type(plain, ASSOCIATION) == {}
    assert "AppleBlockedAlarm" not in plain["Resources"]


def test_it_is_off_unless_somebody_says_so(sam: Template) -> None:
    assert parameters(sam)["WebAcl"] == "off"


def test_each_api_has_its_own_on_its_stage(guarded: Template) -> None:
    seen = {}
    for association in of_type(guarded, ASSOCIATION).values():
        arn = written(association["ResourceArn"])
        api = next(api for api in DOORS.values() if f"/restapis/${{{api}}}/stages/" in arn)
        assert arn.startswith("arn:${AWS::Partition}:apigateway:${AWS::Region}::/restapis/")
        assert arn.endswith(f"/stages/${{{api}Stage}}")
        seen[referred(association["WebACLArn"])] = api

    assert seen == DOORS
    assert {acl["Scope"] for acl in of_type(guarded, ACL).values()} == {"REGIONAL"}
    assert all(acl["DefaultAction"] == {"Allow": {}} for acl in of_type(guarded, ACL).values())


@pytest.mark.parametrize("name", DOORS)
def test_no_rule_that_looks_into_a_body_stops_anything(guarded: Template, name: str) -> None:
    counted = managed(of_type(guarded, ACL)[name])

    assert counted.keys() == INTO_BODIES.keys()
    assert all(INTO_BODIES[group] <= rules for group, rules in counted.items())


def test_at_apples_door_nothing_stops_that_a_message_could_set_off(guarded: Template) -> None:
    counted = managed(of_type(guarded, ACL)["AppleWebAcl"])

    assert counted["AWSManagedRulesCommonRuleSet"] == INTO_BODIES["AWSManagedRulesCommonRuleSet"] | MAY_BE_MISSING
    assert not any("RateBasedStatement" in rule["Statement"] for rule in of_type(guarded, ACL)["AppleWebAcl"]["Rules"])


def test_the_business_api_stops_an_address_that_calls_too_often(guarded: Template) -> None:
    (rule,) = [
        rule for rule in of_type(guarded, ACL)["BusinessWebAcl"]["Rules"] if "RateBasedStatement" in rule["Statement"]
    ]
    limit = rule["Statement"]["RateBasedStatement"]

    assert (limit["AggregateKeyType"], limit["EvaluationWindowSec"]) == ("IP", 300)
    assert written(limit["Limit"]) == "WebAclRequestsPerAddress"
    assert rule["Action"] == {"Block": {}}


def test_one_business_at_its_usual_rate_is_never_too_often(sam: Template) -> None:
    given = parameters(sam)

    assert int(given["WebAclRequestsPerAddress"]) >= 2 * 300 * int(given["BusinessRequestsPerSecond"])


@pytest.mark.parametrize("name", DOORS)
def test_what_it_sees_is_counted_and_never_shown(guarded: Template, name: str) -> None:
    acl = of_type(guarded, ACL)[name]

    for seen in [acl["VisibilityConfig"], *(rule["VisibilityConfig"] for rule in acl["Rules"])]:
        assert seen["CloudWatchMetricsEnabled"] is True
        assert seen["SampledRequestsEnabled"] is False
    assert of_type(guarded, "AWS::WAFv2::LoggingConfiguration") == {}


@pytest.mark.parametrize("name", DOORS)
def test_its_rules_have_their_own_names_and_places(guarded: Template, name: str) -> None:
    rules = of_type(guarded, ACL)[name]["Rules"]

    assert [rule["Priority"] for rule in rules] == list(range(len(rules)))
    assert len({rule["Name"] for rule in rules}) == len(rules)


def test_somebody_hears_when_something_is_stopped_at_apples_door(guarded: Template) -> None:
    alarm = of_type(guarded, "AWS::CloudWatch::Alarm")["AppleBlockedAlarm"]
    watched = {each["Name"]: written(each["Value"]) for each in alarm["Dimensions"]}

    assert (alarm["Namespace"], alarm["MetricName"], alarm["Threshold"]) == ("AWS/WAFV2", "BlockedRequests", 0)
    assert watched["Rule"] == "ALL"
    assert watched["WebACL"] == written(of_type(guarded, ACL)["AppleWebAcl"]["VisibilityConfig"]["MetricName"])
    assert written(alarm["AlarmActions"][0]) == "AlarmTopicArn"
