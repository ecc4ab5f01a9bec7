# Part of Available to Sell. See LICENSE file for full copyright and licensing details.
"""Tests are imported by path, so the vocabulary beside them has to be found."""

import importlib
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))


@pytest.fixture(scope="session")
def against(odoo_here):
    """The module against_run, which can be imported once Odoo can."""
    return importlib.import_module("against_run")
