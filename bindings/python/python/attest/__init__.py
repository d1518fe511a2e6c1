"""A second name of :mod:`attest_sdk`: ``from attest import AttestClient``. Every object is the same one."""

from attest_sdk import *  # noqa: F403
from attest_sdk import __all__ as __all__
