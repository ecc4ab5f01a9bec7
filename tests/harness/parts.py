# Part of Available to Sell. See LICENSE file for full copyright and licensing details.
"""`./dev test`: the parts, each run by the tool that people use for it, its closing lines read for the counts."""

import os
import re
import subprocess
import threading
import time
from dataclasses import dataclass

from harness import machine, odoo_server, paths, private_apt, stack, template
from harness.say import Refusal, say, step

MODULES = ("ats_inventory", "ats_channel", "ats_channel_sale", "ats_channel_webhook", "ats_channel_demo", "ats")
BUILD = paths.DEV / "build" / "test"
"""Beside the folder of the preset itself, in which a person may be building meanwhile."""


@dataclass
class Count:
    passed: int = 0
    failed: int = 0


def _stream(command, log_name, limit_s, **options):
    """Runs a command, shows its output as it comes and keeps it. Returns (exit code, output); the code is 124 past the limit."""
    log = odoo_server.log_path(log_name)
    child = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace",
                             start_new_session=True, **options)
    expired = threading.Event()

    def end():
        expired.set()
        say(f"{log_name}: over its limit of {limit_s} s, ended")
        os.killpg(child.pid, 9)

    watch = threading.Timer(limit_s, end)
    watch.start()
    lines = []
    with log.open("w") as out:
        for line in child.stdout:
            print(line, end="", flush=True)
            out.write(line)
            lines.append(line)
    code = child.wait()
    watch.cancel()
    return (124 if expired.is_set() else code), "".join(lines)


def _number(pattern, text):
    """The number in the last match of the pattern, 0 when there is none."""
    found = re.findall(pattern, text, re.MULTILINE)
    return int(found[-1]) if found else 0


def _pytest(folder, limit_s, *arguments):
    options = machine.service_run_options()
    # the fixtures make what is missing as root and give root up before they touch Odoo
    options = {"cwd": paths.ROOT, "env": {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}} if machine.is_root() else options
    command = [paths.PYTHON, "-m", "pytest", "-q", "--durations=5", f"tests/{folder}", *arguments]
    code, output = _stream(command, f"test-{folder}.log", limit_s, **options)
    closing = "\n".join(line for line in output.splitlines() if re.search(r"\d+ (passed|failed|error).* in [\d.]+", line))
    failed = _number(r"(\d+) failed", closing) + _number(r"(\d+) error", closing)
    return Count(_number(r"(\d+) passed", closing), failed or int(code not in (0, 5)))


def _cpp(limit_s):
    prefix = private_apt.catch2()
    options = {"cwd": paths.ROOT}
    with step("building the engine's tests"):
        configure = ["cmake", "--preset", "dev", "-B", BUILD, *([f"-DCMAKE_PREFIX_PATH={prefix}"] if prefix else [])]
        for command in (configure, ["cmake", "--build", BUILD, "--parallel", str(os.cpu_count())]):
            code, _output = _stream(command, f"build-{command[1].strip('-')}.log", limit_s, **options)
            if code:
                return Count(0, 1)
    code, output = _stream(["ctest", "--test-dir", BUILD, "--output-on-failure", "--no-tests=error"], "test-cpp.log", limit_s, **options)
    total, failed = _number(r"tests failed out of (\d+)", output), _number(r"(\d+) tests? failed out of", output)
    return Count(total - failed, failed or int(code != 0))


def _addons(limit_s):
    """Odoo's own runner. The modules are updated on a copy of the template, so that at_install tests run too."""
    database = template.copy(template.ensure(), "test_addons")
    config = odoo_server.write_config("test-addons", http_port=machine.free_port(), gevent_port=machine.free_port())
    tags = ",".join(f"/{module}" for module in MODULES)
    arguments = ["-d", database, "-u", MODULES[0], "--test-tags", tags, "--stop-after-init", "--max-cron-threads=0", "--workers=0",
                 "--log-level=warn", "--log-handler=odoo.tests.stats:INFO", "--log-handler=odoo.tests.result:INFO",
                 "--log-handler=odoo.service.server:INFO", "--log-handler=odoo.modules.loading:INFO"]
    line, options = odoo_server.command(arguments, config)
    code, output = _stream(line, "test-addons.log", limit_s, **options)
    template.drop(database)
    total = _number(r"(\d+) tests in [\d.]+s", output) or _number(r"of (\d+) tests", output)
    failed = _number(r"(\d+) failed, \d+ error", output) + _number(r"\d+ failed, (\d+) error", output)
    return Count(max(total - failed, 0), failed or int(code != 0))


def _demo(limit_s):
    code, output = _stream([paths.PYTHON, "-m", "demo", "--check"], "test-demo.log", limit_s, cwd=paths.ROOT)
    failed = len(re.findall(r"^FAILED", output, re.MULTILINE))
    return Count(len(re.findall(r"^ok ", output, re.MULTILINE)), failed or int(code != 0))


# name: (what runs it, its limit in seconds). On two cores all take 11 to 13 minutes; the limits are there for what hangs.
PARTS = {
    "tidy": (lambda limit_s: _pytest("tidy", limit_s), 120),
    "cpp": (_cpp, 600),
    "python": (lambda limit_s: _pytest("python", limit_s), 180),
    "addons": (_addons, 480),
    "odoo": (lambda limit_s: _pytest("odoo", limit_s), 900),
    "faults": (lambda limit_s: _pytest("faults", limit_s, "-s"), 600 + 180 * int(os.environ.get("ATS_KILLS", "2"))),
    "demo": (_demo, 600),
    "browser": (lambda limit_s: _pytest("browser", limit_s), 600),
}


def run(only=None):
    """Runs all parts, or one. Returns the exit code; the last line printed is the plain count."""
    if only and only not in PARTS:
        raise Refusal(f"there is no part {only!r}: there are {', '.join(PARTS)}")
    begun = time.monotonic()
    stack.prepare(browser=only in (None, "browser"))
    if only in (None, "addons", "odoo", "faults", "demo", "browser"):
        template.ensure()
    lines, total = [f"preparing: {time.monotonic() - begun:.0f} s"], Count()
    for name in [only] if only else PARTS:
        action, limit_s = PARTS[name]
        say(f"part {name}")
        started = time.monotonic()
        count = action(limit_s)
        if not count.passed and not count.failed:
            say(f"part {name} ran no test")
            count.failed = 1
        lines.append(f"{name}: {count.passed} ok, {count.failed} not, {time.monotonic() - started:.0f} s of {limit_s} s")
        total.passed += count.passed
        total.failed += count.failed
    lines.append(f"all: {time.monotonic() - begun:.0f} s")
    print("\n".join(lines))
    print(f"{total.passed} passed, {total.failed} failed", flush=True)
    return 1 if total.failed else 0
