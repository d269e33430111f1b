internal import TagmaKernels

/// The place of one tensor inside a `Parameters` block.
package struct Parameter: Sendable, Hashable {
  package let index: Int
  package let range: Range<Int>
  package let shape: [Int]
}

/// The names, shapes and places of all tensors of a model, in the order they were declared.
package struct ParameterLayout: Sendable {
  package struct Entry: Sendable {
    package let name: String
    package let parameter: Parameter
    let initializer: Initializer
    /// Rows are looked up, so most have no gradient in a step: zeroing and updating skip them.
    package let isLookup: Bool
  }

  package private(set) var entries: [Entry] = []
  /// Elements of the whole block.
  package private(set) var count = 0

  package init() {}

  /// Reserves room for a tensor.
  package mutating func declare(
    _ name: String, shape: Int..., initializer: Initializer, isLookup: Bool = false
  ) -> Parameter {
    let size = shape.reduce(1, *)
    let parameter = Parameter(index: entries.count, range: count..<count + size, shape: shape)
    entries.append(
      Entry(name: name, parameter: parameter, initializer: initializer, isLookup: isLookup))
    count += size
    return parameter
  }
}

/// The values of all tensors of a model in one contiguous block.
package struct Parameters: Sendable {
  package let layout: ParameterLayout
  package var elements: [Float]

  /// Values drawn by each tensor's initialiser.
  package init(_ layout: ParameterLayout, seed: UInt64) {
    self.layout = layout
    elements = [Float](repeating: 0, count: layout.count)
    var random = SplitMix64(seed: seed)
    for entry in layout.entries {
      entry.initializer.fill(
        &elements, range: entry.parameter.range, shape: entry.parameter.shape, &random)
    }
  }

  /// Given values.
  package init(_ layout: ParameterLayout, elements: [Float]) {
    precondition(elements.count == layout.count, "Parameters: wrong number of elements")
    self.layout = layout
    self.elements = elements
  }

  /// The values of a layout whose tensors are all among these.
  package func elements(of part: ParameterLayout) -> [Float] {
    guard part.count < layout.count else { return elements }
    var places: [String: Range<Int>] = [:]
    for entry in layout.entries { places[entry.name] = entry.parameter.range }
    return part.entries.flatMap { entry in
      guard let place = places[entry.name], place.count == entry.parameter.range.count else {
        preconditionFailure("elements: no tensor '\(entry.name)' of this size")
      }
      return elements[place]
    }
  }

  /// The values of one tensor.
  @_lifetime(borrow self)
  package func span(_ parameter: Parameter) -> Span<Float> {
    elements.span.extracting(parameter.range)
  }
}

/// Gradients of the same layout as `Parameters`, or of a stretch of it, with a note of the rows of lookup tables touched.
package struct Gradients: Sendable {
  package let entries: ArraySlice<ParameterLayout.Entry>
  /// The place in the layout that `elements` begins at.
  package let start: Int
  package var elements: [Float]
  /// For each lookup table by index of its parameter: the rows touched, each once, in order.
  package private(set) var touched: [[Int]]
  private var isTouched: [[Bool]]

  /// - Parameter stretch: What they are of, whole tensors; all unless given.
  package init(_ layout: ParameterLayout, of stretch: Range<Int>? = nil) {
    let stretch = stretch ?? 0..<layout.count
    entries = layout.entries.drop { $0.parameter.range.lowerBound < stretch.lowerBound }
      .prefix { $0.parameter.range.lowerBound < stretch.upperBound }
    start = stretch.lowerBound
    elements = [Float](repeating: 0, count: stretch.count)
    touched = Array(repeating: [], count: layout.entries.count)
    isTouched = Array(repeating: [], count: layout.entries.count)
    for entry in entries where entry.isLookup {
      isTouched[entry.parameter.index] = Array(repeating: false, count: entry.parameter.shape[0])
    }
  }

  /// Notes that rows of a lookup table have a gradient.
  package mutating func touch(_ parameter: Parameter, rows: [Int]) {
    for row in rows where !isTouched[parameter.index][row] {
      isTouched[parameter.index][row] = true
      touched[parameter.index].append(row)
    }
  }

  /// The ranges of elements that may differ from zero, in order.
  package var activeRanges: [Range<Int>] {
    var ranges: [Range<Int>] = []
    var mayGrow = false
    for entry in entries {
      let parameter = entry.parameter
      let range = parameter.range.lowerBound - start..<parameter.range.upperBound - start
      if entry.isLookup {
        let width = parameter.range.count / max(parameter.shape[0], 1)
        for row in touched[parameter.index] {
          let place = range.lowerBound + row * width
          ranges.append(place..<place + width)
        }
      } else if mayGrow, let last = ranges.last {
        ranges[ranges.count - 1] = last.lowerBound..<range.upperBound
      } else {
        ranges.append(range)
      }
      mayGrow = !entry.isLookup
    }
    return ranges
  }

  /// Sets every element to zero, visiting only what may differ.
  package mutating func reset() {
    let ranges = activeRanges
    var out = elements.mutableSpan
    for range in ranges { clear(&out, range) }
    for index in touched.indices {
      for row in touched[index] { isTouched[index][row] = false }
      touched[index].removeAll(keepingCapacity: true)
    }
  }

  /// Adds another worker's gradients to these.
  package mutating func add(_ other: Gradients, threads: Int = 1) {
    for entry in entries where entry.isLookup {
      touch(entry.parameter, rows: other.touched[entry.parameter.index])
    }
    var to = elements.mutableSpan
    let from = other.elements.span
    for range in other.activeRanges {
      TagmaKernels.add(
        from.extracting(range), to: &to, at: range.lowerBound, threads: threads)
    }
  }
}
