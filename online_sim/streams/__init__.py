"""Where the data of the losses come from: adversarial, stochastic, periodic and replayed streams."""

from theory.front_door import front_door

__getattr__, __dir__, __all__ = front_door(__name__)
