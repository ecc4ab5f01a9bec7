# Part of Available to Sell. See LICENSE file for full copyright and licensing details.
from odoo import api, fields, models
from odoo.exceptions import UserError


class AtsChannelSecret(models.TransientModel):
    """Set or generate a secret of a channel without the right to read it.

    Secrets are readable by system administrators only; ATS managers configure channels. So they write through
    this wizard, which keeps nothing: what is typed in is blanked before the row reaches the database, and a
    generated secret travels once, in the context of the dialog that shows it.
    """

    _name = "ats.channel.secret"
    _description = "Set a Secret of a Channel"
    _transient_max_hours = 0.1

    channel_id = fields.Many2one("ats.channel", required=True, ondelete="cascade")
    purpose = fields.Selection("_selection_purpose", required=True, default=lambda self: self._default_purpose())
    was_set = fields.Boolean(readonly=True)
    value = fields.Char(string="Secret", compute="_compute_value", inverse="_inverse_value", store=False)
    shown = fields.Char(string="Generated Secret", compute="_compute_shown")

    @api.model
    def _selection_purpose(self):
        channel = self.env["ats.channel"].browse(self.env.context.get("default_channel_id")).exists()
        if channel:
            return list(channel._secret_purposes().items())
        found = {}
        for code, _label in self.env["ats.channel"]._fields["code"]._description_selection(self.env):
            found.update(self.env["ats.channel"].new({"code": code})._secret_purposes())
        return list(found.items())

    @api.model
    def _default_purpose(self):
        return next((purpose for purpose, _label in self._selection_purpose()), False)

    def _compute_value(self):
        self.value = False

    def _inverse_value(self):
        """Hand the secret over at once; nothing of it is stored here."""
        for wizard in self.filtered("value"):
            wizard._target()._secret_set(wizard.purpose, wizard.value.strip())
            wizard.was_set = True

    @api.depends_context("ats_generated_secret")
    def _compute_shown(self):
        self.shown = self.env.context.get("ats_generated_secret")

    def _target(self):
        """The channel as superuser, after checking that this user may change it."""
        self.ensure_one()
        self.channel_id.check_access("write")
        channel = self.channel_id.sudo()
        if self.purpose not in channel._secret_purposes():
            raise UserError(self.env._("This channel has no such secret."))
        return channel

    def action_set(self):
        """Close the dialog: the secret was taken over when the form was saved."""
        self.ensure_one()
        if not self.was_set:
            raise UserError(self.env._("Type in a secret, or generate one."))
        return self.channel_id._notify("success", self.env._("The secret is set."))

    def action_generate(self):
        """Make a new secret, store it and show it this once."""
        self.ensure_one()
        channel = self._target()
        secret = channel._secret_generate(self.purpose)
        channel._secret_set(self.purpose, secret)
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Copy it now: it is not shown again"),
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "target": "new",
            "context": {**self.env.context, "ats_generated_secret": secret},
        }
