"""AdaL as an optimizer: its arguments, the reach of its norm, small gradients, compiled steps."""

from __future__ import annotations

import importlib.util
import inspect
import subprocess
import sys
from typing import Any

import pytest
import torch

from online_sim.engines.torch_engine import missing_compiler
from online_sim.optimizers import AdaL, torch_optimizer
from theory.algorithms.adal import adal
from theory.parameters import ALPHA, alpha
from theory.quantities import Norm2Squared, Prev, pinv
from theory.recurrence import Recurrence
from theory.source import Source
from theory.symbols import Scalar, Vector, f, g, x
from trained import flat, quadratic, restless, tensors, train

pytestmark = pytest.mark.torch


def first_step(own: list[Any], **options: Any) -> list[Any]:
    """The first steps of tensors whose gradient is 2 everywhere, with epsilon as in Adam and huge.

    With eps much larger than ||g||_1 |g| the step is lr ||g||_1 g/eps: it shows the norm.
    """
    before = [p.detach().clone() for p in own]
    optimizer = AdaL(options.pop("groups", own), lr=1.0, eps=1e9, eps_mode="adam", **options)
    for p in own:
        p.grad = torch.full_like(p, 2.0)
    optimizer.step()
    return [float((b - p.detach()).flatten()[0]) * 1e9 / 2 for b, p in zip(before, own, strict=True)]


@pytest.mark.parametrize("foreach", [True, False])
def test_the_norm_runs_over_a_tensor_a_group_or_all(foreach: bool) -> None:
    """||g||_1 is 2 times the number of coordinates that it sees; 1e9 is no exact divisor: eight digits."""
    own = tensors()  # of 6, 4, 1 and 3 coordinates
    assert first_step(own, foreach=foreach) == pytest.approx([12, 8, 2, 6], rel=1e-6)
    groups = [{"params": own[:2]}, {"params": own[2:]}]
    copies = [dict(group) for group in groups]  # torch fills a group in
    assert first_step(own, foreach=foreach, norm="group", groups=groups) == pytest.approx(
        [20, 20, 8, 8], rel=1e-6
    )
    assert first_step(own, foreach=foreach, norm="all", groups=copies) == pytest.approx([28] * 4, rel=1e-6)


def test_a_norm_over_all_spans_precisions_and_rounds() -> None:
    """A tensor that is a round behind, and one in another precision, share the sum."""
    own = [torch.nn.Parameter(torch.ones(3)), torch.nn.Parameter(torch.ones(2, dtype=torch.float64))]
    optimizer = AdaL(own, lr=1.0, betas=(0.0, 0.5), eps=1e9, eps_mode="adam", norm="all")
    own[0].grad = torch.ones(3)
    optimizer.step()
    for p in own:
        p.grad = torch.ones_like(p)
    before = [p.detach().clone() for p in own]
    optimizer.step()
    moved = [float((b - p.detach())[0]) * 1e9 for b, p in zip(before, own, strict=True)]
    assert moved[1] == pytest.approx(5, rel=1e-6)
    # float32 at 1 resolves 6e-8: the moment itself tells.
    assert optimizer.state[own[0]]["m"].tolist() == [5.0] * 3


def test_coupled_decay_enters_before_the_norm_and_decoupled_decay_does_not() -> None:
    """v_1 = (1 - beta2) (||h||_1 h)^2 shows which gradient the norm saw."""
    for decoupled, seen in ((False, 3.0), (True, 2.0)):
        p = torch.nn.Parameter(torch.full((4,), 10.0, dtype=torch.float64))
        optimizer = AdaL([p], weight_decay=0.1, betas=(0.9, 0.5), decoupled_weight_decay=decoupled)
        p.grad = torch.full_like(p, 2.0)
        optimizer.step()
        assert optimizer.state[p]["v"].tolist() == pytest.approx([0.5 * (4 * seen * seen) ** 2] * 4)


def test_small_gradients_of_half_precision_survive() -> None:
    """||g||_1^2 g^2 is 1e-16 at g = 1e-4, which float16 does not hold; the step has size lr."""
    p = torch.nn.Parameter(torch.zeros(1, dtype=torch.float16))
    optimizer = AdaL([p], lr=0.25)
    p.grad = torch.full_like(p, 1e-4)
    optimizer.step()
    assert float(optimizer.state[p]["v"]) > 0
    assert float(p.detach()) == -0.25


def test_the_arguments_are_those_promised() -> None:
    """Names, order and defaults."""
    found = inspect.signature(AdaL).parameters
    assert [(k, v.default) for k, v in found.items()][1:] == [
        ("lr", 1e-3), ("betas", (0.9, 0.999)), ("eps", 1e-8), ("weight_decay", 0), ("norm", "tensor"),
        ("eps_mode", "printed"), ("decoupled_weight_decay", False), ("schedule", "constant"),
        ("foreach", None), ("maximize", False), ("capturable", False), ("differentiable", False),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"lr": 0.0}, "`lr` = 0 is out of range"),
        ({"lr": torch.ones(2)}, "`lr` is a tensor of 2 elements"),
        ({"betas": (0.9, 1.0)}, "`beta2` = 1 is out of range"),
        ({"betas": 0.9}, "`betas` must be two numbers"),
        ({"eps": -1.0}, "`eps` = -1 is out of range"),
        ({"weight_decay": -0.1}, "`weight_decay` = -0.1 is out of range"),
        ({"norm": "layer"}, "`norm`"),
        ({"eps_mode": "outside"}, "`eps_mode` must be one of"),
        ({"schedule": "linear"}, "`schedule` must be one of"),
        ({"foreach": True, "differentiable": True}, "cannot be differentiated"),
        ({"maximize": 1}, "`maximize`"),
    ],
)
def test_wrong_arguments_are_refused(options: dict[str, Any], message: str) -> None:
    """With the name of the argument."""
    with pytest.raises(ValueError, match=message):
        AdaL(tensors(), **options)


@pytest.mark.parametrize(
    ("library", "code", "remedy"),
    [
        ("torch", "from online_sim.optimizers import AdaL", "pip install regretcheck[torch]"),
        (
            "optax",
            "from online_sim.optimizers import optax_transform as made; from theory import ADAL; made(ADAL)",
            "pip install jax optax",
        ),
    ],
)
def test_an_absent_library_is_named_with_the_remedy(library: str, code: str, remedy: str) -> None:
    """In one sentence, when the optimizer is asked for; the package itself imports without it."""
    absent = f"import sys; sys.modules[{library!r}] = None; import online_sim.optimizers; {code}"
    done = subprocess.run([sys.executable, "-c", absent], capture_output=True, text=True, check=False)
    assert done.stderr.splitlines()[-1].startswith("ImportError: ")
    assert remedy in done.stderr.splitlines()[-1]


def test_momentum_schedulers_find_the_betas() -> None:
    """OneCycleLR moves beta1 within `betas`."""
    own = tensors()
    optimizer = AdaL(own)
    scheduler = torch.optim.lr_scheduler.OneCycleLR(optimizer, max_lr=0.1, total_steps=9)
    train(optimizer, own, 1)
    scheduler.step()
    assert optimizer.param_groups[0]["betas"][0] != 0.9


POLYAK = Recurrence(
    name="Polyak",
    source=Source("adal", "no algorithm of it: a step that looks at the loss"),
    parameters=(ALPHA,),
    steps=((Scalar("gap"), f - Prev(Scalar("gap")) / 2),),
    point=x - alpha * Scalar("gap") * pinv(Norm2Squared(g)) * g,
    metric=1,
)


@pytest.mark.parametrize("foreach", [True, False])
def test_a_recurrence_may_look_at_the_loss(foreach: bool) -> None:
    """It asks for a closure, whose value the step returns, and keeps its scalar state."""
    p = torch.nn.Parameter(torch.tensor([3.0, 4.0], dtype=torch.float64))
    optimizer = torch_optimizer(POLYAK)([p], lr=1.0, foreach=foreach)

    def closure() -> Any:
        optimizer.zero_grad()
        loss = (p**2).sum() / 2
        loss.backward()
        return loss

    closure()
    with pytest.raises(ValueError, match=r"`closure` is missing: Polyak looks at the loss"):
        optimizer.step()
    assert float(optimizer.step(closure).detach()) == 12.5
    assert p.detach().tolist() == pytest.approx([1.5, 2.0])  # x - 12.5/25 x
    assert float(optimizer.state[p]["gap"]) == 12.5
    optimizer.step(closure)
    # the loss is 3.125, the gap 3.125 - 6.25 < 0: x + x/2
    assert p.detach().tolist() == pytest.approx([2.25, 3.0])


LAZY = Recurrence(
    name="Last gradient",
    source=Source("adal", "no algorithm of it: a step along the last gradient"),
    parameters=(ALPHA,),
    steps=((Vector("y"), x), (Vector("p"), Prev(Vector("y")) / 2)),
    point=Vector("p") - alpha * Prev(g),
    metric=1,
)


@pytest.mark.parametrize("foreach", [True, False])
def test_old_points_and_gradients_are_kept_as_they_were(foreach: bool) -> None:
    """A state that is the gradient or the point itself does not change with it; it is the decayed one."""
    p = torch.nn.Parameter(torch.tensor([1.0, 2.0], dtype=torch.float64))
    optimizer = torch_optimizer(LAZY)([p], lr=0.5, weight_decay=1.0, foreach=foreach)
    point, last_y, last_h = p.detach().clone(), torch.zeros(2), torch.zeros(2)
    for k in range(4):
        p.grad = torch.full_like(p, float(k + 1))
        optimizer.step()
        new = last_y / 2 - 0.5 * last_h
        last_y, last_h, point = point, p.grad + point, new
        p.grad.zero_()
        assert p.detach().tolist() == point.tolist()


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:`torch.jit.script_method` is deprecated:DeprecationWarning")
@pytest.mark.filterwarnings("ignore:Profiler record function:UserWarning")
@pytest.mark.parametrize(
    "options",
    [{}, {"foreach": False}, {"capturable": True}, {"norm": "all"}, {"weight_decay": 0.1, "maximize": True}],
    ids=str,
)
def test_a_compiled_step_is_the_step(options: dict[str, Any]) -> None:
    """torch.compile of the step: the same points up to float32 rounding, and one graph when capturable."""
    reason = missing_compiler(torch.device("cpu"))
    if reason:
        pytest.skip(reason)
    plain, other = tensors(dtype=torch.float32), tensors(dtype=torch.float32)
    train(AdaL(plain, lr=0.01, **options), plain, 8, restless())
    optimizer = AdaL(other, lr=0.01, **options)
    loss = restless()
    train(optimizer, other, 1, loss)  # the states are made before
    torch._dynamo.reset()
    step = torch.compile(optimizer.step, fullgraph=bool(options.get("capturable")))
    for _ in range(7):
        optimizer.zero_grad()
        loss(other).backward()
        step()
    # Fewer than 50 roundings a step.
    allowed = 50 * 8 * torch.finfo(torch.float32).eps * float(flat(plain).abs().max())
    assert float((flat(plain) - flat(other)).abs().max()) <= allowed
    assert float((flat(plain) - flat(tensors(dtype=torch.float32))).abs().max()) > 10 * allowed


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:`torch.jit.script_method` is deprecated:DeprecationWarning")
@pytest.mark.filterwarnings("ignore:Profiler record function:UserWarning")
def test_a_tensor_rate_is_compiled_once() -> None:
    """A scheduler changes it in place, and the graph stays."""
    reason = missing_compiler(torch.device("cpu"))
    if reason:
        pytest.skip(reason)
    from torch._dynamo.utils import counters

    own = tensors(dtype=torch.float32)
    optimizer = AdaL(own, lr=torch.tensor(0.01))
    scheduler = torch.optim.lr_scheduler.ExponentialLR(optimizer, 0.9)
    train(optimizer, own, 1)
    torch._dynamo.reset()
    counters.clear()
    step = torch.compile(optimizer.step)
    for _ in range(5):
        step()
        scheduler.step()
    assert counters["stats"]["unique_graphs"] == 1


@pytest.mark.skipif(importlib.util.find_spec("expecttest") is None, reason="expecttest is not installed")
def test_the_inputs_of_torchs_own_tests() -> None:
    """The options that torch tests Adam and AdamW with, where AdaL has them, in both forms."""
    from torch.testing._internal import common_optimizers as theirs

    known = inspect.signature(AdaL).parameters.keys() - {"foreach"}
    inputs = [
        *theirs.optim_inputs_func_adam(device="cpu", dtype=torch.float64),
        *theirs.optim_inputs_func_adamw(device="cpu", dtype=torch.float64),
    ]
    tried = 0
    for one in inputs:
        options = dict(one.kwargs)
        if options.keys() - known:
            continue
        tried += 1
        points = []
        for foreach in (True, False):
            own = tensors()
            loss = (lambda p: -quadratic(p)) if options.get("maximize") else quadratic
            before = float(loss(own).detach())
            found = train(AdaL(own, **options, foreach=foreach), own, 20, loss)
            better = found[-1] > before if options.get("maximize") else found[-1] < before
            assert better, one.desc
            points.append(flat(own))
        assert float((points[0] - points[1]).abs().max()) <= 1e-12, one.desc
    assert tried >= 6


def test_a_planted_fault_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    """The control: a helper of the generated code that is off by 1e-9 changes the points."""
    from online_sim.optimizers import tensors_kernel

    sound, faulty = tensors(), tensors()
    train(AdaL(sound, lr=0.01, foreach=False), sound, 8, restless())
    unharmed = tensors_kernel.total
    made = torch_optimizer(adal(schedule="constant"))(faulty, lr=0.01, foreach=False)
    train(made, faulty, 1, loss := restless())
    functions = next(iter(type(made).made.values())).update
    monkeypatch.setitem(functions.__globals__, "total", lambda part: unharmed(part) * (1 + 1e-9))
    train(made, faulty, 7, loss)
    assert 1e-13 < float((flat(sound) - flat(faulty)).abs().max()) < 1e-6
