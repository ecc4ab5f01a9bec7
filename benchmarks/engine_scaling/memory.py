# Part of Available to Sell. See LICENSE file for full copyright and licensing details.
"""`python3 -m engine_scaling.memory FOLDER CHANNELS`: loads columns, computes, prints its peak in bytes beyond an idle interpreter.

A process of its own, because a peak cannot be taken back, and the generator's would count.
"""

import sys
from pathlib import Path

import numpy as np
from plain_levels import shop, with_engine


def status(name):
    """A size of this process in bytes, from the kernel's own table."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith(f"{name}:"):
            return int(line.split()[1]) * 1024
    raise KeyError(name)


def main():
    folder, channels = Path(sys.argv[1]), int(sys.argv[2])
    idle = status("VmRSS")
    columns = {path.stem: np.load(path, mmap_mode="r") for path in folder.glob("*.npy")}
    chosen = columns["listing_channel"] < shop.FIRST_CHANNEL + channels
    for name, values in columns.items():
        columns[name] = np.array(values[chosen] if name.startswith("listing_") else values)
    del chosen
    tables = with_engine.prepare(shop.Shop(**columns))
    with_engine.levels(tables)
    print(status("VmHWM") - idle)


if __name__ == "__main__":
    main()
