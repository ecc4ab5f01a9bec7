// SPDX-License-Identifier: LGPL-3.0-only
#include <tbb/global_control.h>
#include <tbb/parallel_for.h>
#include <tbb/task_arena.h>
#include <unistd.h>

#include <atomic>

#include "parallel.h"

namespace ats::internal {
namespace {

// oneTBB does not survive a fork while its workers live, and Odoo forks its
// workers at any time. So the pool exists only inside a call, and only one
// call at a time has it: a second one works serially rather than waiting.
// A process forked while its parent was inside such a call finds the parent's
// id here for ever, and stays serial: the copied pool has no threads.
std::atomic<pid_t> pool_user{0};

class PoolLease final {
 public:
  PoolLease() {
    pid_t nobody = 0;
    held_ = pool_user.compare_exchange_strong(nobody, getpid());
  }
  ~PoolLease() {
    if (held_) pool_user.store(0);
  }
  PoolLease(const PoolLease&) = delete;
  PoolLease& operator=(const PoolLease&) = delete;
  [[nodiscard]] bool held() const { return held_; }

 private:
  bool held_ = false;
};

// Ends the pool's threads when the call ends, however it ends.
class Pool final {
 public:
  explicit Pool(int threads)
      : limit_(tbb::global_control::max_allowed_parallelism, static_cast<std::size_t>(threads)),
        handle_(tbb::attach{}) {}
  ~Pool() { tbb::finalize(handle_, std::nothrow); }
  Pool(const Pool&) = delete;
  Pool& operator=(const Pool&) = delete;

 private:
  tbb::global_control limit_;
  tbb::task_scheduler_handle handle_;
};

int serially(std::size_t chunks, const std::function<void(std::size_t)>& work) {
  for (std::size_t chunk = 0; chunk < chunks; ++chunk) work(chunk);
  return 1;
}

}  // namespace

int threads_available() { return tbb::info::default_concurrency(); }

int for_each_chunk(std::size_t chunks, int threads, const std::function<void(std::size_t)>& work) {
  if (threads <= 1 || chunks <= 1) return serially(chunks, work);
  const PoolLease lease;
  if (!lease.held()) return serially(chunks, work);
  const Pool pool(threads);
  tbb::task_arena arena(threads);
  arena.execute([&] { tbb::parallel_for(std::size_t{0}, chunks, work); });
  return threads;
}

}  // namespace ats::internal
