# Part of Available to Sell. See LICENSE file for full copyright and licensing details.
"""A database of the version that landed before: its add-ons and its engine, for the test that upgrades it. See tests/upgrade/README.md."""

import json
import os
import shutil
import subprocess
import tarfile

from harness import environment, machine, odoo_server, odoo_source, paths, postgres, template
from harness.say import Refusal, say

HERE = paths.ROOT / "tests" / "upgrade"
KEPT = HERE / "base.tar.xz"
SOURCES = ("odoo_addon", "cpp", "python_module", "setup.py", "pyproject.toml", "CMakeLists.txt", "MANIFEST.in", "LICENSE")
FILL = HERE / "fill_base.py"
FILL_LIMIT_S = 240


def base_commit():
    """The full id of the commit that landed before."""
    return (HERE / "BASE").read_text().strip()


def _home():
    return paths.DEV / "upgrade" / base_commit()[:12]


def tree():
    """The folder with the base's sources: from git, or where the clone has no such commit from the archive that is kept for that."""
    target = _home() / "tree"
    if (target / "complete").exists():
        return target
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir(parents=True)
    subprocess.run(["tar", "-x", "-C", target], input=_archive(), check=True)
    (target / "complete").touch()
    return target


def _git(*arguments):
    # a clone below a private folder is mirrored without its .git
    repository = os.environ.get("ATS_DEV_ORIGIN", paths.ROOT)
    return subprocess.run(["git", "-C", repository, "-c", f"safe.directory={repository}", *arguments], capture_output=True)


def in_git():
    """Whether the clone has the commit."""
    return shutil.which("git") is not None and _git("cat-file", "-e", f"{base_commit()}^{{commit}}").returncode == 0


def _archive():
    if in_git():
        done = _git("archive", "--format=tar", base_commit(), *SOURCES)
        if done.returncode:
            raise Refusal(f"git archive {base_commit()[:12]}: {done.stderr.decode(errors='replace').strip()}")
        return done.stdout
    say(f"the commit {base_commit()[:12]} that landed before is not in this clone (shallow, or no clone): {KEPT.relative_to(paths.ROOT)} is used")
    with tarfile.open(KEPT) as content:
        if content.pax_headers.get("comment") != base_commit():
            raise Refusal(f"{KEPT} is not of the commit that {HERE / 'BASE'} names: see tests/upgrade/README.md")
    return subprocess.run(["xz", "-dc", KEPT], capture_output=True, check=True).stdout


def engine():
    """The folder in which the base's own engine is installed, for PYTHONPATH."""
    target = _home() / "engine"
    if not (target / "complete").exists():
        shutil.rmtree(target, ignore_errors=True)
        environment.run([paths.PYTHON, "-m", "pip", "--no-input", "install", "--no-build-isolation", "--no-deps", "--target", target, tree()],
                        "upgrade-engine.log", "the engine of the version before does not build")
        (target / "complete").touch()
    return target


def _old(arguments, config):
    """The command line and options of Odoo with the base's add-ons and engine."""
    line, options = odoo_server.command(arguments, config)
    options["env"]["PYTHONPATH"] = f"{engine()}:{options['env']['PYTHONPATH']}"
    return line, options


def _old_config(name):
    addons = ",".join([*(str(path) for path in odoo_source.find().addons), str(tree() / "odoo_addon")])
    return odoo_server.write_config(name, http_port=machine.free_port(), gevent_port=machine.free_port(), addons_path=addons)


def base_template():
    """The name of a template database with the base's application and Odoo's demo data, without data of ours."""
    name = f"template_base_{base_commit()[:12]}"
    engine()
    with postgres.locked("template.lock"):
        if name not in postgres.databases():
            template.build(name, template.base(), ["-i", template.APPLICATION], "installing the version before", runner=_run_old)
    return name


def _run_old(arguments, log_name, what):
    odoo_server.run(arguments, log_name=log_name, what=what, config=_old_config(f"upgrade-{os.getpid()}"), command=_old)


def with_old_engine(arguments):
    """Runs Odoo with the add-ons at hand and the base's engine. Returns (exit code, what it wrote)."""
    config = odoo_server.write_config(f"old-engine-{os.getpid()}", http_port=machine.free_port(), gevent_port=machine.free_port())
    line, options = _old(arguments, config)
    done = subprocess.run(line, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=FILL_LIMIT_S, **options)
    return done.returncode, done.stdout + done.stderr


def fill(database):
    """Runs tests/upgrade/fill_base.py with the base's code on a database. Returns what it says about what it made."""
    _line, options = _old([], config := _old_config(f"fill-{os.getpid()}"))
    done = subprocess.run([paths.PYTHON, FILL, config, database], stdin=subprocess.DEVNULL, capture_output=True, text=True,
                          timeout=FILL_LIMIT_S, **options)
    if done.returncode:
        raise Refusal(f"the database of the version before could not be filled: {done.stderr[-3000:]}")
    return json.loads(done.stdout.splitlines()[-1])
