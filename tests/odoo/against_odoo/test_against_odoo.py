# Part of Available to Sell. See LICENSE file for full copyright and licensing details.
"""Random operations through Odoo's own models; after every batch the facts equal Odoo's (design.md P9) and the marks have missed nothing.

`ATS_SEED=7 ATS_OPERATIONS=5000` run other or longer histories. A failure prints the seed, the operations since the last good comparison and, after a
second run that compares after each of them, the first one after which the two disagree.
"""

import os

import pytest

from harness import in_process, template

SEEDS = [int(seed) for seed in os.environ.get("ATS_SEED", "1,2,3,4").split(",")]
OPERATIONS = int(os.environ.get("ATS_OPERATIONS", "520"))
SHOWN_MAX = 40


@pytest.mark.parametrize("seed", SEEDS)
def test_engine_and_odoo_agree_after_any_operations(against, template_db, seed):
    run, failure = _play(against, template_db, f"against_{os.getpid()}_{seed}", seed)
    print(f"seed {seed}: {len(run.log)} operations, {run.refused} refused by Odoo, compared {run.compared} times")
    for sentence in run.explained.values():
        print(f"  {sentence}")
    if failure:
        good = max(failure.done - against.BATCH, 0)
        _again, first = _play(against, template_db, f"against_{os.getpid()}_{seed}_again", seed, each_from=good)
        done, found = (first.done, first.found) if first else (failure.done, failure.found)
        history = "\n".join(f"  {number}. {line}" for number, line in enumerate(run.log[good:done], good + 1))
        shown = "\n".join(found[:SHOWN_MAX])
        pytest.fail(f"ATS_SEED={seed} ATS_OPERATIONS={done}: differs after {done} operations:\n{history}\n{shown}", pytrace=False)
    assert len(run.log) >= OPERATIONS
    assert run.refused < len(run.log) / 2


def _play(against, template_db, name, seed, each_from=None):
    """One run on a copy of the template. Returns (Run, Differs or None)."""
    template.copy(template_db, name)
    try:
        with in_process.registry_of(name) as registry:
            run = against.Run(registry, seed)
            try:
                run.play(OPERATIONS, each_from)
            except against.Differs as difference:
                return run, difference
            return run, None
    finally:
        template.drop(name)
