# Part of Available to Sell. See LICENSE file for full copyright and licensing details.
"""Applies each fault of mutate.engine to a copy of the sources, builds it and runs the test that must notice.

    ./dev mutate engine                all faults
    ./dev mutate engine NAME…          these only
    ./dev mutate engine --search NAME… tells which of all quick tests turn red, to find the one to name
"""

import argparse
import sys
import time

from harness.say import say
from mutate import engine
from mutate.workshop import Workshop


def main(arguments):
    parser = argparse.ArgumentParser(prog="./dev mutate")
    parser.add_argument("what", choices=["engine"])
    parser.add_argument("names", nargs="*", help="names of faults (default: all)")
    parser.add_argument("--search", action="store_true", help="run all quick tests on each fault and tell which turn red")
    options = parser.parse_args(arguments)
    unknown = set(options.names) - {fault.name for fault in engine.FAULTS}
    if unknown:
        parser.error(f"there are no faults {', '.join(sorted(unknown))}")
    faults = [fault for fault in engine.FAULTS if not options.names or fault.name in options.names]
    workshop = Workshop()
    workshop.prove_sound({fault.killer for fault in faults})
    survivors = []
    for fault in faults:
        begun = time.monotonic()
        red = workshop.red(fault, search=options.search)
        print(f"{'killed  ' if red else 'SURVIVED'} {fault.name:45} {fault.file:30} {time.monotonic() - begun:4.0f} s  "
              f"{', '.join(red) or fault.killer}", flush=True)
        if not red:
            survivors.append(fault.name)
    say(f"{len(faults) - len(survivors)} of {len(faults)} faults turned a named test red")
    print(f"{len(faults) - len(survivors)} passed, {len(survivors)} failed", flush=True)
    return 1 if survivors else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
