# Part of Available to Sell. See LICENSE file for full copyright and licensing details.
{
    'name': "Available to Sell: Kits",
    'version': '0.2.0',
    'category': 'Supply Chain/Inventory',
    'summary': "Kits are sold as far as their components allow",
    'author': "Available to Sell contributors",
    'license': 'LGPL-3',
    'depends': ['ats_inventory', 'mrp'],
    'auto_install': True,
    'uninstall_hook': 'uninstall_hook',
}
