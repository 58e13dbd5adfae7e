"""Text that a terminal shows and does not obey, and what is refused where an object is built."""

import sys
import unicodedata

import pytest
from sympy import S

from online_sim.game import Game
from paper_checks.scenario import Options, Plan, Scenario
from theory.algorithms.sgd import SGD
from theory.losses.half_square import HALF_SQUARE
from theory.printable import check_file_name, check_shown, printable, printable_line
from theory.quantities import Regret
from theory.source import Source
from theory.statement import Assumption, Reading, Requires, Theorem

HIDDEN = [
    "\x00", "\x07", "\x08", "\r", "\x1b", "\x7f", "\x85", "\x9b", "\u00ad", "\u061c",
    "\u200b", "\u200d", "\u200e",
    "\u2028", "\u2029", "\u202a", "\u202e",
    "\u2060", "\u2066", "\u2069", "\ufeff", "\ufff9", "\ufffe", "\ud800",
    "\udcff", "\ue000", "\U000e0041", "\u034f", "\u115f", "\u3164", "\ufe0f", "\U000e0100",
]  # fmt: skip
"""Controls, changes of direction, what takes no room, halves of characters, and what stands for nothing."""


def test_every_character_is_shown_or_written_as_its_number():
    """Of all characters none is left that a terminal may obey, and what was shown is shown as it is."""
    hidden = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
    text = "".join(map(chr, range(sys.maxunicode + 1)))
    shown = printable(text)
    assert not [c for c in set(shown) if unicodedata.category(c) in hidden]
    assert printable(shown) == shown
    shown.encode()
    letters = "".join(c for c in text if unicodedata.category(c)[0] in "LNPS" and ord(c) < 0x1100)
    assert printable(letters) == letters


@pytest.mark.parametrize("c", HIDDEN, ids=ascii)
def test_what_is_hidden_gets_its_number(c):
    """One backslash, a letter for the width, and the digits."""
    code = ord(c)
    number = f"\\x{code:02x}" if code < 256 else f"\\u{code:04x}" if code < 65536 else f"\\U{code:08x}"
    assert printable(f"a{c}b") == f"a{number}b"


def test_what_is_seen_stays():
    """Letters of any script, signs and blanks of any width."""
    for text in ("α ≤ √2·x̂", "日本語", "مرحبا", "“quoted” – and…", "1\u202f000\u00a0km", "✓ ✗ ○"):
        assert printable(text) == text


def test_one_line_joins_lines():
    """Ends of lines, of any kind, become one blank, so that a message cannot forge a second one."""
    assert printable_line("  a \r\n\n  b\u2028c\x1b\td") == "  a b c\\x1b\\x09d"
    assert (printable_line(""), printable_line("\n"), printable_line("a ")) == ("", "", "a ")
    assert printable_line(" " * 300_000) == " " * 300_000  # in no more time than its length


def reading(key="a", note="n", constants=None):
    """A reading."""
    return Reading(key, S.One, note, constants or {})


def theorem(id="t.x", title="T", measures="regret"):
    """A theorem."""
    return Theorem(
        id, title, Source("zinkevich2003", "1"), ("SGD",), Regret(S.One), (reading(),), measures=measures
    )


def scenario(id="s", title="S", theorem_ids=("t.x",), build=print):
    """A scenario."""
    return Scenario(id, title, theorem_ids, build)


GAME = Game(SGD, HALF_SQUARE, horizon=1, parameters={"alpha": 1.0}, start=[1.0])
TEXTS = [
    ("`title` of scenario `s`", lambda text: scenario(title=text)),
    ("`title` of theorem `t.x`", lambda text: theorem(title=text)),
    ("`measures` of theorem `t.x`", lambda text: theorem(measures=text)),
    ("`note` of reading `a`", lambda text: reading(note=text)),
    ("`constants` of reading `a`: `c`", lambda text: reading(constants={"c": text})),
    ("`text` of an assumption", lambda text: Assumption(text, Requires.COMPACT_SET)),
    ("`note` of a plan", lambda text: Plan((), GAME, note=text)),
    ("`theorem_ids` of scenario `s`", lambda text: scenario(theorem_ids=(text,))),
]
NAMES = [
    ("`id` of a scenario", lambda text: scenario(id=text)),
    ("`id` of a theorem", lambda text: theorem(id=text)),
    ("`key` of a reading", lambda text: reading(key=text)),
]


@pytest.mark.parametrize("c", HIDDEN, ids=ascii)
@pytest.mark.parametrize(("field", "make"), TEXTS, ids=[field for field, _ in TEXTS])
def test_texts_that_cannot_be_shown_are_refused(field, make, c):
    """One line that names the field and the character, itself printable."""
    with pytest.raises(ValueError, match="which cannot be shown; remove it") as e:
        make(f"a{c}b")
    said = str(e.value)
    assert said.startswith(f"{field} holds the character '{printable(c)}'")
    assert printable(said) == said


@pytest.mark.parametrize(("field", "make"), [*TEXTS, *NAMES], ids=[f for f, _ in [*TEXTS, *NAMES]])
@pytest.mark.parametrize("value", [None, 3, b"x", ["x"], ("x",), True])
def test_texts_of_a_wrong_type_are_refused(field, make, value):
    """What is no text is named, with what came."""
    with pytest.raises((TypeError, ValueError), match=r"expected a text in quotes|printable ASCII") as e:
        make(value)
    assert str(e.value).startswith((f"{field} is {value!a}; ", f"{field} = {value!a} "))


@pytest.mark.parametrize(("field", "make"), [*TEXTS, *NAMES], ids=[f for f, _ in [*TEXTS, *NAMES]])
def test_texts_that_are_too_long_are_refused(field, make):
    """The message says how long it is and does not repeat it."""
    with pytest.raises(ValueError, match="characters; ") as e:
        make("a" * 20_000)
    assert str(e.value).startswith(f"{field} has 20000 characters; ")
    assert len(str(e.value)) < 120


@pytest.mark.parametrize(
    ("field", "make"), [*TEXTS[:2], TEXTS[-1]], ids=[f for f, _ in [*TEXTS[:2], TEXTS[-1]]]
)
@pytest.mark.parametrize("empty", ["", "  "])
def test_titles_that_say_nothing_are_refused(field, make, empty):
    """A title is there to be seen; a note may be empty."""
    with pytest.raises(ValueError, match="say something that can be shown") as e:
        make(empty)
    assert str(e.value).startswith(field)
    assert reading(note="").note == ""


@pytest.mark.parametrize(
    "name",
    ["", ".", "..", "a/b", "../a", "a\\b", ".hidden", "-rf", "a b", "a\n", "a..b", "a.", "é", "a\x1b",
     "a\ud800",
     "CON:", "a*", "\u0430dal.theorem1"],
)  # fmt: skip
@pytest.mark.parametrize(("field", "make"), NAMES, ids=[field for field, _ in NAMES])
def test_ids_that_cannot_name_files_are_refused(field, make, name):
    """`<id>.json` must be a file of the folder that it is meant for."""
    with pytest.raises(ValueError, match=f"^{field}|^a key") as e:
        make(name)
    assert printable(str(e.value)) == str(e.value)


def test_the_longest_ids_name_a_file():
    """The longest scenario, theorem and reading, with what is put around them, fit into 255 bytes."""
    longest = [scenario(id="s" * 120).id, theorem(id="t" * 64).id, reading(key="k" * 40).key]
    assert len(f".{'.'.join(longest)}.json.{'0' * 12}.tmp") <= 255


def test_what_can_be_shown_is_taken():
    """The control: scripts, formulas, several lines of a note, the id of a varied scenario, a list of ids."""
    assert theorem(title="Satz über Σ g² ≤ 1").title == "Satz über Σ g² ≤ 1"
    assert reading(note="one\n\ttwo").note == "one\n\ttwo"
    assert scenario(id="a.b-c+alpha=0.3+seed=2").id.startswith("a.b-c")
    assert scenario(theorem_ids=["t.x"]).theorem_ids == ("t.x",)
    check_shown("", "x", empty=True)
    check_file_name("a.b", "x", longest=3)


@pytest.mark.parametrize("ids", ["t.x", 3, None, {"t.x"}])
def test_theorem_ids_are_a_sequence(ids):
    """One text is not taken for its letters."""
    with pytest.raises(TypeError, match=r"^`theorem_ids` of scenario `s` is .*expected a tuple"):
        scenario(theorem_ids=ids)


def test_a_scenario_is_built_by_a_function():
    """A plan in place of the function that makes it is refused."""
    with pytest.raises(TypeError, match="`build` of scenario `s` is 3; expected a function"):
        scenario(build=3)
    assert scenario(build=lambda _: Options()).id == "s"
