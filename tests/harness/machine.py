# Part of Available to Sell. See LICENSE file for full copyright and licensing details.
"""The machine below: which system, how much disk, which user runs the services, which ports are free.

PostgreSQL and Odoo refuse to run as root. When the helper runs as root they run as the system user `ats-dev`, which has no login and no
home; else they run as the person who calls. That user must be able to read the clone; when it cannot (a clone below a 0700 folder), the
tree is mirrored to a folder in /var/tmp that it can read and the helper goes on there; `.dev` is then a link into the mirror.
"""

import os
import pwd
import shutil
import socket
import subprocess
import sys
from pathlib import Path

from harness import paths
from harness.say import Refusal, say

SERVICE_USER = "ats-dev"
DISK_FREE_MIN_BYTES = 5 * 1024**3
NEEDS = "Debian 12 or newer with /usr/bin/python3 (3.10 to 3.13) and apt-get"
MIRROR_SKIP = {".git", ".dev", "__pycache__", "build", ".pytest_cache", ".ruff_cache"}


def check_system():
    """Refuses a system that cannot be served, saying what is needed."""
    release = {}
    if Path("/etc/os-release").exists():
        for line in Path("/etc/os-release").read_text().splitlines():
            key, _, value = line.partition("=")
            release[key] = value.strip('"')
    name = release.get("PRETTY_NAME", sys.platform)
    if "debian" not in (release.get("ID"), release.get("ID_LIKE")) or not shutil.which("apt-get"):
        raise Refusal(f"this needs {NEEDS}; this is {name}")
    version = release.get("VERSION_ID", "")
    if release.get("ID") == "debian" and version.isdigit() and int(version) < 12:
        raise Refusal(f"this needs {NEEDS}; this is {name}")
    if not (3, 10) <= sys.version_info[:2] <= (3, 13):
        raise Refusal(f"Odoo 19 runs on Python 3.10 to 3.13; /usr/bin/python3 is {sys.version.split()[0]}")


def check_disk():
    free = shutil.disk_usage(paths.ROOT).free
    if free < DISK_FREE_MIN_BYTES:
        raise Refusal(f"5 GB of free disk are needed below {paths.ROOT}, {free / 1024**3:.1f} GB are there")


def is_root():
    return os.geteuid() == 0


def service_user():
    """The passwd entry of the user that runs the services."""
    if not is_root():
        return pwd.getpwuid(os.geteuid())
    try:
        return pwd.getpwnam(SERVICE_USER)
    except KeyError:
        pass
    say(f"making the system user {SERVICE_USER}, because PostgreSQL and Odoo do not run as root")
    add = ["useradd", "--system", "--user-group", "--no-create-home", "--home-dir", "/nonexistent", "--shell", "/usr/sbin/nologin"]
    done = subprocess.run([*add, SERVICE_USER], capture_output=True, text=True)
    if done.returncode and "already exists" not in done.stderr:
        raise Refusal(f"the system user {SERVICE_USER} could not be made: {done.stderr.strip()}")
    return pwd.getpwnam(SERVICE_USER)


def service_dir(path, mode=0o755):
    """Makes a folder that belongs to the service user; its parents belong to the caller."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.mkdir(exist_ok=True)
    path.chmod(mode)
    if is_root():
        user = service_user()
        os.chown(path, user.pw_uid, user.pw_gid)
    return path


def service_file(path):
    """A file opened to append or to lock; it belongs to the service user."""
    handle = path.open("ab")
    if is_root():
        user = service_user()
        os.chown(path, user.pw_uid, user.pw_gid)
    return handle


def service_run_options():
    """Keyword arguments for subprocess that run the child as the service user, with a home under .dev."""
    environment = {key: value for key, value in os.environ.items() if not key.startswith(("PG", "PYENV", "VIRTUAL_ENV"))}
    environment.update(HOME=str(service_dir(paths.HOME)), LANG="C.UTF-8", LC_ALL="C.UTF-8", TZ="UTC", PYTHONDONTWRITEBYTECODE="1")
    options = {"env": environment, "cwd": paths.ROOT}
    if is_root():
        user = service_user()
        environment.update(USER=user.pw_name, LOGNAME=user.pw_name)
        options.update(user=user.pw_uid, group=user.pw_gid, extra_groups=[])
    return options


def become_service_user():
    """Gives up root for good in this process (tests that open Odoo in-process must not write its data folder as root)."""
    if is_root():
        options = service_run_options()
        user = service_user()
        os.setgroups([])
        os.setgid(user.pw_gid)
        os.setuid(user.pw_uid)
        os.environ.update(options["env"])


def free_port(preferred=None):
    """A free TCP port of 127.0.0.1; `preferred` when it is free."""
    if preferred:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", preferred))
                return preferred
            except OSError:
                say(f"port {preferred} of 127.0.0.1 is in use, another one is taken")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _others_can_reach(path):
    if not path.stat().st_mode & 0o004:
        return False
    return all(folder.stat().st_mode & 0o001 for folder in [path, *path.parents] if folder.is_dir())


def mirror_if_unreachable():
    """When root works in a tree that the service user cannot read: the mirrored tree to go on in, else None."""
    probes = (paths.ROOT, paths.ROOT / "dev", paths.ROOT / "tests")
    if not is_root() or all(_others_can_reach(path) for path in probes):
        return None
    base = Path(f"/var/tmp/ats-dev-{paths.digest([], extra=str(paths.ROOT))}")
    mirror = base / "tree"
    for folder in (base, mirror, mirror / ".dev"):
        folder.mkdir(mode=0o755, exist_ok=True)
        if folder.is_symlink() or folder.stat().st_uid != 0:
            raise Refusal(f"{folder} is not ours: remove it")
        folder.chmod(0o755)
    say(f"the service user cannot read {paths.ROOT}: working in {mirror}")
    _mirror(paths.ROOT, mirror)
    link = paths.ROOT / ".dev"
    if not link.is_symlink():
        if link.exists():
            shutil.rmtree(link)
        link.symlink_to(mirror / ".dev")
    return mirror


def _mirror(source, target):
    """Copies what changed, removes what is gone; every file becomes readable for others."""
    kept = {entry.name for entry in source.iterdir()} - MIRROR_SKIP
    for entry in target.iterdir():
        if entry.name in kept or entry.name in MIRROR_SKIP:
            continue
        shutil.rmtree(entry) if entry.is_dir() and not entry.is_symlink() else entry.unlink()
    for name in sorted(kept):
        origin, copy = source / name, target / name
        if origin.is_dir():
            copy.mkdir(exist_ok=True)
            copy.chmod(0o755)
            _mirror(origin, copy)
        elif not _same(origin, copy):
            shutil.copy2(origin, copy)
            copy.chmod(0o755 if os.access(origin, os.X_OK) and origin.stat().st_mode & 0o100 else 0o644)


def _same(origin, copy):
    if not copy.exists():
        return False
    first, second = origin.stat(), copy.stat()
    return first.st_size == second.st_size and first.st_mtime_ns == second.st_mtime_ns
