internal import Synchronization

/// Places for as many requests as may be at work, and the bytes that they may hold together.
///
/// A request has its place from the first byte of its body until its answer is sent.
final class Admissions: Sendable {
  private struct State {
    var places: [ObjectIdentifier: Entry] = [:]
    var bytes = 0
  }

  private struct Entry {
    var bytes = 0
    /// What waits for the client: its body, or a piece of the answer; nil while it is at work.
    var transfer: Transfer?
  }

  /// A body on its way, or a piece of an answer.
  private struct Transfer {
    /// Bytes that have come.
    var bytes = 0
    let start = ContinuousClock.now
    var last = ContinuousClock.now
    let stop: @Sendable () -> Void

    /// Whether it may have to give way: it came to a halt, or comes far slower than it must to be there in time.
    var isSlow: Bool {
      let now = ContinuousClock.now
      guard now - start >= Admissions.grace else { return false }
      return now - last >= Admissions.grace
        || Double(bytes) < Admissions.leastRate * ((now - start) / .seconds(1))
    }
  }

  /// How long a client may keep its place whatever its pace.
  private static let grace = Duration.seconds(2)
  /// Bytes a second that keep a body its place when others want it.
  private static let leastRate = 32_768.0

  private let placeLimit: Int
  private let byteLimit: Int
  /// Told when a request of many bytes is over.
  private let released: @Sendable () -> Void
  private let state = Mutex(State())

  init(places: Int, bytes: Int, released: @escaping @Sendable () -> Void) {
    (placeLimit, byteLimit, self.released) = (places, bytes, released)
  }

  /// One of the places; it is free when nobody holds it any more.
  final class Place: Sendable {
    private let admissions: Admissions

    fileprivate init(_ admissions: Admissions) {
      self.admissions = admissions
    }

    /// Counts bytes that have come.
    func hold(_ count: Int) throws(ServiceError) {
      try admissions.hold(count, ObjectIdentifier(self))
    }

    /// A piece of the answer waits for the client to read it; where it does not, others may take the place.
    ///
    /// - Parameter stop: Called when the place goes to another.
    func beginSending(stop: @escaping @Sendable () -> Void) {
      admissions.begin(Transfer(stop: stop), ObjectIdentifier(self))
    }

    /// What had to come or to go is there: nobody takes the place away.
    func endTransfer() { admissions.begin(nil, ObjectIdentifier(self)) }

    deinit { admissions.leave(ObjectIdentifier(self)) }
  }

  /// A place for a request whose body begins to arrive; where there is none, that of one which is slow.
  ///
  /// - Parameter stop: Called when the place goes to another before the body has arrived.
  func enter(stop: @escaping @Sendable () -> Void) throws(ServiceError) -> Place {
    let place = Place(self)
    let (isAdmitted, displaced) = state.withLock { state -> (Bool, Entry?) in
      var displaced: Entry?
      if state.places.count >= placeLimit {
        displaced = Self.removeSlowest(&state)
        if displaced == nil { return (false, nil) }
      }
      state.places[ObjectIdentifier(place)] = Entry(transfer: Transfer(stop: stop))
      return (true, displaced)
    }
    displaced?.transfer?.stop()
    guard isAdmitted else { throw .busy }
    return place
  }

  /// Takes the place of the client that has been slow for longest, and counts what it holds no more.
  private static func removeSlowest(_ state: inout State) -> Entry? {
    let slow = state.places.filter { $0.value.transfer?.isSlow ?? false }
    guard
      let slowest = slow.min(by: { a, b in
        (a.value.transfer?.start ?? .now) < (b.value.transfer?.start ?? .now)
      })
    else { return nil }
    state.bytes -= slowest.value.bytes
    return state.places.removeValue(forKey: slowest.key)
  }

  private func hold(_ count: Int, _ place: ObjectIdentifier) throws(ServiceError) {
    let (fits, displaced) = state.withLock { state -> (Bool, Entry?) in
      state.places[place]?.transfer?.last = .now
      state.places[place]?.transfer?.bytes += count
      if state.bytes + count > byteLimit { return (false, Self.removeSlowest(&state)) }
      guard state.places[place] != nil else { return (true, nil) }
      state.bytes += count
      state.places[place]?.bytes += count
      return (true, nil)
    }
    displaced?.transfer?.stop()
    guard fits else { throw .full }
  }

  private func begin(_ transfer: Transfer?, _ place: ObjectIdentifier) {
    state.withLock { $0.places[place]?.transfer = transfer }
  }

  private func leave(_ place: ObjectIdentifier) {
    let bytes = state.withLock { state -> Int in
      let bytes = state.places.removeValue(forKey: place)?.bytes ?? 0
      state.bytes -= bytes
      return bytes
    }
    if bytes > Self.manyBytes { released() }
  }

  /// Bytes of a request after which memory is given back, which takes as long as tagging a few sentences.
  private static let manyBytes = 100_000
}
