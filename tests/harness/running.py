# Part of Available to Sell. See LICENSE file for full copyright and licensing details.
"""Running what a part of the tests is made of, with a limit on its time, and counting what it says about itself."""

import os
import re
import subprocess
import threading
from dataclasses import dataclass

from harness import machine, odoo_server, paths
from harness.say import say

EXPIRED = 124
"""The exit code that stands for "over its limit"."""


@dataclass
class Count:
    """How many tests passed and failed."""

    passed: int = 0
    failed: int = 0

    def __iadd__(self, other):
        self.passed += other.passed
        self.failed += other.failed
        return self


def stream(command, log_name, limit_s, **options):
    """Runs a command, shows its output as it comes and keeps it. Returns (exit code, output); the code is EXPIRED past the limit."""
    log = odoo_server.log_path(log_name)
    child = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace",
                             start_new_session=True, **options)
    expired = threading.Event()

    def end():
        expired.set()
        say(f"{log_name}: over its limit of {limit_s:.0f} s, ended")
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
    return (EXPIRED if expired.is_set() else code), "".join(lines)


def number(pattern, text):
    """The number in the last match of the pattern, 0 when there is none."""
    found = re.findall(pattern, text, re.MULTILINE)
    return int(found[-1]) if found else 0


def pytest(folder, limit_s, *arguments, name=None, environment=None):
    """Runs pytest on `tests/<folder>`; root gives itself up before it touches Odoo (the fixtures make what is missing first)."""
    options = {"cwd": paths.ROOT, "env": {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}} if machine.is_root() else machine.service_run_options()
    options["env"].update(environment or {})
    command = [paths.PYTHON, "-m", "pytest", "-q", "--durations=5", f"tests/{folder}", *arguments]
    code, output = stream(command, f"test-{(name or folder).replace('/', '-')}.log", limit_s, **options)
    closing = "\n".join(line for line in output.splitlines() if re.search(r"\d+ (passed|failed|error).* in [\d.]+", line))
    failed = number(r"(\d+) failed", closing) + number(r"(\d+) error", closing)
    return Count(number(r"(\d+) passed", closing), failed or int(code not in (0, 5)))


def ctest(folder, limit_s, log_name, environment=None):
    """Runs the C++ tests that were built in `folder`."""
    command = ["ctest", "--test-dir", folder, "--output-on-failure", "--no-tests=error"]
    code, output = stream(command, log_name, limit_s, cwd=paths.ROOT, env={**os.environ, **(environment or {})})
    total, failed = number(r"tests failed out of (\d+)", output), number(r"(\d+) tests? failed out of", output)
    return Count(total - failed, failed or int(code != 0))
