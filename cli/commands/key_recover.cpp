// pcx key recover: what the private key in the safe is good for.
#include "cli/commands/key_tools.h"
#include "cli/commands/key_views.h"
#include "core/file.h"
#include "core/json.h"
#include "keyring/recovery.h"

namespace pcx::cli {

namespace {

Outcome run_export(Context& context, const Values& values) {
  const auto keyring = open_keyring(context, values);
  return {PlainText{
      .text = to_json(keyring::export_recovery(keyring, context.clock().wall_now()), 2) + "\n"}};
}

Outcome run_test(Context& context, const Values& values) {
  const Secret pem = read_secret_file(values.text("FILE"));
  return show_recovery_test(keyring::test_recovery(open_keyring(context, values), pem));
}

const ExitNote kNoKeyringNote{66, "there is no keyring, no file, or no key-encryption key"};

Cmd export_command() {
  return {.path = "key recover export",
          .summary = "Write down what the private key in the safe opens",
          .detail =
              "JSON with the public facts of every data key, its wraps under the recovery "
              "keys, and their labels: with the private key, OpenSSL alone opens them. "
              "Without it the file is of no use to anybody, so keep it where backups are.",
          .options = {kek_option()},
          .examples = {{"pcx key recover export --output recovery.json", "to a file, mode 0600"}},
          .exits = {{0, "written"}, kNoKeyringNote, {80, "the keyring was changed without pcx"}},
          .needs = Needs::database,
          .confidential = true,
          .run = run_export};
}

Cmd test_command() {
  return {.path = "key recover test",
          .summary = "Prove that the private key from the safe opens every key",
          .detail =
              "Opens every recovery wrap with it, and compares each key with the one that "
              "the key-encryption key opens. Changes nothing. Take the file back to the safe "
              "afterwards.",
          .options = {kek_option()},
          .arguments = {{.name = "FILE",
                         .help = "the private key from the safe, as PEM",
                         .type = Type::file}},
          .examples = {{"pcx key recover test /media/usb/pcx-recovery.pem", "once a quarter"}},
          .exits = {{0, "it opens every key"},
                    {2, "some wrap is missing, does not open, or holds another key"},
                    kNoKeyringNote,
                    {77, "the file can be read by others"},
                    {80, "it is no private key, or of no recovery key of this keyring"}},
          .needs = Needs::database,
          .run = run_test};
}

}  // namespace

std::vector<Cmd> key_recover_commands() {
  return {{.path = "key recover", .summary = "Export and test the recovery wraps"},
          export_command(),
          test_command()};
}

}  // namespace pcx::cli
