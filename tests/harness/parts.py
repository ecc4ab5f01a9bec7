# Part of Available to Sell. See LICENSE file for full copyright and licensing details.
"""`./dev test`: the parts, each run by the tool that people use for it, its closing lines read for the counts.

The budget: all of `./dev test` stays under 45 minutes on two cores, of which CI has a fresh clone (nothing built, no package fetched).

| part | takes about | |
|---|---|---|
| preparing | 3 min | packages, Odoo, PostgreSQL, the template database |
| tidy, cpp, python | 2 min | |
| differential | 4 min | 20,000 random worlds |
| asan, tsan, fuzz | 5 min | both targets of fuzz run at once, 60 s |
| packaging, bench | 4 min | |
| addons, odoo, faults | 15 min | |
| demo, browser | 4 min | |
| upgrade | 3 min | the version before is built, installed and filled first |
"""

import os
import re
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass

from harness import environment, machine, native, odoo_server, paths, stack, template
from harness.running import Count, number, pytest, stream
from harness.say import Refusal, say

BELOW_ALL = "ats_inventory"
"""The module that all others of ours depend on: updating it updates them."""
MODULES = tuple(sorted(path.parent.name for path in paths.ADDONS.glob("*/__manifest__.py")))


@dataclass(frozen=True)
class Part:
    """`action(limit_s, arguments)` runs it and counts; `limit_s` is there for what hangs. `arguments`: whether it takes any."""

    action: Callable
    limit_s: int
    odoo: bool = False
    browser: bool = False
    arguments: bool = True


def _folder(name, *fixed):
    """A part that is a folder of tests; its arguments are pytest's."""
    return lambda limit_s, arguments: pytest(name, limit_s, *fixed, *arguments)


def _addons(limit_s, _arguments):
    """Odoo's own runner. The modules are updated on a copy of the template, so that at_install tests run too."""
    database = template.copy(template.ensure(), "test_addons")
    config = odoo_server.write_config("test-addons", http_port=machine.free_port(), gevent_port=machine.free_port())
    tags = ",".join(f"/{module}" for module in MODULES)
    arguments = ["-d", database, "-u", BELOW_ALL, "--test-tags", tags, "--stop-after-init", "--max-cron-threads=0", "--workers=0",
                 "--log-level=warn", "--log-handler=odoo.tests.stats:INFO", "--log-handler=odoo.tests.result:INFO",
                 "--log-handler=odoo.service.server:INFO", "--log-handler=odoo.modules.loading:INFO"]
    line, options = odoo_server.command(arguments, config)
    code, output = stream(line, "test-addons.log", limit_s, **options)
    template.drop(database)
    total = number(r"(\d+) tests in [\d.]+s", output) or number(r"of (\d+) tests", output)
    failed = number(r"(\d+) failed, \d+ error", output) + number(r"\d+ failed, (\d+) error", output)
    return Count(max(total - failed, 0), failed or int(code != 0))


def _demo(limit_s, _arguments):
    code, output = stream([paths.PYTHON, "-m", "demo", "--check"], "test-demo.log", limit_s, cwd=paths.ROOT)
    failed = len(re.findall(r"^FAILED", output, re.MULTILINE))
    return Count(len(re.findall(r"^ok ", output, re.MULTILINE)), failed or int(code != 0))


def _bench(limit_s, arguments):
    """Small sizes of all benchmarks: they run, the competitors agree, the rows have their form. The ratios say little here."""
    command = [environment.ensure_bench(), paths.ROOT / "benchmarks" / "run.py", "--out", paths.DEV / "bench-small.json", "--size", "small"]
    code, output = stream([*command, *arguments], "test-bench.log", limit_s, cwd=paths.ROOT)
    failed = len(re.findall(r"^\S+: FAILED", output, re.MULTILINE))
    done = subprocess.run([*command, "--list"], capture_output=True, text=True, check=True).stdout.split()
    return Count(max(len(arguments or done) - failed, 0), failed or int(code != 0))


LONG = "--long"
LONG_LIMIT_S = 6 * 3600


def _differential(limit_s, arguments):
    """Random worlds; a million of them, with --long, take hours."""
    return pytest("differential", LONG_LIMIT_S if LONG in arguments else limit_s, "-s", *arguments)


def _plain(action):
    return lambda limit_s, _arguments: action(limit_s)


PARTS = {
    "tidy": Part(_folder("tidy"), 180),
    "cpp": Part(_plain(native.cpp), 600, arguments=False),
    "python": Part(_folder("python"), 300),
    "differential": Part(_differential, 600),
    "asan": Part(_plain(native.asan), 900, arguments=False),
    "tsan": Part(_plain(native.tsan), 600, arguments=False),
    "fuzz": Part(native.fuzz, 600),
    "packaging": Part(_folder("packaging"), 900),
    "bench": Part(_bench, 300, odoo=True),
    "addons": Part(_addons, 600, odoo=True, arguments=False),
    "odoo": Part(_folder("odoo", "--ignore=tests/odoo/against_odoo"), 1500, odoo=True),
    "against": Part(_folder("odoo/against_odoo", "-s"), 900, odoo=True),
    "upgrade": Part(_folder("upgrade"), 600, odoo=True),
    "faults": Part(_folder("faults", "-s"), 600 + 180 * int(os.environ.get("ATS_KILLS", "2")), odoo=True),
    "demo": Part(_demo, 600, odoo=True, arguments=False),
    "browser": Part(_folder("browser"), 600, odoo=True, browser=True),
}


def run(only=None, arguments=()):
    """Runs all parts, or one with arguments of its own. Returns the exit code; the last line printed is the plain count."""
    if only and only not in PARTS:
        raise Refusal(f"there is no part {only!r}: there are {', '.join(PARTS)}")
    if arguments and not PARTS[only].arguments:
        raise Refusal(f"the part {only} takes no arguments: {' '.join(arguments)}")
    begun = time.monotonic()
    chosen = {only: PARTS[only]} if only else PARTS
    stack.prepare(browser=any(part.browser for part in chosen.values()))
    if any(part.odoo for part in chosen.values()):
        template.ensure()
    lines, total = [f"preparing: {time.monotonic() - begun:.0f} s"], Count()
    for name, part in chosen.items():
        say(f"part {name}")
        started = time.monotonic()
        count = part.action(part.limit_s, list(arguments))
        if not count.passed and not count.failed:
            say(f"part {name} ran no test")
            count.failed = 1
        lines.append(f"{name}: {count.passed} ok, {count.failed} not, {time.monotonic() - started:.0f} s of {part.limit_s} s")
        total += count
    lines.append(f"all: {time.monotonic() - begun:.0f} s")
    print("\n".join(lines))
    print(f"{total.passed} passed, {total.failed} failed", flush=True)
    return 1 if total.failed else 0
