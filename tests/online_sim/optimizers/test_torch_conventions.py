"""What torch's own tests ask of an optimizer, asked of every recurrence."""

from __future__ import annotations

import copy
import io
from typing import Any

import pytest
import torch

from theory.algorithms.registry import algorithms
from trained import RATE, flat, made, quadratic, restless, tensors, train

pytestmark = pytest.mark.torch
EVERY = pytest.mark.parametrize("name", algorithms())
OWN_DECAY = {name for name, r in algorithms().items() if "weight_decay" in r.parameter_names}
EPS = torch.finfo(torch.float64).eps


@EVERY
def test_the_loss_falls_while_a_scheduler_lowers_the_rate(name: str) -> None:
    """Under each of three schedulers, which find the step size under `lr`."""
    schedulers = torch.optim.lr_scheduler
    for make in (
        lambda o: schedulers.StepLR(o, 10, gamma=0.9),
        lambda o: schedulers.CosineAnnealingLR(o, 40),
        lambda o: schedulers.OneCycleLR(o, max_lr=2 * RATE, total_steps=40, cycle_momentum=False),
    ):
        own = tensors()
        optimizer = made(name, own)
        scheduler = make(optimizer)
        before = float(quadratic(own).detach())
        for _ in range(40):
            train(optimizer, own, 1)
            scheduler.step()
        assert float(quadratic(own).detach()) < before


@EVERY
@pytest.mark.parametrize(
    "options",
    [{}, {"weight_decay": 0.1}, {"weight_decay": 0.1, "decoupled_weight_decay": True, "maximize": True}],
    ids=["plain", "coupled", "decoupled, climbing"],
)
def test_foreach_is_the_loop(name: str, options: dict[str, Any]) -> None:
    """Both forms visit the same points, in float64 and float32, a parameter that is a number included."""
    if name in OWN_DECAY:
        options = {k: v for k, v in options.items() if k != "decoupled_weight_decay"}
    for dtype in (torch.float64, torch.float32):
        points = []
        for foreach in (True, False):
            own = tensors(dtype=dtype)
            train(made(name, own, foreach=foreach, **options), own, 8, restless())
            points.append(flat(own))
        # Fewer than 50 roundings a step; the scale of the points is that of the largest.
        allowed = 50 * 8 * torch.finfo(dtype).eps * float(points[1].abs().max())
        assert float((points[0] - points[1]).abs().max()) <= allowed


@EVERY
def test_a_group_has_its_own_rate(name: str) -> None:
    """Two groups move as two optimizers would, and a tensor in a new group as well."""
    own, alone = tensors(), tensors()
    optimizer = made(name, [{"params": own[:2]}, {"params": own[2:3], "lr": RATE / 7}])
    optimizer.add_param_group({"params": own[3:], "lr": RATE / 3})
    others = [made(name, alone[:2]), made(name, alone[2:3], lr=RATE / 7), made(name, alone[3:], lr=RATE / 3)]
    first, second = restless(), restless()
    for _ in range(5):
        train(optimizer, own, 1, first)
        second(alone).backward()
        for other in others:
            other.step()
            other.zero_grad()
    assert torch.equal(flat(own), flat(alone))


@EVERY
def test_a_tensor_without_a_gradient_stays(name: str) -> None:
    """It has no state, and counts its own rounds when it gets a gradient."""
    own = tensors()
    optimizer = made(name, own)
    before = own[1].detach().clone()
    train(optimizer, own, 3, lambda p: quadratic([p[0], *p[2:]]))
    assert torch.equal(own[1].detach(), before)
    assert own[1] not in optimizer.state
    train(optimizer, own, 2)
    assert [int(optimizer.state[p]["step"]) for p in own] == [5, 2, 5, 5]


@EVERY
def test_a_gradient_of_zeros_moves_nothing(name: str) -> None:
    """0/0 is 0: the point stays, and no state becomes NaN."""
    own = tensors()
    optimizer = made(name, own, **({"weight_decay": 0.0} if name in OWN_DECAY else {}))
    for p in own:
        p.grad = torch.zeros_like(p)
    for _ in range(3):
        optimizer.step()
    assert torch.equal(flat(own), flat(tensors()))
    states = [v for state in optimizer.state.values() for v in state.values()]
    assert all(bool(torch.isfinite(v).all()) for v in states)


@EVERY
@pytest.mark.parametrize(
    "foreach", [True, pytest.param(False, marks=pytest.mark.slow)], ids=["foreach", "loop"]
)
def test_gradients_stay_untouched(name: str, foreach: bool) -> None:
    """With weight decay and climbing, too."""
    own = tensors()
    optimizer = made(name, own, foreach=foreach, weight_decay=0.1, maximize=True)
    quadratic(own).backward()
    before = [p.grad.clone() for p in own]
    for _ in range(3):
        optimizer.step()
    assert all(torch.equal(p.grad, g) for p, g in zip(own, before, strict=True))


@EVERY
def test_loading_goes_on_where_saving_stopped(name: str) -> None:
    """Saved in the middle to a file that is read without running code, the rest of the run is the same."""
    whole, parts = tensors(), tensors()
    optimizer = made(name, whole, weight_decay=0.1)
    train(optimizer, whole, 6)
    first = made(name, parts, weight_decay=0.1)
    train(first, parts, 3)
    file = io.BytesIO()
    torch.save(first.state_dict(), file)
    file.seek(0)
    again = [torch.nn.Parameter(p.detach().clone()) for p in parts]
    second = made(name, again, lr=3.0)
    second.load_state_dict(torch.load(file, weights_only=True))
    train(second, again, 3)
    assert torch.equal(flat(whole), flat(again))
    for p, q in zip(whole, again, strict=True):
        assert {k: v.dtype for k, v in optimizer.state[p].items()} == {
            k: v.dtype for k, v in second.state[q].items()
        }


@EVERY
def test_a_deep_copy_goes_on_by_itself(name: str) -> None:
    """An optimizer copied together with its tensors moves the copies as the original would."""
    own = tensors()
    optimizer = made(name, own)
    train(optimizer, own, 3)
    other, copies = copy.deepcopy((optimizer, own))
    assert copy.deepcopy(optimizer.state_dict()).keys() == {"state", "param_groups"}
    train(other, copies, 3)
    moved = flat(own)
    train(optimizer, own, 3)
    assert torch.equal(flat(own), flat(copies))
    assert not torch.equal(moved, flat(own))


@EVERY
def test_hooks_run_before_and_after_a_step(name: str) -> None:
    """Each once a step."""
    own, calls = tensors(), []
    optimizer = made(name, own)
    optimizer.register_step_pre_hook(lambda *_: calls.append("before"))
    optimizer.register_step_post_hook(lambda *_: calls.append("after"))
    train(optimizer, own, 2)
    assert calls == ["before", "after"] * 2


@EVERY
def test_climbing_is_descending_the_negative(name: str) -> None:
    """maximize=True on f moves as maximize=False on -f."""
    up, down = tensors(), tensors()
    train(made(name, up, maximize=True), up, 5, lambda p: -quadratic(p))
    train(made(name, down), down, 5)
    # Signs are exact, but terms may be added in another order: fewer than 50 roundings in each of 5 steps.
    assert float((flat(up) - flat(down)).abs().max()) <= 50 * 5 * EPS * float(flat(up).abs().max())


@EVERY
def test_a_complex_tensor_is_two_real_ones(name: str) -> None:
    """Real and imaginary parts are coordinates."""
    real = tensors(shapes=((3, 2), (2,)))
    complexes = [torch.nn.Parameter(torch.view_as_complex(p.detach().clone())) for p in real]
    train(made(name, real, weight_decay=0.1), real, 5, lambda p: sum((q**2).sum() for q in p) / 2)
    train(
        made(name, complexes, weight_decay=0.1),
        complexes,
        5,
        lambda p: sum((q.abs() ** 2).sum() for q in p) / 2,
    )
    # |q|^2 is differentiated through a root: another rounding of the gradient, in each of 5 steps.
    assert float((flat(real) - flat(complexes)).abs().max()) < 1e-12


@EVERY
@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float16], ids=str)
def test_half_precision_computes_in_float32(name: str, dtype: torch.dtype) -> None:
    """One step moves by the float32 step, rounded once; states are float32 and stay so when loaded."""
    narrow = tensors(dtype=dtype)
    wide = [torch.nn.Parameter(p.detach().float()) for p in narrow]
    for p, q in zip(narrow, wide, strict=True):
        p.grad = torch.full_like(p, 1e-4)
        q.grad = p.grad.float()
    optimizer, other = made(name, narrow), made(name, wide)
    optimizer.step()
    other.step()
    assert all(torch.equal(p.detach(), q.detach().to(dtype)) for p, q in zip(narrow, wide, strict=True))
    optimizer.load_state_dict(copy.deepcopy(optimizer.state_dict()))
    for p, q in zip(narrow, wide, strict=True):
        assert {k: v.dtype for k, v in optimizer.state[p].items()} == {
            k: v.dtype for k, v in other.state[q].items()
        }
        assert all(torch.equal(v, other.state[q][k]) for k, v in optimizer.state[p].items())


@EVERY
def test_a_step_has_a_derivative(name: str) -> None:
    """By the step size and by the start, through three steps on a quadratic."""
    start = torch.tensor([0.7, -1.3, 2.1], dtype=torch.float64, requires_grad=True)
    rate = torch.tensor(RATE, dtype=torch.float64, requires_grad=True)

    def end(x: Any, lr: Any) -> Any:
        p = x.clone()
        optimizer = made(name, [p], lr=lr, differentiable=True)
        for _ in range(3):
            p.grad = 3 * p
            optimizer.step()
        return p

    assert torch.autograd.gradcheck(end, (start, rate))


@EVERY
def test_capturable_keeps_its_numbers_on_the_device(name: str) -> None:
    """The points are the same up to rounding, and the count of rounds is with the tensor."""
    one, other = tensors(), tensors()
    train(made(name, one), one, 8, restless())
    optimizer = made(name, other, capturable=True)
    train(optimizer, other, 8, restless())
    assert all(optimizer.state[p]["step"].device == p.device for p in other)
    assert float((flat(one) - flat(other)).abs().max()) <= 50 * 8 * EPS * float(flat(one).abs().max())


@EVERY
def test_sparse_gradients_are_refused(name: str) -> None:
    """With torch's kind of error."""
    table = torch.nn.Embedding(5, 3, sparse=True)
    optimizer = made(name, table.parameters())
    table(torch.tensor([1, 2])).sum().backward()
    with pytest.raises(RuntimeError, match="does not support sparse gradients"):
        optimizer.step()


@EVERY
def test_a_value_out_of_range_is_refused(name: str) -> None:
    """In the words of the parameter's declaration, in a group as well."""
    with pytest.raises(ValueError, match=r"`lr` = -1 is out of range; the .* must lie in"):
        made(name, tensors(), lr=-1)
    optimizer = made(name, tensors())
    with pytest.raises(ValueError, match="`weight_decay` = -1 is out of range"):
        optimizer.add_param_group({"params": tensors(), "weight_decay": -1})
