namespace Tenfold.Core.Targets;

/// <summary>
/// A backend gave no answer: it is offline, its program is missing, or it refuses this user. Nothing may be concluded from that. What a
/// target refuses, for instance wrong options, is a <see cref="Outcomes.Refusal"/> or a <see cref="StartOutcome"/>.
/// </summary>
/// <param name="problem">What failed, and why: a sentence that says nothing about submitted work.</param>
/// <param name="inner">The cause.</param>
public sealed class TargetException(string problem, Exception? inner = null) : Exception(problem, inner)
{
    /// <summary>What failed, and why.</summary>
    public string Problem { get; } = problem;

    /// <summary>
    /// What it means for submitted work, as a sentence; null when it means nothing. Not shown for new work.
    /// </summary>
    public string? Meanwhile { get; init; }

    /// <summary>What to do, as a sentence; null when <see cref="Problem"/> says so.</summary>
    public string? Advice { get; init; }

    /// <inheritdoc/>
    public override string Message => string.Join(' ', new[] { Problem, Meanwhile, Advice }.OfType<string>());

    /// <summary>The message for work that is only planned, without <see cref="Meanwhile"/>.</summary>
    public string MessageForNewWork => string.Join(' ', new[] { Problem, Advice }.OfType<string>());
}
