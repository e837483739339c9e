"""FIFO batches: groups side by side, each group in order, one group's failure its own."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor, wait
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from parley.errors import Retryable
from parley.runtime.log import blame, log

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from concurrent.futures import Future

    from parley.storage.queues import SqsVisibility

type Record = dict[str, Any]

MAX_GROUPS: Final = 10
SLOW_SECONDS: Final = 0.5
"""So long a batch may take before what is done is taken out of the queue one by one."""
COME_BACK_SECONDS: Final = 5.0
MAX_COME_BACK_SECONDS: Final = 300.0


@cache
def threads() -> ThreadPoolExecutor:
    """Those of this process. Kept: to start ten for every batch takes longer than all that one of them has to do."""
    return ThreadPoolExecutor(max_workers=MAX_GROUPS)


def run_fifo(
    records: Iterable[Record],
    handle: Callable[[Record], None],
    *,
    visibility: SqsVisibility,
    out_of_time: Callable[[], bool],
) -> dict[str, list[dict[str, str]]]:
    """Handle a batch; returns the partial batch response with every record that has to come back.

    When one record of a group fails, those behind it are not touched: they come back together with it.
    """
    groups: dict[str, list[Record]] = {}
    for record in records:
        groups.setdefault(record["attributes"]["MessageGroupId"], []).append(record)

    def run(group: list[Record]) -> list[Record]:
        return _run_group(group, handle, visibility=visibility, out_of_time=out_of_time)

    if len(groups) <= 1:
        failed = [run(group) for group in groups.values()]
    else:
        pool = threads()
        running = {pool.submit(run, group): group for group in groups.values()}
        _let_go(running, visibility)
        failed = [future.result() for future in running]
    return {"batchItemFailures": [{"itemIdentifier": record["messageId"]} for part in failed for record in part]}


def _let_go(running: dict[Future[list[Record]], list[Record]], visibility: SqsVisibility) -> None:
    """Take out of the queue what is done while a slow group still runs.

    SQS shows a group's next message when the ones before it are gone, and Lambda removes them only with the whole
    batch: one endpoint that answers late would stop conversations that have nothing to do with it.
    """
    waiting = set(running)
    while waiting:
        done, waiting = wait(waiting, timeout=SLOW_SECONDS)
        if waiting and done:
            handled = [record for future in done for record in running[future] if record not in future.result()]
            _take_out(handled, visibility)


def _take_out(handled: list[Record], visibility: SqsVisibility) -> None:
    try:
        visibility.done([record["receiptHandle"] for record in handled])
    except Exception as fault:  # noqa: BLE001  (what is done stays done)
        log.warning("not_taken_out", extra=blame(fault))


def run_each(records: Iterable[Record], handle: Callable[[Record], None]) -> dict[str, list[dict[str, str]]]:
    """Handle a batch of a standard queue: every record for itself."""
    failed = []
    for record in records:
        try:
            handle(record)
        except Exception as fault:  # noqa: BLE001  (one record must not take the others with it)
            _report(record, fault)
            failed.append({"itemIdentifier": record["messageId"]})
    return {"batchItemFailures": failed}


def _run_group(
    group: list[Record],
    handle: Callable[[Record], None],
    *,
    visibility: SqsVisibility,
    out_of_time: Callable[[], bool],
) -> list[Record]:
    for place, record in enumerate(group):
        if out_of_time():
            return _put_back(group[place:], visibility, after=0.0)
        try:
            handle(record)
        except Exception as fault:  # noqa: BLE001  (one group must not take the others with it)
            _report(record, fault)
            return _put_back(group[place:], visibility, after=_wait(record, fault))
    return []


def _wait(record: Record, fault: Exception) -> float:
    if isinstance(fault, Retryable) and fault.after is not None:
        return fault.after
    seen = int(record["attributes"].get("ApproximateReceiveCount", "1"))
    return min(COME_BACK_SECONDS * float(1 << min(seen - 1, 10)), MAX_COME_BACK_SECONDS)


def _put_back(rest: list[Record], visibility: SqsVisibility, *, after: float) -> list[Record]:
    """The whole rest of the group gets the same wait; without it they would hide for the queue's full timeout."""
    try:
        visibility.come_back([record["receiptHandle"] for record in rest], after=after)
    except Exception as fault:  # noqa: BLE001  (they come back all the same, only later)
        log.warning("visibility_unchanged", extra=blame(fault))
    return rest


def _report(record: Record, fault: Exception) -> None:
    log.warning("record_failed", extra={"queue_message_id": record["messageId"], **blame(fault)})
