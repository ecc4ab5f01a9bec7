# Part of Available to Sell. See LICENSE file for full copyright and licensing details.
"""What other rules would change: the facts of the products that they reach, computed with and without them."""
from array import array
from decimal import ROUND_FLOOR, Decimal

import ats_engine

from . import facts
from .const import COMPARE_DEADLINE_MS, ENGINE_THREADS, MILLION
from .facts.selling import quota_used_sql

#: Columns of the engine's table of rules.
COLUMNS = ('id', 'kind', 'product', 'category', 'node', 'channel', 'fixed', 'percent', 'from', 'until', 'sequence')
#: The place of a rule that is not saved yet: whatever number it gets is higher than all there are.
UNSAVED_ID = 2 ** 31 - 1


def reached_sql(kit_users):
    """Query of the listings that a scope reaches: (listing_id, product_id).

    Parameters: company, product, category, node, channel (each an id or None), and shared: whether what the rule does to
    a product is felt by the kits that contain it, and by every channel.
    :param str kit_users: query of (component_id, kit_id), or '' without kits
    """
    recursive = f"""
        UNION SELECT users.kit_id FROM reached JOIN ({kit_users}) users ON users.component_id = reached.product_id
         WHERE %(shared)s""" if kit_users else ""
    return f"""
        WITH RECURSIVE reached AS (
            SELECT p.id AS product_id
              FROM product_product p
              JOIN product_template t ON t.id = p.product_tmpl_id
              LEFT JOIN product_category c ON c.id = t.categ_id
             WHERE (%(product)s::int IS NULL OR p.id = %(product)s)
               AND (%(category)s::int IS NULL OR c.parent_path LIKE (
                    SELECT top.parent_path || '%%' FROM product_category top WHERE top.id = %(category)s))
               AND (%(shared)s OR EXISTS (
                    SELECT 1 FROM ats_listing l WHERE l.product_id = p.id AND l.company_id = %(company)s AND l.active))
            {recursive}
        )
        SELECT l.id, l.product_id
          FROM ats_listing l
          JOIN ats_channel ch ON ch.id = l.channel_id AND ch.active
         WHERE l.active AND l.company_id = %(company)s AND l.product_id IN (SELECT product_id FROM reached)
           AND (%(shared)s OR %(channel)s::int IS NULL OR l.channel_id = %(channel)s)
           AND (%(node)s::int IS NULL OR EXISTS (
                SELECT 1 FROM ats_channel_source s WHERE s.channel_id = l.channel_id AND s.node_id = %(node)s))"""


def rule_row(rule, used):
    """The engine's row of a rule (of Odoo, saved or not), as facts.selling.rules reads it from the database.

    :param Decimal used: what of a quota is used up
    """
    def moment(value):
        return int(value.timestamp()) if value else ats_engine.NONE

    def number(record):
        return record._origin.id or ats_engine.NONE

    fixed = _millionths(rule.fixed)
    if rule.kind == 'quota':
        fixed = max(_millionths(Decimal(str(rule.fixed)) - used), 0)
    by_percent = rule.amount_type == 'percent' and rule.kind != 'quota'
    return {
        'id': rule._origin.id or UNSAVED_ID, 'kind': ats_engine.RULE_KINDS.index(rule.kind),
        'product': number(rule.product_id), 'category': number(rule.category_id),
        'node': number(rule.node_id), 'channel': number(rule.channel_id),
        'fixed': ats_engine.NONE if by_percent else fixed, 'percent': _millionths(rule.percent) if by_percent else ats_engine.NONE,
        'from': moment(rule.date_from), 'until': moment(rule.date_until), 'sequence': rule.sequence,
    }


def _millionths(value):
    return int((Decimal(str(value)) * MILLION).to_integral_value(ROUND_FLOOR))


def quota_used(cr, rule, sources, now):
    """How much of a quota (a rule of Odoo, saved or not) is used up, in the product's unit."""
    if rule.kind != 'quota':
        return Decimal(0)
    cr.execute(f"""
        SELECT {quota_used_sql(sources)}
          FROM (SELECT %(product)s::int AS product_id, %(channel)s::int AS channel_id, %(company)s::int AS company_id,
                       %(from)s::timestamp AS date_from,
                       COALESCE(%(created)s::timestamp, clock_timestamp() AT TIME ZONE 'UTC') AS create_date) r""", {
        'product': rule.product_id._origin.id or None, 'channel': rule.channel_id._origin.id or None,
        'company': rule.company_id.id, 'now': now, 'from': rule.date_from or None,
        'created': rule._origin.create_date or None})
    return Decimal(cr.fetchone()[0])


def changed_rules(cr, known, rules, sources):
    """The table of rules with these (of Odoo, saved or not) in place of what is stored of them."""
    table = known.tables['rules']
    rows = list(zip(*(table[column] for column in COLUMNS), strict=True)) if table else []
    replaced = {rule._origin.id for rule in rules}
    rows = [row for row in rows if row[0] not in replaced]
    # A rule for a product that is not among these reaches none of them.
    products = set(known.tables['products']['id'])
    for rule in rules:
        if rule.product_id and rule.product_id._origin.id not in products:
            continue
        over = rule.date_until and rule.date_until.timestamp() <= known.now
        sleeping = (rule.node_id and not rule.node_id.active) or (rule.channel_id and not rule.channel_id.active)
        if rule.active and not over and not sleeping:
            row = rule_row(rule, quota_used(cr, rule, sources, known.now))
            rows.append(tuple(row[column] for column in COLUMNS))
    rows.sort()
    return {column: array('q', (row[place] for row in rows)) for place, column in enumerate(COLUMNS)} if rows else {}


def compare(cr, company_id, product_ids, rules, sources):
    """Compare the levels of some products with those they would have.

    :param cr: the cursor of the transaction that looks
    :param rules: the rules as they would be: recordset of new records with their origins
    :return: (ats_engine.Comparison, Facts)
    :raise ats_engine.WorldError, ats_engine.CopyError: a product cannot be computed, or a rule is refused
    :raise ats_engine.DeadlineExceeded: it would take longer than COMPARE_DEADLINE_MS
    """
    known = facts.read(cr, company_id, product_ids, sources)
    after = changed_rules(cr, known, rules, sources)
    return ats_engine.compare_columns(
        known.tables, after, now=known.now, demand_horizon_days=known.horizon_days, threads=ENGINE_THREADS,
        deadline_ms=COMPARE_DEADLINE_MS), known
