# Part of Available to Sell. See LICENSE file for full copyright and licensing details.
"""What happens when the module is installed."""


def post_init_hook(env):
    """Publications for levels computed before this module was installed; levels written later bring their own."""
    env["ats.publication"]._sync(env.cr)
