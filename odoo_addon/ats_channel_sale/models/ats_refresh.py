# Part of Available to Sell. See LICENSE file for full copyright and licensing details.
"""Which stock moves came from a channel's order: the facts need to know."""

from dataclasses import replace

from odoo import api, models

# Every move of the order's lines: each step of a delivery, back orders and components of kits keep the line they are split from,
# and so do returns. Which of them count, and in which direction, is for the reader to say.
MOVE_CHANNEL_SQL = """
    SELECT m.id AS move_id, o.channel_id, o.create_date AS ordered_at
      FROM ats_order o
      JOIN sale_order_line l ON l.order_id = o.sale_order_id
      JOIN stock_move m ON m.sale_line_id = l.id"""


class AtsRefresh(models.AbstractModel):
    _inherit = "ats.refresh"

    @api.model
    def _fact_sources(self):
        return replace(super()._fact_sources(), move_channel=MOVE_CHANNEL_SQL)
