# Part of Available to Sell. See LICENSE file for full copyright and licensing details.
{
    'name': "Available to Sell: Expiry",
    'version': '0.2.0',
    'category': 'Supply Chain/Inventory',
    'summary': "Goods past their removal date, or too near it for a channel, are not sold",
    'author': "Available to Sell contributors",
    'license': 'LGPL-3',
    'depends': ['ats_inventory', 'product_expiry'],
    'data': ['views/ats_level_views.xml'],
    'auto_install': True,
    'uninstall_hook': 'uninstall_hook',
}
