# Part of Available to Sell. See LICENSE file for full copyright and licensing details.
"""What of a quota its channel has used up: its live holds of the product, and what it has ordered since the quota began."""
from .models.ats_hold import LIVE_SQL


def used_sql(sources, which):
    """A query of (rule_id, held, moved): quantities in the product's unit (numeric), of every quota rule that `which` selects.

    `moved` adds up the moves of the channel that were made since the rule's start (its making, where it has none): the whole of
    open ones, and what was shipped with those that are done. The quota that is left is its quantity less both, not below zero.

    :param FactSources sources: knows which moves belong to a channel
    :param str which: condition on `r` (ats_rule); its parameters are the query's
    """
    return f"""
        SELECT r.id AS rule_id,
               COALESCE((SELECT sum(h.quantity) FROM ats_hold h
                          WHERE h.company_id = r.company_id AND h.channel_id = r.channel_id AND h.product_id = r.product_id
                            AND {LIVE_SQL}), 0)::numeric AS held,
               COALESCE((SELECT sum(CASE WHEN m.state = 'done' THEN
                                         m.quantity * COALESCE(m.product_qty / NULLIF(m.product_uom_qty, 0), 1)
                                    ELSE m.product_qty END)
                           FROM stock_move m JOIN ({sources.move_channel}) o ON o.move_id = m.id
                          WHERE m.company_id = r.company_id AND o.channel_id = r.channel_id AND m.product_id = r.product_id
                            AND m.state NOT IN ('draft', 'cancel')
                            AND m.create_date >= COALESCE(r.date_from, r.create_date)), 0)::numeric AS moved
          FROM ats_rule r
         WHERE r.kind = 'quota' AND {which}"""
