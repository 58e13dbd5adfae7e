"""The storage of a game in the torch engine: arrays on a device, whole or distributed over processes.

Distributed coordinates are laid out like a `DTensor` with placement Shard(1): the contiguous pieces of
`torch.chunk`, one per process. A round works on the local pieces and adds partial sums in one message per
stage. Dispatching every operation as a DTensor would cost several messages and much bookkeeping, and would
silently replicate whatever it cannot shard. A DTensor is used only to gather a whole vector on request.
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

    device, real: torch's device and dtype; mesh: a one-dimensional `DeviceMesh`, or None for one process.
    """

    device: Any
    real: Any
    dimension: int
    mesh: Any = None

    @property
    def dtype(self) -> np.dtype[Any]:
        """The working precision as a numpy dtype."""
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
        """This process's part of an array (..., d), on the device; (..., 1) is not divided."""
        import torch

        own = array if array.shape[-1] == 1 else array[..., self.first : self.stop]
        return torch.tensor(own, dtype=real or self.real, device=self.device)

    def place(self, array: NDArray[Any]) -> Any:
        """An array (d,) of a set as (1, d), or as (1, 1) if all entries are equal, which saves reading it."""
        constant = array.strides == (0,) or bool(array.min() == array.max())
        return self.local(array[None, :1] if constant else array[None])

    def exact(self, array: Any) -> Any:
        """A whole array in float64 on the device."""
        import torch

        return torch.tensor(np.asarray(array, dtype=np.float64), device=self.device)

    def sums(self, *parts: Any) -> tuple[Any, ...]:
        """The float64 sum of each part (R or 1, d) over all coordinates, in one message for all parts."""
        return self.total(self.partial(*parts))

    def partial(self, *parts: Any) -> tuple[Any, ...]:
        """The sums over the coordinates that this process holds."""
        import torch

        return tuple(torch.sum(part, dim=-1, keepdim=True, dtype=torch.float64) for part in parts)

    def total(self, sums: tuple[Any, ...]) -> tuple[Any, ...]:
        """The sums over all coordinates, from the partial sums of each process."""
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
        """The largest coordinate of a part (R or 1, d) in float64; a piece without coordinates gives -inf."""
        import torch

        if part.shape[-1] == 0:
            found = torch.full((len(part), 1), -torch.inf, dtype=torch.float64, device=self.device)
        else:
            found = torch.amax(part, dim=-1, keepdim=True).to(torch.float64)
        return self.reduce(found, largest=True)

    def whole(self, vector: Any) -> NDArray[Any]:
        """All coordinates of a vector (R, d) on the host; with several processes, all must call it."""
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

    They can be read like a numpy array, and are copied to the host on access.
    """

    def __init__(self, tensors: Sequence[Any], layout: Layout) -> None:
        """Keep the tensors without copying them."""
        self.tensors, self.layout = list(tensors), layout
        self.shape = (len(self.tensors[0]), len(self.tensors), layout.dimension)
        self.dtype = layout.dtype

    @property
    def size(self) -> int:
        """The number of entries over all processes."""
        return int(np.prod(self.shape))

    def copy(self) -> DeviceVectors:
        """A copy on the device."""
        return DeviceVectors([tensor.clone() for tensor in self.tensors], self.layout)

    def sum(self) -> float:
        """The sum of all entries, in float64."""
        totals = self.layout.sums(*self.tensors)
        return float(sum(total.sum() for total in totals))

    def astype(self, dtype: Any, *, copy: bool = True) -> NDArray[Any]:
        """A new array on the host with all entries, in this precision."""
        whole = np.stack([self.layout.whole(tensor) for tensor in self.tensors], axis=1)
        return whole.astype(dtype, copy=False)

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> NDArray[Any]:
        if copy is False:
            raise ValueError("the numbers are on a device: reading them makes a copy")
        return self.astype(dtype or self.dtype)

    def __getitem__(self, key: Any) -> Any:
        """Index like an array; only one state is read if the key begins ``[replicates, number``."""
        if isinstance(key, tuple) and len(key) > 1 and isinstance(key[1], int):
            return self.layout.whole(self.tensors[key[1]])[(key[0], *key[2:])]
        return np.asarray(self)[key]

    def __len__(self) -> int:
        return self.shape[0]

    def __reduce__(self) -> tuple[Any, ...]:
        return np.array, (np.asarray(self),)
