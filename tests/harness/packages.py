# Part of Available to Sell. See LICENSE file for full copyright and licensing details.
"""Debian packages: what is missing, and installing it."""

import contextlib
import os
import re
import shutil
import subprocess
from pathlib import Path

from harness import machine, paths
from harness.say import Refusal, say, step

BUILD = "g++ cmake ninja-build make pkg-config libtbb-dev libboost-dev nlohmann-json3-dev python3-dev python3-venv clang-format".split()
DATABASE = "postgresql postgresql-client libpq-dev".split()
# what Debian's odoo-19 names in its Depends, by the names they have in Debian 12 (pytz is python3-tz; lxml brings its html cleaner)
ODOO_PYTHON = (
    "asn1crypto babel cbor2 chardet cryptography dateutil docutils freezegun geoip2 gevent greenlet idna jinja2 libsass lxml magic"
    " markupsafe num2words ofxparse openpyxl openssl passlib pil polib psutil psycopg2 pypdf qrcode reportlab requests rjsmin serial"
    " stdnum tz urllib3 usb vobject werkzeug xlrd xlsxwriter xlwt zeep"
).split()
ODOO_ASSETS = (
    "libjs-jquery libjs-jquery-form libjs-underscore fonts-dejavu-core fonts-font-awesome fonts-glyphicons-halflings fonts-inconsolata"
    " fonts-ocr-b fonts-roboto-unhinted gsfonts"
).split()
BASICS = "ca-certificates debian-archive-keyring git procps".split()
BROWSER = "chromium chromium-driver".split()
# libFuzzer and its sanitizers: the compiler, and its runtime, which follows the compiler's version
FUZZER = "clang"
# newer suites split these off; taken where they exist
OPTIONAL = ["fonts-montserrat", "python3-lxml-html-clean"]

NEEDED = [*BASICS, *BUILD, *DATABASE, *(f"python3-{name}" for name in ODOO_PYTHON), *ODOO_ASSETS]
NO_CLUSTER = Path("/etc/postgresql-common/createcluster.d/ats-dev.conf")


def missing(names):
    """Those of the packages that are not installed, in the order given."""
    query = ["dpkg-query", "-W", "-f", "${Package} ${db:Status-Status}\n", *names]
    answer = subprocess.run(query, capture_output=True, text=True)
    present = {line.split()[0] for line in answer.stdout.splitlines() if line.endswith(" installed")}
    return [name for name in names if name not in present]


def fuzzer():
    """The packages that the fuzz targets need: clang, and the runtime of the version that `clang` stands for here."""
    if missing([FUZZER]):
        ensure([FUZZER])
    version = re.search(r"version (\d+)", subprocess.run(["clang++", "--version"], capture_output=True, text=True).stdout)
    return [FUZZER, f"libclang-rt-{version.group(1)}-dev"] if version else [FUZZER]


def ensure(names=None):
    """Installs what is missing of `names` (default: all that Odoo, the engine and the database need) with apt-get, as root or by sudo."""
    wanted = missing(NEEDED if names is None else names)
    if not wanted:
        return
    say(f"Debian packages to install: {' '.join(wanted)}")
    with step("reading the package lists"):
        _apt("update", may_fail=True)
    wanted += [name for name in missing(OPTIONAL) if names is None and _known(name)]
    unknown = [name for name in wanted if not _known(name)]
    if unknown:
        raise Refusal(f"no network, or a package source is missing: apt does not know {' '.join(unknown)}")
    with step(f"installing {len(wanted)} Debian packages"), _no_main_cluster():
        _apt("install", "-y", "--no-install-recommends", *wanted)


def _known(name):
    policy = subprocess.run(["apt-cache", "policy", name], capture_output=True, text=True).stdout
    return "Candidate:" in policy and "Candidate: (none)" not in policy


def _as_root(command):
    if machine.is_root():
        return command
    if not shutil.which("sudo"):
        raise Refusal("packages are missing and there is no sudo: run this once as root")
    return ["sudo", *command]


def _apt(*arguments, may_fail=False):
    paths.LOGS.mkdir(parents=True, exist_ok=True)
    log = paths.LOGS / "apt.log"
    command = _as_root(["env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-q", "-o", "DPkg::Lock::Timeout=300", *arguments])
    with log.open("ab") as out:
        done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.STDOUT)
    if done.returncode and not may_fail:
        tail = " / ".join(log.read_text(errors="replace").strip().splitlines()[-3:])
        raise Refusal(f"apt-get {arguments[0]} failed (is the network up?): {tail}; all of it in {log}")


@contextlib.contextmanager
def _no_main_cluster():
    """Debian's PostgreSQL makes and starts a cluster when it is installed first; ours is under .dev, so it is told not to."""
    if Path("/etc/postgresql").exists() or NO_CLUSTER.exists() or not missing(["postgresql"]):
        yield
        return
    subprocess.run(_as_root(["mkdir", "-p", str(NO_CLUSTER.parent)]), check=True)
    subprocess.run(_as_root(["tee", str(NO_CLUSTER)]), input=b"create_main_cluster = false\n", stdout=subprocess.DEVNULL, check=True)
    try:
        yield
    finally:
        subprocess.run(_as_root(["rm", "-f", str(NO_CLUSTER)]), check=True)


def architecture():
    return subprocess.run(["dpkg", "--print-architecture"], capture_output=True, text=True, check=True).stdout.strip()


def newer_than(version, least):
    return subprocess.run(["dpkg", "--compare-versions", version, "ge", least], env=os.environ).returncode == 0
