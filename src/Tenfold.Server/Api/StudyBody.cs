using Tenfold.App.Sweeping;
using Tenfold.Core.Studies;
using Tenfold.Numerics.Tuning;

namespace Tenfold.Server.Api;

/// <summary>A commit whose sweep is to be run. What is null is as its <c>tenfold.yaml</c> says.</summary>
internal sealed record StudyBody : CommitBody
{
    private const string NoPruning = "none";

    /// <summary>How many points to try.</summary>
    public int? Trials { get; init; }

    /// <summary>How many trials at once.</summary>
    public int? Parallel { get; init; }

    /// <summary>The search method, such as <c>thompson</c>.</summary>
    public string? Method { get; init; }

    /// <summary>How many runs make a trial.</summary>
    public int? Repeat { get; init; }

    /// <summary>The seed of every random choice.</summary>
    public long? Seed { get; init; }

    /// <summary><c>asha</c>, <c>median</c>, <c>hyperband</c> or <c>none</c>.</summary>
    public string? Prune { get; init; }

    /// <summary>True to ask in batches.</summary>
    public bool? Synchronous { get; init; }

    /// <summary>The id of an earlier study of the project to learn from, or its beginning.</summary>
    public string? From { get; init; }

    /// <summary>What may be spent.</summary>
    public BudgetBody? Budget { get; init; }

    /// <summary>Checks the settings.</summary>
    /// <returns>The settings; or BadInput.</returns>
    internal Outcome<SweepRequest> CheckSettings()
    {
        var isUnpruned = string.Equals(Prune, NoPruning, StringComparison.OrdinalIgnoreCase);
        if (!Inputs.Count("trials", Trials, 1, 1, SweepRequest.MaxTrials).Succeeded(out _, out var refusal)
            || !Inputs.Count("parallel", Parallel, 1, 1, SweepRequest.MaxRuns).Succeeded(out _, out refusal)
            || !Inputs.Count("repeat", Repeat, 1, 1, SweepRequest.MaxRuns).Succeeded(out _, out refusal)
            || !Inputs.Word<SweepMethod>("method", Method).Succeeded(out var method, out refusal)
            || !Inputs.Word<PruningRule>("prune", isUnpruned ? null : Prune).Succeeded(out var prune, out refusal))
            return refusal;
        if (Seed is < 0) return Refusal.BadInput($"seed must be a whole number of at least 0, not {Seed}");
        if (From is { } from && !IsPlain(from)) return Refusal.BadInput("from must be the id of a study");
        if (Budget is { Seconds: <= 0 or > BudgetBody.MostSeconds })
            return Refusal.BadInput($"budget.seconds must be a number above 0 and at most {BudgetBody.MostSeconds}");
        if (Budget is { Usd: <= 0 }) return Refusal.BadInput("budget.usd must be an amount in US dollars above 0");
        return new SweepRequest
        {
            Trials = Trials,
            Parallel = Parallel,
            Method = method.Value,
            Repeat = Repeat,
            Seed = Seed,
            Prune = prune.Value,
            IsUnpruned = isUnpruned,
            Synchronous = Synchronous == true,
            From = From,
            Time = Budget?.Seconds is { } seconds ? TimeSpan.FromSeconds(seconds) : null,
            Cost = Budget?.Usd,
        };
    }
}

/// <summary>What a study may spend.</summary>
internal sealed record BudgetBody
{
    /// <summary>The longest wall time: about a century.</summary>
    public const double MostSeconds = 3_000_000_000;

    /// <summary>The wall time that the trials may take.</summary>
    public double? Seconds { get; init; }

    /// <summary>What the machines may cost, in US dollars.</summary>
    public decimal? Usd { get; init; }
}

/// <summary>How a study is to go on.</summary>
internal sealed record ResumeBody
{
    /// <summary>How many points it tries in all; null for as many as it had planned.</summary>
    public int? Trials { get; init; }
}
