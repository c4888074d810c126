using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Tenfold.Core.Reasons;

/// <summary>
/// How reasons and warnings are stored: as a JSON object with the member <c>code</c> and the members of the case, such as
/// <c>{"code":"exited","exitCode":3,"lastLines":"…"}</c>.
/// </summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(Reason))]
[JsonSerializable(typeof(Reason.Note))]
[JsonSerializable(typeof(Reason.Preparing))]
[JsonSerializable(typeof(Reason.WaitsForRoom))]
[JsonSerializable(typeof(Reason.WaitsForAgent))]
[JsonSerializable(typeof(Reason.WaitsForGroup))]
[JsonSerializable(typeof(Reason.WaitsForRunLimit))]
[JsonSerializable(typeof(Reason.WaitsForDayLimit))]
[JsonSerializable(typeof(Reason.WaitsBehind))]
[JsonSerializable(typeof(Reason.WaitsForSecrets))]
[JsonSerializable(typeof(Reason.SecretsMissing))]
[JsonSerializable(typeof(Reason.Exited))]
[JsonSerializable(typeof(Reason.Signalled))]
[JsonSerializable(typeof(Reason.EarlyStopped))]
[JsonSerializable(typeof(Reason.TimeLimit))]
[JsonSerializable(typeof(Reason.Cancelled))]
[JsonSerializable(typeof(Reason.NotStarted))]
[JsonSerializable(typeof(Reason.MadeByNewerVersion))]
[JsonSerializable(typeof(Reason.MachineTooSmall))]
[JsonSerializable(typeof(Reason.FolderInUse))]
[JsonSerializable(typeof(Reason.SocketPathTooLong))]
[JsonSerializable(typeof(Reason.InternalFault))]
[JsonSerializable(typeof(Reason.ResultsNotStored))]
[JsonSerializable(typeof(Reason.AgentLost))]
[JsonSerializable(typeof(Reason.AgentStopped))]
[JsonSerializable(typeof(Reason.Preempted))]
[JsonSerializable(typeof(Reason.NeverReported))]
[JsonSerializable(typeof(Reason.StoreFault))]
[JsonSerializable(typeof(Reason.TargetFault))]
[JsonSerializable(typeof(Reason.OfBackend))]
[JsonSerializable(typeof(Reason.Retried))]
[JsonSerializable(typeof(Reason.RepeatsLostTrial))]
[JsonSerializable(typeof(Reason.StartPoint))]
[JsonSerializable(typeof(Reason.BestOfEarlierStudy))]
[JsonSerializable(typeof(Reason.GridPoint))]
[JsonSerializable(typeof(Reason.RandomPoint))]
[JsonSerializable(typeof(Reason.SobolPoint))]
[JsonSerializable(typeof(Reason.SobolPointTaken))]
[JsonSerializable(typeof(Reason.PreferredPointsTaken))]
[JsonSerializable(typeof(Reason.ResemblesBest))]
[JsonSerializable(typeof(Reason.PosteriorDraw))]
[JsonSerializable(typeof(Reason.ExpectedImprovement))]
[JsonSerializable(typeof(Reason.ObjectivesWeighed))]
[JsonSerializable(typeof(Reason.PrunedByRank))]
[JsonSerializable(typeof(Reason.PrunedByMedian))]
[JsonSerializable(typeof(Reason.PrunedByForecast))]
[JsonSerializable(typeof(Reason.PrunedByWorker))]
[JsonSerializable(typeof(Reason.RunsNotCounted))]
[JsonSerializable(typeof(Reason.MetricNotFinite))]
[JsonSerializable(typeof(Reason.MetricMissing))]
[JsonSerializable(typeof(Reason.ConstraintBroken))]
[JsonSerializable(typeof(Reason.TrialLost))]
[JsonSerializable(typeof(Reason.TrialLeaseEnded))]
[JsonSerializable(typeof(Reason.AllTrialsAsked))]
[JsonSerializable(typeof(Reason.SpaceExhausted))]
[JsonSerializable(typeof(Reason.FirstTrialsFailed))]
[JsonSerializable(typeof(Reason.BudgetSpent))]
[JsonSerializable(typeof(Reason.PriceUnknown))]
[JsonSerializable(typeof(Reason.CostUnknown))]
[JsonSerializable(typeof(Reason.TimeTooShort))]
[JsonSerializable(typeof(Reason.MoneyTooShort))]
[JsonSerializable(typeof(Reason.BestConfirmed))]
[JsonSerializable(typeof(Reason.FrontConfirmed))]
[JsonSerializable(typeof(Reason.NothingConfirmed))]
[JsonSerializable(typeof(Reason.FirstVersion))]
[JsonSerializable(typeof(Reason.TrafficSet))]
[JsonSerializable(typeof(Reason.VersionReverted))]
[JsonSerializable(typeof(Reason.VersionNotReady))]
[JsonSerializable(typeof(Reason.VersionCrashes))]
[JsonSerializable(typeof(Reason.VersionFaulty))]
[JsonSerializable(typeof(Reason.ExperimentStopped))]
public sealed partial class ReasonJson : JsonSerializerContext
{
    /// <summary>The case that is stored under a code; null for a code that this version does not know.</summary>
    internal static JsonTypeInfo? CaseOf(string code) => code switch
    {
        "note" => Default.Note,
        "preparing" => Default.Preparing,
        "waits-for-room" => Default.WaitsForRoom,
        "waits-for-agent" => Default.WaitsForAgent,
        "waits-for-group" => Default.WaitsForGroup,
        "waits-for-run-limit" => Default.WaitsForRunLimit,
        "waits-for-day-limit" => Default.WaitsForDayLimit,
        "waits-behind" => Default.WaitsBehind,
        "waits-for-secrets" => Default.WaitsForSecrets,
        "secrets-missing" => Default.SecretsMissing,
        "exited" => Default.Exited,
        "signalled" => Default.Signalled,
        "early-stopped" => Default.EarlyStopped,
        "time-limit" => Default.TimeLimit,
        "cancelled" => Default.Cancelled,
        "not-started" => Default.NotStarted,
        "made-by-newer-version" => Default.MadeByNewerVersion,
        "machine-too-small" => Default.MachineTooSmall,
        "folder-in-use" => Default.FolderInUse,
        "socket-path-too-long" => Default.SocketPathTooLong,
        "internal-fault" => Default.InternalFault,
        "results-not-stored" => Default.ResultsNotStored,
        "agent-lost" => Default.AgentLost,
        "agent-stopped" => Default.AgentStopped,
        "machine-taken" => Default.Preempted,
        "never-reported" => Default.NeverReported,
        "store-fault" => Default.StoreFault,
        "target-fault" => Default.TargetFault,
        "backend" => Default.OfBackend,
        "retried" => Default.Retried,
        "repeats-lost-trial" => Default.RepeatsLostTrial,
        "start-point" => Default.StartPoint,
        "best-of-earlier-study" => Default.BestOfEarlierStudy,
        "grid-point" => Default.GridPoint,
        "random-point" => Default.RandomPoint,
        "sobol-point" => Default.SobolPoint,
        "sobol-point-taken" => Default.SobolPointTaken,
        "preferred-points-taken" => Default.PreferredPointsTaken,
        "resembles-best" => Default.ResemblesBest,
        "posterior-draw" => Default.PosteriorDraw,
        "expected-improvement" => Default.ExpectedImprovement,
        "objectives-weighed" => Default.ObjectivesWeighed,
        "pruned-by-rank" => Default.PrunedByRank,
        "pruned-by-median" => Default.PrunedByMedian,
        "pruned-by-forecast" => Default.PrunedByForecast,
        "pruned-by-worker" => Default.PrunedByWorker,
        "runs-not-counted" => Default.RunsNotCounted,
        "metric-not-finite" => Default.MetricNotFinite,
        "metric-missing" => Default.MetricMissing,
        "constraint-broken" => Default.ConstraintBroken,
        "trial-lost" => Default.TrialLost,
        "trial-lease-ended" => Default.TrialLeaseEnded,
        "all-trials-asked" => Default.AllTrialsAsked,
        "space-exhausted" => Default.SpaceExhausted,
        "first-trials-failed" => Default.FirstTrialsFailed,
        "budget-spent" => Default.BudgetSpent,
        "price-unknown" => Default.PriceUnknown,
        "cost-unknown" => Default.CostUnknown,
        "time-too-short" => Default.TimeTooShort,
        "money-too-short" => Default.MoneyTooShort,
        "best-confirmed" => Default.BestConfirmed,
        "front-confirmed" => Default.FrontConfirmed,
        "nothing-confirmed" => Default.NothingConfirmed,
        "first-version" => Default.FirstVersion,
        "traffic-set" => Default.TrafficSet,
        "version-reverted" => Default.VersionReverted,
        "version-not-ready" => Default.VersionNotReady,
        "version-crashes" => Default.VersionCrashes,
        "version-faulty" => Default.VersionFaulty,
        "experiment-stopped" => Default.ExperimentStopped,
        _ => null,
    };

    /// <summary>Writes a reason for a column or a file; null for null.</summary>
    public static string? Write(Reason? reason) => reason is null ? null : CodedJson.Write(reason, Default.Reason);

    /// <summary>Reads a stored reason; null for null. Text that is not a JSON object becomes a <see cref="Reason.Note"/>.</summary>
    public static Reason? Read(string? stored) => stored is null ? null : CodedJson.Read(stored, Default.Reason) ?? new Reason.Note(stored);

    /// <summary>The reason with each text of its data edited, for example to redact secrets.</summary>
    public static Reason Edit(Reason reason, Func<string, string> edit) => CodedJson.Edit(reason, Default.Reason, edit);
}

/// <summary>How warnings are stored; see <see cref="ReasonJson"/>.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(Warning))]
[JsonSerializable(typeof(IReadOnlyList<Warning>))]
[JsonSerializable(typeof(Warning.Note))]
[JsonSerializable(typeof(Warning.FileNotStored))]
[JsonSerializable(typeof(Warning.MoreFilesNotStored))]
[JsonSerializable(typeof(Warning.VariablesLeftOut))]
[JsonSerializable(typeof(Warning.DataChanged))]
[JsonSerializable(typeof(Warning.MetricsNotUnderstood))]
[JsonSerializable(typeof(Warning.MetricNotFound))]
[JsonSerializable(typeof(Warning.LinesTooLong))]
[JsonSerializable(typeof(Warning.UpdatesSkipped))]
[JsonSerializable(typeof(Warning.OutputHeldOpen))]
[JsonSerializable(typeof(Warning.ProcessesEnded))]
[JsonSerializable(typeof(Warning.OutputNotStored))]
[JsonSerializable(typeof(Warning.CheckpointNotStored))]
[JsonSerializable(typeof(Warning.CheckpointIncomplete))]
[JsonSerializable(typeof(Warning.FolderNotRemoved))]
[JsonSerializable(typeof(Warning.EnvironmentChanged))]
[JsonSerializable(typeof(Warning.EnvironmentNotReused))]
[JsonSerializable(typeof(Warning.EnvironmentRefused))]
[JsonSerializable(typeof(Warning.ParametersUntagged))]
[JsonSerializable(typeof(Warning.ParametersUndeclared))]
[JsonSerializable(typeof(Warning.KernelReplaced))]
[JsonSerializable(typeof(Warning.NotebookElsewhere))]
[JsonSerializable(typeof(Warning.LivePath))]
[JsonSerializable(typeof(Warning.LivePathInCode))]
[JsonSerializable(typeof(Warning.FileLeftOut))]
public sealed partial class WarningJson : JsonSerializerContext
{
    /// <summary>The case that is stored under a code; null for a code that this version does not know.</summary>
    internal static JsonTypeInfo? CaseOf(string code) => code switch
    {
        "note" => Default.Note,
        "file-not-stored" => Default.FileNotStored,
        "more-files-not-stored" => Default.MoreFilesNotStored,
        "variables-left-out" => Default.VariablesLeftOut,
        "data-changed" => Default.DataChanged,
        "metrics-not-understood" => Default.MetricsNotUnderstood,
        "metric-not-found" => Default.MetricNotFound,
        "lines-too-long" => Default.LinesTooLong,
        "updates-skipped" => Default.UpdatesSkipped,
        "output-held-open" => Default.OutputHeldOpen,
        "processes-ended" => Default.ProcessesEnded,
        "output-not-stored" => Default.OutputNotStored,
        "checkpoint-not-stored" => Default.CheckpointNotStored,
        "checkpoint-incomplete" => Default.CheckpointIncomplete,
        "folder-not-removed" => Default.FolderNotRemoved,
        "environment-changed" => Default.EnvironmentChanged,
        "environment-not-reused" => Default.EnvironmentNotReused,
        "environment-refused" => Default.EnvironmentRefused,
        "parameters-untagged" => Default.ParametersUntagged,
        "parameters-undeclared" => Default.ParametersUndeclared,
        "kernel-replaced" => Default.KernelReplaced,
        "notebook-elsewhere" => Default.NotebookElsewhere,
        "live-path" => Default.LivePath,
        "live-path-in-code" => Default.LivePathInCode,
        "file-left-out" => Default.FileLeftOut,
        _ => null,
    };

    /// <summary>Writes warnings for a column or a file, as a JSON array; null for none.</summary>
    public static string? Write(IReadOnlyList<Warning> warnings) =>
        warnings.Count == 0 ? null : CodedJson.Write(warnings, Default.IReadOnlyListWarning);

    /// <summary>
    /// Reads what <see cref="Write"/> wrote; none for null. Text that is no JSON array is one <see cref="Warning.Note"/>.
    /// </summary>
    public static IReadOnlyList<Warning> Read(string? stored) =>
        stored is null ? [] : CodedJson.Read(stored, Default.IReadOnlyListWarning) ?? [new Warning.Note(stored)];

    /// <summary>The warning with each text of its data edited, for example to redact secrets.</summary>
    public static Warning Edit(Warning warning, Func<string, string> edit) => CodedJson.Edit(warning, Default.Warning, edit);
}
