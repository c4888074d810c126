using System.Text.Json;
using Tenfold.Core.Attempts;
using Tenfold.Core.Runs;
using Tenfold.Core.Snapshots;
using Tenfold.Core.Store;

namespace Tenfold.Targets.Tests.Conformance;

/// <summary>Makes groups of attempts of a small project, for any target.</summary>
internal static class Work
{
    /// <summary>The ledger that submits them.</summary>
    public const string Ledger = "ledgerxx";

    /// <summary>The first attempts of a new group.</summary>
    public static async Task<IReadOnlyList<Assignment>> AssignAsync(
        IStore store, TemporaryFolder folder, string command, int repeat, Func<WorkSpec, WorkSpec>? with = null)
    {
        folder.Write("project/README", "a project\n");
        var taker = new SnapshotTaker(store, folder["index"], TimeProvider.System);
        var result = await taker.TakeAsync(new SnapshotRequest { Root = folder["project"] }, CancellationToken.None);
        var snapshot = result.Match(
            taken => taken.Snapshot.Id, refused => throw new InvalidOperationException(refused.Faults[0].Message));
        var spec = new WorkSpec
        {
            Project = "test",
            Snapshot = snapshot,
            Command = command,
            Environment = new EnvironmentSpec("system"),
            Parameters = JsonDocument.Parse("{}").RootElement,
            Resources = new ResourceSpec { Cpus = 0.05 },
            Shell = new Dictionary<string, string> { ["PATH"] = "/usr/bin:/bin" },
            Store = store.Url,
        };
        return Assign(with is null ? spec : with(spec), repeat);
    }

    /// <summary>The first attempts of a new group.</summary>
    public static IReadOnlyList<Assignment> Assign(WorkSpec spec, int repeat)
    {
        var group = RunNames.NewGroup();
        return
        [
            .. Enumerable.Range(1, repeat).Select(i => new Assignment
            {
                Ledger = Ledger,
                Group = group,
                CreatedAt = DateTimeOffset.FromUnixTimeSeconds(1_700_000_000),
                Repeat = i,
                Seed = 1000 + i,
                Spec = spec,
            }),
        ];
    }
}
