# Part of Available to Sell. See LICENSE file for full copyright and licensing details.
"""*Why this number?* also says what the shop has been told."""

from odoo import fields, models

from odoo.addons.ats_inventory.models.explain import plain


class AtsLevel(models.Model):
    _inherit = "ats.level"

    def _explain_header(self, scope):
        header = super()._explain_header(scope)
        publication = self.env["ats.publication"].sudo().search([("level_id", "=", self.id)], limit=1)
        if publication.acked_generation:
            header["told"] = {
                "quantity": plain(publication.acked_quantity),
                "generation": publication.acked_generation,
                "at": fields.Datetime.to_string(publication.acked_at) if publication.acked_at else False,
            }
        header["told_state"] = publication.state or False
        header["told_error"] = publication.error_message or False
        header["channel_state"] = self.channel_id.state
        return header
