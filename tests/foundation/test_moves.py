"""Move tables."""

import pytest

from consultations.choices import CaseMove, CaseState
from consultations.workflow import CASE, CLOSED
from foundation.errors import MoveRefused


def test_a_move_that_is_not_in_the_table_does_not_exist():
    with pytest.raises(MoveRefused):
        CASE.after(CaseState.SOLVED, CaseMove.SOLVE)
    assert CASE.after(CaseState.RECEIVED, CaseMove.START) == CaseState.ACTIVE


def test_every_state_of_a_case_can_be_reached_and_left():
    assert CASE.states() == set(CaseState)
    for state in CaseState:
        assert CASE.possible(state)
    for state in CLOSED:
        assert CASE.possible(state) == (CaseMove.REOPEN,)
    assert "received --> active: start" in "\n".join(CASE.drawing())
