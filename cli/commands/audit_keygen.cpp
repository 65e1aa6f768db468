// pcx audit keygen: the key that signs the trail's checkpoints, into a file and nowhere else.
#include <fmt/format.h>

#include "audit/signing_key_file.h"
#include "cli/commands/audit_tools.h"
#include "core/error.h"
#include "core/text.h"

namespace pcx::cli {

namespace {

Outcome run_keygen(Context& context, const Values& values) {
  const std::string& file = values.text("--out");
  if (file.empty() || file == "-") {
    throw Error{ErrorCode::usage, "--out wants the name of a new file",
                "The signing key is a secret: it goes nowhere but into a file of its own."};
  }
  const std::string& name = values.text("--name");
  if (!audit::is_key_name(name)) {
    throw Error{
        ErrorCode::usage,
        fmt::format("option --name: '{}' cannot be the name of a key", escape_controls(name)),
        "Name it without white space and '+'."};
  }
  const auto verifier = audit::create_signing_key_file(file, name, context.random());
  Document document = Document::object();
  document.set("verifier_key", verifier.text());
  document.set("name", verifier.name());
  document.set("id", fmt::format("{:08x}", verifier.id()));
  document.set("file", file);
  return {PlainText{verifier.text() + "\n", std::move(document)}};
}

}  // namespace

std::vector<Cmd> audit_keygen_commands() {
  return {
      {.path = "audit keygen",
       .summary = "Make the key that signs the trail, and print how to verify it",
       .detail =
           "An Ed25519 key, in the text of signed notes (c2sp.org/signed-note). The file has mode "
           "0600 and is never written over; the database never sees it. Who can read it can sign a "
           "trail that never was: keep it on the machine that seals, where people who administer "
           "the database have no account.\n\nWhat is printed, the verifier key, is public: give it "
           "to whoever verifies, and put it into the configuration (audit.verifier_keys). A "
           "sandbox "
           "needs no key of yours: 'pcx audit install' makes one beside it.",
       .options = {{.name = "--out",
                    .type = Type::file,
                    .metavar = "FILE",
                    .help = "new file for the signing key, mode 0600",
                    .required = true},
                   {.name = "--name",
                    .metavar = "NAME",
                    .help = "name of the key in what it signs, without white space and '+'",
                    .fallback = audit::kSigningKeyName}},
       .examples = {{"pcx audit keygen --out /etc/pcx/audit.key > audit.pub",
                     "the key for the machine that seals, the verifier key for everybody"}},
       .exits = {{0, "made"},
                 {64, "no name of a file, or of a key"},
                 {73, "the file is there already, or cannot be made"}},
       .run = run_keygen}};
}

}  // namespace pcx::cli
