# Part of Available to Sell. See LICENSE file for full copyright and licensing details.
"""The triggers that mark stock changes, and how they come and go while a warehouse works.

Life cycle: they are made *last*, once the module is installed and its tables are committed, by whichever
process loads a registry first; and dropped *first* when the module is uninstalled, before any table goes.
A trigger left behind would fail every stock write, so creation and removal exclude each other by an advisory
lock, and creation reads the state of the module after it has that lock.
Every change of the schema is a transaction of its own that touches one table, waits DDL_LOCK_TIMEOUT_MS at most
and is tried again: it can neither be part of a deadlock nor make a picking wait for longer than that.
"""
import hashlib
import logging
import time
from contextlib import contextmanager
from dataclasses import dataclass

import psycopg2.errors

from odoo import sql_db
from odoo.tools import SQL

from .const import DDL_LOCK_TIMEOUT_MS, DDL_PAUSE_S, DDL_TRIES_MAX, ENSURE_TRIES_MAX
from .trigger_functions import FUNCTIONS, TRIGGERS, changed  # noqa: F401 - `changed` for other modules

_logger = logging.getLogger(__name__)

#: Key of the advisory lock under which triggers are made or dropped ("ats").
ADVISORY_KEY = 0x617473

#: The module whose triggers are ours; other modules add theirs by `register`.
MODULE = 'ats_inventory'


@dataclass(frozen=True)
class TriggerSet:
    """What one module puts on Odoo's tables while it is installed."""

    #: {name: body in PL/pgSQL}. They only insert, into our tables without foreign keys. Names begin with ats_.
    functions: dict
    #: Rows of (table, name, when, guard, function). Names begin with ats_; a function may be another module's. A guard is
    #: a condition (WHEN …) of a trigger for each row, or names the tables of changed rows (REFERENCING …) of one for each statement.
    triggers: tuple


_SETS = {MODULE: TriggerSet(FUNCTIONS, TRIGGERS)}


def register(module, trigger_set):
    """Add the triggers of another module. To be called when its code is loaded; they are made once it is installed.

    Its uninstall hook calls `drop(dbname, module)` first.
    """
    _SETS[module] = trigger_set


def names():
    """Names of the triggers of all modules whose code is loaded, as (table, name)."""
    return {(table, name) for own in _SETS.values() for table, name, *_rest in own.triggers}


def _states(cr):
    """{module: state} of the modules with triggers, as the database knows them."""
    cr.execute("SELECT name, state FROM ir_module_module WHERE name = ANY(%s)", [list(_SETS)])
    return dict(cr.fetchall())


def _wanted(cr):
    """What should be in this database: ({function: (module, body)}, {(table, name): (module, statement)})."""
    functions, made = {}, {}
    states = _states(cr)
    for module, own in _SETS.items():
        if states.get(module) != 'installed':
            continue
        functions.update((name, (module, body)) for name, body in own.functions.items())
        for table, name, when, guard, function in own.triggers:
            scope = f"{guard} FOR EACH STATEMENT" if guard.startswith("REFERENCING") else f"FOR EACH ROW {guard}"
            made[table, name] = (module, f"CREATE TRIGGER {name} AFTER {when} ON {table} {scope} EXECUTE FUNCTION {function}()")
    return functions, made


def _digest(module, text):
    return f"{module} {hashlib.sha256(text.encode()).hexdigest()[:16]}"


def _present(cr):
    """What is in the database: ({function: digest}, {(table, trigger): digest}); the digest is its comment."""
    cr.execute("""
        SELECT proname, obj_description(oid, 'pg_proc') FROM pg_proc
         WHERE pronamespace = current_schema()::regnamespace AND starts_with(proname, 'ats_')""")
    functions = dict(cr.fetchall())
    cr.execute("""
        SELECT c.relname, t.tgname, obj_description(t.oid, 'pg_trigger')
          FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
         WHERE c.relnamespace = current_schema()::regnamespace AND starts_with(t.tgname, 'ats_') AND NOT t.tgisinternal""")
    return functions, {(table, name): digest for table, name, digest in cr.fetchall()}


def _owner(digest):
    """The module that made what carries this comment. Versions before 0.2.0 wrote "ats" for the only one there was."""
    owner = (digest or MODULE).split()[0]
    return MODULE if owner == 'ats' else owner


def _left_over(cr, present, wanted):
    """Keys of present triggers that nobody wants any more.

    A trigger of a module that is being upgraded, or whose code this process has not loaded, is nothing of its business.
    """
    cr.execute("SELECT name FROM ir_module_module WHERE state IN ('installed', 'to upgrade')")
    alive = {name for name, in cr.fetchall()}
    ready = {module for module, state in _states(cr).items() if state == 'installed'}
    return {
        key for key, digest in present.items()
        if key not in wanted and (_owner(digest) not in alive or _owner(digest) in ready)}


def _steps(cr):
    """What has to be done so that the database has our triggers and no other: a list of (table, statements)."""
    functions, present = _present(cr)
    wanted_functions, wanted = _wanted(cr)
    left_over = _left_over(cr, present, wanted)
    steps = []
    for name, (module, body) in wanted_functions.items():
        digest = _digest(module, body)
        if functions.get(name) != digest:
            steps.append((None, [
                f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $ats$ {body} $ats$",
                f"COMMENT ON FUNCTION {name}() IS '{digest}'"]))
    for table in dict.fromkeys(table for table, _name in [*wanted, *present]):
        statements = [f"DROP TRIGGER {name} ON {of}" for of, name in left_over if of == table]
        for (of, name), (module, statement) in wanted.items():
            digest = _digest(module, statement)
            if of != table or present.get((of, name)) == digest:
                continue
            if (of, name) in present:
                statements.append(f"DROP TRIGGER {name} ON {table}")
            statements += [statement, f"COMMENT ON TRIGGER {name} ON {table} IS '{digest}'"]
        if statements:
            steps.append((table, statements))
    return steps


@contextmanager
def _short_transaction(dbname):
    """A cursor whose statements wait only shortly for a lock, alone among all processes that change our triggers."""
    with sql_db.db_connect(dbname).cursor() as cr:
        cr.execute("SET TRANSACTION ISOLATION LEVEL READ COMMITTED")
        cr.execute("SELECT set_config('lock_timeout', %s, true)", [f"{DDL_LOCK_TIMEOUT_MS}ms"])
        cr.execute("SELECT pg_advisory_xact_lock(%s)", [ADVISORY_KEY], log_exceptions=False)
        yield cr


def retry(what, dbname, work, tries=DDL_TRIES_MAX):
    """Run `work(cr)` in a short transaction until it gets its locks.

    :param str what: for the log
    :param work: function of a cursor; it returns its result
    :raise psycopg2.Error: another fault than a lock, or no lock after `tries` tries
    """
    for attempt in range(1, tries + 1):
        try:
            with _short_transaction(dbname) as cr:
                return work(cr)
        except (psycopg2.errors.LockNotAvailable, psycopg2.errors.DeadlockDetected, psycopg2.errors.InternalError_) as error:
            # InternalError is PostgreSQL's "tuple concurrently updated": somebody else changes the same table.
            if attempt == tries:
                raise
            _logger.debug("%s: %s, try %s", what, error, attempt)
            time.sleep(DDL_PAUSE_S)
    return None


def _module_installed(cr):
    return _states(cr).get(MODULE) == 'installed'


def _next_step(cr):
    """Do one missing step; true if there was one."""
    if not _module_installed(cr):
        return False
    steps = _steps(cr)
    if not steps:
        return False
    _table, statements = steps[0]
    for statement in statements:
        cr.execute(statement, log_exceptions=False)
    if len(steps) == 1:
        # Changes made while a trigger was missing left no mark: look at every listed product once.
        cr.execute("""
            INSERT INTO ats_scope_mark (cursor, created) VALUES (0, clock_timestamp() AT TIME ZONE 'UTC')""")
    return True


def ensure(dbname, tries=ENSURE_TRIES_MAX):
    """Make, replace or remove triggers until they are what this code says. Does nothing while the module is not installed.

    :return: true if it changed anything
    :raise psycopg2.errors.LockNotAvailable: a table was busy all the time; the next refresh tries again
    """
    with sql_db.db_connect(dbname).cursor() as cr:
        cr.execute("SET TRANSACTION ISOLATION LEVEL READ COMMITTED")
        if not _module_installed(cr) or not _steps(cr):
            return False
    while retry("making the triggers of Available to Sell", dbname, _next_step, tries):
        pass
    return True


def drop(dbname, module=None):
    """Drop the triggers of a module, or all of ours, table by table, then their functions. No stock write calls us afterwards."""
    def doomed(digest):
        return module is None or _owner(digest) == module

    def drop_table(cr, table):
        _functions, present = _present(cr)
        for (of, name), digest in present.items():
            if of == table and doomed(digest):
                cr.execute(SQL(
                    "DROP TRIGGER IF EXISTS %s ON %s", SQL.identifier(name), SQL.identifier(table)), log_exceptions=False)

    def drop_functions(cr):
        functions, _present_triggers = _present(cr)
        for name, digest in functions.items():
            if doomed(digest):
                cr.execute(SQL("DROP FUNCTION IF EXISTS %s() CASCADE", SQL.identifier(name)), log_exceptions=False)

    with sql_db.db_connect(dbname).cursor() as cr:
        tables = sorted({table for (table, _name), digest in _present(cr)[1].items() if doomed(digest)})
    for table in tables:
        retry(f"dropping our triggers on {table}", dbname, lambda cr, table=table: drop_table(cr, table))
    retry("dropping our trigger functions", dbname, drop_functions)


def drop_foreign_keys(dbname, tables):
    """Drop the foreign keys of these tables into tables not of ours, each in a short transaction.

    Dropping a table with a foreign key locks the table it refers to for everybody until the end of the whole
    uninstallation; without one it does not.
    """
    def drop_one(cr, table, name):
        cr.execute(SQL(
            "ALTER TABLE %s DROP CONSTRAINT IF EXISTS %s", SQL.identifier(table), SQL.identifier(name)), log_exceptions=False)

    with sql_db.db_connect(dbname).cursor() as cr:
        cr.execute("""
            SELECT own.relname, k.conname
              FROM pg_constraint k
              JOIN pg_class own ON own.oid = k.conrelid
              JOIN pg_class other ON other.oid = k.confrelid
             WHERE k.contype = 'f' AND own.relnamespace = current_schema()::regnamespace
               AND own.relname = ANY(%s) AND other.relname <> ALL(%s)
             ORDER BY 1, 2""", [list(tables), list(tables)])
        keys = cr.fetchall()
    for table, name in keys:
        retry(f"dropping {name}", dbname, lambda cr, table=table, name=name: drop_one(cr, table, name))


def drop_scheduled_actions(dbname, module):
    """Delete the scheduled actions of a module, each once no worker runs it."""
    def drop_one(cr, cron_id):
        cr.execute("DELETE FROM ir_cron WHERE id = %s", [cron_id], log_exceptions=False)
        cr.execute("DELETE FROM ir_model_data WHERE model = 'ir.cron' AND res_id = %s", [cron_id])

    with sql_db.db_connect(dbname).cursor() as cr:
        cr.execute("SELECT res_id FROM ir_model_data WHERE module = %s AND model = 'ir.cron' ORDER BY 1", [module])
        crons = [cron for cron, in cr.fetchall()]
    for cron_id in crons:
        retry(f"deleting scheduled action {cron_id}", dbname, lambda cr, cron_id=cron_id: drop_one(cr, cron_id))
