from online_sim.optimizers.adal import AdaL as AdaL
from online_sim.optimizers.from_recurrence import optax_transform as optax_transform
from online_sim.optimizers.from_recurrence import torch_optimizer as torch_optimizer
