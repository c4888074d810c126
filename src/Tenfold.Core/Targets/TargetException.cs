namespace Tenfold.Core.Targets;

/// <summary>
/// A backend could not be asked: it does not answer, its program is missing, or it refuses this user. Nothing may be concluded from that.
/// </summary>
/// <param name="problem">What failed, and why; a sentence without what it means for submitted work.</param>
/// <param name="inner">The cause.</param>
public sealed class TargetException(string problem, Exception? inner = null) : Exception(problem, inner)
{
    /// <summary>What failed, and why.</summary>
    public string Problem { get; } = problem;

    /// <summary>
    /// What it means for work that was submitted, as a sentence; null when nothing follows. It does not hold for new work.
    /// </summary>
    public string? Meanwhile { get; init; }

    /// <summary>What to do, as a sentence; null when the problem says it.</summary>
    public string? Advice { get; init; }

    /// <inheritdoc/>
    public override string Message => string.Join(' ', new[] { Problem, Meanwhile, Advice }.OfType<string>());

    /// <summary>The message for work that is only planned: nothing of it was submitted, so nothing goes on meanwhile.</summary>
    public string MessageForNewWork => string.Join(' ', new[] { Problem, Advice }.OfType<string>());
}
