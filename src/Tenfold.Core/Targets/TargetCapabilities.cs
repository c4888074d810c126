namespace Tenfold.Core.Targets;

/// <summary>What a target can do.</summary>
/// <param name="Kind">Its kind, as <c>tenfold.yaml</c> has it.</param>
/// <param name="LiveLogs">True when logs and metrics can be seen while a run runs.</param>
/// <param name="Stop">True when a run can be stopped.</param>
/// <param name="Resume">True when checkpoints reach the next attempt.</param>
/// <param name="Spot">True when it has cheaper machines that may be taken away.</param>
/// <param name="Gpus">True when it can give graphics processors.</param>
/// <param name="Cores">Cores at most for one run; null when it has no fixed bound.</param>
/// <param name="MaxRuntime">The longest a run may take there; null for no bound.</param>
/// <param name="UsdPerHour">What a machine costs; null when not known, 0 when it costs nothing.</param>
public sealed record TargetCapabilities(
    string Kind, bool LiveLogs, bool Stop, bool Resume, bool Spot, bool Gpus, double? Cores = null, TimeSpan? MaxRuntime = null, decimal? UsdPerHour = null);
