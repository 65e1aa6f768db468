// pcx load serve-target: flags -> load::TargetServer.
#include <charconv>
#include <cmath>

#include <fmt/format.h>

#include "cli/commands/load_tools.h"
#include "core/error.h"
#include "core/file.h"
#include "core/text.h"
#include "load/target_server.h"

namespace pcx::cli {

namespace {

double share_in(const Values& values) {
  const std::string& text = values.text("--error-share");
  double share = -1;
  const char* const end = text.data() + text.size();
  const auto [stop, failure] = std::from_chars(text.data(), end, share);
  if (failure == std::errc{} && stop == end && share >= 0 && share <= 1) return share;
  throw Error{ErrorCode::usage,
              fmt::format("option --error-share: '{}' is not between 0 and 1", text),
              "Write 0.05 for five answers in a hundred."};
}

load::TargetOptions target_options(const Values& values) {
  if (values.has("--freeze-after") && !values.has("--freeze-for")) {
    throw Error{ErrorCode::usage, "--freeze-after goes with --freeze-for", "Say for how long."};
  }
  load::TargetOptions options;
  options.port = static_cast<std::uint16_t>(values.integer("--port"));
  options.error_share = share_in(values);
  if (values.has("--freeze-for")) options.freeze_for = values.duration("--freeze-for");
  if (values.has("--freeze-after")) options.freeze_after = values.duration("--freeze-after");
  return options;
}

// Stops the server when a stop is requested, also before it runs.
class StopOnRequest {
 public:
  StopOnRequest(Interrupt& interrupt, load::TargetServer& server) : interrupt_(interrupt) {
    number_ = interrupt_.add_callback([&server](int) { server.stop(); });
    if (interrupt_.stop_requested()) server.stop();
  }
  StopOnRequest(const StopOnRequest&) = delete;
  StopOnRequest& operator=(const StopOnRequest&) = delete;
  ~StopOnRequest() { interrupt_.remove_callback(number_); }

 private:
  Interrupt& interrupt_;
  int number_ = 0;
};

Outcome run_serve(Context& context, const Values& values) {
  const auto options = target_options(values);
  const auto port_file = values.optional_text("--port-file");
  if (port_file) require_writable(*port_file);
  load::TargetServer server{options};
  if (port_file) write_file_atomically(*port_file, fmt::format("{}\n", server.port()));
  context.progress().say(
      fmt::format("answering at http://127.0.0.1:{} until Ctrl-C", server.port()));
  {
    const StopOnRequest stop{context.interrupt(), server};
    server.run();
  }
  Document document = Document::object();
  document.set("port", static_cast<std::int64_t>(server.port()));
  document.set("requests", server.requests());
  return {PlainText{fmt::format("{} answered.\n", counted(server.requests(), "request")),
                    std::move(document)}};
}

}  // namespace

std::vector<Cmd> load_target_commands() {
  return {{.path = "load serve-target",
           .summary = "Answer HTTP requests, to try load tests without an API",
           .detail =
               "A server on 127.0.0.1, which only this machine reaches. It answers {\"ok\": true}, "
               "and:\n\n"
               "  /delay/250          after 250 ms\n"
               "  /slow/250           its body after 250 ms\n"
               "  /status/503         with that status\n"
               "  /bytes/1024         so many bytes\n"
               "  /chunked/3          three chunks\n"
               "  /encoded/gzip       encoded so; also deflate, br, zstd\n"
               "  /echo               method, target, headers and body as JSON\n"
               "  /mirror             the body\n"
               "  /redirect/2         after two redirects; /redirect?to=URL redirects there\n"
               "  /cookie/NAME/VALUE  sets a cookie\n"
               "  /header/NAME/VALUE  has that header\n"
               "  /login              POST: a token\n"
               "  /private            only with a token of /login\n"
               "  /close, /leave      closes the connection, saying so or not\n"
               "  /cut, /reset        breaks off\n"
               "  /hang               never\n\n"
               "It runs until SIGINT or SIGTERM, and then ends with 0.",
           .options = {{.name = "--port",
                        .type = Type::integer,
                        .metavar = "PORT",
                        .help = "where it listens; 0: any that is free",
                        .fallback = "0",
                        .minimum = 0,
                        .maximum = 65535},
                       {.name = "--port-file",
                        .type = Type::file,
                        .metavar = "FILE",
                        .help = "write the port there once it listens"},
                       {.name = "--freeze-for",
                        .type = Type::duration,
                        .metavar = "DURATION",
                        .help = "stand still for so long: nothing is accepted, read or answered"},
                       {.name = "--freeze-after",
                        .type = Type::duration,
                        .metavar = "DURATION",
                        .help = "so long after the first request (default: from the beginning)"},
                       {.name = "--error-share",
                        .metavar = "SHARE",
                        .help = "of all answers that are 500 instead, from 0 to 1",
                        .fallback = "0"}},
           .examples = {{"pcx load serve-target --port 8080", "for the script of pcx load new"},
                        {"pcx load serve-target --freeze-after 4s --freeze-for 2s --port-file port",
                         "how does a load test look when the server stands still?"}},
           .exits = {{0, "it was stopped"}, {73, "the port is taken, or the file cannot be made"}},
           .needs = Needs::config,
           .run = run_serve}};
}

}  // namespace pcx::cli
