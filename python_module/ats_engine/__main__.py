# Part of Available to Sell. See LICENSE file for full copyright and licensing details.
"""Command line of the engine: ``python3 -m ats_engine compute FILE``,
``python3 -m ats_engine explain FILE --listing ID``,
``python3 -m ats_engine compare FILE RULES`` and
``python3 -m ats_engine affected FILE --location ID`` (or ``--node ID``, ``--product ID``, ``--until TIME``).
One FILE may be ``-`` for standard input.

Exit status: 0 done, 2 the document is refused (code, pointer and message on standard
error), or the arguments, the file or standard output cannot be used.
"""

import argparse
import errno
import os
import sys
from datetime import datetime

from . import WorldError, __version__, affected, compare, compute, explain

EXIT_REFUSED = 2


def _identifier(text):
    try:
        number = int(text)
    except ValueError:
        number = None
    if number is None or not -(2**63) < number < 2**63:
        raise argparse.ArgumentTypeError(f"{text!r} is not an id of 64 bits")
    return number


def _time(text):
    try:
        datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ")
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not a time YYYY-MM-DDTHH:MM:SSZ") from None
    return text


def _parser():
    parser = argparse.ArgumentParser(prog="python3 -m ats_engine", description="Available to sell.")
    parser.add_argument("--version", action="version", version=__version__)
    commands = parser.add_subparsers(dest="command", required=True)
    levels = commands.add_parser("compute", help="levels of a world (ats-world/1 in, ats-levels/1 out)")
    levels.add_argument("file", help="a document, - for standard input")
    waterfall = commands.add_parser("explain", help="the waterfall of one listing")
    waterfall.add_argument("file", help="a document, - for standard input")
    waterfall.add_argument("--listing", type=_identifier, metavar="ID", required=True, help="id of the listing")
    changes = commands.add_parser("compare", help="what other rules would change (ats-comparison/1 out)")
    changes.add_argument("file", help="a document, - for standard input")
    changes.add_argument("rules", help="a JSON list of rules, which takes the place of the document's, - for standard input")
    touched = commands.add_parser("affected", help="the listings that a place, a product or time can change (ats-affected/1 out)")
    touched.add_argument("file", help="a document, - for standard input")
    cause = touched.add_mutually_exclusive_group(required=True)
    cause.add_argument("--location", type=_identifier, metavar="ID", help="the stock in a location")
    cause.add_argument("--node", type=_identifier, metavar="ID", help="whatever is in a node")
    cause.add_argument("--product", type=_identifier, metavar="ID", help="whatever there is of a product or component")
    cause.add_argument("--until", type=_time, metavar="TIME", help="the time from the document's now to YYYY-MM-DDTHH:MM:SSZ")
    return parser


def _run(arguments):
    document = _read(arguments.file)
    if arguments.command == "compute":
        return compute(document)
    if arguments.command == "explain":
        return explain(document, arguments.listing)
    if arguments.command == "compare":
        return compare(document, _read(arguments.rules))
    causes = {name: getattr(arguments, name) for name in ("location", "node", "product", "until")}
    return affected(document, **causes)


def _read(path):
    if path == "-":
        if sys.stdin is None:
            raise OSError(errno.EBADF, "standard input is closed")
        return sys.stdin.buffer.read()
    with open(path, "rb") as file:
        return file.read()


def _printable(pointer):
    """Keys of a document may hold anything, what moves a terminal's cursor included."""
    return "".join(char if char.isprintable() else ascii(char)[1:-1] for char in pointer)


def _write(text):
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except OSError as error:
        # What is left in the buffer is not tried again at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        if error.errno == errno.EPIPE:
            return 0  # the reader has seen enough
        print(f"standard output: {error.strerror}", file=sys.stderr)
        return EXIT_REFUSED
    return 0


def main(argv=None):
    """Runs one command; returns the exit status."""
    arguments = _parser().parse_args(argv)
    try:
        text = _run(arguments)
    except OSError as error:
        print(f"{error.filename or '-'}: {error.strerror}", file=sys.stderr)
        return EXIT_REFUSED
    except WorldError as error:
        print(f"{error.code} {_printable(error.pointer)}: {error}", file=sys.stderr)
        return EXIT_REFUSED
    return _write(text)


if __name__ == "__main__":
    sys.exit(main())
