// SPDX-License-Identifier: Apache-2.0
// madoguchi-virtual-card: makes simulated My Number Cards and puts one on a simulated reader. Exit status: 0 done (the
// card was taken away as asked), 2 usage, 3 environment.
#include <sys/signalfd.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <optional>

#include "tests/simulators/card/card_store.h"
#include "tests/simulators/card/reader_link.h"

namespace madoguchi::simulators {
namespace {

constexpr std::uint16_t kVpcdPort = 35963;  // 0x8C7B, the stock driver's own

struct Arguments {
  std::string state, people, person, port = "vpcd", timing = "fast";
  std::string pin, marker_pin_hex, token_label, swap_person, apdu_log, ready_file, sight_verifier;
  int tries = -1, valid_days = 0;
  bool valid_days_given = false;
  bool pin_disabled = false, no_extended = false, not_a_my_number_card = false, without_sight = false;
  bool forget_pin_on_reset = false, blocked_6984 = false, first_command_6f00 = false;
  std::uint64_t pull_at_apdu = 0, swap_at_apdu = 0;
};

int Fail(const Error& error) {
  std::fprintf(stderr, "madoguchi-virtual-card: %s (%d): %s\n", std::string(Describe(error.code).name).c_str(),
               static_cast<int>(error.code), error.detail.c_str());
  return error.code == ErrorCode::kConfigKeyUnknown || error.code == ErrorCode::kConfigValueInvalid ? 2 : 3;
}

Result<void> Init(const Arguments& arguments) {
  TRY_ASSIGN(const auto persons, ReadPersons(arguments.people));
  const CardStore store(arguments.state);
  TRY_VOID(store.Init(persons));
  if (arguments.sight_verifier.empty()) return {};
  return store.SetSightVerifier(arguments.sight_verifier);
}

// A card as its files say, changed by the command line.
Result<JpkiCard> MakeCard(const Arguments& arguments, const CardStore& store, const std::string& id) {
  TRY_ASSIGN(Person person, ReadPerson(arguments.people, id));
  if (arguments.valid_days_given) person.valid_until_days = arguments.valid_days;
  if (person.valid_until_days <= person.valid_from_days) person.valid_from_days = person.valid_until_days - 1;
  TRY_ASSIGN(CardOptions options, store.Load(person));
  if (!arguments.pin.empty()) options.memory.pin = arguments.pin;
  if (!arguments.marker_pin_hex.empty()) {
    const std::optional<Bytes> marker = FromHex(arguments.marker_pin_hex);
    if (!marker || marker->size() > kPinBytesMax) {
      return Error{ErrorCode::kConfigValueInvalid, "--marker-pin-hex: 1 to 16 bytes as hex digits", {}};
    }
    options.memory.pin = AsText(*marker);
  }
  if (arguments.tries >= 0) options.memory.pin_tries = arguments.tries;
  if (!arguments.token_label.empty()) options.token_label = arguments.token_label;
  options.pin_disabled = options.pin_disabled || arguments.pin_disabled;
  options.extended_apdu = options.extended_apdu && !arguments.no_extended;
  if (arguments.without_sight) options.sight_verifier = nullptr;
  options.not_a_my_number_card = arguments.not_a_my_number_card;
  options.pin_state_survives_reset = !arguments.forget_pin_on_reset;
  options.blocked_look_answers_6984 = arguments.blocked_6984;
  options.first_command_answers_6f00 = arguments.first_command_6f00;
  options.timing = arguments.timing == "real" ? Timing::kReal : Timing::kFast;
  return JpkiCard(std::move(options), [store, person](const CardMemory& memory) {
    if (const auto saved = store.SaveMemory(person, memory); !saved) {
      // A card that forgets its tries would be no card: better none.
      std::exit(Fail(saved.error()));
    }
  });
}

// SIGTERM, SIGINT and SIGHUP as a descriptor, so that they end every wait.
int StopDescriptor() {
  sigset_t signals;
  sigemptyset(&signals);
  for (const int signal : {SIGTERM, SIGINT, SIGHUP}) sigaddset(&signals, signal);
  sigprocmask(SIG_BLOCK, &signals, nullptr);
  return signalfd(-1, &signals, SFD_CLOEXEC);
}

Result<std::uint16_t> Port(const std::string& text) {
  if (text == "vpcd") return kVpcdPort;
  TRY_ASSIGN(const int port, NumberIn(text, 1, 65535));
  return static_cast<std::uint16_t>(port);
}

// A card stays on the reader when the card service restarts.
Result<LinkEnd> Serve(ReaderLink& link, JpkiCard& card, std::uint64_t pull_at_apdu) {
  for (;;) {
    TRY_ASSIGN(const LinkEnd end, link.Serve(card, pull_at_apdu));
    if (end != LinkEnd::kReaderGone) return end;
  }
}

Result<void> Run(const Arguments& arguments) {
  const int stop = StopDescriptor();
  const CardStore store(arguments.state);
  TRY_ASSIGN(const std::uint16_t port, Port(arguments.port));
  TRY_ASSIGN(JpkiCard card, MakeCard(arguments, store, arguments.person));
  // Made beforehand: a swap is to happen at once.
  std::optional<JpkiCard> other;
  if (arguments.swap_at_apdu > 0) {
    TRY_ASSIGN(other, MakeCard(arguments, store, arguments.swap_person));
  }
  std::fprintf(stderr, "madoguchi-virtual-card: SIMULATED card of a fictitious person (%s), no real My Number Card\n",
               arguments.person.c_str());
  ReaderLink link(port, stop, arguments.apdu_log, arguments.ready_file);
  TRY_ASSIGN(const LinkEnd end, Serve(link, card, other ? arguments.swap_at_apdu : arguments.pull_at_apdu));
  if (other && end == LinkEnd::kPulled) TRY_VOID(Serve(link, *other, 0));
  return {};
}

int Main(int argc, char** argv) {
  CLI::App app{"Simulated My Number Cards (JPKI application) for tests and demonstrations. No real card is involved."};
  app.require_subcommand(1);
  Arguments arguments;

  CLI::App* init = app.add_subcommand("init", "make the test CAs, anchors.pem and crl.pem; may be repeated");
  init->add_option("--state", arguments.state, "folder of keys and memories")->required();
  init->add_option("--people", arguments.people, "folder of <person-id>.xml and <person-id>.card")->required();

  init->add_option("--sight-verifier", arguments.sight_verifier,
                   "PEM file of the public key (P-256) for which these cards sign by sight, without PIN: a scheme of "
                   "ours, not a real card's");

  CLI::App* run = app.add_subcommand("run", "put a person's card on a reader; taken away when the program ends");
  run->add_option("--state", arguments.state, "folder made by init")->required();
  run->add_option("--people", arguments.people, "folder of <person-id>.card");
  run->add_option("--person", arguments.person, "person-id")->required();
  run->add_option("--port", arguments.port, "TCP port of the reader on 127.0.0.1, or vpcd")->capture_default_str();
  run->add_option("--timing", arguments.timing, "fast or real")
      ->check(CLI::IsMember({"fast", "real"}))
      ->capture_default_str();
  run->add_option("--pin", arguments.pin, "PIN of this card")
      ->check(CLI::Validator(
          [](const std::string& pin) {
            return pin.empty() || pin.size() > kPinBytesMax ? "1 to 16 characters" : std::string();
          },
          ""));
  run->add_option("--marker-pin-hex", arguments.marker_pin_hex,
                  "PIN as bytes, for tests that search for it afterwards");
  run->add_option("--tries", arguments.tries, "tries left")->check(CLI::Range(0, kPinTries));
  run->add_option("--valid-days", arguments.valid_days, "days until the certificate ends; may be negative")
      ->check(CLI::Range(-kValidDaysMax, kValidDaysMax));
  run->add_option("--token-label", arguments.token_label, "label in EF 0006");
  run->add_flag("--pin-disabled", arguments.pin_disabled, "a card without a PIN (顔認証マイナンバーカード)");
  run->add_flag("--without-sight", arguments.without_sight, "a card that knows no verifier: 6D00 to its proof");
  run->add_flag("--no-extended", arguments.no_extended, "answer 6700 to extended APDUs");
  run->add_flag("--not-a-my-number-card", arguments.not_a_my_number_card, "answer 6A82 to every application");
  run->add_flag("--forget-pin-on-reset", arguments.forget_pin_on_reset,
                "a verified PIN ends with reset or reselection");
  run->add_flag("--blocked-6984", arguments.blocked_6984, "empty VERIFY on a blocked PIN answers 6984 instead of 63C0");
  run->add_flag("--first-command-6f00", arguments.first_command_6f00, "the first command after power-up answers 6F00");
  CLI::Option* pull = run->add_option("--pull-at-apdu", arguments.pull_at_apdu,
                                      "take the card away when this APDU comes, counted from power-up");
  CLI::Option* swap =
      run->add_option("--swap-at-apdu", arguments.swap_at_apdu, "another card instead, when this APDU comes");
  CLI::Option* swap_person = run->add_option("--swap-person", arguments.swap_person, "whose card comes instead");
  swap->needs(swap_person)->excludes(pull);
  swap_person->needs(swap);
  run->add_option("--apdu-log", arguments.apdu_log, "file: one line per APDU, without any data");
  run->add_option("--ready-file", arguments.ready_file, "written when the reader has noticed the card");

  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 2;
  }
  arguments.valid_days_given = run->count("--valid-days") > 0;
  const auto done = init->parsed() ? Init(arguments) : Run(arguments);
  return done ? 0 : Fail(done.error());
}

}  // namespace
}  // namespace madoguchi::simulators

int main(int argc, char** argv) {
  return madoguchi::simulators::Main(argc, argv);
}
