"""What would be wrong about queues and the functions that empty them. Each check names the offenders."""

from collections.abc import Iterator
from typing import Any

from tests.template.translation import Template, of_type, referred

DAY = 86_400
TLS_ONLY = {"Bool": {"aws:SecureTransport": "false"}}


def _queues(template: Template) -> dict[str, dict[str, Any]]:
    return of_type(template, "AWS::SQS::Queue")


def _dead_letter_queues(template: Template) -> dict[str, str]:
    """Queue → where its dead letters go."""
    return {
        name: referred(queue["RedrivePolicy"]["deadLetterTargetArn"])
        for name, queue in _queues(template).items()
        if "RedrivePolicy" in queue
    }


def _given_up_to(template: Template) -> set[str]:
    """Every dead-letter queue: of a queue, or of an event source that is none."""
    of_queues = set(_dead_letter_queues(template).values())
    return of_queues | {_on_failure(mapping) for _, mapping in _streams(template)} - {""}


def _on_failure(mapping: dict[str, Any]) -> str:
    """Where a mapping notes what it gave up; empty if nowhere."""
    destination = mapping.get("DestinationConfig", {}).get("OnFailure", {}).get("Destination")
    return referred(destination) if destination else ""


def _streams(template: Template) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every event source that is not a queue."""
    for name, mapping in of_type(template, "AWS::Lambda::EventSourceMapping").items():
        if referred(mapping["EventSourceArn"]) not in _queues(template):
            yield name, mapping


def _consumers(template: Template) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Queue, function and mapping of every SQS event source."""
    queues = _queues(template)
    for mapping in of_type(template, "AWS::Lambda::EventSourceMapping").values():
        queue = referred(mapping["EventSourceArn"])
        if queue in queues:
            yield queue, referred(mapping["FunctionName"]), mapping


def queues_without_a_dead_letter_queue(template: Template) -> list[str]:
    """A queue either has a dead-letter queue that exists or is one."""
    targets = _dead_letter_queues(template)
    return [
        name
        for name in _queues(template)
        if name not in _given_up_to(template) and targets.get(name) not in _queues(template)
    ]


def streams_without_a_dead_letter_queue(template: Template) -> list[str]:
    """What is given up is noted, and given up before the stream forgets what is behind it, after a day."""
    return [
        name
        for name, mapping in _streams(template)
        if _on_failure(mapping) not in _queues(template)
        or not 0 < mapping.get("MaximumRecordAgeInSeconds", DAY) <= DAY / 2
    ]


def queues_whose_dead_letter_queue_is_of_another_kind(template: Template) -> list[str]:
    """SQS refuses a FIFO queue's dead letters in a standard queue, and the other way round."""
    queues = _queues(template)
    return [
        name
        for name, target in _dead_letter_queues(template).items()
        if queues[name].get("FifoQueue") != queues.get(target, {}).get("FifoQueue")
    ]


def queues_with_a_visibility_below_six_timeouts(template: Template) -> list[str]:
    """Lambda's own advice: a batch may be retried while the function is throttled."""
    functions = of_type(template, "AWS::Lambda::Function")
    longest: dict[str, int] = {}
    for queue, function, _ in _consumers(template):
        longest[queue] = max(longest.get(queue, 0), functions[function]["Timeout"])
    return [
        name for name, timeout in longest.items() if _queues(template)[name].get("VisibilityTimeout", 30) < 6 * timeout
    ]


def queues_nobody_empties(template: Template) -> list[str]:
    """Every queue that is not a dead-letter queue has a consumer."""
    emptied = {queue for queue, _, _ in _consumers(template)}
    return sorted(set(_queues(template)) - _given_up_to(template) - emptied)


def event_sources_that_fail_whole_batches(template: Template) -> list[str]:
    """One bad message must not bring the batch's good ones back."""
    return [
        queue
        for queue, _, mapping in _consumers(template)
        if mapping.get("FunctionResponseTypes") != ["ReportBatchItemFailures"]
    ]


def event_sources_with_more_than_ten_of_a_fifo_queue(template: Template) -> list[str]:
    """Lambda takes at most ten messages of a FIFO queue, without a window."""
    queues = _queues(template)
    return [
        queue
        for queue, _, mapping in _consumers(template)
        if queues[queue].get("FifoQueue") and (mapping["BatchSize"] > 10 or "MaximumBatchingWindowInSeconds" in mapping)
    ]


def event_sources_without_a_concurrency_limit(template: Template) -> list[str]:
    """Without one, a full queue takes every execution the account has, Apple's POSTs included."""
    return [
        queue
        for queue, _, mapping in _consumers(template)
        if "MaximumConcurrency" not in mapping.get("ScalingConfig", {})
    ]


def queues_without_encryption(template: Template) -> list[str]:
    """Every queue is encrypted with SQS's own keys."""
    return [name for name, queue in _queues(template).items() if queue.get("SqsManagedSseEnabled") is not True]


def queues_that_forget_before_somebody_looks(template: Template) -> list[str]:
    """Dead letters stay 14 days. A standard queue's count from the first enqueueing, so it must keep less."""
    queues, targets = _queues(template), _given_up_to(template)
    forgetful = [name for name in sorted(targets) if queues[name].get("MessageRetentionPeriod") != 14 * DAY]
    for name, queue in queues.items():
        longest = 14 * DAY if queue.get("FifoQueue") or name in targets else 7 * DAY
        if not 4 * DAY <= queue.get("MessageRetentionPeriod", 0) <= longest:
            forgetful.append(name)
    return forgetful


def fifo_queues_that_give_up_early(template: Template) -> list[str]:
    """A batch uses up receives of the innocent messages behind a bad one."""
    return [
        name
        for name, queue in _queues(template).items()
        if queue.get("FifoQueue") and queue.get("RedrivePolicy", {}).get("maxReceiveCount", 100) < 100
    ]


def fifo_queues_that_are_slow(template: Template) -> list[str]:
    """High throughput: limits and deduplication per conversation instead of per queue."""
    wanted = {"DeduplicationScope": "messageGroup", "FifoThroughputLimit": "perMessageGroupId"}
    return [
        name
        for name in _dead_letter_queues(template)
        if _queues(template)[name].get("FifoQueue") and not wanted.items() <= _queues(template)[name].items()
    ]


def queues_open_to_plaintext(template: Template) -> list[str]:
    """Every queue's policy denies everybody everything that does not come over TLS."""
    closed = set()
    for policy in of_type(template, "AWS::SQS::QueuePolicy").values():
        for each in policy["PolicyDocument"]["Statement"]:
            if (each["Effect"], each["Principal"], each["Action"]) == ("Deny", "*", "sqs:*"):
                assert each["Resource"] == "*"
                closed |= {referred(queue) for queue in policy["Queues"]} if each["Condition"] == TLS_ONLY else set()
    return sorted(set(_queues(template)) - closed)


def dead_letter_queues_nobody_watches(template: Template) -> list[str]:
    """Each has an alarm for its first message, with somebody to tell."""
    watched = {
        referred(dimension["Value"])
        for alarm in of_type(template, "AWS::CloudWatch::Alarm").values()
        if alarm["MetricName"] == "ApproximateNumberOfMessagesVisible"
        and alarm["Threshold"] == 0
        and alarm["AlarmActions"]
        for dimension in alarm["Dimensions"]
    }
    return sorted(_given_up_to(template) - watched)


ALL = [
    queues_without_a_dead_letter_queue,
    streams_without_a_dead_letter_queue,
    queues_whose_dead_letter_queue_is_of_another_kind,
    queues_with_a_visibility_below_six_timeouts,
    queues_nobody_empties,
    event_sources_that_fail_whole_batches,
    event_sources_with_more_than_ten_of_a_fifo_queue,
    event_sources_without_a_concurrency_limit,
    queues_without_encryption,
    queues_that_forget_before_somebody_looks,
    fifo_queues_that_give_up_early,
    fifo_queues_that_are_slow,
    queues_open_to_plaintext,
    dead_letter_queues_nobody_watches,
]
