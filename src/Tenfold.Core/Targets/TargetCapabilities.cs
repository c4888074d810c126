namespace Tenfold.Core.Targets;

/// <summary>What a target can do.</summary>
/// <param name="Kind">Its kind, as <c>tenfold.yaml</c> has it.</param>
/// <param name="Calls">What it costs in calls of its backend.</param>
public sealed record TargetCapabilities(string Kind, CallsPerHundred Calls)
{
    /// <summary>
    /// True when agents report while a run runs, so that logs, metrics and a sign of life can be seen. False when everything comes at the
    /// run's end: then silence is normal, and the control loop never concludes from it that a run is lost. Default: true.
    /// </summary>
    public bool ReportsLive { get; init; } = true;

    /// <summary>True when a submitted run can be stopped. False: the control loop waits for its end. Default: true.</summary>
    public bool CanStop { get; init; } = true;

    /// <summary>True when checkpoints reach the next attempt, so that a lost run resumes. False: it begins anew. Default: true.</summary>
    public bool CanResume { get; init; } = true;

    /// <summary>True when it has cheaper machines that may be taken away. Default: false.</summary>
    public bool HasSpot { get; init; }

    /// <summary>True when it has graphics processors. Default: false.</summary>
    public bool HasGpus { get; init; }

    /// <summary>The most processor cores that one run can have; null when the target has no fixed bound.</summary>
    public double? Cores { get; init; }

    /// <summary>The longest time that a run may take; null when there is no bound.</summary>
    public TimeSpan? MaxRuntime { get; init; }
}

/// <summary>
/// The most calls of its backend that a target makes for a hundred attempts in one call of <see cref="ITarget"/>. A remainder below a
/// hundred counts as a hundred. Reads and writes of the store are not counted.
/// </summary>
/// <param name="Start">Calls of <see cref="ITarget.StartAsync"/>, including those that ask once what the backend is and allows.</param>
/// <param name="Observe">Calls of <see cref="ITarget.ObserveAsync"/>.</param>
/// <param name="Stop">Calls of <see cref="ITarget.StopAsync"/>.</param>
public sealed record CallsPerHundred(int Start, int Observe, int Stop)
{
    /// <summary>The cost of a target that has no backend to call.</summary>
    public static CallsPerHundred None { get; } = new(0, 0, 0);
}
