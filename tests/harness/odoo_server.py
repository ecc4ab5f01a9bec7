# Part of Available to Sell. See LICENSE file for full copyright and licensing details.
"""Running Odoo: single commands, and a prefork server that is ready when the constructor of its handle returns."""

import os
import signal
import subprocess
import urllib.request
from pathlib import Path

from harness import machine, odoo_source, paths, postgres
from harness.rpc import Rpc
from harness.say import Refusal
from harness.waiting import wait_for

READY_LIMIT_S = 120
STOP_LIMIT_S = 20
HTTP_PORT = 8069
CRON_NICENESS = 10
"""Odoo's cron workers run at this niceness (odoo/service/server.py): it tells them from the HTTP workers."""


def write_config(name, *, http_port, gevent_port, **options):
    """Writes `.dev/run/<name>.conf` for our cluster and folders. Returns its path."""
    settings = {
        "addons_path": odoo_source.find().addons_path(),
        "data_dir": machine.service_dir(paths.DATA, 0o700),
        "db_host": postgres.socket_dir(),
        "db_port": postgres.PORT,
        "db_user": postgres.ROLE,
        "http_interface": "127.0.0.1",
        "http_port": http_port,
        "gevent_port": gevent_port,
        "admin_passwd": "admin",
        **options,
    }
    path = machine.service_dir(paths.RUN) / f"{name}.conf"
    # written beside and moved, because the file may be another user's (root's or the service user's)
    new = path.with_suffix(f".{os.getpid()}")
    new.write_text("[options]\n" + "".join(f"{key} = {value}\n" for key, value in settings.items()))
    new.chmod(0o644)
    os.replace(new, path)
    return path


def command(arguments, config):
    """The command line and subprocess options that run Odoo with `arguments` as the service user."""
    options = machine.service_run_options()
    options["env"].update(PYTHONPATH=str(odoo_source.find().python_path), ODOO_RC=str(config), MALLOC_ARENA_MAX="2")
    return [str(paths.PYTHON), "-m", "odoo", *arguments], options


def run(arguments, *, log_name, what, config=None, command=command):
    """Runs one Odoo command to its end, its output in `.dev/log/<log_name>`. Refuses with the first error of the log when it fails."""
    config = config or write_config(f"run-{os.getpid()}", http_port=machine.free_port(), gevent_port=machine.free_port())
    line, options = command(arguments, config)
    log = log_path(log_name)
    with log.open("wb") as out:
        done = subprocess.run(line, stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.STDOUT, **options)
    if done.returncode:
        lines = log.read_text(errors="replace").strip().splitlines()
        errors = [text for text in lines if " ERROR " in text or " CRITICAL " in text or "Error:" in text]
        raise Refusal(f"{what} failed: {(errors[-1:] or lines[-1:] or ['no output'])[0][:400]}; all of it in {log}")
    return log


def log_path(name):
    """`.dev/log/<name>`, made so that the service user may write it."""
    log = machine.service_dir(paths.LOGS) / name
    machine.service_file(log).close()
    return log


class OdooServer:
    """A running Odoo on one database: prefork, `workers` HTTP workers and `crons` cron workers.

    `.url`, `.rpc()`, `.cron_worker_pids()`, `.stop()`.
    """

    def __init__(self, database, *, workers=2, crons=2, name=None, port=None, options=None):
        self.database = database
        self.name = name or database
        self.port = machine.free_port(port)
        self.url = f"http://127.0.0.1:{self.port}"
        self.log = log_path(f"odoo-{self.name}.log")
        self._settings = {
            "db_name": database, "dbfilter": f"^{database}$", "list_db": False, "workers": workers, "max_cron_threads": crons, **(options or {}),
        }
        self._process = None
        self.start()

    def start(self):
        """Starts it, and returns when it answers HTTP. The log tells why when it does not."""
        config = write_config(f"odoo-{self.name}", http_port=self.port, gevent_port=machine.free_port(), **self._settings)
        line, options = command([], config)
        with self.log.open("ab") as out:
            self._process = subprocess.Popen(line, stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.STDOUT,
                                             start_new_session=True, **options)
        try:
            wait_for(self._answers, limit_s=READY_LIMIT_S, what=f"Odoo answers on {self.url} (see {self.log})")
        except BaseException:
            self.stop()
            raise

    def _answers(self):
        if self._process.poll() is not None:
            raise Refusal(f"Odoo ended with {self._process.returncode}: see {self.log}")
        with urllib.request.urlopen(f"{self.url}/web/health", timeout=10) as answer:
            return answer.status == 200

    @property
    def pid(self):
        """The process id of the prefork master."""
        return self._process.pid

    def running(self):
        return self._process is not None and self._process.poll() is None

    def rpc(self, login="admin", password="admin"):
        return Rpc(self.url, self.database, login, password)

    def worker_pids(self):
        """The process ids of all children of the master."""
        found = []
        for stat in Path("/proc").glob("[0-9]*/stat"):
            fields = _stat_fields(stat)
            if fields and int(fields[1]) == self.pid:
                found.append(int(stat.parent.name))
        return sorted(found)

    def cron_worker_pids(self):
        """The process ids of the cron workers, which Odoo runs at a niceness of their own."""
        base = int(_stat_fields(Path(f"/proc/{self.pid}/stat"))[16])
        return [pid for pid in self.worker_pids() if _niceness(pid) == min(base + CRON_NICENESS, 19)]

    def stop(self):
        """Ends the master, and the workers with it."""
        if not self.running():
            return
        os.kill(self.pid, signal.SIGTERM)
        try:
            self._process.wait(STOP_LIMIT_S)
        except subprocess.TimeoutExpired:
            os.killpg(self.pid, signal.SIGKILL)
            self._process.wait()


def _stat_fields(path):
    """The fields of /proc/PID/stat from the state on: 0 state, 1 parent, 16 niceness; None when the process is gone."""
    try:
        return path.read_text().rpartition(")")[2].split()
    except OSError:
        return None


def _niceness(pid):
    fields = _stat_fields(Path(f"/proc/{pid}/stat"))
    return int(fields[16]) if fields else None
