# Part of Available to Sell. See LICENSE file for full copyright and licensing details.
"""Many random worlds in several processes; the first that differs is shrunk and told."""

import json
import os
import time
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool

from reference import model

from differential.check import difference
from differential.shrink import as_scenario, shrink
from differential.worlds import make

SLICE = 500


def first_failure(first, count):
    """The first seed from `first` on whose world differs, or None."""
    for seed in range(first, first + count):
        if _told(make(seed), seed):
            return seed
    return None


def _told(world, seed):
    try:
        return difference(world, seed)
    except Exception as error:
        return f"{type(error).__name__}: {error}"


def report(seed):
    """A failing seed, its world shrunk, as a text with a scenario file in it."""
    world = make(seed)
    told = _told(world, seed)
    if told is None:
        return f"seed {seed} failed in another process and not here"
    small = shrink(world, lambda candidate: _kind(_told(candidate, seed)) == _kind(told))
    try:
        scenario = as_scenario(small, f"Seed {seed}", model.levels(small))
    except Exception as error:
        scenario = f"the reference fails: {type(error).__name__}: {error}"
    return f"seed {seed} (repeat: ATS_SEED={seed} ATS_WORLDS=1 ./dev test differential)\n{told}\n\nshrunk:\n{_told(small, seed)}\n{scenario}"


def _kind(told):
    """What a failure begins with: a world that the engine refuses for being malformed is not the failure that is looked for."""
    return told and " ".join(told.split()[: 2 if told.startswith("refused") else 1])


def run(first, count, *, processes=None, progress=None):
    """Checks `count` worlds from seed `first` on. Returns None, or the report of a failing one."""
    processes = processes or os.cpu_count() or 1
    begun, done = time.monotonic(), 0
    starts = set(range(first, first + count, SLICE))
    try:
        with ProcessPoolExecutor(processes) as pool:
            waiting = {pool.submit(first_failure, start, min(SLICE, first + count - start)): start for start in sorted(starts)}
            for future in as_completed(waiting):
                seed = future.result()
                if seed is not None:
                    pool.shutdown(wait=False, cancel_futures=True)
                    return report(seed)
                starts.discard(waiting[future])
                done += 1
                if progress and (done % 20 == 0 or done == len(waiting)):
                    progress(f"{min(done * SLICE, count):,} of {count:,} worlds, {time.monotonic() - begun:.0f} s")
    except BrokenProcessPool:
        # slices are handed out in order: the one that broke it is among the first that are not done
        return report_death(sorted(starts)[: processes + 2])
    return None


def report_death(starts):
    """Finds the world on which a process ends without a word, each in a process of its own."""
    for start in starts:
        for seed in range(start, start + SLICE):
            child = os.fork()
            if child == 0:
                _told(make(seed), seed)
                os._exit(0)
            _pid, status = os.waitpid(child, 0)
            if status:
                return f"seed {seed}: the process ended with status {status} (a signal, if below 128)\n{json.dumps(make(seed))}"
    return f"a process ended without a word on a world from seed {starts[0]} on, and not a second time: ended from outside, or out of memory"
