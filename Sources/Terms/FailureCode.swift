/// What a program of Coppice ends with: the documented exit codes, but for 0.
public enum FailureCode: Int32, CaseIterable, Sendable {
  /// Some trials failed, or what was compared differs.
  case someTrialsFailed = 1
  /// What was asked for makes no sense: a name that does not exist, a value out of range.
  case usage = 64
  /// A file does not hold what it should.
  case badData = 65
  /// A file that is needed is not there.
  case inputMissing = 66
  /// A program that is needed is not installed.
  case toolMissing = 69
  /// The system could not read or write.
  case inputOutput = 74
  /// It may go well later: a lock, a server that does not answer, a run whose time was over.
  case tryAgain = 75
  /// An end was asked for, and came after a checkpoint.
  case interrupted = 130
}
