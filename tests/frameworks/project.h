// A small project of each framework: one migration that is applied, and one that a plan is to take the place of.
#pragma once

#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "analyzer/server/schema_state.h"
#include "tests/support/process.h"
#include "tests/support/temp_dir.h"

namespace pglatch::testing {

// Its files' names, below its own directory.
struct ProjectForm {
  std::string framework;
  std::string folder;   // of the migrations
  std::string applied;  // file of the migration that makes the tables
  std::string risky;    // of the one that is planned
  bool outside = true;  // the framework can run something outside of a transaction

  // What stands around the SQL of a file.
  std::string before{};
  std::string after{};
  std::vector<std::pair<std::string, std::string>> others{};  // files with their text
};

[[nodiscard]] const std::vector<ProjectForm>& project_forms();
[[nodiscard]] const ProjectForm& project_form(const std::string& framework);

class Project {
 public:
  explicit Project(const ProjectForm& form);

  // Writes the plan of its risky migration as files; what pglatch said.
  ProcessResult plan(std::vector<std::string> more = {}) const;

  [[nodiscard]] const ProjectForm& form() const { return form_; }
  [[nodiscard]] std::filesystem::path directory() const { return directory_.path(); }
  [[nodiscard]] std::filesystem::path folder() const { return directory() / form_.folder; }

  // The SQL of the two migrations, without what the framework wants around it.
  [[nodiscard]] static std::string tables();
  [[nodiscard]] std::string risk() const;

  // Every file but the migration that is applied, each below a line with its name.
  [[nodiscard]] std::string written() const;

 private:
  const ProjectForm& form_;
  TempDir directory_;
};

// "object: value" of each, for people to compare.
[[nodiscard]] std::vector<std::string> as_lines(const std::vector<SchemaFact>& facts);

}  // namespace pglatch::testing
