namespace Tenfold.Core.Targets;

/// <summary>
/// A backend could not be asked: it does not answer, its program is missing, or it refuses this user. Nothing may be concluded from that.
/// </summary>
/// <param name="message">What failed, why, and what to do.</param>
/// <param name="inner">The cause.</param>
public sealed class TargetException(string message, Exception? inner = null) : Exception(message, inner);
