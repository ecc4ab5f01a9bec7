# Part of Available to Sell. See LICENSE file for full copyright and licensing details.
"""Command line of the engine: ``python3 -m ats_engine compute FILE``,
``python3 -m ats_engine explain FILE --listing ID`` and
``python3 -m ats_engine compare FILE RULES``. One FILE may be ``-`` for standard input.

Exit status: 0 done, 2 the document is refused (code, pointer and message on standard
error), or the arguments, the file or standard output cannot be used.
"""

import argparse
import errno
import os
import sys

from . import WorldError, __version__, compare, compute, explain

EXIT_REFUSED = 2


def _identifier(text):
    try:
        number = int(text)
    except ValueError:
        number = None
    if number is None or not -(2**63) < number < 2**63:
        raise argparse.ArgumentTypeError(f"{text!r} is not an id of 64 bits")
    return number


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
    return parser


def _run(arguments):
    document = _read(arguments.file)
    if arguments.command == "compute":
        return compute(document)
    if arguments.command == "explain":
        return explain(document, arguments.listing)
    return compare(document, _read(arguments.rules))


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
