# Part of Available to Sell. See LICENSE file for full copyright and licensing details.
"""A job that lists many products on a channel, in background slices; how slices run is in `listing_job_run`."""

from odoo import api, fields, models

from ..cursor import read_committed

# A failure list is for reading; the count of failures is complete.
FAILURES_KEPT_MAX = 1000  # rows of one job
SELECTED_MAX = 200_000  # products chosen by hand for one job

SOURCES = [
    ("selected", "Selected products"),
    ("category", "Products of a category"),
    ("all", "All products that are sold and tracked in stock"),
]
ID_SOURCES = [
    ("reference", "Internal reference, else number"),
    ("barcode", "Barcode, else number"),
    ("id", "Odoo's product number"),
]
# SQL for the id a product gets at the channel; those without reference or barcode get their number.
ID_SQL = {
    "reference": "COALESCE(NULLIF(btrim(p.default_code), ''), p.id::text)",
    "barcode": "COALESCE(NULLIF(btrim(p.barcode), ''), p.id::text)",
    "id": "p.id::text",
}


class AtsListingJob(models.Model):
    _name = "ats.listing.job"
    _description = "Listing Job"
    _order = "id desc"
    _check_company_auto = True

    channel_id = fields.Many2one("ats.channel", required=True, readonly=True, ondelete="cascade", index=True)
    company_id = fields.Many2one(related="channel_id.company_id", store=True, index=True)
    source = fields.Selection(SOURCES, required=True, readonly=True)
    category_id = fields.Many2one("product.category", readonly=True, ondelete="set null")
    product_numbers = fields.Json("Selected product ids", readonly=True)
    unit = fields.Float("Unit of Sale", digits=(16, 6), required=True, default=1.0, readonly=True)
    id_source = fields.Selection(ID_SOURCES, "Channel SKU from", required=True, default="reference", readonly=True)
    state = fields.Selection(
        [
            ("running", "Listing"),
            ("done", "Done"),
            ("stopped", "Stopped"),
            ("failed", "Failed"),
            ("undoing", "Undoing"),
            ("undone", "Undone"),
        ],
        required=True,
        default="running",
        readonly=True,
        index=True,
    )
    total = fields.Integer("Products", readonly=True, aggregator=None)
    done_count = fields.Integer("Listed", readonly=True, required=True, default=0)
    skipped_count = fields.Integer("Skipped", readonly=True, required=True, default=0, help="They had a listing on this channel already.")
    failed_count = fields.Integer("Failed", readonly=True, required=True, default=0, help="Their channel SKU belongs to another product.")
    removed_count = fields.Integer("Removed again", readonly=True, required=True, default=0)
    blocked_count = fields.Integer("Blocked", readonly=True, required=True, default=0, help="The shop shows them, so 0 goes out instead.")
    progress = fields.Float(compute="_compute_progress")
    message = fields.Char(readonly=True)
    started_at = fields.Datetime("Started", readonly=True)
    finished_at = fields.Datetime("Finished", readonly=True)
    slice_at = fields.Datetime("Last slice", readonly=True)
    cursor = fields.Integer("Last product", readonly=True, required=True, default=0, aggregator=None)
    undo_cursor = fields.Integer("Last listing undone", readonly=True, required=True, default=0, aggregator=None)
    attempts = fields.Integer(readonly=True, required=True, default=0, aggregator=None)
    lease_token = fields.Char(readonly=True)
    lease_until = fields.Datetime(readonly=True)
    failure_ids = fields.One2many("ats.listing.job.failure", "job_id", "Failures", readonly=True)

    _unit_positive = models.Constraint("CHECK (unit > 0)", "The unit of sale must be above zero.")

    @api.depends("channel_id", "source")
    def _compute_display_name(self):
        for job in self:
            job.display_name = self.env._("Listing on %(channel)s, job %(id)s", channel=job.channel_id.name, id=job.id)

    @api.depends("state", "total", "done_count", "skipped_count", "failed_count", "removed_count", "blocked_count")
    def _compute_progress(self):
        for job in self:
            if job.removed_count or job.blocked_count or job.state in ("undoing", "undone"):
                handled, total = job.removed_count + job.blocked_count, job.done_count
            else:
                handled, total = job.done_count + job.skipped_count + job.failed_count, job.total
            finished = job.state in ("done", "undone")
            job.progress = 100.0 if finished else min(100.0 * handled / total, 99.0) if total else 0.0

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            vals.setdefault("started_at", fields.Datetime.now())
        jobs = super().create(vals_list)
        for job in jobs:
            job.total = job._count_products()["products"]
        jobs._wake_cron()
        return jobs

    # --- what a job covers --------------------------------------------------------------------------------------

    def _products_sql(self):
        """FROM and WHERE for the products of this job, alias ``p``; parameters by name."""
        self.ensure_one()
        where = """
            FROM product_product p
            JOIN product_template t ON t.id = p.product_tmpl_id
           WHERE p.active AND t.active AND t.is_storable
             AND (t.company_id IS NULL OR t.company_id = %(company)s)"""
        params = {"company": self.channel_id.company_id.id, "channel": self.channel_id.id}
        if self.source == "selected":
            where += " AND p.id = ANY(%(selected)s)"
            params["selected"] = list(self.product_numbers or [])
        else:
            where += " AND t.sale_ok"
        if self.source == "category":
            where += " AND t.categ_id = ANY(%(categories)s)"
            params["categories"] = self.env["product.category"].search([("id", "child_of", self.category_id.id)]).ids
        return where, params

    def _count_products(self):
        """How many products the job covers and how many of them are listed already, without doing anything."""
        where, params = self._products_sql()
        self.env["ats.listing"].flush_model()
        self.env["product.template"].flush_model(["active", "is_storable", "sale_ok", "company_id", "categ_id"])
        self.env["product.product"].flush_model(["active", "default_code", "barcode"])
        self.env.cr.execute(
            f"""
            SELECT count(*), count(*) FILTER (WHERE EXISTS (
                       SELECT 1 FROM ats_listing l WHERE l.channel_id = %(channel)s AND l.product_id = p.id))
            {where}
            """,  # pylint: disable=sql-injection  # constant text, values are parameters
            params,
        )
        products, listed = self.env.cr.fetchone()
        return {"products": products, "listed": listed}

    # --- buttons ------------------------------------------------------------------------------------------------

    def action_stop(self):
        """Stop after the slice that is running; what is listed stays listed."""
        self._switch(("running", "undoing"), "stopped")

    def action_continue(self):
        """Go on where the job was stopped or failed."""
        self._switch(("stopped", "failed"), "running")

    def action_undo(self):
        """Take back what the job listed, in slices: listings the shop shows are blocked, so that 0 goes out."""
        self._switch(("running", "done", "stopped", "failed", "undone"), "undoing")

    def _switch(self, from_states, state):
        """Change the state of these jobs beside the slices that run; an undo looks at all their listings again.

        In a READ COMMITTED transaction of its own: it waits for the running slice (a second or two) instead of failing
        with a serialization error again and again.
        """
        self.check_access("write")
        with read_committed(self.env.registry) as env:
            env.cr.execute(
                """
                UPDATE ats_listing_job
                   SET state = %(state)s, attempts = 0, message = NULL, finished_at = NULL,
                       undo_cursor = CASE WHEN %(undo)s THEN 0 ELSE undo_cursor END,
                       blocked_count = CASE WHEN %(undo)s THEN 0 ELSE blocked_count END
                 WHERE id = ANY(%(ids)s) AND state = ANY(%(from)s)
                """,
                {"state": state, "undo": state == "undoing", "ids": self.ids, "from": list(from_states)},
            )
            env["ats.listing.job"]._wake_cron()
        self.invalidate_recordset()

    def action_listings(self):
        """Open the listings this job made."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("ats_channel.ats_listing_action")
        action["domain"] = [("job_id", "=", self.id)]
        return action

    @api.model
    def _wake_cron(self):
        self.env.ref("ats_channel.ir_cron_ats_listing_job").sudo()._trigger()


class AtsListingJobFailure(models.Model):
    _name = "ats.listing.job.failure"
    _description = "Product a Listing Job Could Not List"
    _order = "id"
    _log_access = False

    job_id = fields.Many2one("ats.listing.job", required=True, readonly=True, ondelete="cascade", index=True)
    company_id = fields.Many2one(related="job_id.company_id")
    product_id = fields.Many2one("product.product", readonly=True, ondelete="cascade", index=True)
    external_id = fields.Char("Channel SKU", readonly=True)
    message = fields.Char(readonly=True)


class AtsListing(models.Model):
    _inherit = "ats.listing"

    job_id = fields.Many2one("ats.listing.job", "Made by", readonly=True, copy=False, ondelete="set null", index="btree_not_null")
