"""`parley listen` on the running local cloud: webhooks come to this program for a while, then to the business again."""

from __future__ import annotations

import json
import subprocess
from typing import TYPE_CHECKING, Any

from tests.stack.conftest import PARLEY, eventually
from tests.support.http_server import reply, serving

if TYPE_CHECKING:
    from tests.stack.conftest import Stack


def test_what_customers_write_is_heard_here_until_it_ends_and_by_the_business_again_afterwards(stack: Stack) -> None:
    _, before = stack.api("GET", "/v1/routes")
    customers = [stack.new_customer() for _ in range(3)]

    with serving(reply("503 Restarting"), reply("200 OK")) as program:
        listening = subprocess.Popen(
            [PARLEY, "listen", "--to", program.url, "--json", "--once", "2"],
            env=stack.env,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        try:
            assert listening.stdout is not None
            ready = json.loads(listening.stdout.readline())
            # The functions may act on the routes they know for half a minute; what they hold is led here then.
            stack.call("DELETE", stack.facts["webhook_inbox_url"])
            stack.behave(status=503)
            for number, customer in enumerate(customers[:2]):
                assert stack.writes(customer, f"heard {number}")["attempts"][0]["status"] == 200
            rest, _ = listening.communicate(timeout=240)
        finally:
            listening.kill()
            listening.communicate()
            stack.behave()

    heard = [json.loads(line) for line in rest.splitlines()]
    assert listening.returncode == 0
    assert all(one["verified"] for one in heard)
    assert [one["status"] for one in heard if one["status"] != 200] == [503]
    bodies = {json.loads(request.body)["data"]["message"]["body"] for request in program.requests}
    assert bodies >= {"heard 0", "heard 1"}

    assert stack.api("GET", "/v1/routes") == (200, before)
    assert stack.api("GET", f"/v1/endpoints/{ready['endpoint_id']}")[0] == 404
    stack.writes(customers[2], "back again")

    def back() -> list[dict[str, Any]]:
        return [hook for hook in stack.webhooks(customers[2]) if (hook["answered"] or 599) < 300]

    assert eventually(back, seconds=180)
