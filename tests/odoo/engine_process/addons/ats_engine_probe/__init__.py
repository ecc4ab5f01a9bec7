# Part of Available to Sell. See LICENSE file for full copyright and licensing details.
"""Loaded server-wide by the tests, never installed: the engine is used in the prefork master, before any worker exists, and then on request."""

from . import world, controllers
