# Part of Available to Sell. See LICENSE file for full copyright and licensing details.
import hashlib
import secrets

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from .. import const, http
from ..errors import ChannelError, ChannelMisconfigured


class AtsChannel(models.Model):
    """Configuration of a channel. What happens at run time is in `ats.channel.health` (see there why)."""

    _name = "ats.channel"
    _inherit = ["ats.channel", "mail.thread", "mail.activity.mixin"]

    code = fields.Selection(
        [("none", "None yet")],
        string="Kind",
        required=True,
        default="none",
        help="Which adapter speaks to the channel. Each comes with its own module.",
    )
    state = fields.Selection(
        [("disabled", "Disabled"), ("shadow", "Shadow"), ("test", "Test"), ("live", "Live")],
        required=True,
        default="disabled",
        copy=False,
        tracking=True,
        index=True,
    )
    state_help = fields.Char(compute="_compute_state_help")
    token = fields.Char(
        string="Inbox Token",
        default=lambda self: secrets.token_urlsafe(32),
        required=True,
        readonly=True,
        copy=False,
        groups="ats_inventory.group_ats_manager",
        help="The unguessable part of the address at which the channel delivers its orders.",
    )
    token_sha256 = fields.Char(compute="_compute_token_sha256", store=True, copy=False, groups="base.group_system")
    inbox_url = fields.Char(
        string="Inbox Address", compute="_compute_inbox_url", groups="ats_inventory.group_ats_manager"
    )
    rule_ids = fields.One2many(
        "ats.rule", "channel_id", string="Safety Buffers", domain=[("kind", "!=", "node_buffer")], copy=True
    )
    has_secrets = fields.Boolean(compute="_compute_has_secrets")
    health_ids = fields.One2many("ats.channel.health", "channel_id", readonly=True)
    pause_code = fields.Char(compute="_compute_health")
    pause_message = fields.Char(compute="_compute_health")
    error_message = fields.Char(string="Last Failure", compute="_compute_health")
    not_before = fields.Datetime(string="Next Attempt", compute="_compute_health")
    last_success_at = fields.Datetime(string="Last Success", compute="_compute_health")
    listing_count = fields.Integer(compute="_compute_counts")
    due_count = fields.Integer(string="Due", compute="_compute_counts")
    parked_count = fields.Integer(string="Parked", compute="_compute_counts")
    inbox_parked_count = fields.Integer(string="Orders Parked", compute="_compute_counts")

    _token_sha256_uniq = models.UniqueIndex("(token_sha256)")

    # --- computed ---------------------------------------------------------------------------------------------

    @api.depends("token")
    def _compute_token_sha256(self):
        for channel in self:
            channel.token_sha256 = self._token_digest(channel.token or "")

    @api.model
    def _token_digest(self, token):
        # Looked up by digest: how long a comparison in an index takes then says nothing about the token.
        return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()

    @api.depends("token")
    def _compute_inbox_url(self):
        for channel in self:
            channel.inbox_url = f"{channel.get_base_url()}/ats/webhook/{channel.token}"

    @api.depends("state")
    def _compute_state_help(self):
        _ = self.env._
        words = {
            "disabled": _("Sends nothing and takes no orders."),
            "shadow": _("Computes what it would publish and keeps what it receives; sends and imports nothing."),
            "test": _("Publishes to the channel's test address and imports its orders."),
            "live": _("Publishes to the shop and imports its orders."),
        }
        for channel in self:
            channel.state_help = words.get(channel.state, "")

    @api.depends("code")
    def _compute_has_secrets(self):
        for channel in self:
            channel.has_secrets = bool(channel._secret_purposes())

    @api.depends("health_ids")
    def _compute_health(self):
        for channel in self:
            health = channel.sudo().health_ids[:1]
            channel.pause_code = health.pause_code
            channel.pause_message = health.pause_message
            channel.error_message = health.error_message
            channel.not_before = health.not_before
            channel.last_success_at = health.last_success_at

    def _compute_counts(self):
        publications = self.env["ats.publication"]._read_group(
            [("channel_id", "in", self.ids)], ["channel_id", "state"], ["__count"]
        )
        by_state = {(channel.id, state): count for channel, state, count in publications}
        parked = self.env["ats.inbox"]._read_group(
            [("channel_id", "in", self.ids), ("state", "=", "parked")], ["channel_id"], ["__count"]
        )
        inbox = {channel.id: count for channel, count in parked}
        listings = self.env["ats.listing"]._read_group(
            [("channel_id", "in", self.ids)], ["channel_id"], ["__count"]
        )
        listed = {channel.id: count for channel, count in listings}
        for channel in self:
            channel.listing_count = listed.get(channel.id, 0)
            channel.due_count = by_state.get((channel.id, "due"), 0) + by_state.get((channel.id, "sending"), 0)
            channel.parked_count = by_state.get((channel.id, "parked"), 0)
            channel.inbox_parked_count = inbox.get(channel.id, 0)

    # --- constraints and writes -------------------------------------------------------------------------------

    @api.constrains("state", "code")
    def _check_ready_to_send(self):
        for channel in self.filtered(lambda c: c.state in const.SENDING_STATES):
            missing = channel.sudo()._missing_configuration()
            if missing:
                raise ValidationError(
                    self.env._(
                        "%(channel)s cannot be switched on yet. Still missing: %(missing)s.",
                        channel=channel.name,
                        missing=", ".join(missing),
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        channels = super().create(vals_list)
        self.env["ats.channel.health"]._ensure_for(channels)
        channels.filtered(lambda c: c.state in const.SENDING_STATES)._switched_on()
        return channels

    def write(self, vals):
        before = {channel.id: channel.state for channel in self}
        if not vals.get("active", True) and vals.get("state") != "disabled":
            self._check_switched_off()
        result = super().write(vals)
        if "state" in vals:
            self.filtered(lambda c: c.state in const.SENDING_STATES and before[c.id] != c.state)._switched_on()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_switched_on(self):
        self._check_switched_off()

    def _check_switched_off(self):
        """A channel that is put away is told nothing more: what the shop shows then is decided before, not by accident."""
        for channel in self.filtered(lambda c: c.state in const.SENDING_STATES):
            raise UserError(
                self.env._(
                    "%(channel)s is %(state)s. Archive its listings first if the shop shall show 0, then set it to Disabled:"
                    " the shop keeps what it shows.",
                    channel=channel.name,
                    state=channel._state_label(),
                )
            )

    def _switched_on(self):
        """A channel that starts to be sent to may show anything: everything is due again."""
        if not self:
            return
        self.flush_recordset()
        self.env["ats.publication"]._sync(self.env.cr, self.ids)
        self.env["ats.publication"]._forget_acknowledged(self.env.cr, self.ids)
        self.env["ats.wake"]._publishers()

    # --- buttons ----------------------------------------------------------------------------------------------

    def action_publish_now(self):
        """Send what is due without waiting for a back-off to end. Parked rows stay parked."""
        self.ensure_one()
        self.check_access("write")
        if self.state not in const.SENDING_STATES:
            raise UserError(
                self.env._("%(channel)s is %(state)s: nothing is sent.", channel=self.name, state=self._state_label())
            )
        if self.pause_code:
            raise UserError(self.env._("The channel is paused: %(why)s Put it right, then Resume.", why=self.pause_message))
        self.env.cr.execute("UPDATE ats_channel_health SET not_before = NULL WHERE channel_id = %s", [self.id])
        self._hurry_sends()
        self.env["ats.publication"].sudo()._sync(self.env.cr, self.ids)
        self.invalidate_recordset()
        self.env["ats.wake"]._publishers()
        if self.due_count:
            return self._notify("info", self.env._("%(count)s quantities are being sent.", count=self.due_count))
        return self._notify("success", self.env._("Nothing to send: the channel has every quantity."))

    def action_test_connection(self):
        """Make one harmless call and say in plain words what came back."""
        self.ensure_one()
        self.check_access("write")
        channel = self.sudo()  # the secrets are not readable by managers; nothing of them is shown
        missing = channel._missing_configuration()
        if missing:
            raise UserError(self.env._("Still missing: %(missing)s.", missing=", ".join(missing)))
        try:
            response = http.call(channel._test_request())
            http.raise_for_status(response)
        except ChannelMisconfigured as error:
            return self._notify("danger", channel._masked(error.message), sticky=True)
        except ChannelError as error:
            return self._notify("warning", channel._masked(error.message), sticky=True)
        return self._notify("success", self.env._("The channel answered with %(status)s.", status=response.status))

    def action_resume(self):
        """Lift a pause after the cause was put right."""
        self.check_access("write")
        self.env.cr.execute(
            """
            UPDATE ats_channel_health
               SET pause_code = NULL, pause_message = NULL, paused_at = NULL, not_before = NULL, failures = 0
             WHERE channel_id = ANY(%s)
            """,
            [self.ids],
        )
        self._hurry_sends()
        self.env["ats.channel.health"].invalidate_model()
        self.invalidate_recordset()
        self.activity_unlink(["mail.mail_activity_data_warning"])
        self.env["ats.wake"]._publishers()

    def _hurry_sends(self):
        """Sends whose outcome is unknown wait no longer before they are repeated."""
        self.env.cr.execute(
            """
            UPDATE ats_send SET not_before = NULL
             WHERE channel_id = ANY(%s) AND state IN ('prepared', 'unknown') AND not_before IS NOT NULL
            """,
            [self.ids],
        )
        self.env["ats.send"].invalidate_model(["not_before"])

    def action_set_secret(self):
        """Open the wizard that sets or generates a secret; nobody can read one back with it."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Set a Secret"),
            "res_model": "ats.channel.secret",
            "view_mode": "form",
            "target": "new",
            "context": {"default_channel_id": self.id},
        }

    def action_renew_token(self):
        """Give the inbox a new address; the old one is dead at once."""
        self.check_access("write")
        for channel in self:
            channel.sudo().token = secrets.token_urlsafe(32)

    def _action_open(self, xmlid, domain):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(xmlid)
        return dict(action, domain=[("channel_id", "=", self.id), *domain], context={"default_channel_id": self.id})

    def action_open_due(self):
        return self._action_open("ats_channel.ats_publication_action", [("state", "in", ("due", "sending"))])

    def action_open_parked(self):
        return self._action_open("ats_channel.ats_publication_action", [("state", "=", "parked")])

    def action_open_inbox_parked(self):
        return self._action_open("ats_channel.ats_inbox_action", [("state", "=", "parked")])

    def action_open_listings(self):
        return self._action_open("ats_channel.ats_listing_action", [])

    # --- helpers ----------------------------------------------------------------------------------------------

    def _state_label(self):
        return dict(self._fields["state"]._description_selection(self.env))[self.state]

    def _notify(self, kind, message, sticky=False):
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": kind,
                "title": self.name,
                "message": message,
                "sticky": sticky,
                "next": {"type": "ir.actions.act_window_close"},
            },
        }

    def _masked(self, text):
        """`text` with every secret of this channel made unreadable."""
        for secret in filter(None, self.sudo()._secret_values()):
            text = text.replace(secret, "•••")
        return text

    def _node_code(self, node):
        """What a node is called towards a channel: its warehouse's short name, else its own name."""
        return node.warehouse_id.code or node.name
