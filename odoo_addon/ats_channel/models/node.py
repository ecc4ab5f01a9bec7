# Part of Available to Sell. See LICENSE file for full copyright and licensing details.
from odoo import api, models
from odoo.exceptions import UserError

from .. import const


class AtsNode(models.Model):
    _inherit = "ats.node"

    @api.ondelete(at_uninstall=False)
    def _unlink_except_shown_in_shop(self):
        """A channel that stocks by location could not be told 0 for a deleted node: the shop would go on selling it."""
        shown = self.env["ats.publication"].sudo().search(
            [
                ("node_id", "in", self.ids),
                ("channel_id.state", "in", const.SENDING_STATES),
                "|", ("acked_quantity", ">", 0), ("send_id", "!=", False),
            ],
            limit=1,
        )
        if shown:
            raise UserError(
                self.env._(
                    "%(channel)s sells stock of %(node)s. Archive the node first: the channel is then told 0.",
                    channel=shown.channel_id.name,
                    node=shown.node_id.name,
                )
            )
