# Part of Available to Sell. See LICENSE file for full copyright and licensing details.
import threading
import time

import ats_engine

from odoo import http

from . import world

BUSY_MAX_S = 120
LARGE_PRODUCTS = 200_000
LARGE_CHANNELS = 10


class EngineProbe(http.Controller):

    @http.route("/ats_engine_probe/compute", type="http", auth="none", sitemap=False)
    def compute(self):
        """What a worker computes, beside what the master did before the fork."""
        return http.request.make_json_response({"master": world.BEFORE_THE_FORK, "worker": world.answer(world.WORLD, threads=world.THREADS)})

    @http.route("/ats_engine_probe/thread", type="http", auth="none", sitemap=False)
    def thread(self):
        """The same in a thread of its own, beside which the request counts: the counter moves only while the GIL is free."""
        answers = []
        large = world.tables(LARGE_PRODUCTS)
        worker = threading.Thread(target=lambda: answers.append(world.answer(large, threads=1)))
        count, begun = 0, time.monotonic()
        worker.start()
        while worker.is_alive() and time.monotonic() - begun < BUSY_MAX_S:
            worker.join(0.001)
            count += 1
        return http.request.make_json_response({"count": count, "seconds": time.monotonic() - begun, "answer": answers[0],
                                                "alone": world.answer(large, threads=world.THREADS)})

    @http.route("/ats_engine_probe/busy", type="http", auth="none", sitemap=False)
    def busy(self, seconds):
        """Computes on and on for some seconds, if no limit of Odoo ends it before."""
        begun, count = time.monotonic(), 0
        while time.monotonic() - begun < min(float(seconds), BUSY_MAX_S):
            answer = world.answer(world.WORLD, threads=world.THREADS)
            count += 1
        return http.request.make_json_response({"count": count, "worker": answer, "master": world.BEFORE_THE_FORK})

    @http.route("/ats_engine_probe/memory", type="http", auth="none", sitemap=False)
    def memory(self):
        """Asks for more memory than the worker may have, and then for little."""
        large = world.tables(LARGE_PRODUCTS, LARGE_CHANNELS)
        try:
            ats_engine.compute_columns(large, now=0, threads=world.THREADS)
            outcome = "levels"
        except MemoryError:
            outcome = "MemoryError"
        del large
        return http.request.make_json_response({"outcome": outcome, "master": world.BEFORE_THE_FORK,
                                                "after": world.answer(world.WORLD, threads=world.THREADS)})
