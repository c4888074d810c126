namespace Tenfold.Core.Studies;

/// <summary>The time that a trial has used so far, as <see cref="BudgetUsage"/> counts it.</summary>
/// <param name="Time">From when the trial was suggested, or its first run started, to when its outcome was recorded.</param>
/// <param name="Runs">Its runs that have started: the time that costs money.</param>
/// <param name="IsCompleted">True when it ran to its end, and so shows how long a trial takes.</param>
public sealed record TrialUsage(TimeInterval Time, IReadOnlyList<TimeInterval> Runs, bool IsCompleted);

/// <summary>A period of time.</summary>
/// <param name="Begin">When it began.</param>
/// <param name="End">When it ended; null while it lasts.</param>
public sealed record TimeInterval(DateTimeOffset Begin, DateTimeOffset? End)
{
    /// <summary>Its length so far; never negative, even if the clock is set back.</summary>
    public TimeSpan Length(DateTimeOffset now) => (End ?? now) is var end && end > Begin ? end - Begin : TimeSpan.Zero;
}

/// <summary>What a trial of a study needs and costs.</summary>
/// <param name="Parallel">How many run at once.</param>
/// <param name="Repeat">How many runs make a trial.</param>
/// <param name="MaxRuntime">The time after which a run is stopped; null for never.</param>
/// <param name="UsdPerHour">What a machine costs; null when unknown, 0 when it costs nothing.</param>
public sealed record TrialTerms(int Parallel, int Repeat = 1, TimeSpan? MaxRuntime = null, decimal? UsdPerHour = null);
