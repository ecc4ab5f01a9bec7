# Part of Available to Sell. See LICENSE file for full copyright and licensing details.
"""A PostgreSQL cluster of our own in `.dev/pg`, on a Unix socket that only the service user (and root) can reach. No TCP, no other cluster.

Whoever uses the cluster holds a shared lock; the last one out stops it.
"""

import atexit
import contextlib
import fcntl
import json
import subprocess
from pathlib import Path

from harness import machine, paths
from harness.say import Refusal, say, step

ROLE = "ats"
PORT = 5432
"""Only part of the socket's name: nothing listens on TCP."""
SOCKET_PATH_MAX = 107
SETTINGS = {
    "listen_addresses": "''",
    "max_connections": "200",
    "shared_buffers": "'512MB'",
    "work_mem": "'16MB'",
    "maintenance_work_mem": "'128MB'",
    "max_wal_size": "'2GB'",
    # the databases here can be made again: a power cut may lose the cluster, a killed process loses nothing
    "fsync": "off",
    "full_page_writes": "off",
    "timezone": "'UTC'",
    "log_timezone": "'UTC'",
}
CLUSTER = paths.PG / "data"
_held = []


def binaries():
    """The folder of the newest PostgreSQL server programs (13 or newer) on the machine."""
    found = [path for path in Path("/usr/lib/postgresql").glob("*/bin") if (path / "initdb").exists() and path.parent.name.isdigit()]
    newest = max(found, key=lambda path: int(path.parent.name), default=None)
    if newest is None or int(newest.parent.name) < 13:
        raise Refusal("PostgreSQL 13 or newer is needed: install the package postgresql")
    return newest


def socket_dir():
    """`.dev/pg/socket`, or a private folder in /tmp when that path is too long for a Unix socket."""
    usual = paths.PG / "socket"
    if len(str(usual / f".s.PGSQL.{PORT}.lock")) <= SOCKET_PATH_MAX:
        return usual
    return Path(f"/tmp/ats-dev-{paths.digest([], extra=str(paths.ROOT))}")


def _make_dirs():
    machine.service_dir(paths.PG, 0o700)
    folder = socket_dir()
    if folder.parent != paths.PG and not folder.exists():
        say(f"{paths.PG} is too long a path for a socket: it is in {folder}")
    machine.service_dir(folder, 0o700)
    if folder.stat().st_uid != machine.service_user().pw_uid or folder.is_symlink():
        raise Refusal(f"{folder} is not ours: remove it")


def _control(*arguments, check=True):
    command = [binaries() / "pg_ctl", "-D", CLUSTER, "-s", "-w", "-t", "60", *arguments]
    # pg_ctl's server inherits its output: a pipe would never end
    log = paths.PG / "pg_ctl.log"
    with machine.service_file(log) as out:
        done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.STDOUT, **machine.service_run_options())
    if check and done.returncode:
        tail = " / ".join(log.read_text(errors="replace").strip().splitlines()[-2:])
        raise Refusal(f"PostgreSQL: {tail}; see {log} and {paths.PG / 'server.log'}")
    return done.returncode == 0


def running():
    return CLUSTER.exists() and _control("status", check=False)


def start():
    """Makes the cluster when there is none, starts it when it does not run, and keeps it running as long as this process lives."""
    _make_dirs()
    with locked("start.lock"):
        if not (CLUSTER / "PG_VERSION").exists():
            with step("making a PostgreSQL cluster in .dev/pg"):
                _make_cluster()
        if not running():
            _control("-l", str(paths.PG / "server.log"), "-o", f"-k {socket_dir()} -p {PORT}", "start")
        if not _held:
            lock = machine.service_file(paths.PG / "users.lock")
            fcntl.flock(lock, fcntl.LOCK_SH)
            _held.append(lock)
            atexit.register(_leave)


def _make_cluster():
    options = machine.service_run_options()
    command = [binaries() / "initdb", "-D", CLUSTER, "-U", ROLE, "--auth=trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync"]
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, **options)
    if done.returncode:
        raise Refusal(f"initdb: {done.stderr.strip().splitlines()[-1]}")
    with (CLUSTER / "postgresql.conf").open("a") as conf:
        conf.writelines(f"{name} = {value}\n" for name, value in SETTINGS.items())


@contextlib.contextmanager
def locked(name):
    """Holds the lock file `.dev/pg/<name>` alone, so that two runs of the helper do not make the same thing at once."""
    with machine.service_file(paths.PG / name) as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _leave():
    with contextlib.suppress(OSError), locked("start.lock"):
        lock = _held.pop()
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return
        finally:
            lock.close()
        stop()


def stop():
    if CLUSTER.exists() and running():
        _control("-m", "fast", "stop", check=False)


def sql(statement, database="postgres"):
    """Runs one statement and returns its rows as lists of strings."""
    command = ["psql", "-X", "-q", "-A", "-t", "-F", "\t", "-v", "ON_ERROR_STOP=1", "-h", socket_dir(), "-p", str(PORT), "-U", ROLE]
    done = subprocess.run([*command, "-d", database, "-c", statement], capture_output=True, text=True, **machine.service_run_options())
    if done.returncode:
        raise RuntimeError(f"{statement}: {done.stderr.strip()}")
    return [line.split("\t") for line in done.stdout.splitlines()]


def rows(statement, database):
    """Runs a statement that gives one JSON value a row, and returns those."""
    return [json.loads(line) for (line,) in sql(f"SELECT replace(x::text, E'\\t', ' ') FROM ({statement}) AS rows (x)", database)]


def databases():
    return {row[0] for row in sql("SELECT datname FROM pg_database WHERE NOT datistemplate")}


def drop(database):
    sql(f'DROP DATABASE IF EXISTS "{database}" WITH (FORCE)')
