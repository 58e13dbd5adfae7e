"""Every recurrence as an optimizer: of torch modules, and of optax's pytrees.

``from online_sim.optimizers import AdaL``; `torch_optimizer` and `optax_transform` make one from any other
recurrence, printed from the same lines as the engines.
"""

from theory.front_door import front_door

__getattr__, __dir__, __all__ = front_door(__name__)
