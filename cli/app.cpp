#include "cli/app.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <pwd.h>
#include <unistd.h>

#include <fmt/format.h>

#include "cli/render/render.h"
#include "cli/resolve.h"
#include "cli/sink.h"
#include "cli/terminal.h"
#include "core/error.h"
#include "core/file.h"
#include "core/log.h"
#include "core/redact.h"
#include "core/text.h"

namespace pcx::cli {

namespace {

// --config and PCX_CONFIG are needed before the file that might set anything else.
std::optional<std::string> config_flag(const Parsed& parsed) {
  for (const Given& given : parsed.options) {
    if (given.option->name == "--config") return given.text;
  }
  return std::nullopt;
}

std::string os_user() {
  std::array<char, 4096> buffer{};
  passwd entry{};
  passwd* found = nullptr;
  getpwuid_r(geteuid(), &entry, buffer.data(), buffer.size(), &found);
  return found != nullptr ? entry.pw_name : fmt::format("uid {}", geteuid());
}

std::string host_name() {
  std::array<char, 256> name{};
  if (gethostname(name.data(), name.size() - 1) != 0) return "unknown";
  return name.data();
}

bool logs_json(const Values& values) { return values.text("--log-format") == "json"; }

ProgressStyle progress_style(const Values& values) {
  const std::string& wanted = values.text("--progress");
  if (wanted == "json") return ProgressStyle::json;
  if (wanted == "none" || values.flag("--quiet")) return ProgressStyle::none;
  if (!is_terminal(STDERR_FILENO)) return ProgressStyle::sparse;
  return logs_json(values) ? ProgressStyle::json : ProgressStyle::line;
}

SayStyle say_style(const Values& values) {
  if (values.flag("--quiet")) return SayStyle::none;
  return logs_json(values) ? SayStyle::json : SayStyle::text;
}

// Nothing is configured that is so by default: a run without messages never pays for the logger.
void configure_log(const Values& values) {
  const bool json = logs_json(values);
  const bool verbose = values.flag("--verbose");
  if (!json && !verbose) return;
  log::configure(verbose ? log::Level::debug : log::Level::warning,
                 json ? log::Format::json : log::Format::text);
}

// "migrate up" shows "pcx.migrate.up/v1".
std::string schema_name(std::string_view path) {
  std::string dotted{path};
  std::replace(dotted.begin(), dotted.end(), ' ', '.');
  return fmt::format("pcx.{}/v1", dotted);
}

bool is_yes(std::string_view answer) {
  const auto word = trim(answer);
  return word == "y" || word == "Y" || word == "yes" || word == "Yes" || word == "YES";
}

}  // namespace

App::App(const Parsed& parsed, const std::vector<std::string>& words,
         const Environment& environment)
    : command_(*parsed.command), parsed_(parsed), words_(words), environment_(environment) {}

Finding App::run() {
  if (command_.needs != Needs::nothing) {
    signals_.emplace(interrupt_);
    read_configuration();
  }
  values_ = resolve(parsed_, environment_, config_);
  set_up_terminal();
  sessions_ = std::make_unique<Sessions>(
      SessionTools{command_, *values_, environment_, config_, clock_, interrupt_, *progress_});
  if (command_.needs == Needs::database || command_.needs == Needs::database_state) {
    sessions_->prepare();
  }
  if (const auto file = output_file()) require_writable(*file);
  const Outcome outcome = command_.run(*this, *values_);
  progress_->clear();
  try {
    show(outcome.shown);
  } catch (const Error& error) {
    if (!command_.mutating || is_dry_run(command_, *values_)) throw;
    throw Error{error.code(), error.what(),
                "The command is done, only its report is lost: do not run it again for that."};
  }
  if (outcome.error) throw Error{*outcome.error};
  return outcome.finding;
}

std::optional<std::string> App::output_file() const {
  if (command_.own_output) return std::nullopt;
  return values_->optional_text("--output");
}

void App::read_configuration() {
  const auto flag = config_flag(parsed_);
  const auto path = find_config_file(flag, environment_);
  if (path.empty()) return;
  std::error_code unreadable;  // read_config says so
  const bool is_gone = !std::filesystem::exists(path, unreadable) && !unreadable;
  if (is_gone && command_.config_may_be_gone && !flag) return;
  config_ = read_config(path, known_config_keys());
}

void App::set_up_terminal() {
  configure_log(*values_);
  progress_ =
      std::make_unique<StderrProgress>(progress_style(*values_), say_style(*values_),
                                       terminal_columns(STDERR_FILENO, environment_), clock_);
  prompt_ = std::make_unique<TerminalPrompt>(!values_->flag("--no-input"), interrupt_);
  if (command_.needs == Needs::nothing) return;  // help and completion stay silent
  for (const std::string& warning : warnings_about(environment_)) log::warning(warning);
}

void App::show(const Shown& shown) {
  const std::string choice = values_->flag("--no-color") ? "never" : values_->text("--color");
  const auto file = output_file();
  const RenderOptions options{
      .format = command_.own_format ? Format::text : format_named(values_->text("--format")),
      .schema = schema_name(command_.path),
      .color = !file && use_color(choice, is_terminal(STDOUT_FILENO), environment_)};
  const std::string text = render(shown, options);
  if (file) {
    write_file_atomically(*file, text, command_.confidential ? 0600 : 0644);
  } else {
    write_stdout(text);
  }
}

const Config& App::config() {
  if (command_.needs == Needs::nothing) {
    throw Error{ErrorCode::internal, "the command did not ask for the configuration"};
  }
  return config_;
}

db::Database& App::database() { return sessions_->database(); }

db::AdvisoryLock& App::lock(const db::AdvisoryKey& key) { return sessions_->lock(key); }

void App::upgrade_schema() { sessions_->upgrade_schema(); }

db::Database App::open_database(const db::ConnectOptions& options) {
  return sessions_->open(options);
}

db::Database App::open_database(const db::Target& target, const db::ConnectOptions& options) {
  return sessions_->open(target, options);
}

const db::Actor& App::actor() {
  if (!actor_) {
    const std::string reason =
        command_.mutating ? values_->optional_text("--reason").value_or("") : std::string{};
    actor_ = db::Actor{.os_user = os_user(),
                       .host = host_name(),
                       .command_line = redact("pcx " + join(words_, " ")),
                       .reason = redact(reason),
                       .run_id = uuid_v4(random_)};
  }
  return *actor_;
}

void App::confirm(const Values& values, std::string_view question,
                  const std::vector<std::string>& consequences) {
  consequences_ = consequences;
  if (values.flag("--yes")) {
    for (const std::string& consequence : consequences) progress_->say(consequence);
    return;
  }
  if (!prompt_->available()) {
    throw Error{ErrorCode::usage, fmt::format("'pcx {}' needs a confirmation", command_.path),
                "There is no terminal to ask on. Give --yes to go on without a question."};
  }
  progress_->clear();
  std::string text = join(consequences, "\n");
  if (!text.empty()) text += "\n";
  const auto answer = prompt_->ask(fmt::format("{}{} [y/N]", text, question));
  if (answer && is_yes(*answer)) return;
  throw Error{ErrorCode::declined, "not confirmed, nothing was done",
              "Answer y, or give --yes, to go on."};
}

db::Deed App::agreed(db::Deed deed) const {
  if (consequences_.empty()) return deed;
  Document lines = Document::array();
  for (const std::string& consequence : consequences_) lines.add(consequence);
  if (deed.details.is_null()) deed.details = Document::object();
  deed.details.set("consequences", std::move(lines));
  return deed;
}

}  // namespace pcx::cli
