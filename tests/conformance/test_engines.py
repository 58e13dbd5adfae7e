"""Every engine plays every algorithm, loss and set as the reference does; a broken engine is found out."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from engine_games import ALGORITHMS, DOMAINS, LOSSES, cover, make, named, pairs
from levels import mostly_slow
from online_sim.contract import ConformanceError
from online_sim.engines import numba_engine, torch_engine
from online_sim.engines.base import Setting
from online_sim.engines.conformance import check_engine
from online_sim.engines.loop import kernel as loop_kernel
from online_sim.engines.loop.style import Printed
from online_sim.engines.lowering import Request, compile_program
from online_sim.engines.numba_engine import NumbaEngine
from online_sim.engines.numpy_engine import NumpyEngine
from online_sim.engines.program import Projection
from online_sim.engines.torch import source as torch_round
from online_sim.engines.torch_engine import TorchEngine
from theory.algorithms.adal import ADAL
from theory.losses.logistic import LOGISTIC
from theory.printing.loop_source import LoopPrinter
from theory.printing.torch_source import TorchPrinter
from theory.quantities import CumMax, CumSum, Norm1
from theory.recurrence import Recurrence
from theory.symbols import f, g


def test_pairs_meet() -> None:
    """The thinned product loses no pair of algorithm and set, of set and loss, of algorithm and loss."""
    assert {(a, d) for a, d, _ in pairs()} == {(a, d) for a in ALGORITHMS for d in DOMAINS}
    assert {(d, v) for _, d, v in pairs()} == {(d, v) for d in DOMAINS for v in LOSSES}
    assert {(a, v) for a, _, v in pairs()} == {(a, v) for a in ALGORITHMS for v in LOSSES}


def every_fourth(number: int, algorithm: str, domain: str, loss: str) -> bool:
    """Whether a plain test plays the pair: every algorithm with some losses, every set with every loss."""
    turn = list(ALGORITHMS).index(algorithm) // len(DOMAINS)
    return (turn + list(LOSSES).index(loss)) % (len(ALGORITHMS) // len(DOMAINS)) == 0


def test_the_plain_pairs_meet() -> None:
    """Those that are not slow lose no algorithm, and no pair of set and loss."""
    plain = [pair for number, pair in enumerate(pairs()) if every_fourth(number, *pair)]
    assert {a for a, _, _ in plain} == set(ALGORITHMS)
    assert {(d, v) for _, d, v in plain} == {(d, v) for d in DOMAINS for v in LOSSES}


@pytest.mark.parametrize(("algorithm", "domain", "loss"), mostly_slow(pairs(), every_fourth))
def test_printed_loops_agree_with_the_reference(algorithm: str, domain: str, loss: str) -> None:
    """The loop source, run as plain Python, gives the reference's numbers in every round."""
    recurrence = ALGORITHMS[algorithm]
    game = make(recurrence, LOSSES[loss], domain)
    assert check_engine(NumbaEngine(interpreted=True), game, named(recurrence)) <= 1


@pytest.mark.slow
@pytest.mark.parametrize("domain", DOMAINS)
@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_printed_loops_agree_on_the_whole_product(algorithm: str, domain: str) -> None:
    """As above, for every triple of algorithm, set and loss."""
    recurrence = ALGORITHMS[algorithm]
    for loss in LOSSES.values():
        check_engine(NumbaEngine(interpreted=True), make(recurrence, loss, domain), named(recurrence))


@pytest.mark.parametrize(
    ("algorithm", "domain", "loss"), mostly_slow(cover(), lambda number, *_: number < len(DOMAINS))
)
def test_compiled_loops_agree_with_the_reference(algorithm: str, domain: str, loss: str) -> None:
    """The compiled kernel gives the reference's numbers in every round."""
    game = make(ALGORITHMS[algorithm], LOSSES[loss], domain)
    assert check_engine(NumbaEngine(), game, [f, g, CumSum(f)]) <= 1


@pytest.mark.torch
@pytest.mark.parametrize(("algorithm", "domain", "loss"), cover())
def test_torch_agrees_with_the_reference(algorithm: str, domain: str, loss: str) -> None:
    """The torch source, not compiled, gives the reference's numbers in every round."""
    recurrence = ALGORITHMS[algorithm]
    engine = TorchEngine("cpu", compiled=False)
    assert check_engine(engine, make(recurrence, LOSSES[loss], domain), named(recurrence)) <= 1
    assert "projected_on_host" not in engine.details()


@pytest.mark.slow
@pytest.mark.torch
@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_torch_agrees_on_every_pair(algorithm: str) -> None:
    """As above, for every pair of algorithm and loss, and of loss and set."""
    for name, domain, loss in pairs():
        if name == algorithm:
            recurrence = ALGORITHMS[algorithm]
            check_engine(TorchEngine("cpu"), make(recurrence, LOSSES[loss], domain), named(recurrence))


@pytest.mark.slow
@pytest.mark.torch
@pytest.mark.filterwarnings("ignore:`torch.jit.script_method` is deprecated:DeprecationWarning")
@pytest.mark.parametrize(
    ("algorithm", "domain", "loss"),
    [("AdaL", "box", "logistic"), ("AdaL[norm=group]", "l2_ball", "linear"), ("Adam", "simplex", "squared")],
)
def test_compiled_torch_agrees_with_the_reference(algorithm: str, domain: str, loss: str) -> None:
    """Compiled by torch.compile the same source still gives the reference's numbers."""
    engine = TorchEngine("cpu", compiled=True)
    recurrence = ALGORITHMS[algorithm]
    assert check_engine(engine, make(recurrence, LOSSES[loss], domain), named(recurrence)) <= 1
    assert engine.details()["compiled"]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("algorithm", "domain", "loss"),
    [(a, list(DOMAINS)[k % len(DOMAINS)], list(LOSSES)[k % len(LOSSES)]) for k, a in enumerate(ALGORITHMS)]
    + [
        (list(ALGORITHMS)[(3 * i + j) % len(ALGORITHMS)], d, v)
        for i, d in enumerate(DOMAINS)
        for j, v in enumerate(LOSSES)
    ],
)
def test_compiled_loops_agree_on_every_set_and_loss(algorithm: str, domain: str, loss: str) -> None:
    """Compiled: every algorithm once, and every pair of set and loss."""
    recurrence = ALGORITHMS[algorithm]
    check_engine(NumbaEngine(), make(recurrence, LOSSES[loss], domain), named(recurrence))


def test_replicates_are_compared_too() -> None:
    """A game of several replicates with their own parameters passes, compared replicate by replicate."""
    base = make(ADAL, LOGISTIC, "l2_ball")
    game = replace(base, parameters={**base.parameters, "alpha": [base.values()["alpha"], 0.1]})
    assert 0 < check_engine(NumbaEngine(interpreted=True), game, [g]) <= 1


class Other(NumbaEngine):
    """Plays another algorithm than the one it is given."""

    def __init__(self, recurrence: Recurrence) -> None:
        super().__init__(interpreted=True)
        self.recurrence = recurrence

    def player(self, setting: Setting):
        """The other program with the records of the given one."""
        program = compile_program(
            Request(
                self.recurrence,
                LOGISTIC,
                projection=Projection.CALL,
                record=[s for _, s in setting.program.records],
            )
        )
        keys = [key for key, _ in setting.program.records]
        records = tuple(zip(keys, (s for _, s in program.records), strict=True))
        return super().player(replace(setting, program=replace(program, records=records)))


def test_the_same_algorithm_through_the_control_passes() -> None:
    """The control's own machinery changes nothing when the algorithm is the same."""
    assert check_engine(Other(ADAL), make(ADAL, LOGISTIC, "l2_ball")) <= 1


def test_a_flipped_sign_is_refused() -> None:
    """An engine that plays x + step instead of x - step is named with the second round."""
    from theory.symbols import x

    flipped = replace(ADAL, point=2 * x - ADAL.point)
    with pytest.raises(ConformanceError, match=r"engine numba: x in round 2,"):
        check_engine(Other(flipped), make(ADAL, LOGISTIC, "l2_ball"))


def test_a_tiny_slip_is_refused() -> None:
    """A step that is wrong by one part in 1e12 is more than rounding explains."""
    from sympy import Rational

    from theory.symbols import x

    slipped = replace(ADAL, point=x + (ADAL.point - x) * (1 + Rational(1, 10**12)))
    with pytest.raises(ConformanceError, match="x in round"):
        check_engine(Other(slipped), make(ADAL, LOGISTIC, "l2_ball"))


class WrongRoot(LoopPrinter):
    """Prints sqrt as the identity (of numbers >= 0)."""

    functions = {**LoopPrinter.functions, "sqrt": "abs"}  # noqa: RUF012 - a planted fault


def test_a_broken_printer_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """A printer with one wrong rule is found out."""
    monkeypatch.setattr(loop_kernel, "LoopPrinter", WrongRoot)
    with pytest.raises(ConformanceError, match=r"in round [23],"):
        check_engine(NumbaEngine(interpreted=True), make(ADAL, LOGISTIC, "box"))


class WrongTorchRoot(TorchPrinter):
    """Prints sqrt as the identity (of numbers >= 0)."""

    functions = {**TorchPrinter.functions, "sqrt": "torch.abs"}  # noqa: RUF012 - a planted fault


@pytest.mark.torch
def test_a_broken_torch_printer_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """A printer with one wrong rule is found out."""
    monkeypatch.setattr(torch_round, "TorchPrinter", WrongTorchRoot)
    with pytest.raises(ConformanceError, match=r"engine torch: .* in round [23],"):
        check_engine(TorchEngine("cpu"), make(ADAL, LOGISTIC, "box"))


@pytest.mark.torch
@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("tools.partial(torch.abs(v_df))", "tools.partial(v_df)"),
        ("torch.clamp(s_beta2, min=0.5)", "torch.clamp(s_beta1, min=0.5)"),
        ("v_m__prev.copy_(v_m)", "v_m__prev.copy_(v_ghat)"),
        ("s_narrow__2 = narrow[:, 2:3]", "s_narrow__2 = narrow[:, 1:2]"),
    ],
)
def test_a_corrupted_torch_round_is_refused(monkeypatch: pytest.MonkeyPatch, right: str, wrong: str) -> None:
    """A change of the generated text is found out."""
    text = torch_round.print_round
    assert right in text(compile_program(Request(ADAL, LOGISTIC, projection=Projection.NONE)))
    monkeypatch.setattr(torch_engine, "print_round", lambda program: text(program).replace(right, wrong))
    with pytest.raises(ConformanceError):
        check_engine(TorchEngine("cpu"), make(ADAL, LOGISTIC, "none"))


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("s_r__1 = 0.0", "s_r__1 = 1e-9"),
        ("t_now += 1", "t_now += 2"),
        ("(1.0 - s_complement__1)", "(1.0 + s_complement__1)"),
        ("arr_v__prev[i] = v_v", "arr_v__prev[i] = v_ghat"),
        ("SS[rep, 2] = s_complement__1", "SS[rep, 2] = 0.0"),
    ],
)
def test_a_corrupted_kernel_is_refused(monkeypatch: pytest.MonkeyPatch, right: str, wrong: str) -> None:
    """A change of the generated text is found out, or stops the run; the last one only at the next block."""

    def corrupted(*arguments: object) -> Printed:
        printed = print_kernel(*arguments)
        return replace(printed, text=printed.text.replace(right, wrong))

    print_kernel = numba_engine.print_kernel
    game = make(ADAL, LOGISTIC, "none")
    assert right in print_kernel(compile_program(Request(ADAL, LOGISTIC, projection=Projection.NONE))).text
    monkeypatch.setattr(NumbaEngine, "block_rounds", 7)
    monkeypatch.setattr(numba_engine, "print_kernel", corrupted)
    with pytest.raises((ConformanceError, IndexError)):
        check_engine(NumbaEngine(interpreted=True), game)


def test_a_chaotic_game_is_compared_until_the_references_part() -> None:
    """Rounding grown to the size of the point is no fault of an engine; a fault before that still is one."""
    from online_sim.engines.conformance import comparable_rounds

    game = make(ALGORITHMS["Nesterov"], LOSSES["rastrigin"], "half_space")
    assert check_engine(NumbaEngine(interpreted=True), game, [CumMax(Norm1(g))]) <= 1
    steady, apart = np.ones((1, 9, 2)), np.ones((1, 9, 2))
    assert comparable_rounds(steady, apart) == 9
    apart[0, 4, 1] += 1e-3
    assert comparable_rounds(steady, apart) == 4


def test_not_a_number_disagrees() -> None:
    """A NaN where the reference has a number is a disagreement, a NaN in both is none."""
    from online_sim.engines.conformance import ratio_to_tolerance

    numbers = np.array([[[1.0], [np.nan], [np.inf]]])
    assert ratio_to_tolerance(numbers, numbers, numbers).max() == 0
    for other in (np.array([[[np.nan]]]), np.array([[[np.inf]]])):
        assert ratio_to_tolerance(other, np.ones((1, 1, 1)), np.ones((1, 1, 1))).max() == np.inf


def test_the_reference_agrees_with_itself() -> None:
    """The reference passes its own test with error 0."""
    assert check_engine(NumpyEngine(), make(ADAL, LOGISTIC, "l2_ball")) == 0
