"""autograd_mini's NumPy target, jitted by JAX, the points split across two devices."""
# mypy: disable-error-code="import-untyped, import-not-found, no-untyped-call"
# JAX need not be installed.

from __future__ import annotations

import os
from functools import cache

# JAX reads it when it is imported.
os.environ["XLA_FLAGS"] = (
    os.environ.get("XLA_FLAGS", "") + " --xla_force_host_platform_device_count=2"
)

import jax
import jax.numpy as jnp
import numpy as np
from jax.sharding import Mesh, NamedSharding, PartitionSpec

from ..problems import POINTS, Scalar, demo_parameters
from .ours_jax import Calls, Gradient, mean_gradient, points_of

DEVICES = 2
WHOLE, SPLIT = PartitionSpec(), PartitionSpec("points")


def demo(rate: float, count: int = POINTS) -> Calls:
    """W2, on two devices.

    Raises: AssertionError if the gradients are not those of one device.
    """
    parameters, points = jnp.array(demo_parameters()), points_of(count)
    whole = jax.device_put(parameters, NamedSharding(mesh(), WHOLE))
    split = jax.device_put(points, NamedSharding(mesh(), SPLIT))
    assert len(split.sharding.device_set) == DEVICES
    np.testing.assert_allclose(
        jax.jit(split_gradient())(whole, split),
        jax.jit(mean_gradient())(parameters, points),
        rtol=1e-12,
        atol=1e-15,
    )
    return Calls(split_gradient(), whole, split, rate)


@cache
def mesh() -> Mesh:
    """The devices in a row."""
    return jax.make_mesh((DEVICES,), ("points",))


@cache
def split_gradient() -> Gradient:
    """Every device's gradient of its share of the points, and the mean of these."""

    def gradient(parameters: Scalar, points: Scalar) -> Scalar:
        return jax.lax.pmean(mean_gradient()(parameters, points), "points")

    return jax.shard_map(gradient, mesh=mesh(), in_specs=(WHOLE, SPLIT), out_specs=WHOLE)
