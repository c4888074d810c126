using System.Text.Json;
using Tenfold.Core.Attempts;
using Tenfold.Core.Runs;
using Tenfold.Core.Snapshots;
using Tenfold.Core.Store;

namespace Tenfold.Cli.Tests.Nodes;

/// <summary>
/// Attempts that a target would write into a store, and agents that the target's jobs would start, on machines that share only that store.
/// </summary>
internal sealed class Work(Sandbox place, IStore store)
{
    private readonly AttemptReports _reports = new(store);

    public string Group { get; } = RunNames.NewGroup();

    public IStore Store => store;

    public string Attempt(int number = 1, int repeat = 1) => RunNames.Attempt(RunNames.Run(Group, repeat), number);

    /// <summary>Takes a snapshot of the project and writes the assignments of a group's attempts.</summary>
    public async Task SubmitAsync(string command, int repeat = 1, int number = 1, Func<WorkSpec, WorkSpec>? with = null)
    {
        var taker = new SnapshotTaker(store, $"{place.Root}/index", TimeProvider.System);
        var snapshot = (await taker.TakeAsync(new SnapshotRequest { Root = place.Project }, CancellationToken.None))
            .Match(taken => taken.Snapshot.Id, refused => throw new InvalidOperationException(refused.Faults[0].Message));
        var spec = new WorkSpec
        {
            Project = "toy",
            Snapshot = snapshot,
            Command = command,
            Environment = new EnvironmentSpec("system"),
            Parameters = JsonDocument.Parse("{}").RootElement,
            Shell = new Dictionary<string, string> { ["PATH"] = "/usr/bin:/bin" },
        };
        for (var i = 1; i <= repeat; i++)
        {
            var assignment = new Assignment
            {
                Group = Group,
                CreatedAt = DateTimeOffset.UnixEpoch,
                Repeat = i,
                Seed = i,
                Number = number,
                Spec = with is null ? spec : with(spec),
            };
            var json = JsonSerializer.SerializeToUtf8Bytes(assignment, AttemptJson.Default.Assignment);
            await store.WriteAsync(AttemptKeys.Assignment(assignment.Attempt), json, CancellationToken.None);
        }
    }

    /// <summary>Starts an attempt's agent as a job's script does, on a machine without .NET.</summary>
    /// <param name="node">The machine's name; the machine is a folder of that name.</param>
    /// <param name="attempt">The attempt.</param>
    /// <param name="variables">The variables that the scheduler sets, each <c>NAME=value</c>.</param>
    public Command Start(string node, string attempt, params string[] variables)
    {
        var home = $"{place.Root}/{node}";
        place.Before = ["/usr/bin/env", "-i", "PATH=/usr/bin:/bin", $"HOME={home}", $"TENFOLD_HOME={home}/none", .. variables];
        try
        {
            return place.Start(
                "agent", "run", "--store", store.Url, "--attempt", attempt, "--home", $"{home}/scratch", "--checkpoint-interval", "1");
        }
        finally
        {
            place.Before = [];
        }
    }

    public AttemptReport? Report(string attempt) => _reports.ReadAsync(attempt, CancellationToken.None).GetAwaiter().GetResult();

    /// <summary>The lines of the attempt's log, each after its source.</summary>
    public string[] Log(string attempt)
    {
        using var reader = new StreamReader(
            store.OpenSegmentsAsync(AttemptKeys.Log(attempt), 0, CancellationToken.None).GetAwaiter().GetResult());
        return [.. reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line[(line.IndexOf(' ') + 1)..])];
    }
}
