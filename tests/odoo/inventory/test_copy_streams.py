# Part of Available to Sell. See LICENSE file for full copyright and licensing details.
"""The streams that the engine's reader is tested with are what this PostgreSQL sends, over the connection that Odoo uses."""

import io
import json

import ats_engine

from harness import paths

STREAMS = json.loads((paths.ROOT / "tests" / "python" / "copy_streams.json").read_text())
INFINITE_NUMERIC_VERSION = 140_000
"""Where PostgreSQL's numeric became able to be infinite."""


def test_recorded_streams_are_what_postgresql_sends(registry):
    with registry.cursor() as cr:
        cr.execute("SET LOCAL timezone = 'UTC'")
        compared = 0
        for case in STREAMS:
            if "Infinity'::numeric" in case["sql"] and cr.connection.server_version < INFINITE_NUMERIC_VERSION:
                continue
            sent = io.BytesIO()
            cr._obj.copy_expert(f"COPY ({case['sql']}) TO STDOUT (FORMAT binary)", sent)
            assert sent.getvalue().hex() == case["hex"], case["sql"]
            compared += 1
        assert compared > 100


def test_a_refused_stream_leaves_a_connection_that_works(registry):
    with registry.cursor() as cr:
        cr.execute("SAVEPOINT before")
        table = ats_engine.CopyTable([("a", "int")])
        try:
            cr._obj.copy_expert("COPY (SELECT 'x'::text FROM generate_series(1, 100000)) TO STDOUT (FORMAT binary)", table)
        except ats_engine.CopyError as error:
            refused = error.code, error.row, error.column
        assert refused == ("wrong_type", 0, "a")
        cr.execute("ROLLBACK TO SAVEPOINT before")
        cr.execute("SELECT 1")
        assert cr.fetchone() == (1,)
