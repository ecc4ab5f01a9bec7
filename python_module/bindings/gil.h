// SPDX-License-Identifier: LGPL-3.0-only
#pragma once

#include <Python.h>
#include <cxxabi.h>
#include <unistd.h>

namespace ats::python {

// Gives Python's lock back while it lives. A daemon thread may come out of the
// engine when the interpreter has begun to end: Python up to 3.13 then ends
// the thread from inside PyEval_RestoreThread by unwinding its stack, which no
// destructor may let through (pybind11's own release guard ends the process
// with SIGABRT). Here such a thread waits for the process to end, as Python
// 3.14 has it wait.
class GilReleased final {
 public:
  GilReleased() : state_(PyEval_SaveThread()) {}
  ~GilReleased() {
#ifdef __GLIBCXX__
    try {
      PyEval_RestoreThread(state_);
    } catch (abi::__forced_unwind&) {
      for (;;) pause();  // caught and not thrown again only because nothing comes after
    }
#else
    PyEval_RestoreThread(state_);
#endif
  }
  GilReleased(const GilReleased&) = delete;
  GilReleased& operator=(const GilReleased&) = delete;

 private:
  PyThreadState* state_;
};

}  // namespace ats::python
