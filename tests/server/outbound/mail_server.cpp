// SPDX-License-Identifier: Apache-2.0
#include "tests/server/outbound/mail_server.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>

namespace madoguchi::outbound::test {

MailServer::MailServer(const std::string& mode, const Authority& authority) {
  std::array<int, 2> input{}, output{};
  EXPECT_EQ(pipe2(input.data(), O_CLOEXEC), 0);
  EXPECT_EQ(pipe2(output.data(), O_CLOEXEC), 0);
  const HttpsFiles files = authority.files();
  child_ = fork();
  if (child_ == 0) {
    dup2(input[0], STDIN_FILENO);
    dup2(output[1], STDOUT_FILENO);
    execl("/usr/bin/python3", "python3", MADOGUCHI_MAIL_SERVER, mode.c_str(), files.certificate.c_str(),
          files.key.c_str(), static_cast<char*>(nullptr));
    _exit(127);
  }
  close(input[0]);
  close(output[1]);
  input_ = input[1];
  output_ = fdopen(output[0], "r");
  port_ = Line();
  EXPECT_FALSE(port_.empty()) << "mail_server.py did not start";
}

MailServer::~MailServer() {
  close(input_);
  std::fclose(output_);
  waitpid(child_, nullptr, 0);
}

std::string MailServer::Line() {
  std::string line;
  for (int c = std::fgetc(output_); c != EOF && c != '\n'; c = std::fgetc(output_)) line += static_cast<char>(c);
  return line;
}

std::string MailServer::NextMail() {
  return Line();
}

}  // namespace madoguchi::outbound::test
