"""Where the torch engine keeps a game: arrays that stay on a device, whole or shared out over processes.

Shared out, the coordinates lie as a `DTensor` with placement Shard(1) would put them: `torch.chunk`'s
contiguous pieces, one a process. A round works on the local pieces and adds up partial sums in one message a
stage, where dispatching every operation as a DTensor would cost several messages and much bookkeeping, and
would silently replicate whatever it cannot shard. The DTensor is the way out: it gathers a vector when
somebody asks for all of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, final

import numpy as np
from numpy.typing import NDArray


@final
@dataclass(frozen=True)
class Layout:
    """The device, the working precision, the number of coordinates, and the processes that share them.

    device, real: torch's; mesh: a one-dimensional `DeviceMesh`, or None for one process.
    """

    device: Any
    real: Any
    dimension: int
    mesh: Any = None

    @property
    def dtype(self) -> np.dtype[Any]:
        """The working precision, numpy's."""
        return np.dtype(str(self.real).removeprefix("torch."))

    @property
    def first(self) -> int:
        """The first coordinate that this process holds."""
        rank = 0 if self.mesh is None else int(self.mesh.get_local_rank())
        return min(rank * self._chunk, self.dimension)

    @property
    def stop(self) -> int:
        """The coordinate after the last that this process holds."""
        return min(self.first + self._chunk, self.dimension)

    @property
    def _chunk(self) -> int:
        return -(-self.dimension // (1 if self.mesh is None else int(self.mesh.size())))

    def local(self, array: NDArray[Any], real: Any = None) -> Any:
        """The part of an array (..., d) that this process holds, on the device; (..., 1) stays as it is."""
        import torch

        own = array if array.shape[-1] == 1 else array[..., self.first : self.stop]
        return torch.tensor(own, dtype=real or self.real, device=self.device)

    def place(self, array: NDArray[Any]) -> Any:
        """An array (d,) of a set as (1, d), or as (1, 1) where all entries are equal: nothing to read."""
        constant = array.strides == (0,) or bool(array.min() == array.max())
        return self.local(array[None, :1] if constant else array[None])

    def exact(self, array: Any) -> Any:
        """A whole array in float64 on the device."""
        import torch

        return torch.tensor(np.asarray(array, dtype=np.float64), device=self.device)

    def sums(self, *parts: Any) -> tuple[Any, ...]:
        """The sum of each part (R or 1, d) over all coordinates, in float64; one message for all of them."""
        return self.total(self.partial(*parts))

    def partial(self, *parts: Any) -> tuple[Any, ...]:
        """The sums over the coordinates that this process holds."""
        import torch

        return tuple(torch.sum(part, dim=-1, keepdim=True, dtype=torch.float64) for part in parts)

    def total(self, sums: tuple[Any, ...]) -> tuple[Any, ...]:
        """The sums over all coordinates from those of each process."""
        if self.mesh is None:
            return sums
        import torch

        return tuple(self.reduce(torch.cat(torch.broadcast_tensors(*sums), dim=-1)).split(1, dim=-1))

    def reduce(self, partial: Any, *, largest: bool = False) -> Any:
        """The sum, or the maximum, over the processes."""
        if self.mesh is None:
            return partial
        from torch import distributed

        reduced = partial.contiguous()
        kind = distributed.ReduceOp.MAX if largest else distributed.ReduceOp.SUM
        distributed.all_reduce(reduced, op=kind, group=self.mesh.get_group())
        return reduced

    def largest(self, part: Any) -> Any:
        """The largest coordinate of a part (R or 1, d), float64; -inf for a piece without coordinates."""
        import torch

        if part.shape[-1] == 0:
            found = torch.full((len(part), 1), -torch.inf, dtype=torch.float64, device=self.device)
        else:
            found = torch.amax(part, dim=-1, keepdim=True).to(torch.float64)
        return self.reduce(found, largest=True)

    def whole(self, vector: Any) -> NDArray[Any]:
        """All coordinates of a vector (R, d) on the host; with processes, all of them must ask."""
        if self.mesh is not None:
            from torch.distributed.tensor import DTensor, Shard

            shape = (len(vector), self.dimension)
            vector = DTensor.from_local(
                vector, self.mesh, [Shard(1)], run_check=False, shape=shape, stride=(self.dimension, 1)
            ).full_tensor()
        return np.array(vector.cpu().numpy())


@final
class DeviceVectors:
    """The vector states (R, states, d), one tensor (R, d) each, of which a process may hold a part.

    They read like a numpy array: they travel to the host when somebody asks for them.
    """

    def __init__(self, tensors: Sequence[Any], layout: Layout) -> None:
        """Take the tensors as they are, without a copy."""
        self.tensors, self.layout = list(tensors), layout
        self.shape = (len(self.tensors[0]), len(self.tensors), layout.dimension)
        self.dtype = layout.dtype

    @property
    def size(self) -> int:
        """How many numbers there are, over all processes."""
        return int(np.prod(self.shape))

    def copy(self) -> DeviceVectors:
        """A copy on the device."""
        return DeviceVectors([tensor.clone() for tensor in self.tensors], self.layout)

    def sum(self) -> float:
        """The sum of all numbers, in float64."""
        totals = self.layout.sums(*self.tensors)
        return float(sum(total.sum() for total in totals))

    def astype(self, dtype: Any, *, copy: bool = True) -> NDArray[Any]:
        """All of it on the host, a new array, in this precision."""
        whole = np.stack([self.layout.whole(tensor) for tensor in self.tensors], axis=1)
        return whole.astype(dtype, copy=False)

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> NDArray[Any]:
        if copy is False:
            raise ValueError("the numbers are on a device: reading them makes a copy")
        return self.astype(dtype or self.dtype)

    def __getitem__(self, key: Any) -> Any:
        """One state is read alone where the key begins ``[replicates, number``."""
        if isinstance(key, tuple) and len(key) > 1 and isinstance(key[1], int):
            return self.layout.whole(self.tensors[key[1]])[(key[0], *key[2:])]
        return np.asarray(self)[key]

    def __len__(self) -> int:
        return self.shape[0]

    def __reduce__(self) -> tuple[Any, ...]:
        return np.array, (np.asarray(self),)
