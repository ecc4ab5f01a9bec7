# Part of Available to Sell. See LICENSE file for full copyright and licensing details.
import sys

from harness.cli import main

sys.exit(main(sys.argv[1:]))
