# Part of Available to Sell. See LICENSE file for full copyright and licensing details.
"""`./dev doctor`: what is here and what is missing. It changes nothing."""

import shutil
import socket
import subprocess
import sys
from pathlib import Path

from harness import environment, machine, odoo_server, odoo_source, packages, paths, postgres, private_apt, upgrade, wheel
from harness.say import Refusal


def run():
    """Prints one line each; returns 0 when all is here or can be installed, 1 when something stands in the way."""
    findings = [_system, _disk, _user, _packages, _mirror, _odoo, _postgres, _environment, _wheels, _fuzzing, _upgrade, _port]
    well = True
    for finding in findings:
        try:
            state, what = "ok", finding()
            if what.startswith("to do"):
                state, what = "to do", what.removeprefix("to do: ")
        except Refusal as refusal:
            state, what, well = "WRONG", str(refusal), False
        print(f"{state:6} {finding.__name__.strip('_'):12} {what}")
    return 0 if well else 1


def _system():
    machine.check_system()
    return f"{_pretty_name()}, Python {sys.version.split()[0]}"


def _pretty_name():
    lines = Path("/etc/os-release").read_text().splitlines()
    return next((line.split("=", 1)[1].strip('"') for line in lines if line.startswith("PRETTY_NAME=")), "unknown")


def _disk():
    machine.check_disk()
    return f"{shutil.disk_usage(paths.ROOT).free / 1024**3:.0f} GB free"


def _user():
    if machine.is_root():
        return f"root: PostgreSQL and Odoo run as {machine.SERVICE_USER}"
    if packages.missing(packages.NEEDED) and not shutil.which("sudo"):
        raise Refusal("packages are missing, this is not root, and there is no sudo: run ./dev once as root")
    return "not root: PostgreSQL and Odoo run as you, packages are installed by sudo"


def _packages():
    wanted = packages.missing(packages.NEEDED)
    return f"to do: {len(wanted)} Debian packages will be installed: {' '.join(wanted)}" if wanted else "all Debian packages are installed"


def _mirror():
    return f"other suites would be fetched from {private_apt.mirror()}"


def _odoo():
    source = odoo_source.find(fetch=False)
    return f"Odoo {source.version}: {source.origin}" if source else "to do: Debian's odoo-19 will be fetched into .dev/odoo"


def _postgres():
    if not Path("/usr/lib/postgresql").exists():
        return "to do: PostgreSQL will be installed"
    version = postgres.binaries().parent.name
    state = "not made yet" if not _readable_cluster() else "made"
    return f"PostgreSQL {version}; our cluster in {paths.PG} is {state}, its socket in {postgres.socket_dir()}"


def _readable_cluster():
    try:
        return postgres.CLUSTER.exists()
    except PermissionError:
        return True


def _environment():
    if not paths.PYTHON.exists():
        return "to do: .dev/venv will be made"
    probe = subprocess.run([paths.PYTHON, "-c", "import ats_engine; print(ats_engine.__version__)"], capture_output=True, text=True, cwd="/")
    stamp = paths.STAMPS / "engine"
    if probe.returncode or not stamp.exists() or stamp.read_text() != environment.engine_digest():
        return "to do: the engine will be built and installed into .dev/venv"
    return f"ats_engine {probe.stdout.strip()} in .dev/venv"


def _wheels():
    found, refused = wheel.interpreters()
    named = ", ".join(one.version for one in found) or "no CPython 3.10 to 3.13 with headers (PATH, pyenv, ATS_PYTHONS)"
    return f"./dev wheel builds for {named}{'; not for ' if refused else ''}{'; '.join(refused)}"


def _fuzzing():
    wanted = packages.missing([packages.FUZZER])
    return f"to do: {' '.join(wanted)} and its runtime will be installed for ./dev test fuzz" if wanted else "clang++ is here for ./dev test fuzz"


def _upgrade():
    base = upgrade.base_commit()[:12]
    return f"./dev test upgrade begins from {base}, {'which git has' if upgrade.in_git() else 'taken from tests/upgrade/base.tar.xz'}"


def _port():
    with socket.socket() as probe:
        taken = probe.connect_ex(("127.0.0.1", odoo_server.HTTP_PORT)) == 0
    return f"port {odoo_server.HTTP_PORT} is {'in use: Odoo will take another one' if taken else 'free for Odoo'}"
