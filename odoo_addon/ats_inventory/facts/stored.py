# Part of Available to Sell. See LICENSE file for full copyright and licensing details.
"""Levels as they are stored, to be compared with computed ones."""
from .copying import copy_table


def levels(cr, company_id, product_ids):
    """The stored levels of some products.

    :param cr: cursor on one snapshot
    :return: columns as ats_engine.changes takes them
    """
    return copy_table(cr, [
        ('id', 'int'), ('listing', 'int'), ('node', 'int'), ('quantity', 'floor'), ('digest', 'int')], """
        SELECT v.product_id AS product, v.id, v.listing_id AS listing, v.node_id AS node, v.quantity::numeric, v.digest
          FROM ats_level v WHERE v.company_id = %(company)s AND v.product_id = ANY(%(products)s)""", {
              'company': company_id, 'products': product_ids})
