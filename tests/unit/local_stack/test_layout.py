"""Folders and ports come from the environment, else from what was before, else they are the usual ones."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from local.stack import layout
from local.stack.errors import StackError
from local.stack.layout import BUSINESS, CLOUD, GATEWAY
from local.stack.state import State

if TYPE_CHECKING:
    from pathlib import Path


def test_the_usual_ports_and_a_folder_in_the_checkout() -> None:
    here = layout.Layout(state_dir=layout.ROOT / ".parley", ports={p.part: p.default for p in layout.PORTS})

    assert (here.port(CLOUD), here.port(GATEWAY), here.port(BUSINESS)) == (4566, 4580, 4590)
    assert (layout.ROOT / "template.yaml").exists()


def test_variables_move_folder_and_ports(tmp_path: Path) -> None:
    here = layout.layout(
        {
            "PARLEY_STATE_DIR": str(tmp_path),
            "PARLEY_AWS_PORT": "5001",
            "PARLEY_GATEWAY_PORT": "5002",
            "PARLEY_BUSINESS_PORT": "5003",
        }
    )

    assert here.state_dir == tmp_path
    assert dict(here.ports) == {CLOUD: 5001, GATEWAY: 5002, BUSINESS: 5003}
    assert here.url(GATEWAY, "/v1") == "http://127.0.0.1:5002/v1"


def test_a_port_once_chosen_stays_until_another_is_chosen(tmp_path: Path) -> None:
    State.fresh({CLOUD: 5001, GATEWAY: 5002, BUSINESS: 5003}).save(tmp_path / "state.json")

    here = layout.layout({"PARLEY_STATE_DIR": str(tmp_path), "PARLEY_GATEWAY_PORT": "6002", "PARLEY_AWS_PORT": ""})

    assert dict(here.ports) == {CLOUD: 5001, GATEWAY: 6002, BUSINESS: 5003}


def test_a_damaged_state_does_not_hide_the_stack_from_down(tmp_path: Path) -> None:
    (tmp_path / "state.json").write_text("{")

    assert layout.layout({"PARLEY_STATE_DIR": str(tmp_path)}).port(CLOUD) == 4566


@pytest.mark.parametrize("text", ["0", "65536", "-1", "http", "4566.0"])
def test_what_is_no_port_is_refused_by_the_variables_name(tmp_path: Path, text: str) -> None:
    with pytest.raises(StackError, match="PARLEY_AWS_PORT="):
        layout.layout({"PARLEY_STATE_DIR": str(tmp_path), "PARLEY_AWS_PORT": text})


def test_two_parts_cannot_have_one_port(tmp_path: Path) -> None:
    with pytest.raises(StackError, match="are both 5002"):
        layout.layout(
            {"PARLEY_STATE_DIR": str(tmp_path), "PARLEY_GATEWAY_PORT": "5002", "PARLEY_BUSINESS_PORT": "5002"}
        )
