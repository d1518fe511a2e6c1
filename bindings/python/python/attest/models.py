"""A second name of :mod:`attest_sdk.models`."""

from attest_sdk.models import *  # noqa: F403
from attest_sdk.models import __all__ as __all__
