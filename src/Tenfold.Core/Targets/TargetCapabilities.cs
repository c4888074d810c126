namespace Tenfold.Core.Targets;

/// <summary>What a target can do.</summary>
/// <param name="Kind">The word of its kind in <c>tenfold.yaml</c>.</param>
/// <param name="Calls">Its cost in calls of the backend.</param>
public sealed record TargetCapabilities(string Kind, CallsPerHundred Calls)
{
    /// <summary>
    /// True when agents report while a run runs, so that its logs, metrics and heartbeat are visible. False when everything arrives at the
    /// run's end: then silence is normal, and the control loop never takes it for a loss. Default: true.
    /// </summary>
    public bool ReportsLive { get; init; } = true;

    /// <summary>True when a submitted run can be stopped. False: the control loop waits for its end. Default: true.</summary>
    public bool CanStop { get; init; } = true;

    /// <summary>
    /// True when the next attempt gets the checkpoints, so that a lost run resumes. False: it starts again. Default: true.
    /// </summary>
    public bool CanResume { get; init; } = true;

    /// <summary>
    /// True when <c>resources.spot</c> chooses cheaper machines that may be preempted. False: the setting is ignored, with a note.
    /// Default: false.
    /// </summary>
    public bool HasSpot { get; init; }

    /// <summary>
    /// True when its machines have the secrets of runs themselves, so that no controller needs them. Default: false.
    /// </summary>
    public bool HasSecrets { get; init; }

    /// <summary>True when it has graphics processors. Default: false.</summary>
    public bool HasGpus { get; init; }

    /// <summary>The most processor cores that one run can have; null when there is no fixed limit.</summary>
    public double? Cores { get; init; }
}

/// <summary>
/// The most calls of its backend that a target makes for a hundred attempts in one call of <see cref="ITarget"/>. A remainder below a
/// hundred counts as a hundred. Reads and writes of the store are not counted.
/// </summary>
/// <param name="Start">Calls of <see cref="ITarget.StartAsync"/>, including those that read the backend's configuration once.</param>
/// <param name="Observe">Calls of <see cref="ITarget.ObserveAsync"/>.</param>
/// <param name="Stop">Calls of <see cref="ITarget.StopAsync"/>.</param>
public sealed record CallsPerHundred(int Start, int Observe, int Stop)
{
    /// <summary>The cost of a target that has no backend to call.</summary>
    public static CallsPerHundred None { get; } = new(0, 0, 0);
}
