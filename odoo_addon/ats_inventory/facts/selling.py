# Part of Available to Sell. See LICENSE file for full copyright and licensing details.
"""Who sells what: channels, listings, rules, quotas and holds."""
import ats_engine

from .. import quota
from ..const import INCOMING_KINDS
from .copying import copy_rows, copy_table

#: Holds of the company that are live, at the moment of the reading.
_LIVE_SQL = """
    h.company_id = %(company)s AND h.released_at IS NULL
    AND (h.expires_at IS NULL OR h.expires_at > to_timestamp(%(now)s) AT TIME ZONE 'UTC')"""

#: Products of the company that a channel has promised to somebody or set aside: (product_id).
COMMITTED_SQL = f"""
    SELECT h.product_id FROM ats_hold h WHERE {_LIVE_SQL}
     UNION ALL
    SELECT r.product_id FROM ats_rule r WHERE r.company_id = %(company)s AND r.active AND r.kind = 'quota'"""


def quota_used_sql(sources):
    """Expression: how much of the quota `r` (ats_rule) is used up, in the product's unit (see quota.py).

    Parameters: %(company)s, %(now)s.
    """
    return f"{quota.held_sql(_LIVE_SQL)} + {quota.moved_sql(sources)}"


def demand_horizon(cr, scope):
    """Days ahead in which a demand has to be due to count, or None if all of it counts."""
    cr.execute("""
        SELECT demand_horizon_days FROM ats_company WHERE company_id = %s AND has_demand_horizon""", [scope.company_id])
    row = cr.fetchone()
    return row[0] if row else None


def nodes(cr, scope):
    """Active nodes of the company."""
    return copy_table(cr, [('id', 'int')], """
        SELECT id FROM ats_node WHERE company_id = %(company)s AND active""", {'company': scope.company_id}, by='id')


def channels(cr, scope):
    """Channels with their sourcing sets in order: active ones, and archived ones that still have to serve somebody."""
    kinds = ", ".join(f"CASE WHEN c.count_{kind} THEN {number} END" for kind, number in INCOMING_KINDS.items())
    return copy_rows(cr, [
        ('id', 'int'), ('per_node', 'bool'), ('share_percent', 'floor'), ('min_life_days', 'int'),
        ('incoming_days', 'int'), ('incoming_percent', 'floor'), ('node_offsets', 'length'), ('nodes', 'int[]'),
        ('owner_offsets', 'length'), ('owners', 'int[]'), ('incoming_kind_offsets', 'length'), ('incoming_kinds', 'int[]')], f"""
        SELECT f.id, f.per_node, f.share_percent, f.min_life_days, f.incoming_days, f.incoming_percent,
               cardinality(f.nodes), f.nodes, cardinality(f.owners), f.owners, cardinality(f.kinds), f.kinds
          FROM (SELECT c.id, COALESCE(c.per_node, FALSE) AS per_node, c.share_percent::numeric,
                       COALESCE(c.min_life_days, 0) AS min_life_days, COALESCE(c.incoming_days, 0) AS incoming_days,
                       COALESCE(c.incoming_percent, 100)::numeric AS incoming_percent,
                       ARRAY(SELECT s.node_id FROM ats_channel_source s JOIN ats_node n ON n.id = s.node_id AND n.active
                              WHERE s.channel_id = c.id ORDER BY s.sequence, s.id) AS nodes,
                       ARRAY(SELECT o.partner_id FROM ats_channel_owner_rel o
                              WHERE o.channel_id = c.id ORDER BY o.partner_id) AS owners,
                       array_remove(ARRAY[{kinds}], NULL) AS kinds
                  FROM ats_channel c
                 WHERE c.company_id = %(company)s AND (c.active OR EXISTS (
                       SELECT 1 FROM ats_hold h WHERE {_LIVE_SQL} AND h.channel_id = c.id))) f
         ORDER BY f.id""", {'company': scope.company_id, 'now': scope.now})


def counted_kinds(columns):
    """Names of the kinds of incoming goods that at least one of these channels counts."""
    counted = set(columns['incoming_kinds'])
    return [kind for kind, number in INCOMING_KINDS.items() if number in counted]


def listings(cr, scope, listing_ids):
    """Active listings of the offered products on active channels.

    :param listing_ids: only these, or None for all
    """
    return copy_table(cr, [
        ('id', 'int'), ('channel', 'int'), ('product', 'int'), ('unit', 'floor'), ('override_quantity', 'floor'),
        ('override_until', 'time'), ('blocked', 'bool')], """
        SELECT l.id, l.channel_id AS channel, l.product_id AS product, l.unit::numeric,
               CASE WHEN l.has_override THEN COALESCE(l.override_quantity, 0)::numeric END AS override_quantity,
               CASE WHEN l.has_override THEN l.override_until END AS override_until,
               COALESCE(l.blocked, FALSE) AS blocked
          FROM ats_listing l JOIN ats_channel c ON c.id = l.channel_id AND c.active
         WHERE l.active AND l.company_id = %(company)s AND l.product_id = ANY(%(products)s)
           AND (%(listings)s::int[] IS NULL OR l.id = ANY(%(listings)s::int[]))""", {
               'company': scope.company_id, 'products': scope.offered, 'listings': listing_ids})


def holds(cr, scope):
    """Live holds on products of the family. One at an archived node binds nothing that is sold."""
    return copy_table(cr, [
        ('id', 'int'), ('product', 'int'), ('quantity', 'ceil'), ('channel', 'int'), ('node', 'int'),
        ('expires', 'time')], f"""
        SELECT h.id, h.product_id AS product, h.quantity::numeric, h.channel_id AS channel, h.node_id AS node,
               h.expires_at AS expires
          FROM ats_hold h LEFT JOIN ats_node n ON n.id = h.node_id
         WHERE {_LIVE_SQL} AND h.product_id = ANY(%(family)s) AND (h.node_id IS NULL OR n.active)""", {
             'company': scope.company_id, 'now': scope.now, 'family': scope.family})


def rules(cr, scope, all_kinds):
    """Active rules that may win for a product of the family, now or later; a quota with what is left of it.

    :param bool all_kinds: False reads quotas only
    """
    kinds = ", ".join(f"('{kind}', {index})" for index, kind in enumerate(ats_engine.RULE_KINDS))
    return copy_table(cr, [
        ('id', 'int'), ('kind', 'int'), ('product', 'int'), ('category', 'int'), ('node', 'int'), ('channel', 'int'),
        ('fixed', 'floor'), ('percent', 'floor'), ('from', 'time'), ('until', 'time'), ('sequence', 'int')], f"""
        SELECT r.id, k.index AS kind, r.product_id AS product, r.category_id AS category, r.node_id AS node,
               r.channel_id AS channel,
               CASE WHEN r.kind = 'quota'
                    THEN greatest(COALESCE(r.fixed, 0) - ({quota_used_sql(scope.sources)}), 0)::numeric
                    WHEN r.amount_type = 'fixed' THEN COALESCE(r.fixed, 0)::numeric END AS fixed,
               CASE WHEN r.amount_type = 'percent' AND r.kind <> 'quota'
                    THEN COALESCE(r.percent, 0)::numeric END AS percent,
               r.date_from AS "from", r.date_until AS until, COALESCE(r.sequence, 10) AS sequence
          FROM ats_rule r
          JOIN (VALUES {kinds}) AS k(name, index) ON k.name = r.kind
          LEFT JOIN ats_node n ON n.id = r.node_id
          LEFT JOIN ats_channel c ON c.id = r.channel_id
         WHERE r.company_id = %(company)s AND r.active
           AND (r.product_id IS NULL OR r.product_id = ANY(%(family)s))
           AND (%(all_kinds)s OR r.kind = 'quota')
           AND (r.node_id IS NULL OR n.active) AND (r.channel_id IS NULL OR c.active)
           AND (r.date_until IS NULL OR r.date_until > to_timestamp(%(now)s) AT TIME ZONE 'UTC')""", {
             'company': scope.company_id, 'family': scope.family, 'now': scope.now, 'all_kinds': all_kinds}, by='id')
