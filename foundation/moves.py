"""States are a table: a move that is not in it does not exist."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from foundation.errors import MoveRefused


@dataclass(frozen=True)
class MoveTable:
    """{(state, move): next state}."""

    moves: Mapping[tuple[str, str], str]

    def after(self, state: str, move: str) -> str:
        """The state that a move leads to. Raises MoveRefused."""
        try:
            return self.moves[state, move]
        except KeyError:
            raise MoveRefused(f"{move} is not possible in {state}") from None

    def possible(self, state: str) -> tuple[str, ...]:
        """The moves that a state allows, in the table's order."""
        return tuple(move for (start, move) in self.moves if start == state)

    def states(self) -> set[str]:
        return {state for state, _ in self.moves} | set(self.moves.values())

    def drawing(self) -> Iterator[str]:
        """Lines of a Mermaid state diagram: the drawing in the docs is printed from the table."""
        yield "stateDiagram-v2"
        for (state, move), result in self.moves.items():
            yield f"    {state} --> {result}: {move}"
