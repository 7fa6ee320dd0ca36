// SPDX-License-Identifier: Apache-2.0
#include "terminal/agent/readers_command.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "terminal/agent/entry.h"
#include "terminal/agent/error_output.h"
#include "terminal/agent/passcode_commands.h"
#include "terminal/reader/card_session.h"
#include "terminal/reader/reader_facts.h"
#include "terminal/reader/reader_watch.h"
#include "terminal/reader/tested_models.h"
#include "terminal/relay/script_runner.h"

namespace madoguchi::agent {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::chrono::seconds kLookWithin{5};
constexpr std::uint16_t kCertificateBytesMax = 4096;

// Reads the certificate as a check would; whether that took an extended command is the answer. What was read is
// dropped.
CardScript ProbeScript() {
  return {.steps = {{TransmitStep{0x00, 0xA4, 0x04, 0x0C,
                                  Bytes{0xD3, 0x92, 0xF0, 0x00, 0x26, 0x01, 0x00, 0x00, 0x00, 0x01}},
                     {{0x9000}}},
                    {ReadFileStep{0x000A, kCertificateBytesMax, true}, {{0x9000}}}},
          .last = true};
}

ReaderLine Look(const reader::ReaderState& state) {
  ReaderLine line{state, std::nullopt, false};
  if (!state.card_present) {
    line.extended = reader::ExtendedByReader(state.name);
    return line;
  }
  const Result<std::unique_ptr<reader::CardSession>> session =
      reader::CardSession::Open(state.name, Deadline::In(kLookWithin));
  if (!session) {
    line.held_by_other_program = session.error().code == ErrorCode::kReaderHeldByOtherProgram;
    return line;
  }
  line.extended = (*session)->extended_by_reader();
  relay::ScriptRunner runner(**session, false, relay::ExtendedApdu::kUnknown);
  const relay::ScriptRun run = runner.RunOpening(ProbeScript());
  if (!run.answers.steps.empty() && runner.extended() != relay::ExtendedApdu::kUnknown) {
    line.extended = runner.extended() == relay::ExtendedApdu::kWorks;
  }
  return line;
}

// Why no check can be made here, in a word; empty when nothing speaks against it.
std::string Unsuitable(const ReaderLine& line) {
  if (reader::IsSecurityModuleSlot(line.state.name)) return "security_module_slot";
  if (line.extended == false) return "no_extended_apdu";
  return {};
}

std::string UnsuitableText(const std::string& word) {
  if (word == "security_module_slot")
    return "内蔵SAMの差込口で、患者のカードは置けません / slot of a built-in security module";
  if (word == "no_extended_apdu")
    return "拡張APDUに対応していません(分割して読み取ります) / no extended APDUs (read in pieces)";
  return {};
}

Json ToJson(const ReaderLine& line) {
  Json out = {{"name", line.state.name}, {"card_present", line.state.card_present}};
  if (!line.state.atr.empty()) out["atr"] = ToHex(line.state.atr);
  if (line.extended) out["extended_apdu"] = *line.extended;
  if (line.held_by_other_program) out["held_by_other_program"] = true;
  const std::string unsuitable = Unsuitable(line);
  out["suitable"] = unsuitable.empty();
  if (!unsuitable.empty()) out["unsuitable"] = unsuitable;
  const std::optional<std::string_view> model = reader::TestedModel(line.state.name);
  out["on_tested_list"] = model.has_value();
  if (model) out["tested_model"] = *model;
  return out;
}

const reader::ReaderState* Find(const std::vector<reader::ReaderState>& readers, const std::string& name) {
  const auto found = std::find_if(readers.begin(), readers.end(),
                                  [&name](const reader::ReaderState& one) { return one.name == name; });
  return found == readers.end() ? nullptr : &*found;
}

std::string EventLine(const std::string& event, const std::string& text, const std::string& reader, const Bytes& atr,
                      bool json) {
  if (!json) return text + (reader.empty() ? "" : ": " + reader);
  Json out = {{"event", event}};
  if (!reader.empty()) out["reader"] = reader;
  if (!atr.empty()) out["atr"] = ToHex(atr);
  return out.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace

std::string ReadersJson(const std::vector<ReaderLine>& lines) {
  Json readers = Json::array();
  for (const ReaderLine& line : lines) readers.push_back(ToJson(line));
  const Json out = {{"ok", true},
                    {"readers", readers},
                    {"tested_list",
                     {{"date", reader::kTestedModelsDate},
                      {"complete", false},
                      {"note_ja", reader::kTestedModelsNoteJa},
                      {"note_en", reader::kTestedModelsNoteEn}}}};
  return out.dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::string ReadersText(const std::vector<ReaderLine>& lines) {
  std::string text;
  for (const ReaderLine& line : lines) {
    text += line.state.name + "\n";
    text +=
        "  カード / card: " + (line.state.card_present ? "あり ATR " + ToHex(line.state.atr) : std::string("なし")) +
        "\n";
    const std::string extended = !line.extended ? "不明(カードを置くと確認できます) / unknown without a card"
                                 : *line.extended ? "対応 / yes"
                                                  : "非対応 / no";
    text += "  拡張APDU / extended APDU: " + extended + "\n";
    if (line.held_by_other_program) text += "  ほかのプログラムが使用中 / held by another program\n";
    if (const std::string why = UnsuitableText(Unsuitable(line)); !why.empty()) text += "  注意 / note: " + why + "\n";
    const std::optional<std::string_view> model = reader::TestedModel(line.state.name);
    text += "  動作確認済み機種 / tested model: " +
            (model ? std::string(*model) : std::string("一覧にありません / not on the list")) + "\n";
  }
  return text + std::string(reader::kTestedModelsNoteJa) + "\n" + std::string(reader::kTestedModelsNoteEn);
}

int ReadersCommand(const Options& options) {
  reader::ReaderWatch watch;
  const std::optional<reader::ReadersSeen> seen = watch.Wait(Deadline::In(kLookWithin));
  if (!seen || !seen->service_available)
    return ShowError({ErrorCode::kPcscServiceUnavailable, "no PC/SC service answers", {}}, options.json);
  if (seen->readers.empty()) return ShowError({ErrorCode::kNoReader, "no reader", {}}, options.json);
  std::vector<ReaderLine> lines;
  for (const reader::ReaderState& state : seen->readers) lines.push_back(Look(state));
  PrintLine(options.json ? ReadersJson(lines) : ReadersText(lines));
  return kExitDone;
}

std::vector<std::string> Changes(const reader::ReadersSeen& before, const reader::ReadersSeen& now, bool json) {
  std::vector<std::string> lines;
  const auto say = [&](const std::string& event, const std::string& text, const std::string& reader, const Bytes& atr) {
    lines.push_back(EventLine(event, text, reader, atr, json));
  };
  if (before.service_available != now.service_available) {
    if (now.service_available)
      say("service_available", "PC/SC サービスに接続しました / PC/SC service is there", "", {});
    if (!now.service_available) say("service_gone", "PC/SC サービスがありません / PC/SC service is gone", "", {});
  }
  for (const reader::ReaderState& was : before.readers) {
    if (Find(now.readers, was.name) == nullptr)
      say("reader_removed", "リーダーが外れました / reader removed", was.name, {});
  }
  for (const reader::ReaderState& is : now.readers) {
    const reader::ReaderState* was = Find(before.readers, is.name);
    if (was == nullptr) say("reader_added", "リーダーを見つけました / reader added", is.name, {});
    const bool had = was != nullptr && was->card_present;
    const bool other = had && is.card_present && was->card_events != is.card_events;
    if (had && (!is.card_present || other)) say("card_removed", "カードが離れました / card removed", is.name, {});
    if (is.card_present && (!had || other))
      say("card_inserted", "カードが置かれました / card put down", is.name, is.atr);
  }
  return lines;
}

int WatchCommand(const Options& options) {
  constexpr std::chrono::hours kForever{24};
  if (!options.directory.empty()) {
    Result<Entry> entry = Entry::Open(options.secrets_fd);
    const Result<void> in = entry ? AskPasscode(options, *entry) : entry.error();
    if (!in) return ShowError(in.error(), options.json);
  }
  reader::ReaderWatch watch;
  reader::ReadersSeen before;
  bool first = true;
  for (;;) {
    std::optional<reader::ReadersSeen> now = watch.Wait(Deadline::In(kForever));
    if (!now) continue;
    if (first && !now->service_available)
      PrintLine(EventLine("service_gone", "PC/SC サービスがありません / PC/SC service is gone", "", {}, options.json));
    first = false;
    for (const std::string& line : Changes(before, *now, options.json)) PrintLine(line);
    before = std::move(*now);
  }
}

}  // namespace madoguchi::agent
