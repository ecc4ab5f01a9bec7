// SPDX-License-Identifier: LGPL-3.0-only
#include <sys/mman.h>
#include <tbb/global_control.h>
#include <tbb/parallel_for.h>
#include <tbb/task_arena.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <exception>
#include <latch>
#include <thread>
#include <vector>

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

// Address space that is left free for the pool's own needs, while it is held.
class Headroom final {
 public:
  Headroom() : start_(mmap(nullptr, kBytes, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0)) {}
  ~Headroom() {
    if (held()) munmap(start_, kBytes);
  }
  Headroom(const Headroom&) = delete;
  Headroom& operator=(const Headroom&) = delete;
  [[nodiscard]] bool held() const { return start_ != MAP_FAILED; }

 private:
  static constexpr std::size_t kBytes = std::size_t{16} << 20;
  void* start_;
};

// Whether that many threads can be started beside the caller's. oneTBB ends the
// process, or waits for ever, when it cannot start one, and Odoo limits the
// memory of its workers: so it is tried first. The stacks of threads that have
// ended are kept by the C library, and are there for the pool.
bool can_start(std::size_t count) {
  const Headroom headroom;
  if (!headroom.held()) return false;
  std::latch leave(1);
  std::vector<std::thread> started;
  bool all = true;
  try {
    started.reserve(count);
    while (started.size() < count) started.emplace_back([&leave] { leave.wait(); });
  } catch (const std::exception&) {  // no thread, or no memory
    all = false;
  }
  leave.count_down();
  for (std::thread& thread : started) thread.join();
  return all;
}

int serially(std::size_t chunks, const std::function<void(std::size_t)>& work) {
  for (std::size_t chunk = 0; chunk < chunks; ++chunk) work(chunk);
  return 1;
}

}  // namespace

int threads_available() { return tbb::info::default_concurrency(); }

int for_each_chunk(std::size_t chunks, int threads, const std::function<void(std::size_t)>& work) {
  threads = static_cast<int>(std::min({static_cast<std::size_t>(std::max(threads, 1)), chunks, kThreadsLimit}));
  if (threads <= 1) return serially(chunks, work);
  const PoolLease lease;
  if (!lease.held() || !can_start(static_cast<std::size_t>(threads) - 1)) return serially(chunks, work);
  const Pool pool(threads);
  tbb::task_arena arena(threads);
  arena.execute([&] { tbb::parallel_for(std::size_t{0}, chunks, work); });
  return threads;
}

}  // namespace ats::internal
