# Part of Available to Sell. See LICENSE file for full copyright and licensing details.
{
    "name": "Available to Sell: Webhook Channel",
    "version": "0.2.0",
    "category": "Supply Chain/Inventory",
    "summary": "A channel for any shop, portal or till that speaks Standard Webhooks and JSON",
    "author": "Available to Sell contributors",
    "license": "LGPL-3",
    "depends": ["ats_channel"],
    "external_dependencies": {"python": ["standardwebhooks", "jsonschema"]},
    "data": ["views/ats_channel_views.xml"],
}
