using Tenfold.Core.Pools;
using Tenfold.Core.Runs;
using Tenfold.Core.Targets;

namespace Tenfold.Targets.Pool;

/// <summary>What <c>tenfold.yaml</c> says about a pool.</summary>
internal sealed record PoolSettings
{
    /// <summary>The word of the kind, and its options.</summary>
    public static TargetKindDeclaration Declaration { get; } = new("pool",
    [
        new TextOption("pool", "The pool's name, which its machines serve with `tenfold agent serve --pool NAME`.", "lab")
        {
            Default = "the target's name",
        },
        new TextListOption("machines", "The names of the machines that may take the runs.", "[ws1, ws2]")
        {
            Default = "every machine that serves the pool",
        },
        new WholeNumberOption("parallel", Min: 1, Max: 10_000, "How many runs of a group at once on each machine.", "2")
        {
            Default = "what cores and `resources` allow",
        },
    ]);

    /// <summary>The pool's name; empty when the settings name none.</summary>
    public string Pool { get; init; } = "";

    /// <summary>The machines that may take the runs; empty for all.</summary>
    public IReadOnlyList<string> Machines { get; init; } = [];

    /// <summary>Reads the settings.</summary>
    public static PoolSettings From(TargetSettings settings) => new()
    {
        Pool = settings.Text("pool") ?? settings.Name ?? "",
        Machines = settings.Texts("machines"),
    };

    /// <summary>Reads the settings of a group's record, whose place is the pool.</summary>
    public static PoolSettings From(TargetSpec spec) => From(TargetSettings.From(spec)) with { Pool = spec.Place };

    /// <summary>What is wrong with the settings; null when nothing is.</summary>
    public string? FindFault() => PoolKeys.NameFault(Pool) is { } fault ? $"`pool` is wrong: {fault}." : null;
}
