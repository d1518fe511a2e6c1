"""A second name of :mod:`attest_sdk.exceptions`."""

from attest_sdk.exceptions import *  # noqa: F403
from attest_sdk.exceptions import __all__ as __all__
