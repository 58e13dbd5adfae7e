"""A game in intervals, one round at a time: a round is a function from the states before to those after."""

from collections.abc import Sequence
from typing import Any

from bounds.prover.interval_source import GameSource, Name, function
from bounds.prover.intervals import Intervals
from online_sim.engines.program import METRIC, POINT, Program, State


class SteppedGame:
    """The rounds of a game. States are those of the algorithm and the running sums of the statement.

    constants: the unknowns that stay the same in all rounds (parameters, the comparator). state_labels: the
    name of each state, counted by coordinates. steering: for each of them, whether anything depends on it
    besides its own next value and the left side.
    """

    def __init__(self, source: GameSource, unknowns: Sequence[Name]) -> None:
        """Compile every round."""
        self.horizon, self.dimension = source.horizon, source.dimension
        self.constants = [name for name in unknowns if name[0] not in ("g", "x")]
        moving = [(state, i) for state, i in source.carried if state.old != state.new]
        self.state_labels = [state.old.name for state, _ in moving]
        steering = {state.old: _steers(source.program, state) for state, _ in moving}
        self.steering = [steering[state.old] for state, _ in moving]
        known = {name: f"c[{k}]" for k, name in enumerate(self.constants)}
        start = {("x", 1, i): f"s[{i}]" for i in range(self.dimension)}
        gradient = [f"g[{i}]" for i in range(self.dimension)]
        sources = []
        for k in range(1, self.horizon + 1):
            lines = source.before(known | start if k == 1 else known)
            if k > 1:
                lines += [f"{source.name(state.old, i)} = s[{j}]" for j, (state, i) in enumerate(moving)]
            lines += source.round(k, gradient)
            after = ", ".join(source.name(state.new, i) for state, i in moving)
            lines.append(source.sides() if k == self.horizon else f"return [{after}]")
            sources.append(function("play", "c, s, g", lines))
        self._rounds = [source.compiled(text, "play") for text in sources]

    @property
    def labels(self) -> list[str]:
        """The names of the states that something depends on, each once."""
        steering = zip(self.state_labels, self.steering, strict=True)
        return list(dict.fromkeys(label for label, steers in steering if steers))

    def __call__(
        self,
        k: int,
        constants: Sequence[Intervals],
        states: Sequence[Intervals],
        gradient: Sequence[Intervals],
    ) -> Any:
        """Return the states after round k, or (left side, right side, truths) if k is the last round.

        states: those before round k; in round 1, the coordinates of x_1.
        """
        return self._rounds[k - 1](constants, states, gradient)


def _steers(program: Program, state: State) -> bool:
    """Whether a state matters for anything besides its own next value and the left side."""
    others = {other.new for other in program.states if other != state} | {POINT, METRIC}
    others |= {symbol for _, symbol in program.records[1:]}
    for body in (program.lean, program.full):
        reached = {state.old}
        for line in [line for _ in body.definitions for line in body.definitions]:
            reached |= {line.symbol} if line.dependencies & reached else set()
        if reached & others:
            return True
    return False
