# Part of Available to Sell. See LICENSE file for full copyright and licensing details.
"""Everything a command needs, brought up in order, each step doing nothing when it is done already."""

import contextlib
import fcntl
import os

from harness import environment, machine, odoo_source, packages, paths, postgres

# what the service user writes below .dev; made at once, because only root may make folders there
SERVICE_DIRS = {paths.HOME: 0o755, paths.LOGS: 0o755, paths.RUN: 0o755, paths.SHOPS: 0o755, paths.DATA: 0o700}


def prepare(*, engine=True, browser=False):
    """Packages, Odoo, the Python environment and PostgreSQL. Safe to call by several runs at once, and by any user who may write .dev."""
    machine.check_system()
    paths.DEV.mkdir(exist_ok=True)
    with _alone():
        machine.check_disk()
        packages.ensure()
        if browser:
            packages.ensure(packages.BROWSER)
        for folder, mode in SERVICE_DIRS.items():
            machine.service_dir(folder, mode)
        odoo_source.find()
        environment.ensure(engine=engine)
        postgres.start()


@contextlib.contextmanager
def _alone():
    # read-only, because the service user may come by when all is there already
    descriptor = os.open(paths.DEV, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)
