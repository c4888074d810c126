using System.Text.Json;
using Tenfold.Aws.Batch;
using Tenfold.Aws.Double;
using Tenfold.Aws.Double.Faults;
using Tenfold.Aws.S3;
using Tenfold.Aws.Wire;
using Tenfold.Core.Attempts;
using Tenfold.Core.Hosts;
using Tenfold.Core.Outcomes;
using Tenfold.Core.Runs;
using Tenfold.Core.Store;
using Tenfold.Core.Targets;
using Tenfold.Numerics.Tuning.Spaces;

namespace Tenfold.Bench;

/// <summary>
/// Observes live runs of AWS Batch once a second, for as long as a command that follows them would, by a clock that nobody waits for. AWS's
/// double throttles every fifth description.
/// </summary>
internal static class BatchHour
{
    private const int ThrottledEvery = 5, MostFaults = 10_000;

    /// <summary>Prints all calls, the most in a minute, how many were throttled, and how many runs were taken for lost, as JSON.</summary>
    public static async Task RunAsync(string s3, string url, int runs, int minutes)
    {
        using var aws = new AwsDouble(new AwsDoubleOptions { S3Endpoint = s3, RunsProcesses = false });
        TenfoldStack.Add(aws, new Uri(url).Host, maxVcpus: 4096);
        using var store = S3Store.Open(url, new S3Options { Endpoint = s3 });
        var clock = new PushedClock();
        var session = new UserSession { User = "bench", Machine = "bench", Environment = new Dictionary<string, string>() };
        var options = new AwsOptions { Endpoint = aws.Endpoint, Region = aws.Options.Region };
        var kind = new BatchKind(new NoAgent(), session, _ => null, "/nowhere/prices.json", clock, options);
        var settings = new TargetSettings("batch", new Dictionary<string, ParameterValue>());
        var spec = (await kind.PlanAsync(settings, store, CancellationToken.None)).Match(
            planned => planned, refused => throw new InvalidOperationException(refused.Message));
        var target = (await kind.OpenAsync(spec, store, CancellationToken.None))!;
        var assignments = Assign(spec, runs);
        var outcomes = await target.StartAsync(assignments, CancellationToken.None);
        if (outcomes.Any(outcome => outcome != StartOutcome.Started)) throw new InvalidOperationException($"{outcomes[0]}");

        for (var i = 1; i < MostFaults; i += ThrottledEvery) aws.Faults.Add("batch", "DescribeJobs", Fault.Throttled, first: i);
        List<string> attempts = [.. assignments.Select(assignment => assignment.Attempt)];
        var (all, most, throttled, lost) = (0, 0, 0, new HashSet<string>());
        for (var minute = 0; minute < minutes; minute++)
        {
            aws.Calls.Clear();
            for (var second = 0; second < 60; second++)
            {
                clock.Push(TimeSpan.FromSeconds(1));
                var states = await target.ObserveAsync(attempts, CancellationToken.None);
                lost.UnionWith(attempts.Where((_, i) => states[i].Kind == BackendKind.Gone));
            }

            var calls = aws.Calls.All.Where(call => call.Service is not ("s3" or "sts")).ToList();
            all += calls.Count;
            most = Math.Max(most, calls.Count);
            throttled += calls.Count(call => call.Error is not null);
        }

        Console.WriteLine($"{{\"calls\":{all},\"most\":{most},\"throttled\":{throttled},\"lost\":{lost.Count}}}");
    }

    private static List<Assignment> Assign(TargetSpec target, int runs)
    {
        var spec = new WorkSpec
        {
            Project = "bench",
            Snapshot = new string('0', 64),
            Command = "true",
            Environment = new EnvironmentSpec("system"),
            Parameters = JsonElement.Parse("{}"),
            Resources = new ResourceSpec(),
            Target = target,
        };
        var group = RunNames.NewGroup();
        return
        [
            .. Enumerable.Range(1, runs).Select(i => new Assignment
            {
                Ledger = "benchxxx",
                Group = group,
                CreatedAt = TimeProvider.System.GetUtcNow(),
                Repeat = i,
                Seed = i,
                Spec = spec,
            }),
        ];
    }

    /// <summary>A clock that runs on, and that the caller pushes forward.</summary>
    private sealed class PushedClock : TimeProvider
    {
        private TimeSpan _pushed;

        public void Push(TimeSpan time) => _pushed += time;

        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + _pushed;

        public override long GetTimestamp() => base.GetTimestamp() + (long)(_pushed.TotalSeconds * TimestampFrequency);
    }

    /// <summary>Jobs that run nothing need no agent.</summary>
    private sealed class NoAgent : IAgentArchives
    {
        private static readonly AgentArchive Archive = new($"agents/none/{new string('0', 64)}.tar.gz", new string('0', 64));

        public Task<Outcome<AgentArchive>> UploadAsync(IStore store, CancellationToken cancellationToken) =>
            Task.FromResult(Outcome.Of(Archive));

        public Task<Outcome<AgentArchive>> ArchiveOfAsync(IStore store, CancellationToken cancellationToken) =>
            UploadAsync(store, cancellationToken);
    }
}
