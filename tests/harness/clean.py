# Part of Available to Sell. See LICENSE file for full copyright and licensing details.
"""`./dev clean`: stops what runs from .dev and removes .dev. Debian packages stay, and so does the system user of the services."""

import contextlib
import os
import shutil
import signal
from pathlib import Path

from harness import machine, paths, postgres
from harness.say import Refusal, say
from harness.waiting import WaitedTooLong, wait_for

STOP_LIMIT_S = 20


def run():
    ours = paths.DEV.resolve()
    if not ours.exists():
        say("there is no .dev")
        return 0
    _stop_processes(ours)
    if Path("/usr/lib/postgresql").exists() and (paths.PG / "data").exists():
        postgres.stop()
    if postgres.socket_dir().parent != paths.PG:
        shutil.rmtree(postgres.socket_dir(), ignore_errors=True)
    shutil.rmtree(ours)
    _remove_mirror()
    say(f"removed {ours}; Debian packages{f' and the system user {machine.SERVICE_USER}' if machine.is_root() else ''} stay")
    return 0


def _remove_mirror():
    origin = os.environ.get("ATS_DEV_ORIGIN")
    if origin:
        link = Path(origin) / ".dev"
        if link.is_symlink():
            link.unlink()
        shutil.rmtree(paths.ROOT.parent)


def _stop_processes(ours):
    """Ends the processes whose program lies in .dev, by their ids, asking first."""
    for name in (signal.SIGTERM, signal.SIGKILL):
        pids = _pids(ours)
        for pid in pids:
            say(f"stopping process {pid}")
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, name)
        with contextlib.suppress(WaitedTooLong):
            wait_for(lambda: not _pids(ours), limit_s=STOP_LIMIT_S, what="the processes end")
            return
    raise Refusal(f"these processes of {ours} do not end: {_pids(ours)}")


def _pids(ours):
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        with contextlib.suppress(OSError):
            program = path.read_bytes().split(b"\0")[0].decode(errors="replace")
            if program.startswith(f"{ours}/") and path.parent.stat().st_uid in (os.geteuid(), machine.service_user().pw_uid):
                found.append(int(path.parent.name))
    return [pid for pid in found if pid != os.getpid()]
