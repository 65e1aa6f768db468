// A pcx that runs beside the test.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <sys/types.h>
#include <vector>

#include "tests/support/temporary_folder.h"

namespace pcx::testing {

class PcxProcess {
 public:
  struct Options {
    std::map<std::string, std::string> variables;  // besides LANG and DATABASE_URL
    bool as_postgres = false;                      // when root: as the user "postgres"
    std::string shell;  // before it, in the same process: "ulimit -c unlimited"
  };

  // Starts "pcx WORDS" on the database at `url`, with an environment of its own.
  PcxProcess(const std::vector<std::string>& words, const std::string& url, const Options& options);
  PcxProcess(const std::vector<std::string>& words, const std::string& url)
      : PcxProcess(words, url, Options{}) {}
  PcxProcess(const PcxProcess&) = delete;
  PcxProcess& operator=(const PcxProcess&) = delete;
  ~PcxProcess();  // kills one that still runs

  pid_t pid() const { return pid_; }
  bool has_ended();
  void kill_it();  // and waits for its end
  int wait();      // for its end: as wait_for_end()
  // The same; throws std::runtime_error with what it said unless it returns 0.
  void expect_success();
  std::string said() const;  // on stdout and stderr, so far

 private:
  TemporaryFolder folder_;
  std::filesystem::path output_;
  std::string name_;
  pid_t pid_ = -1;
  int status_ = -1;  // -1: it runs
};

// Runs it to its end and returns what it said. Throws as expect_success() does.
std::string run_pcx(const std::vector<std::string>& words, const std::string& url);

}  // namespace pcx::testing
