"""S. J. Reddi, S. Kale, S. Kumar. On the convergence of Adam and beyond. ICLR 2018.

The printing of ICLR has no alpha below its first terms, and each statement falls in one round to a small step
(docs/proofs.md). Theorem 5 falls a second time, in the later revision too, because its assumption (1) has
alpha_T where its proof uses alpha_t: steps A/t satisfy it, and alternating gradients cost A/(2 t) a round.
"""

from fractions import Fraction

from bounds import Counterexample
from bounds.games import Number, exact
from paper_checks.atlas.entry import Entry
from paper_checks.gallery.amsgrad import EXHIBITS as ICLR
from paper_checks.gallery.exhibit import Exhibit
from paper_checks.gallery.families import ADAM_REDDI_1
from paper_checks.gallery.theorem1 import on_a_line
from paper_checks.scenario import Options, Plan, Scenario
from theory.algorithms.decaying_momentum import AMSGRAD_DECAYING
from theory.recurrence import Recurrence
from theory.statement import Theorem
from theory.theorems.adam_drift import ADAM_OF_THEOREM3, STAYS_AWAY
from theory.theorems.adam_linear_regret import ADAM_OF_THEOREM1, LINEAR_REGRET
from theory.theorems.adam_long_period import ADAM_OF_THEOREM2, EVERY_BETA
from theory.theorems.adamnc import ADAMNC, ADAMNC_AVERAGE, AVERAGE, COROLLARY2, THEOREM5
from theory.theorems.amsgrad import AMSGRAD_PHASES, COROLLARY1, REDDI, REDDI_ICLR, SHARP_DECAYING, THEOREM4

PROOF = "docs/proofs.md"


def _numbers(**given: Number) -> dict[str, Fraction]:
    return {name: exact(value) for name, value in given.items()}


CONSTANT = _numbers(low=1, high=1, hold=1)
"""A constant beta1."""
SMALL = _numbers(alpha="1/100", beta1=0)
"""A small step without momentum."""


def _one_round(name: str, theorem: Theorem, reading: str, algorithm: Recurrence, **more: Number) -> Exhibit:
    """f(x) = x on [-1/2, 1/2], one round from 1/2 with a small step."""
    played = {p.name for p in algorithm.parameters}
    values = {**CONSTANT, **SMALL, **_numbers(**more)}
    return Exhibit(
        name,
        "f(x) = x on [-1/2, 1/2], one round, alpha = 1/100, beta1 = 0",
        Counterexample(
            theorem, reading,
            on_a_line(
                algorithm, {k: u for k, u in values.items() if k in played}, (1,), half="1/2", horizon=1
            ),
        ),
    )  # fmt: skip


ONE_ROUND = (
    _one_round("amsgrad_theorem4_iclr", THEOREM4, "iclr", AMSGRAD_PHASES, beta2="15/16"),
    _one_round("amsgrad_corollary1_iclr", COROLLARY1, "iclr", AMSGRAD_DECAYING, beta2="15/16", lam1="1/2"),
    _one_round("adamnc_theorem5_iclr", THEOREM5, "iclr", ADAMNC, first=1, slope=1),
    _one_round("adamnc_theorem5_iclr_alpha_t", THEOREM5, "iclr_alpha_t", ADAMNC, first=1, slope=1),
    _one_round("adamnc_corollary2_iclr", COROLLARY2, "iclr", ADAMNC_AVERAGE, lam1="1/2"),
)
ALTERNATING = Exhibit(
    "adamnc_theorem5_revision",
    "(1, -1) again and again on [-1, 1], beta1 = 0, 1 - beta2_t = 1/(2502 - t): T = 2500",
    Counterexample(
        THEOREM5, "revision",
        on_a_line(
            ADAMNC, {**CONSTANT, **_numbers(alpha="14/5", beta1=0, first=2501, slope=-1)}, (1, -1),
            horizon=2500,
        ),
    ),
)  # fmt: skip
EXHIBITS = (*ONE_ROUND, ALTERNATING)


def _of(theorem: Theorem) -> tuple[Exhibit, ...]:
    return tuple(e for e in EXHIBITS if e.counterexample.theorem.id == theorem.id)


THEOREMS = (
    Entry(
        REDDI_ICLR,
        AMSGRAD_DECAYING,
        exhibits=ICLR,
        instead="With alpha below the first term the bound holds: amsgrad.reddi.stated.",
    ),
    Entry(REDDI, AMSGRAD_DECAYING, proved={"stated": PROOF, "revision": PROOF}),
    Entry(
        THEOREM4,
        AMSGRAD_PHASES,
        exhibits=_of(THEOREM4),
        instead="With alpha below the first term the bound holds, even if beta1_t rises: the reading arxiv.",
        proved={"arxiv": PROOF, "revision": PROOF},
    ),
    Entry(
        COROLLARY1,
        AMSGRAD_DECAYING,
        exhibits=_of(COROLLARY1),
        instead="With alpha below the first term the bound holds, even without the second term: "
        "amsgrad.sharp_decaying.",
        proved={"revision": PROOF},
    ),
    Entry(SHARP_DECAYING, AMSGRAD_DECAYING, proved={"stated": PROOF}),
    Entry(
        THEOREM5,
        ADAMNC,
        exhibits=_of(THEOREM5),
        instead="With alpha below the first term, and alpha_t instead of alpha_T in assumption (1), "
        "the bound holds: the reading revision_alpha_t.",
        proved={"revision_alpha_t": PROOF},
    ),
    Entry(
        COROLLARY2,
        ADAMNC_AVERAGE,
        exhibits=_of(COROLLARY2),
        instead="With alpha below the first term the bound holds, even without the second term: "
        "adamnc.average.",
    ),
    Entry(AVERAGE, ADAMNC_AVERAGE, proved={"stated": PROOF}),
    Entry(
        LINEAR_REGRET,
        ADAM_OF_THEOREM1,
        proved={"example": PROOF},
        families=(ADAM_REDDI_1,),
        why_not_searched="it is about one stream, which the scenario atlas.adam_reddi plays",
    ),
    Entry(
        EVERY_BETA,
        ADAM_OF_THEOREM2,
        proved={"example": PROOF},
        why_not_searched="it is about one stream for each N, and the scenario atlas.adam_reddi_2 plays one",
    ),
    Entry(
        STAYS_AWAY,
        ADAM_OF_THEOREM3,
        proved={"example": PROOF},
        why_not_searched="it is about random gradients of two values, and the scenario atlas.adam_reddi_3 "
        "draws them",
    ),
)


def linear_regret(options: Options) -> Plan:
    """C = 3 and alpha = 1/2: the regret grows by more than 2 in every block of three rounds."""
    from online_sim import Box, Game, reddi
    from theory import LINEAR

    return Plan(
        (LINEAR_REGRET,),
        Game(
            ADAM_OF_THEOREM1,
            LINEAR,
            reddi(3),
            Box(-1.0, 1.0, dimension=1),
            horizon=300_000 if options.full else 3000,
            parameters={"alpha": 0.5, "large": 3.0},
            start=[1.0],
        ),
        note="The example of the proof of Theorem 1.",
    )


def long_period(options: Options) -> Plan:
    """beta1 = 3/10, beta2 = 1/2 and N = 200: the smallest N of the statement is 196."""
    import numpy as np

    from online_sim import ArrayStream, Box, Game
    from theory import LINEAR

    rows = np.full((200, 1), -1.0)
    rows[0] = 200.0
    return Plan(
        (EVERY_BETA,),
        Game(
            ADAM_OF_THEOREM2,
            LINEAR,
            ArrayStream(rows, order="cycle"),
            Box(-1.0, 1.0, dimension=1),
            horizon=200_000 if options.full else 4000,
            parameters={"alpha": 0.5, "beta1": 0.3, "beta2": 0.5, "N": 200.0},
            start=[1.0],
        ),
        note="A problem of this package's, for Theorem 2.",
    )


def drift(options: Options) -> Plan:
    """beta1 = 3/10, beta2 = 1/2, gradients 100 with probability 2/101 and -1 otherwise: their mean is 1."""
    from online_sim import AlphabetStream, Box, Game, NoiseAlphabet
    from theory.losses.line import NOISY_LINE

    return Plan(
        (STAYS_AWAY,),
        Game(
            ADAM_OF_THEOREM3,
            NOISY_LINE,
            AlphabetStream(NoiseAlphabet([99, -2], ["2/101", "99/101"]), seed=options.seed),
            Box(-1.0, 1.0, dimension=1),
            horizon=100_000 if options.full else 2000,
            parameters={"alpha": 1.0, "beta1": 0.3, "beta2": 0.5, "large": 100.0, "small": 1.0},
            replicates=64,
        ),
        note="A simulation of the problem of Theorem 3: independent runs, and a confidence sequence.",
    )


SCENARIOS = (
    Scenario("atlas.adam_reddi", "Adam on (3, -1, -1), interval", ("adam.reddi_1",), linear_regret),
    Scenario("atlas.adam_reddi_2", "Adam with momentum on 200, -1, ..., -1", ("adam.reddi_2",), long_period),
    Scenario("atlas.adam_reddi_3", "Adam on 100 (w.p. 2/101) or -1", ("adam.reddi_3",), drift),
)
