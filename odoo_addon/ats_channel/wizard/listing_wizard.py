# Part of Available to Sell. See LICENSE file for full copyright and licensing details.
"""List many products on a channel: choose, see how many, start. The work is a job's (`ats.listing.job`)."""

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..models.listing_job import ID_SOURCES, SELECTED_MAX, SOURCES

# The web client hands over at most this many ids and the domain besides (session.active_ids_limit).
ACTIVE_IDS_MAX = 20_000
PRODUCT_MODELS = ("product.template", "product.product")


class AtsListingWizard(models.TransientModel):
    _name = "ats.listing.wizard"
    _description = "List Products on a Channel"

    channel_id = fields.Many2one("ats.channel", required=True)
    source = fields.Selection("_selection_source", "Products", required=True, default="all")
    category_id = fields.Many2one("product.category")
    product_numbers = fields.Json()
    unit = fields.Float("Unit of Sale", digits=(16, 6), required=True, default=1.0)
    id_source = fields.Selection(ID_SOURCES, "Channel SKU from", required=True, default="reference")
    selected_count = fields.Integer(compute="_compute_preview")
    product_count = fields.Integer("Tracked in stock", compute="_compute_preview")
    listed_count = fields.Integer("Already listed", compute="_compute_preview")
    new_count = fields.Integer("To be listed", compute="_compute_preview")

    @api.model
    def _selection_source(self):
        """Selected products can be chosen only where some are selected: in the list of products."""
        selected = self.env.context.get("active_model") in PRODUCT_MODELS
        return [(code, label) for code, label in SOURCES if selected or code != "selected"]

    @api.model
    def default_get(self, field_names):
        values = super().default_get(field_names)
        model = self.env.context.get("active_model")
        if model in PRODUCT_MODELS:
            values["source"] = "selected"
            values["product_numbers"] = self._selected_products(model)
        if "channel_id" in field_names and not values.get("channel_id"):
            channels = self.env["ats.channel"].search([], limit=2)
            if len(channels) == 1:
                values["channel_id"] = channels.id
        return values

    def _selected_products(self, model):
        """Ids of the variants selected in the product list, also where more than a page was selected."""
        chosen = self.env.context.get("active_ids") or []
        domain = [("id", "in", chosen)]
        if len(chosen) >= ACTIVE_IDS_MAX and self.env.context.get("active_domain"):
            domain = self.env.context["active_domain"]
        records = self.env[model].search(domain, limit=SELECTED_MAX + 1)
        products = records.product_variant_ids if model == "product.template" else records
        if len(products) > SELECTED_MAX:
            message = self.env._("At most %(limit)s products can be selected; choose a category or all instead.", limit=SELECTED_MAX)
            raise UserError(message)
        return products.ids

    @api.depends("channel_id", "source", "category_id", "product_numbers")
    def _compute_preview(self):
        for wizard in self:
            counts = {"products": 0, "listed": 0}
            if wizard.channel_id and (wizard.source != "category" or wizard.category_id):
                counts = self.env["ats.listing.job"].new(wizard._job_values())._count_products()
            wizard.selected_count = len(wizard.product_numbers or [])
            wizard.product_count = counts["products"]
            wizard.listed_count = counts["listed"]
            wizard.new_count = counts["products"] - counts["listed"]

    def _job_values(self):
        self.ensure_one()
        return {
            "channel_id": self.channel_id.id,
            "source": self.source,
            "category_id": self.category_id.id if self.source == "category" else False,
            "product_numbers": self.product_numbers if self.source == "selected" else False,
            "unit": self.unit,
            "id_source": self.id_source,
        }

    def action_start(self):
        """Start the job and show its progress."""
        self.ensure_one()
        if self.source == "category" and not self.category_id:
            raise UserError(self.env._("Choose a category."))
        if self.unit <= 0:
            raise UserError(self.env._("The unit of sale must be above zero."))
        if not self.product_count:
            raise UserError(self.env._("None of these products is tracked in stock, so there is nothing to list."))
        job = self.env["ats.listing.job"].create(self._job_values())
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Listing job"),
            "res_model": "ats.listing.job",
            "res_id": job.id,
            "views": [(False, "form")],
        }
