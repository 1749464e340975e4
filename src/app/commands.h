// The subcommands of `eyrie`. Each prints for people on standard output, complaints on standard error, and returns the
// process's exit code: 0 all well; 1 something failed; 2 wrong usage (by the command line parser).
#pragma once

#include <iostream>
#include <optional>
#include <string>
#include <vector>

#include "base/config/config.h"
#include "base/result.h"

namespace eyrie::app {

// What a command returns that fails: the reason is told.
inline int complain(const Error& error) {
  std::cerr << "eyrie: " << error.message << "\n";
  return 1;
}

struct ServeArguments {
  std::string data;
  std::string config_file;
  std::string listen;  // overrides the file's
  std::string log;     // likewise
  std::string cold;    // likewise
  std::string tls_certificate, tls_key;  // likewise
  bool tls_self_signed = false;          // likewise
};
int serve(const ServeArguments& arguments);

struct AnalyzeArguments {
  std::vector<std::string> files;
  bool json = false;
  double min_confidence = 80;
  unsigned jobs = 0;   // 0: one a core
  std::string model_set = "default";
};
int analyze(const AnalyzeArguments& arguments);

int print_environment(const std::string& data);

struct ModelsArguments {
  std::string data;
  bool json = false;
};
int list_models(const ModelsArguments& arguments);

struct CelebritiesArguments {
  std::string data;
  std::string source;            // import: a folder or a CSV file
  bool replace = false;          // import: forget who was there before
  bool json = false;             // list
  std::vector<std::string> ids;  // remove; empty: everybody
  std::string model_set = "default";
};
int import_celebrities(const CelebritiesArguments& arguments);
int list_celebrities(const CelebritiesArguments& arguments);
int remove_celebrities(const CelebritiesArguments& arguments);

enum class UsersCommand { kAdd, kList, kRemove, kPassword };
struct UsersArguments {
  std::string data;
  std::string config_file, cold;  // as for serve: where archived objects lie
  std::string name, email, phone;
  std::string role;  // admin, analyst, uploader
  bool json = false;
};
int change_users(UsersCommand command, const UsersArguments& arguments);

struct FsckArguments {
  std::string data;
  std::string config_file, cold;  // as for serve
  bool json = false;
};
// 0: all is whole; 1: there is damage; 2: it could not be looked at.
int check_data(const FsckArguments& arguments);

struct BackupArguments {
  std::string data;
  std::string config_file, cold;  // as for serve
  std::string target;
};
int back_up(const BackupArguments& arguments);

struct RestoreArguments {
  std::string backup;
  std::string data;         // an empty directory, or one that is not there
  bool check_only = false;  // nothing is restored
};
int restore(const RestoreArguments& arguments);

enum class KeysCommand { kStatus, kRotate };
struct KeysArguments {
  std::string data;
  std::string config_file, cold;  // as for serve
  std::string to;                 // rotate: file, environment, kms; empty: as it is
};
int change_keys(KeysCommand command, const KeysArguments& arguments);

}  // namespace eyrie::app
