"""Reads certificates of format 2 by writing them in the current format, the only one that the checker knows.

In format 2, a stream is the runs of `lead` once, then those of `pattern` again and again, up to the horizon.
The file also states the smallest and the largest l1 norm of a gradient, which anyone can compute.
"""

import json
from collections.abc import Iterator
from itertools import cycle
from typing import Any

from bounds.certificates.certificate import FORMAT
from bounds.certificates.checker.reading import MOST_BYTES, Refused, once, parsed
from bounds.games.stream import Block, Blocks, compressed, first_rounds, length, rows_of, stream_text

FORMAT_2 = "regretcheck certificate 2"
WRITTEN_OUT = 10_000
"""The most rounds of a pattern that is written out row by row, and the most runs in place of a longer one."""
COUNT = {"$ref": "#/$defs/count"}
RUNS = {
    "type": "array",
    "items": {"type": "object", "properties": {"times": COUNT, "gradient": {"$ref": "#/$defs/point"}}},
}
"""The form of the two lists of a stream of format 2."""


def current(raw: bytes) -> bytes:
    """The certificate in the current format, with the same game, statement and claim.

    Anything that is not of format 2 is returned as it is. The result is checked like any other file.

    Raises:
        Refused: the stream is not one of format 2, or is too long for the current format.
    """
    if len(raw) > MOST_BYTES or f'"{FORMAT_2}"'.encode() not in raw:
        return raw
    try:
        file = json.loads(raw, object_pairs_hook=once)
    except (ValueError, RecursionError):  # the checker says what is wrong with it
        return raw
    if not isinstance(file, dict) or file.get("format") != FORMAT_2:
        return raw
    game = file.get("game")
    if isinstance(game, dict) and game.get("kind") == "linear":
        try:
            stream = stream_text(compressed(_blocks(game)))
        except (KeyError, TypeError, IndexError) as problem:
            raise Refused(f"`game` has no stream of format 2 ({type(problem).__name__})") from None
        kept = {key: value for key, value in game.items() if key not in ("lead", "pattern", "norms")}
        comparator = {"comparator": kept.pop("comparator")} if "comparator" in kept else {}
        file["game"] = {**kept, "stream": stream, **comparator}
    return json.dumps({**file, "format": FORMAT}).encode()


def _blocks(game: dict[str, Any]) -> Blocks:
    """The stream of a game of format 2."""
    horizon = parsed(COUNT, game["horizon"], "game.horizon")
    lead, pattern = (
        tuple(Block((run["gradient"],), run["times"]) for run in parsed(RUNS, game[name], f"game.{name}"))
        for name in ("lead", "pattern")
    )
    if not pattern:
        raise Refused("`game.pattern` must not be empty")
    led = first_rounds(lead, horizon) if lead else ()
    rest, period = horizon - length(led), length(pattern)
    if rest == 0:
        return led
    if len(pattern) > 1 and period <= WRITTEN_OUT:
        again = Block(tuple(rows_of(pattern)), rest // period + 1)
        return (*led, *again.until(rest))
    return (*led, *_repeated(pattern, rest))


def _repeated(pattern: Blocks, rounds: int) -> Iterator[Block]:
    """The runs of a pattern again and again."""
    if len(pattern) == 1:
        yield Block(pattern[0].pattern, rounds)
        return
    for count, run in enumerate(cycle(pattern), start=1):
        yield from run.until(rounds)
        rounds -= run.rounds
        if rounds <= 0:
            return
        if count == WRITTEN_OUT:
            raise Refused("`game.pattern` repeats runs that are too long to write out in the current format")
