// SPDX-License-Identifier: Apache-2.0
// One run of the program: the command that was chosen and what it needs. Each command group adds its commands to the
// tree (groups.h); parsing chooses one, and its act runs afterwards. Thread: one.
#pragma once
#include <CLI/CLI.hpp>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "admin/cli/failure.h"
#include "admin/cli/labels.h"
#include "admin/cli/output.h"
#include "admin/cli/secrets.h"
#include "admin/cli/settings.h"

namespace madoguchi::cli {

class Client;

inline constexpr std::size_t kTextBytesMax = 1000;  // of one argument; the server's limits are lower

struct Shell {
  Settings settings;
  std::vector<std::string> words;    // the command as it was typed
  std::function<Done(Shell&)> act;   // of the chosen command
  std::shared_ptr<Client> client;    // made before the act runs
  std::shared_ptr<Secrets> secrets;  // likewise
};

CLI::App& AddGroup(CLI::App& app, const std::string& name, const std::string& description);
CLI::App& AddCommand(CLI::App& group, Shell& shell, const std::string& name, const std::string& description,
                     std::function<Done(Shell&)> act);

// Texts of people: UTF-8, at most kTextBytesMax. `into` outlives the parsing: a field of a request that the act owns.
CLI::Option& AddText(CLI::App& command, const std::string& name, std::string* into, const std::string& description);
CLI::Option& AddNumber(CLI::App& command, const std::string& name, std::function<void(std::uint32_t)> take,
                       const std::string& description);
CLI::Option& AddFlag(CLI::App& command, const std::string& name, std::function<void()> take,
                     const std::string& description);
// The words of an enum (labels.h).
CLI::Option& AddChoice(CLI::App& command, const std::string& name, const google::protobuf::EnumDescriptor& type,
                       std::function<void(int)> take, const std::string& description);
// --approval, of acts that need two people.
void AddApproval(CLI::App& command, std::string* into);

// The question before what cannot be taken back; --yes answers it. Nothing: go on.
Done Agree(const Shell& shell, const std::string& question);

// --institution, or the only institution there is. Usage when there are several.
Done FillInstitution(Shell& shell, std::string* into);

}  // namespace madoguchi::cli
