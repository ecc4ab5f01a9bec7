# Part of Available to Sell. See LICENSE file for full copyright and licensing details.
WORLDS = 20_000
WORLDS_LONG = 1_000_000


def pytest_addoption(parser):
    parser.addoption("--long", action="store_true", help=f"compare {WORLDS_LONG:,} random worlds, not {WORLDS:,}")
