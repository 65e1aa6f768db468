#include "tests/interchange/stage.h"

#include <csignal>
#include <stdexcept>

#include "core/json.h"
#include "tests/interchange/answers.h"

namespace pcx::interchange {

using testing::Ran;

Stage::Stage(testing::Postgres& server, PrismaEngine& engine, int major,
             const std::map<std::string, int>& exits)
    : server_(server),
      engine_(engine),
      major_(major),
      exits_(exits),
      site_(server),
      folder_(shell_.folder() / "prisma/migrations") {}

// --- the tools

std::string Stage::pcx_command(const std::string& words) const {
  return "DATABASE_URL='" + site_.url(schema_) + "' exec pcx migrate " + words +
         " --format json --dir '" + folder_.path().string() + "'";
}

int Stage::exit_code_for(const std::string& command, const std::string& kind) const {
  for (const std::string& key : {command + " " + kind, "any " + kind}) {
    const auto found = exits_.find(key);
    if (found != exits_.end()) return found->second;
  }
  return 0;
}

std::string Stage::checked(const std::string& words, const Ran& ran) const {
  const std::string command = words.substr(0, words.find(' '));
  const std::string answer = answer_of_pcx(command, ran);
  const int expected = exit_code_for(command, answer.substr(0, answer.find(' ')));
  return ran.exit == expected ? answer : answer + " (exit " + std::to_string(ran.exit) + ")";
}

std::string Stage::ask_pcx(const std::string& words) {
  const Ran ran = shell_.run(pcx_command(words));
  last_words_ = ran.out + ran.err;
  return checked(words, ran);
}

Document Stage::prisma_command(std::string words) const {
  Document command = Document::object();
  const std::size_t name = words.rfind(' ');
  if (name != std::string::npos) {
    command.set("name", words.substr(name + 1));
    words.erase(name);
  }
  command.set("do", words).set("url", site_.url(schema_));
  return command.set("folder", folder_.path().string());
}

std::string Stage::ask_prisma(const std::string& words) {
  engine_.send(prisma_command(words));
  const Document answer = engine_.receive();
  if (!background_prisma_) site_.wait_for_end_of_prisma();
  last_words_ = to_json(answer);
  return answer_of_prisma(answer);
}

// --- a tool in the background

void Stage::begin(const std::string& words) {
  if (words == "pcx up") {
    const std::string command = "echo $$ > pid; " + pcx_command("up");
    background_pcx_ =
        std::async(std::launch::async, [this, command] { return background_shell_.run(command); });
  } else if (words == "prisma up") {
    background_prisma_ = std::make_unique<PrismaEngine>(major_);
    background_prisma_->send(prisma_command("up"));
  } else {
    throw std::runtime_error{"nobody can begin " + words};
  }
  site_.wait_for_sleep();
}

std::string Stage::finish() {
  if (background_pcx_.valid()) return checked("up", background_pcx_.get());
  const auto prisma = std::move(background_prisma_);
  const Document answer = prisma->receive();
  site_.wait_for_end_of_prisma();
  return answer_of_prisma(answer);
}

void Stage::kill() {
  if (background_pcx_.valid()) {
    ::kill(std::stoi(testing::content_of(background_shell_.folder() / "pid")), SIGKILL);
    background_pcx_.get();
  }
  background_prisma_.reset();
  site_.end_sessions();
}

// --- the steps

std::string Stage::perform(const Step& step) {
  if (step.verb == "pcx") return ask_pcx(step.words);
  if (step.verb.starts_with("prisma")) return ask_prisma(step.words);
  if (step.verb == "finish") return finish();
  if (step.verb == "begin") {
    begin(step.words);
  } else if (step.verb == "kill") {
    kill();
  } else if (step.verb == "sql" || step.verb == "also") {
    site_.run(step.words);
    if (step.verb == "also") also_.push_back(step);
  } else if (step.verb == "hold") {
    site_.hold(step.words);
  } else if (step.verb == "release") {
    site_.release();
    if (!background_prisma_) site_.wait_for_end_of_prisma();
  } else if (step.verb == "reference") {
    references_[step.words.substr(0, step.words.find(' '))] = step.words;
  } else if (step.verb == "schema") {
    schema_ = step.words;
  } else if (!folder_.change(step)) {
    throw std::runtime_error{"no step is called " + step.verb};
  }
  return "";
}

std::string Stage::dump_of_prisma_alone(const std::map<std::string, std::string>& scripts) {
  Stage alone{server_, engine_, major_, exits_};
  alone.schema_ = schema_;
  for (const auto& [name, script] : scripts) alone.folder_.write(name, script);
  for (const auto& [name, words] : references_) {
    alone.folder_.change({.verb = "file", .words = words});
  }
  const std::string answer = alone.ask_prisma("up");
  const bool did = answer.starts_with("applied ") || scripts.empty();
  if (!did) throw std::runtime_error{"the reference: " + answer};
  for (const Step& step : also_) alone.perform(step);
  return alone.dump();
}

// Many scenarios end with the same files.
std::string Stage::reference_dump() {
  static std::map<std::string, std::string> known;
  const auto scripts = site_.applied_scripts(schema_, folder_);
  std::string key = std::to_string(major_) + " " + schema_;
  for (const auto& [name, script] : scripts) key += "\n" + name + "\n" + script;
  for (const Step& step : also_) key += "\n" + step.words;
  for (const auto& [name, words] : references_) key += "\n" + words;
  std::string& dump = known[key];
  if (dump.empty()) dump = dump_of_prisma_alone(scripts);
  return dump;
}

}  // namespace pcx::interchange
