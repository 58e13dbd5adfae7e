"""Where long names are broken on a narrow terminal."""

import io

import pytest

from paper_checks.cli.terminal import FOLD, Console, Text, breaks, table_of

NAME = "adabelief.theorem2_1_decaying.stated"


@pytest.mark.parametrize("width", [14, 17, 25, 30])
def test_a_name_is_broken_after_a_sign_only(width):
    """Every part ends with a sign or with the name, and fits; nothing is lost."""
    places = breaks(NAME, width)
    parts = [NAME[a:b] for a, b in zip([0, *places], [*places, len(NAME)], strict=True)]
    assert len(parts) > 1
    assert all(part[-1] in "._" for part in parts[:-1])
    assert max(map(len, parts)) <= width


def test_words_that_fit_are_left_whole():
    """A sentence is broken between words, also where a word has a dot."""
    assert breaks("a sentence with v1.25 in it", 16) == [len("a sentence with ")]


def test_a_narrow_table_breaks_no_part_of_a_name():
    """A cell is broken after a sign too; the plain folding of rich would cut at the width."""
    console = Console(width=30, file=io.StringIO())
    table = table_of({"Reading": FOLD, "Note": FOLD})
    table.add_row(Text(NAME), Text("what it says about the smallest s_t in words"))
    console.print(table)
    said = console.file.getvalue()
    assert all(part in said for part in ("adabelief.", "theorem2_", "decaying.", "stated"))
    long = Text("x" * 40, overflow="fold")
    assert "".join(line.plain for line in long.wrap(console, 30)) == "x" * 40
