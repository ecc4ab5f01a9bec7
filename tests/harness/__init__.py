# Part of Available to Sell. See LICENSE file for full copyright and licensing details.
"""What `./dev` and the tests stand on: packages, Odoo, PostgreSQL, the Python environment and servers, all kept under `.dev/`.

Only the standard library is used here, because these modules run before anything is installed.
"""
