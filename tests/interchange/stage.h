// Both tools, and what they act on: one database and one folder of migrations.
#pragma once

#include <future>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "tests/interchange/folder.h"
#include "tests/interchange/prisma_engine.h"
#include "tests/interchange/scenario.h"
#include "tests/interchange/site.h"
#include "tests/support/postgres.h"
#include "tests/support/shell.h"

namespace pcx::interchange {

class Stage {
 public:
  // `engine` answers for Prisma of version `major`; `exits` are pcx's exit codes.
  Stage(testing::Postgres& server, PrismaEngine& engine, int major,
        const std::map<std::string, int>& exits);

  // Does one step; what was answered, empty when the step wants no answer. Throws
  // std::runtime_error when it is no step, or fails where it must not.
  std::string perform(const Step& step);

  // All that was said to the last question, for whoever wants to know why.
  const std::string& last_words() const { return last_words_; }

  std::string rows() { return site_.rows(schema_, folder_); }
  std::string dump() const { return site_.dump(); }

  // What the dump would be had Prisma alone deployed the files of what is applied here, and nothing
  // else happened but the steps "also"; with the files of the steps "reference".
  std::string reference_dump();

 private:
  std::string ask_pcx(const std::string& words);
  std::string ask_prisma(const std::string& words);
  std::string pcx_command(const std::string& words) const;
  Document prisma_command(std::string words) const;
  int exit_code_for(const std::string& command, const std::string& kind) const;
  std::string checked(const std::string& words, const testing::Ran& ran) const;

  std::string dump_of_prisma_alone(const std::map<std::string, std::string>& scripts);

  void begin(const std::string& words);
  std::string finish();
  void kill();

  testing::Postgres& server_;
  PrismaEngine& engine_;
  int major_;
  const std::map<std::string, int>& exits_;
  Site site_;
  testing::Shell shell_;
  MigrationFolder folder_;
  std::string schema_ = "public";
  std::vector<Step> also_;
  std::map<std::string, std::string> references_;  // name, and name and SQL
  std::string last_words_;

  // What `begin` started: one of the two. The future's destructor waits for pcx's end.
  testing::Shell background_shell_;
  std::future<testing::Ran> background_pcx_;
  std::unique_ptr<PrismaEngine> background_prisma_;
};

}  // namespace pcx::interchange
