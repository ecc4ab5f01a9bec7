# Part of Available to Sell. See LICENSE file for full copyright and licensing details.
import re

from odoo import api, fields, models
from odoo.exceptions import AccessError, ValidationError

from .. import const

#: A name or an IPv4 address, or an IPv6 address in brackets, with or without a port.
HOST = re.compile(r"([a-z0-9]([a-z0-9.-]*[a-z0-9])?|\[[0-9a-f:.]+\])(:\d{1,5})?", re.IGNORECASE)


class AtsAllowedHosts(models.TransientModel):
    """Addresses in private networks, without TLS or on other ports that channels may be called at all the same.

    For shops in one's own house. Only system administrators: such a call reaches what the internet cannot.
    """

    _name = "ats.allowed.hosts"
    _description = "Private Addresses of Channels"

    hosts = fields.Text(
        default=lambda self: self._stored_hosts(),
        help="One host per line: a name, an address or host:port. Everything else must be public and https.",
    )

    @api.model
    def _stored_hosts(self):
        text = self.env["ir.config_parameter"].sudo().get_param(const.ALLOWED_HOSTS_PARAMETER) or ""
        return "\n".join(part.strip() for part in text.split(",") if part.strip())

    def action_apply(self):
        """Store the list, for all companies. Raises ValidationError naming the first line that is no host."""
        self.ensure_one()
        if not self.env.user.has_group("base.group_system"):
            raise AccessError(self.env._("Only a system administrator can allow private addresses."))
        hosts = [line.strip() for line in (self.hosts or "").replace(",", "\n").splitlines() if line.strip()]
        for host in hosts:
            if not HOST.fullmatch(host):
                raise ValidationError(self.env._(
                    "%(host)s is no host. Write for example shop.local, 192.168.1.20 or shop.local:8080.", host=host))
        self.env["ir.config_parameter"].sudo().set_param(const.ALLOWED_HOSTS_PARAMETER, ",".join(hosts))
        return {"type": "ir.actions.act_window_close"}
