# Part of Available to Sell. See LICENSE file for full copyright and licensing details.
"""The engine inside Odoo's own processes: before and after the fork, in threads, at Odoo's limits, at the end. A right answer or an exception of
Python, never a hang: every request here has a limit."""

import http.client
import json
import os
import signal
import threading
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from harness import odoo_server, odoo_source
from harness.waiting import wait_for

HERE = Path(__file__).parent
ANSWER_LIMIT_S = 60
STOP_LIMIT_S = 15
BUSY_S = 6
BUSY_TICKS = 50
CPU_LIMIT_S = 4
MEMORY_ROOM_BYTES = 160 * 2**20
"""What a worker may take beyond what it has when it is idle."""
THREADS = 2


@pytest.fixture
def probed(db):
    """A factory: a prefork Odoo with the probe loaded server-wide, so that its master has used the engine before it forked."""
    started = []

    def start(**options):
        settings = {"addons_path": f"{odoo_source.find().addons_path()},{HERE / 'addons'}", "server_wide_modules": "base,web,ats_engine_probe",
                    "limit_memory_soft": 0, "limit_memory_hard": 0, **options}
        started.append(odoo_server.OdooServer(db, name=f"{db}_{len(started)}", crons=0, options=settings))
        return started[-1]

    yield start
    for server in started:
        server.stop()


def ask(server, route, limit_s=ANSWER_LIMIT_S):
    with urllib.request.urlopen(f"{server.url}/ats_engine_probe/{route}", timeout=limit_s) as answer:
        return json.load(answer)


def ask_from_all_workers(server):
    """One answer of each HTTP worker, by process id."""
    answers = {}

    def all_there():
        one = ask(server, "compute")
        answers[one["worker"]["pid"]] = one
        return len(answers) >= 2

    wait_for(all_there, limit_s=ANSWER_LIMIT_S, what="both HTTP workers answer")
    return answers


def check(answer):
    """The worker's levels are the master's, on as many threads."""
    assert answer["worker"]["digest"] == answer["master"]["digest"]
    assert answer["worker"]["threads_used"] == answer["master"]["threads_used"] == THREADS


def test_workers_compute_what_their_master_did_before_the_fork_on_as_many_threads(probed):
    server = probed()
    for pid, answer in ask_from_all_workers(server).items():
        check(answer)
        assert answer["master"]["pid"] == server.pid
        assert pid in server.worker_pids()


def test_in_a_thread_of_a_worker_the_gil_is_free(probed):
    answer = ask(probed(), "thread")
    assert answer["answer"]["digest"] == answer["alone"]["digest"]
    assert answer["count"] >= 10, answer


def _keep_busy(server, seconds, into):
    try:
        into.append(ask(server, f"busy?seconds={seconds}"))
    except (OSError, urllib.error.URLError, http.client.HTTPException) as error:
        into.append(error)


def test_the_cpu_limit_ends_a_worker_that_computes_and_the_next_one_is_right(probed):
    server = probed(limit_time_cpu=CPU_LIMIT_S)
    before = set(ask_from_all_workers(server))
    outcome = []
    request = threading.Thread(target=_keep_busy, args=(server, ANSWER_LIMIT_S, outcome))
    request.start()
    request.join(ANSWER_LIMIT_S)
    assert not request.is_alive()
    assert isinstance(outcome[0], Exception), "the worker was cut off"
    log = server.log.read_text()
    assert "CPU time limit exceeded" in log
    # gone for good: not a process that waits for a thread, and no crash
    wait_for(lambda: len(before & set(server.worker_pids())) == 1, limit_s=ANSWER_LIMIT_S, what="the worker's process has ended")
    after = ask_from_all_workers(server)
    assert set(after) - before, "a new worker took its place"
    for answer in after.values():
        check(answer)
    assert "terminate called" not in server.log.read_text()


def test_without_memory_left_there_is_a_memory_error_and_the_worker_goes_on(probed):
    idle = probed()
    largest = max(_address_space(pid) for pid in ask_from_all_workers(idle))
    idle.stop()
    answer = ask(probed(limit_memory_hard=largest + MEMORY_ROOM_BYTES), "memory")
    assert answer["outcome"] == "MemoryError"
    assert answer["after"]["digest"] == answer["master"]["digest"]


def _address_space(pid):
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[0])
    return pages * os.sysconf("SC_PAGE_SIZE")


def test_a_server_that_is_stopped_while_it_computes_answers_and_ends(probed):
    server = probed()
    before = set(ask_from_all_workers(server))
    ticks = {pid: _cpu_ticks(pid) for pid in before}
    outcome = []
    request = threading.Thread(target=_keep_busy, args=(server, BUSY_S, outcome))
    request.start()
    wait_for(lambda: any(_cpu_ticks(pid) > ticks[pid] + BUSY_TICKS for pid in before), limit_s=ANSWER_LIMIT_S, what="a worker computes")
    os.kill(server.pid, signal.SIGINT)
    request.join(ANSWER_LIMIT_S)
    check(outcome[0])
    wait_for(lambda: not server.running(), limit_s=STOP_LIMIT_S, what="the master ends")
    assert not any(Path(f"/proc/{pid}").exists() for pid in before)


def _cpu_ticks(pid):
    """Hundredths of a second of processor time that a process has used."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return int(fields[11]) + int(fields[12])
