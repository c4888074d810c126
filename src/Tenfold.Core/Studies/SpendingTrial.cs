namespace Tenfold.Core.Studies;

/// <summary>What a trial has used so far, as <see cref="Spending"/> counts it.</summary>
/// <param name="Time">From when it was asked, or when its first run started, to when it was told.</param>
/// <param name="Runs">Its runs that have started: the time that is paid for.</param>
/// <param name="IsCompleted">True when it ran to its end, so that it shows how long a trial takes.</param>
public sealed record SpendingTrial(Stretch Time, IReadOnlyList<Stretch> Runs, bool IsCompleted);

/// <summary>A stretch of time.</summary>
/// <param name="Begin">When it began.</param>
/// <param name="End">When it ended; null: it has not.</param>
public sealed record Stretch(DateTimeOffset Begin, DateTimeOffset? End)
{
    /// <summary>Its length at a moment; never below 0, though the clock be set back.</summary>
    public TimeSpan Length(DateTimeOffset now) => (End ?? now) is var end && end > Begin ? end - Begin : TimeSpan.Zero;
}

/// <summary>What a study's trials are like.</summary>
/// <param name="Parallel">How many run at once.</param>
/// <param name="Repeat">How many runs make a trial.</param>
/// <param name="MaxRuntime">After which time a run is stopped; null for never.</param>
/// <param name="UsdPerHour">What a machine costs; null when not known, 0 when it costs nothing.</param>
public sealed record SpendingTerms(int Parallel, int Repeat = 1, TimeSpan? MaxRuntime = null, decimal? UsdPerHour = null);
