# Part of Available to Sell. See LICENSE file for full copyright and licensing details.
"""Packages of another Debian suite, unpacked into a folder of ours: fetched with an apt state of our own, so that the system stays as it is.

The mirror is the one the machine's own apt sources name, in either of their two formats; everything fetched is verified with Debian's
archive keyring.
"""

import re
import shutil
import subprocess
from pathlib import Path

from harness import packages, paths
from harness.say import Refusal, step

KEYRING = Path("/usr/share/keyrings/debian-archive-keyring.gpg")
STATE = paths.DEV / "apt"
SOURCES = Path("/etc/apt")


def mirror():
    """The machine's Debian mirror (a URI). Refuses when no source names one."""
    for uri in [*_deb822_uris(), *_one_line_uris()]:
        plain = uri.rstrip("/")
        # a frozen archive has no newer suites, and the security archive has only its own
        if plain.endswith("/debian") and "snapshot" not in plain:
            return plain
    raise Refusal("no Debian mirror in /etc/apt/sources.list or /etc/apt/sources.list.d: add one, or set ODOO_HOME to an Odoo 19")


def _deb822_uris():
    for path in sorted((SOURCES / "sources.list.d").glob("*.sources")):
        for stanza in re.split(r"\n\s*\n", path.read_text()):
            fields = dict(re.findall(r"^([A-Za-z-]+):[ \t]*(.*)$", stanza, re.MULTILINE))
            if fields.get("Enabled", "yes").strip() != "no" and "deb" in fields.get("Types", "").split():
                yield from fields.get("URIs", "").split()


def _one_line_uris():
    lists = [SOURCES / "sources.list", *sorted((SOURCES / "sources.list.d").glob("*.list"))]
    for path in filter(Path.exists, lists):
        yield from re.findall(r"^\s*deb\s+(?:\[[^\]]*\]\s+)?(\S+)", path.read_text(), re.MULTILINE)


def _options(suite):
    state = STATE / suite
    for folder in ("lists/partial", "cache/archives/partial", "etc"):
        (state / folder).mkdir(parents=True, exist_ok=True)
    (state / "status").touch()
    (state / "etc" / "sources.list").write_text(f"deb [signed-by={KEYRING}] {mirror()} {suite} main\n")
    settings = {
        "Dir::State": state, "Dir::State::lists": state / "lists", "Dir::State::status": state / "status", "Dir::Cache": state / "cache",
        "Dir::Etc::sourcelist": state / "etc" / "sources.list", "Dir::Etc::sourceparts": "-", "Dir::Etc::preferencesparts": "-",
        "Acquire::Languages": "none", "Acquire::IndexTargets::deb::Contents-deb::DefaultEnabled": "false",
        "Acquire::IndexTargets::deb::DEP-11::DefaultEnabled": "false", "APT::Sandbox::User": "", "Acquire::Retries": "3",
        # a mirror that lags behind will do: what it serves is still signed by Debian
        "Acquire::Check-Valid-Until": "false",
    }
    return [word for key, value in settings.items() for word in ("-o", f"{key}={value}")]


def unpack(names, suite, target):
    """Fetches the packages (without what they depend on) from `suite` and unpacks them into `target`. Returns their file names."""
    if not KEYRING.exists():
        raise Refusal(f"{KEYRING} is missing: install debian-archive-keyring")
    options = _options(suite)
    with step(f"reading the package list of Debian {suite}"):
        _apt([*options, "update"], f"Debian {suite} could not be read")
    fetched = STATE / suite / "fetched"
    shutil.rmtree(fetched, ignore_errors=True)
    fetched.mkdir()
    with step(f"fetching {' '.join(names)} from Debian {suite}"):
        _apt([*options, "download", *names], f"{' '.join(names)} could not be fetched from Debian {suite}", cwd=fetched)
    archives = sorted(fetched.glob("*.deb"))
    target.mkdir(parents=True, exist_ok=True)
    for archive in archives:
        subprocess.run(["dpkg", "-x", archive, target], check=True)
    shutil.rmtree(STATE / suite)
    return [archive.name for archive in archives]


def _apt(arguments, failure, cwd=None):
    done = subprocess.run(["apt-get", "-q", *arguments], cwd=cwd, stdin=subprocess.DEVNULL, capture_output=True, text=True)
    # update ends well with only a warning when nothing could be fetched
    lost = "update" in arguments and "Failed to fetch" in done.stdout + done.stderr
    if done.returncode or lost:
        tail = " / ".join((done.stderr.strip() or done.stdout.strip()).splitlines()[-2:])
        raise Refusal(f"{failure} (is the network up?): {tail}")


def catch2():
    """The prefix of Catch2 version 3: None when the system has it, else `.dev/catch2/usr`, unpacked from the backports suite."""
    installed = subprocess.run(["dpkg-query", "-W", "-f", "${Version}", "libcatch2-dev"], capture_output=True, text=True).stdout
    if installed and packages.newer_than(installed, "3"):
        return None
    prefix = paths.CATCH2 / "usr"
    if not list(prefix.glob("**/Catch2Config.cmake")):
        unpack(["libcatch2-dev"], f"{_codename()}-backports", paths.CATCH2)
    return prefix


def _codename():
    match = re.search(r"^VERSION_CODENAME=(\S+)", Path("/etc/os-release").read_text(), re.MULTILINE)
    return match.group(1) if match else "bookworm"
