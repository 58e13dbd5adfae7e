"""Streams as blocks: the same rounds, in few blocks."""

from fractions import Fraction as F

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bounds.games import Block, cyclic
from bounds.games.stream import SHORT, compressed, first_rounds, length, rows_of

ROWS = st.lists(st.sampled_from([1, -1, 3]), min_size=1, max_size=6).map(lambda u: tuple((F(v),) for v in u))
BLOCKS = st.lists(
    st.builds(Block, ROWS, st.one_of(st.integers(1, 5), st.integers(SHORT, 2 * SHORT))),
    min_size=1,
    max_size=6,
).map(tuple)


# The first games of a busy machine may come slowly.
patient = settings(suppress_health_check=[HealthCheck.too_slow])


def column(*values: int) -> tuple[tuple[F, ...], ...]:
    """Gradients in one dimension."""
    return tuple((F(value),) for value in values)


@patient
@given(BLOCKS)
def test_compressing_keeps_every_round(blocks: tuple[Block, ...]) -> None:
    """The rounds are the same, and compressed once more they are the same blocks."""
    small = compressed(blocks)
    assert tuple(rows_of(small)) == tuple(rows_of(blocks))
    assert length(small) == length(blocks)
    assert compressed(small) == small


@patient
@given(BLOCKS, st.integers(1, 600))
def test_the_first_rounds_are_the_first_rows(blocks: tuple[Block, ...], horizon: int) -> None:
    """As many as there are, in whole patterns and what begins another."""
    assert tuple(rows_of(first_rounds(blocks, horizon))) == tuple(rows_of(blocks))[:horizon]


@patient
@given(ROWS, st.integers(1, 700), st.one_of(st.just(()), ROWS))
def test_a_lead_and_a_pattern_are_blocks(pattern, horizon: int, lead) -> None:
    """The lead once, then the pattern again and again, up to the horizon."""
    expected = (*lead, *pattern * horizon)[:horizon]
    assert tuple(rows_of(cyclic(pattern, horizon, lead))) == expected


@pytest.mark.parametrize(
    ("rows", "blocks"),
    [
        (column(*[7] * 2), [(1, 2)]),
        (column(1, 2, 3), [(3, 1)]),
        (column(*[1, -1] * 40, 1), [(2, 40), (1, 1)]),
        (column(*[130] * 2000, *[1] * 300), [(1, 2000), (1, 300)]),
        (column(9, *[5, -1, -1] * 4, *[-1] * 9), [(1, 1), (3, 4), (1, 9)]),
    ],
)
def test_rows_are_folded_as_a_reader_would(rows, blocks: list[tuple[int, int]]) -> None:
    """A constant stream, no repetition, a period with its beginning once more, two phases, three of them."""
    assert [(len(block.pattern), block.times) for block in compressed((Block(rows),))] == blocks


def test_ten_rounds_repeated_stay_ten_rows() -> None:
    """3, then -1 nine times, 6650 times, then -1 3500 times: two blocks, of eleven rows."""
    stream = (Block(column(3, *[-1] * 9), 6650), Block(column(-1), 3500))
    assert compressed(stream) == stream
    written_out = (Block(tuple(rows_of(stream))),)
    assert compressed(written_out) == stream


@pytest.mark.parametrize(("pattern", "times"), [((), 1), (column(1), 0), (column(1), -1), (column(1), True)])
def test_a_block_has_rows_and_a_count(pattern, times) -> None:
    """The control: nothing, no time, fewer, and what is not a number."""
    with pytest.raises(ValueError, match=r"`times`|`pattern`"):
        Block(pattern, times)


def test_two_rows_after_a_long_run_stay_rows() -> None:
    """A block of two rows is longer than the rows, unless they are all of the stream."""
    blocks = compressed((Block(column(1), 257), Block(column(-1), 2)))
    assert blocks == (Block(column(1), 257), Block(column(-1, -1)))
    assert compressed(blocks) == blocks
    assert compressed((Block(column(-1, -1)),)) == (Block(column(-1), 2),)
