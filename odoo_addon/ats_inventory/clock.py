# Part of Available to Sell. See LICENSE file for full copyright and licensing details.
"""Cursors and the clock of the refresh."""
from contextlib import contextmanager

#: The database's clock now, as Odoo stores times. Never the application's: hosts differ.
NOW_SQL = "(clock_timestamp() AT TIME ZONE 'UTC')"

#: Ends with the transaction. PostgreSQL compiles statements whose cost it rates high, and rates ours far too high: they
#: name thousands of products one by one. Compiling takes seconds, the statements fractions of one.
NO_JIT_SQL = "SET LOCAL jit = off"


@contextmanager
def read_committed(registry):
    """A cursor of its own for one short READ COMMITTED transaction; commits at the end, rolls back on an error.

    Odoo's cursors are REPEATABLE READ, where SKIP LOCKED and ON CONFLICT fail (40001) as soon as another worker
    has committed a change of the same rows.
    """
    with registry.cursor() as cr:
        cr.execute("SET TRANSACTION ISOLATION LEVEL READ COMMITTED")
        cr.execute(NO_JIT_SQL)
        yield cr


@contextmanager
def snapshot(registry):
    """A read-only REPEATABLE READ cursor: everything read through it is one moment of the database."""
    with registry.cursor() as cr:
        cr.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        cr.execute(NO_JIT_SQL)
        yield cr
