# Part of Available to Sell. See LICENSE file for full copyright and licensing details.
"""Streams the result of a query into flat columns, with no Python object for a row."""
import ats_engine

from ..const import COPY_PRODUCTS_PER_SLICE

#: How the engine writes NULL.
NONE = ats_engine.NONE


def copy_rows(cr, columns, query, parameters):
    """Run a query whose rows are made of scalars and arrays, and return its columns.

    :param cr: cursor of Odoo
    :param columns: list of (name, type) in the order of the query's columns; types as of ats_engine.CopyTable
    :return: {name: memoryview of int64, or int8 for flags}
    :raise ats_engine.CopyError: a value beyond the engine's numbers
    """
    table = ats_engine.CopyTable(columns)
    statement = cr.mogrify(query, parameters).decode()
    # The cursor of psycopg2 itself: Odoo's has no COPY.
    cr._obj.copy_expert(f"COPY ({statement}) TO STDOUT (FORMAT binary)", table)
    table.finish()
    return table.columns()


def copy_table(cr, columns, query, parameters, by='product'):
    """Run a query of scalars and return its columns.

    PostgreSQL sends the rows of COPY_PRODUCTS_PER_SLICE products as one row, each column as an array: far fewer calls and
    bytes. The order of rows is PostgreSQL's.

    :param columns: list of (name, type); the query gives columns of these names, and `by`
    :param by: column of ids by which rows are sliced
    :return: as copy_rows
    """
    arrays = ", ".join(f'array_agg(r."{name}")' for name, _type in columns)
    return copy_rows(
        cr, [(name, f"{kind}[]") for name, kind in columns],
        f'SELECT {arrays} FROM ({query}) r GROUP BY r."{by}" / {COPY_PRODUCTS_PER_SLICE}', parameters)
