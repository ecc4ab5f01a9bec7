# Part of Available to Sell. See LICENSE file for full copyright and licensing details.
"""What of a quota its channel has used up, as SQL expressions over the rule `r` (ats_rule), in the product's unit.

That is what the channel has promised (live holds) and sold: its moves that leave for good, open or done, if they were ordered
after the quota began (its date, else its creation); a back order or a later step of a delivery is as old as its order. Of a chain
only the step counts that ends outside, as Odoo's own numbers do. What came back is not given back.
"""


def held_sql(live):
    """Expression: the live holds of the quota's channel.

    :param str live: condition on `h` (ats_hold) that it is live
    """
    return f"""
        COALESCE((SELECT sum(h.quantity) FROM ats_hold h
                   WHERE {live} AND h.company_id = r.company_id AND h.product_id = r.product_id
                     AND h.channel_id = r.channel_id), 0)"""


def sold_sql(sources):
    """The rest of a query, from FROM on: the moves `m` that use up the quota `r`.

    :param FactSources sources: knows which moves came from a channel
    """
    return f"""
          FROM stock_move m
          JOIN ({sources.move_channel}) sold ON sold.move_id = m.id AND sold.channel_id = r.channel_id
          JOIN stock_location origin ON origin.id = m.location_id AND origin.usage IN ('internal', 'transit')
          JOIN stock_location target ON target.usage NOT IN ('internal', 'transit', 'view')
           AND target.id = CASE WHEN m.state = 'done' THEN m.location_dest_id
                                ELSE COALESCE(m.location_final_id, m.location_dest_id) END
         WHERE m.product_id = r.product_id AND m.company_id = r.company_id AND m.state NOT IN ('draft', 'cancel')
           AND COALESCE(sold.ordered_at, m.create_date) >= COALESCE(r.date_from, r.create_date)"""


def moved_sql(sources):
    """Expression: the open and done moves of the quota's channel; of what is done, what was shipped."""
    return f"""
        COALESCE((SELECT sum(CASE WHEN m.state <> 'done' THEN m.product_qty
                                  ELSE m.quantity * COALESCE(m.product_qty / NULLIF(m.product_uom_qty, 0), 1) END)
                  {sold_sql(sources)}), 0)"""
