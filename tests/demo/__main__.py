# Part of Available to Sell. See LICENSE file for full copyright and licensing details.
import signal
import sys
import threading

from demo import check, world
from harness import machine, paths, stack
from harness.say import Refusal, say

BANNER = """
Available to Sell is running. Stop it with Ctrl-C; it goes on where it was at the next ./dev demo.

  Odoo     {odoo}/odoo        login admin, password admin: open "Available to Sell"
  Shop A   {a}             sells from {nodes_a}
  Shop B   {b}             sells from {nodes_b}

Receive goods in Odoo (Inventory) and see the quantity change in the shops; order in a shop and see the sale order in Odoo.
Logs: {logs}
"""


def main(arguments):
    stack.prepare()
    machine.become_service_user()
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        return check.run() if "--check" in arguments else _serve()
    except Refusal as refusal:
        say(str(refusal))
        return 2
    except KeyboardInterrupt:
        say("stopping")
        return 0


def _serve():
    with world.running("demo", keep=True) as here:
        nodes = {key: " and ".join(shop["nodes"]) for key, shop in world.SHOPS.items()}
        print(BANNER.format(odoo=here.odoo.url, a=here.shops["a"].url, b=here.shops["b"].url, nodes_a=nodes["a"], nodes_b=nodes["b"],
                            logs=paths.LOGS), flush=True)
        threading.Event().wait()


sys.exit(main(sys.argv[1:]))
