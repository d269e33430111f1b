internal import Foundation

/// What makes a training the one that it is, by name: settings and files.
package struct TrainingIdentity: Codable, Sendable, Equatable {
  package struct File: Codable, Sendable, Equatable {
    package var name: String
    /// SHA-256, hexadecimal, or empty.
    package var sha256: String
  }

  /// Values by names such as `training.epochs`.
  private var settings: [String: String] = [:]
  private var files: [File]

  /// - Parameters:
  ///   - section: What the settings of the model are called.
  ///   - files: Training and dev data, in order.
  package init(
    _ section: String, _ configuration: any Encodable, _ training: any Encodable,
    files: [(name: String, sha256: String)]
  ) {
    self.files = files.map { File(name: $0.name, sha256: $0.sha256) }
    add(configuration, section)
    add(training, "training")
  }

  private mutating func add(_ values: any Encodable, _ name: String) {
    guard let data = try? JSONEncoder().encode(values),
      let fields = try? JSONSerialization.jsonObject(with: data)
    else { return }
    add(field: fields, name)
  }

  private mutating func add(field: Any, _ name: String) {
    if let fields = field as? [String: Any] {
      for (key, value) in fields { add(field: value, "\(name).\(key)") }
    } else if let list = field as? [Any] {
      settings[name] = "[" + list.map { "\($0)" }.joined(separator: ", ") + "]"
    } else {
      settings[name] = "\(field)"
    }
  }

  /// The settings that are not as they were; nil where none is, or nothing is known of them.
  func changedSettings(since before: TrainingIdentity?) -> String? {
    guard let before else { return nil }
    let changes = Set(settings.keys).union(before.settings.keys).sorted().compactMap { name in
      settings[name] == before.settings[name]
        ? nil
        : "\(name) (\(before.settings[name] ?? "not set") then, \(settings[name] ?? "not set") now)"
    }
    return changes.isEmpty ? nil : changes.joined(separator: ", ")
  }

  /// The files that are not as they were; nil where none is, or nothing is known of them.
  func changedFiles(since before: TrainingIdentity?) -> String? {
    guard let before else { return nil }
    var changes = files.filter { !before.files.contains($0) }.map { file in
      before.files.contains { $0.name == file.name } ? file.name : "\(file.name) (new)"
    }
    changes += before.files.filter { file in !files.contains { $0.name == file.name } }.map {
      "\($0.name) (not read now)"
    }
    return changes.isEmpty ? nil : changes.joined(separator: ", ")
  }
}
