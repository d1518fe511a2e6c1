"""A second name of :mod:`attest_sdk.webhooks`."""

from attest_sdk.webhooks import *  # noqa: F403
from attest_sdk.webhooks import __all__ as __all__
