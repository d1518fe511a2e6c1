"""A second name of :mod:`attest_sdk.manifest`."""

from attest_sdk.manifest import *  # noqa: F403
from attest_sdk.manifest import __all__ as __all__
