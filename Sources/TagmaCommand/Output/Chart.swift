internal import Foundation
internal import Tagma

/// Lines over an axis, as SVG that needs nothing else.
struct Chart {
  struct Line {
    var name: String
    var points: [(x: Double, y: Double)]
  }

  var title = ""
  var xTitle: String
  var yTitle = ""
  var lines: [Line]
  /// Whether the vertical axis shows powers of ten.
  var isLogarithmic = false
  /// What the vertical axis spans; nil spans what there is.
  var yRange: ClosedRange<Double>?

  private static let colors = ["#1f77b4", "#d62728", "#2ca02c", "#9467bd", "#ff7f0e", "#17becf"]
  private static let (width, height) = (640.0, 360.0)
  private static let (left, right, top, bottom) = (64.0, 130.0, 36.0, 48.0)
  /// What is smaller counts as this where powers of ten are shown.
  private static let floor = 1e-12

  private func scaled(_ y: Double) -> Double { isLogarithmic ? log10(max(y, Self.floor)) : y }

  var svg: String {
    let all = lines.flatMap(\.points).filter { $0.y.isFinite }
    let (lowX, highX) = (all.map(\.x).min() ?? 0, all.map(\.x).max() ?? 1)
    let ys = all.map { scaled($0.y) }
    let lowY = yRange?.lowerBound ?? ys.min() ?? 0
    let highY = max(yRange?.upperBound ?? ys.max() ?? 1, lowY + 1e-9)
    func place(_ x: Double, _ y: Double) -> (String, String) {
      let inner = (Self.width - Self.left - Self.right, Self.height - Self.top - Self.bottom)
      let px = Self.left + (x - lowX) / max(highX - lowX, 1e-9) * inner.0
      let py = Self.top + (highY - scaled(y)) / (highY - lowY) * inner.1
      return (decimal(px, 1), decimal(py, 1))
    }
    var out =
      "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 \(Int(Self.width)) \(Int(Self.height))\" "
      + "width=\"\(Int(Self.width))\" font-family=\"sans-serif\" font-size=\"12\">\n"
      + "<rect width=\"100%\" height=\"100%\" fill=\"white\"/>\n"
      + text(Self.left, 20, title, "font-size=\"15\"")
      + text(Self.left, Self.height - 10, xTitle) + text(6, Self.top - 6, yTitle)
    for part in 0...4 {
      let y = lowY + (highY - lowY) * Double(part) / 4
      let value = isLogarithmic ? pow(10, y) : y
      let at = place(lowX, value).1
      out +=
        "<line x1=\"\(Self.left)\" x2=\"\(Self.width - Self.right)\" y1=\"\(at)\" y2=\"\(at)\" stroke=\"#ddd\"/>\n"
      let label = isLogarithmic ? String(format: "%.0e", value) : decimal(value, 2)
      out += "<text x=\"8\" y=\"\(at)\" dy=\"4\">\(label)</text>\n"
    }
    for x in Set(
      lines.flatMap { line in line.points.count > 12 ? [] : line.points.map(\.x) } + [lowX, highX]
    )
    .sorted() {
      out +=
        "<text x=\"\(place(x, isLogarithmic ? 1 : lowY).0)\" y=\"\(Self.height - Self.bottom + 18)\" text-anchor=\"middle\">\(Int(x))</text>\n"
    }
    for (k, line) in lines.enumerated() {
      let color = Self.colors[k % Self.colors.count]
      let points = line.points.filter(\.y.isFinite).map { point -> String in
        let (x, y) = place(point.x, point.y)
        return "\(x),\(y)"
      }
      out +=
        "<polyline fill=\"none\" stroke=\"\(color)\" stroke-width=\"2\" points=\"\(points.joined(separator: " "))\"/>\n"
      out += text(
        Self.width - Self.right + 10, Self.top + 14 + 18 * Double(k), line.name,
        "fill=\"\(color)\"")
    }
    return out + "</svg>\n"
  }

  private func text(_ x: Double, _ y: Double, _ text: String, _ attributes: String = "") -> String {
    "<text x=\"\(x)\" y=\"\(y)\" \(attributes)>\(htmlEscaped(text))</text>\n"
  }
}
