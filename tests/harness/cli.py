# Part of Available to Sell. See LICENSE file for full copyright and licensing details.
"""The command line of `./dev`."""

import argparse
import os
import signal
import subprocess
import sys
import textwrap

from harness import machine, odoo_server, paths, stack, template
from harness.say import Refusal, say

HELP = """\
usage: ./dev COMMAND [ARGUMENTS]

  demo              Odoo 19 with demo data, the application and two demo shops; prints addresses and login, runs until Ctrl-C
  demo --check      the same unattended on fresh data: proves the way from stock to shop and back, exit 0 only if all holds
  test [PART]       all tests, or one part, with arguments of its own (pytest's; --seconds N for fuzz; --long for differential):
                    {parts}
  bench [WORKLOAD]  the benchmarks, all or some (--list, --size small); the results go to .dev/bench.json
  mutate engine     puts 40 faults into the engine one at a time; each must turn the test named with it red
  wheel [3.X …]     wheels with oneTBB inside for every CPython 3.10 to 3.13 at hand, each tried in a clean environment: .dev/wheels
  odoo ARGUMENTS    Odoo itself, with our add-ons and database server, for example: ./dev odoo -d mine -i ats
  shell [DATABASE]  Odoo's Python shell on a database (default: demo)
  doctor            what is here, what is missing; changes nothing
  clean             stops what runs from .dev and removes .dev

What is missing is installed (Debian packages with apt-get, by sudo when not root). Odoo 19 is taken from ODOO_HOME, from an installed
odoo, or from Debian's package odoo-19. All that is made lies in .dev; PostgreSQL runs there on a socket of its own.
Exit codes: 0 well, 1 something failed, 2 this cannot work here (the last line says what is needed).
"""


def main(arguments):
    try:
        mirror = machine.mirror_if_unreachable()
        if mirror:
            os.execve("/usr/bin/python3", ["/usr/bin/python3", "-m", "harness", *arguments],
                      {**os.environ, "PYTHONPATH": str(mirror / "tests"), "ATS_DEV_ORIGIN": str(paths.ROOT)})
        os.chdir(paths.ROOT)
        return _dispatch(arguments)
    except Refusal as refusal:
        say(str(refusal))
        return 2
    except KeyboardInterrupt:
        say("stopped")
        return 130


def _dispatch(arguments):
    from harness.parts import PARTS  # noqa: PLC0415

    commands = {"demo": _demo, "test": _test, "bench": _bench, "wheel": _wheel,
                "mutate": _mutate, "odoo": _odoo, "shell": _shell, "doctor": _doctor, "clean": _clean}
    name = arguments[0] if arguments else "--help"
    if name in ("--help", "-h", "help"):
        print(HELP.format(parts=textwrap.fill(", ".join(PARTS), width=110, subsequent_indent=" " * 20)), end="")
        return 0
    if name not in commands:
        raise Refusal(f"there is no command {name!r}: see ./dev --help")
    return commands[name](arguments[1:])


def _parse(name, arguments, *, check=False, optional=None):
    parser = argparse.ArgumentParser(prog=f"./dev {name}")
    if check:
        parser.add_argument("--check", action="store_true", help="unattended on fresh data: exit 0 only if all holds")
    if optional:
        parser.add_argument(optional, nargs="?")
    return parser.parse_args(arguments)


def _demo(arguments):
    options = _parse("demo", arguments, check=True)
    stack.prepare()
    # the demo uses libraries of the environment
    return _in_environment("demo", ["--check"] if options.check else [])


def _in_environment(module, arguments):
    """Runs a module of tests/ with the environment's Python; a Ctrl-C reaches it too, and it cleans up by itself."""
    return _wait(subprocess.Popen([paths.PYTHON, "-m", module, *arguments], cwd=paths.ROOT))


def _wait(child):
    """The child's exit code. Ctrl-C reaches the child by itself, SIGTERM is passed on."""
    signal.signal(signal.SIGTERM, lambda *_args: child.terminate())
    while True:
        try:
            return child.wait()
        except KeyboardInterrupt:
            continue


def _test(arguments):
    from harness import parts  # noqa: PLC0415

    if {"--help", "-h"} & set(arguments[:1]):
        raise Refusal(f"./dev test [PART [ARGUMENTS]]: the parts are {', '.join(parts.PARTS)}; a folder of tests takes pytest's arguments")
    return parts.run(arguments[0] if arguments else None, arguments[1:])


def _bench(arguments):
    from harness import environment  # noqa: PLC0415

    wanted = {"--help", "-h", "--list"} & set(arguments)
    if not wanted:
        stack.prepare()
    python = sys.executable if wanted else environment.ensure_bench()
    return _wait(subprocess.Popen([python, paths.ROOT / "benchmarks" / "run.py", "--out", paths.DEV / "bench.json", *arguments], cwd=paths.ROOT))


def _mutate(arguments):
    stack.prepare()
    return _in_environment("mutate", arguments)


def _wheel(arguments):
    from harness import packages, wheel  # noqa: PLC0415

    if {"--help", "-h"} & set(arguments):
        raise Refusal("./dev wheel [3.X ...]: PATH, pyenv and ATS_PYTHONS (programs or folders, with colons between) are searched for CPythons")
    machine.check_system()
    paths.DEV.mkdir(exist_ok=True)
    packages.ensure(packages.BUILD)
    return wheel.run(arguments)


def _odoo(arguments):
    stack.prepare()
    config = odoo_server.write_config("odoo", http_port=machine.free_port(odoo_server.HTTP_PORT), gevent_port=machine.free_port())
    line, options = odoo_server.command(arguments, config)
    return _wait(subprocess.Popen(line, **options))


def _shell(arguments):
    from harness import postgres  # noqa: PLC0415

    database = _parse("shell", arguments, optional="database").database or "demo"
    stack.prepare()
    if database not in postgres.databases():
        if database != "demo":
            raise Refusal(f"there is no database {database}; there are: {', '.join(sorted(postgres.databases() - {'postgres'}))}")
        template.copy(template.ensure(), "demo")
    return _odoo(["shell", "-d", database, "--no-http"])


def _doctor(arguments):
    from harness import doctor  # noqa: PLC0415

    _parse("doctor", arguments)
    return doctor.run()


def _clean(arguments):
    from harness import clean  # noqa: PLC0415

    _parse("clean", arguments)
    return clean.run()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
