# Part of Available to Sell. See LICENSE file for full copyright and licensing details.
"""What happens once, at installation and at uninstallation."""
from . import triggers


def post_init_hook(env):
    """Make a node of each warehouse. The triggers follow when the registry is loaded (see triggers.py)."""
    warehouses = env['stock.warehouse'].with_context(active_test=False).search([])
    env['ats.node']._ensure_for_warehouses(warehouses)


def uninstall_hook(env):
    """Take away what could fail or block a stock write, before Odoo drops the tables."""
    # Whatever of ours goes together with this module goes in the same transaction and must lock nothing either.
    leaving = env['ir.module.module'].search([('state', '=', 'to remove')])
    for module in leaving.mapped('name'):
        release_odoo_tables(env, module)
    triggers.drop(env.cr.dbname)
    env.cr.execute("DROP SEQUENCE IF EXISTS ats_generation_seq")


def release_odoo_tables(env, module):
    """Delete a module's scheduled actions and drop the foreign keys of its tables into Odoo's, in short transactions.

    The actions go here because a cron worker that runs one meanwhile would make Odoo's own attempt fail (40001),
    upon which Odoo leaves the action, and the model it calls, in the database.
    To be called by the uninstall hook of every module of ours with tables that refer to Odoo's. It commits: the
    uninstallation is recorded already (state "to remove"), and the loading transaction may hold locks on the very
    tables that are to be changed.
    """
    env.flush_all()
    # Ends the loading transaction, which only read so far, so that it does not stand in the way of the short ones.
    env.cr.commit()
    env.cr.execute("""
        SELECT m.model FROM ir_model_data d JOIN ir_model m ON m.id = d.res_id
         WHERE d.module = %s AND d.model = 'ir.model'""", [module])
    # A module is also recorded as an owner of the models it extends: only those it made are ours to change.
    tables = [
        env[model]._table for model, in env.cr.fetchall()
        if model in env and env[model]._original_module == module and not env[model]._abstract
    ]
    env.cr.execute("""
        SELECT r.name FROM ir_model_relation r JOIN ir_module_module k ON k.id = r.module WHERE k.name = %s""", [module])
    tables += [name for name, in env.cr.fetchall()]
    env.cr.commit()
    triggers.drop_scheduled_actions(env.cr.dbname, module)
    triggers.drop_foreign_keys(env.cr.dbname, tables)
