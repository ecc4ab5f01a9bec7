# Part of Available to Sell. See LICENSE file for full copyright and licensing details.
"""To 0.2.0: the engine knows more of the model, so that every level is computed again; modules that join Odoo's are installed where Odoo's are."""
from odoo import SUPERUSER_ID, api


def migrate(cr, version):
    env = api.Environment(cr, SUPERUSER_ID, {})
    for company in env['res.company'].search([]):
        env['ats.refresh']._mark_scope('global', company)
    _install_glue(env)


def _install_glue(env):
    """What installs itself when both sides are there does so at an installation; an upgrade has to ask for it."""
    glue = env['ir.module.module'].search([
        ('name', '=like', 'ats\\_%'), ('auto_install', '=', True), ('state', '=', 'uninstalled')])
    here = ('installed', 'to upgrade', 'to install')
    glue.filtered(lambda module: all(state in here for state in module.dependencies_id.mapped('state'))).write(
        {'state': 'to install'})
