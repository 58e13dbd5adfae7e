"""The engine for GPUs and very high dimensions: generated torch code on whole vectors.

State, data and records stay on the device; the host receives them at checkpoints. torch is imported only when
an engine is created.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, cast

import numpy as np
from numpy.typing import NDArray

from online_sim.engines.base import (
    NO_MATRICES,
    NO_MOVING_POINTS,
    Array,
    BlockData,
    BlockResult,
    Engine,
    RunState,
    Setting,
)
from online_sim.engines.torch.player import Player
from online_sim.engines.torch.source import print_round
from online_sim.engines.torch.state import DeviceVectors, Layout
from online_sim.places import set_folder_of

if TYPE_CHECKING:
    from online_sim.engines.torch.tools_kernel import Project

PRECISIONS = ("float64", "float32")
COMPILED_FROM = 1 << 16
"""The number of entries of a vector, over all replicates, from which compiling pays off."""


class TorchEngine(Engine):
    """Plays on a torch device: ``TorchEngine(device="cuda", dtype="float32")``.

    Args:
        device: "cpu", "cuda" or "cuda:1"; None: CUDA where there is one.
        dtype: The precision of vectors, "float64" or "float32". Sums over coordinates and all scalars,
            running sums included, are float64 in both. A float32 game plays the nearest float32 parameters,
            so that beta and 1 - beta belong together.
        compiled: Whether torch.compile compiles the rounds; None: where vectors are long and a compiler is
            there.
        steps: The most steps of a projection on the device. Rounds in which they do not suffice are played
            again with the set's own projection on the host.
        mesh: A one-dimensional `DeviceMesh` whose processes share the coordinates. Every process makes the
            same call of `play` and gets the same records.

    Raises:
        ValueError: torch is absent, the device is unknown or absent, or the precision is another one.
    """

    name = "torch"
    block_rounds = 4096

    def __init__(
        self,
        device: str | None = None,
        dtype: str = "float64",
        *,
        compiled: bool | None = None,
        steps: int = 24,
        mesh: Any = None,
    ) -> None:
        """Choose device and precision."""
        if str(dtype) not in PRECISIONS:
            raise ValueError(f"`dtype` = {str(dtype)!r} is unknown; known: {', '.join(PRECISIONS)}")
        if steps < 1:
            raise ValueError(f"`steps` = {steps} must be at least 1")
        self.device = torch_device(device)
        self.dtype = np.dtype(dtype)
        self.compiled, self.steps, self.mesh = compiled, steps, mesh
        self._details: dict[str, Any] = {}

    def details(self) -> dict[str, Any]:
        """The device, whether and why not compiled, and the rounds in which the host had to project."""
        return self._details

    def synchronise(self) -> None:
        """Wait until the device has finished its work."""
        if self.device.type == "cuda":
            import_torch().cuda.synchronize(self.device)

    def refuse(self, setting: Setting) -> str | None:
        """Python losses are refused, and parameters that rounding turns into 0, 1 or infinity.

        With several processes, a set without a projection on the device is refused too.
        """
        if setting.program.full_matrices:
            return NO_MATRICES
        if setting.program.moving:
            return NO_MOVING_POINTS
        if setting.program.python_loss:
            return "a Python loss cannot run on a device; use engine='numpy' or write the loss in symbols"
        if self.mesh is not None and setting.projected is not None and _only_on_host(setting):
            return f"{setting.projected.name} has no projection that processes can share; use one process"
        return _lost(setting, self.dtype)

    def state(self, vectors: list[Array], scalars: Array) -> RunState:
        """The state before round 1 on the device; the host holds only one vector at a time."""
        replicates, dimension = vectors[0].shape
        layout = self._layout(dimension)
        shape = (replicates, layout.stop - layout.first)
        # A number broadcast to all coordinates is transferred as one number.
        own = [vector[:, :1] if vector.strides[-1] == 0 else vector for vector in vectors]
        tensors = [layout.local(vector).expand(shape).contiguous() for vector in own]
        return RunState(0, cast(Any, DeviceVectors(tensors, layout)), scalars)

    def prepare(self, setting: Setting) -> Callable[[RunState, BlockData, NDArray[np.int64]], BlockResult]:
        """See `Engine.prepare`."""
        source = print_round(setting.program)
        players: list[Player] = []

        def advance(state: RunState, block: BlockData, checkpoints: NDArray[np.int64]) -> BlockResult:
            if not players:
                replicates, _, dimension = state.vectors.shape
                players.append(self._player(setting, source, replicates, dimension))
            return players[0].advance(state, block, checkpoints)

        return advance

    def _layout(self, dimension: int) -> Layout:
        return Layout(self.device, getattr(import_torch(), self.dtype.name), dimension, self.mesh)

    def _player(self, setting: Setting, source: str, replicates: int, dimension: int) -> Player:
        from online_sim.engines.torch.tools_kernel import Tools

        torch = import_torch()
        layout = self._layout(dimension)
        compiled, reason = self._compiles(setting, replicates * dimension)
        self._details = {
            "torch": str(torch.__version__),
            "device": str(self.device),
            "compiled": compiled,
            **({"hardware": torch.cuda.get_device_name(self.device)} if self.device.type == "cuda" else {}),
            **({"note": reason} if reason else {}),
        }
        # Not from an imported file, which would be shared: torch.compile counts a function's variants.
        names: dict[str, Any] = {}
        exec(compile(source, "<generated source>", "exec"), names)
        plain = (names["lean"], names["full"])
        # As a single graph, unless processes exchange messages.
        options = {"fullgraph": self.mesh is None, "dynamic": False}
        if compiled:
            set_folder_of("TORCHINDUCTOR_CACHE_DIR", "torchinductor")  # it loads what it compiled from there
        lean, full = [torch.compile(body, **options) for body in plain] if compiled else plain
        on_device, on_host = _projections(setting, layout, self.steps)
        fallback = on_host if on_device is not None and self.mesh is None else None
        tools = Tools(layout, setting, on_device or on_host)
        return Player(setting, tools, names["table"], (lean, full), plain, fallback, self._details)

    def _compiles(self, setting: Setting, numbers: int) -> tuple[bool, str]:
        """Whether to compile, and if not, the reason unless it is the user's choice or short vectors."""
        if self.compiled is False or (self.compiled is None and numbers < COMPILED_FROM):
            return False, ""
        if _only_on_host(setting):
            return False, "not compiled: the projection runs on the host"
        reason = missing_compiler(self.device)
        return reason is None, f"not compiled: {reason}" if reason else ""


def import_torch() -> Any:
    """The torch module; ValueError with the remedy if it is not installed."""
    try:
        import torch
    except ImportError:
        raise ValueError(
            "the torch engine needs the library torch, which is not installed here; "
            "run `pip install regretcheck[torch]`, or choose engine='auto'"
        ) from None
    return torch


def missing_compiler(device: Any) -> str | None:
    """Why torch.compile cannot work on a device, or None."""
    if device.type == "cuda":
        from torch.utils._triton import has_triton

        return None if has_triton() else "triton is missing"
    from torch._inductor import cpp_builder, exc

    try:
        cpp_builder.get_cpp_compiler()
    except (exc.InvalidCxxCompiler, OSError, RuntimeError):
        return "there is no C++ compiler; install g++, or name one in the variable CXX"
    return None


def torch_device(device: str | None) -> Any:
    """A torch device that is here: "cpu", "cuda" or "cuda:1"; None: CUDA where there is one.

    Raises:
        ValueError: torch is absent, or the device is unknown or absent.
    """
    torch = import_torch()
    if device is None:
        device = "cuda" if torch.cuda.is_available() else "cpu"
    try:
        found = torch.device(device)
    except (RuntimeError, TypeError):
        raise ValueError(f"`device` = {device!r} is unknown; known: cpu, cuda, cuda:0, cuda:1, ...") from None
    if found.type not in {"cpu", "cuda"}:
        raise ValueError(f"`device` = {device!r} is not supported; take cpu or cuda")
    if found.type == "cuda" and (found.index or 0) >= torch.cuda.device_count():
        raise ValueError(
            f"`device` = {device!r} is absent, torch sees {torch.cuda.device_count()} CUDA "
            f"devices; take device='cpu', or install the driver and a torch built for CUDA"
        )
    return found


def _lost(setting: Setting, dtype: np.dtype[Any]) -> str | None:
    """Why the parameters cannot be rounded to a precision, or None."""
    values = setting.parameters
    with np.errstate(over="ignore", under="ignore"):
        rounded = values.astype(dtype)
    for special in (0.0, 1.0, np.inf):
        lost = (rounded == special) & (values != special)
        if lost.any():
            r, k = np.argwhere(lost)[0]
            name, value = setting.program.parameters[k], float(values[r, k])
            return f"`{name}` = {value!r} is {special:g} in {dtype}; use float64"
    return None


def _only_on_host(setting: Setting) -> bool:
    """Whether only the set's own method, on the host, projects onto it."""
    from online_sim.domains.kernels.torch_projections import has_device_projection

    return setting.projected is not None and not has_device_projection(setting.projected)


def _projections(setting: Setting, layout: Layout, steps: int) -> tuple[Project | None, Project | None]:
    """The projections on the device and on the host; None if there is none or none is called."""
    from online_sim.domains.kernels.torch_projections import device_projection, host_projection

    if setting.projected is None:
        return None, None
    return device_projection(setting.projected, layout, steps), host_projection(setting.projected)
