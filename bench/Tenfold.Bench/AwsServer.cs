using System.Collections.Concurrent;
using Tenfold.Aws.Double;
using Tenfold.Aws.S3;
using Tenfold.Core.Attempts;
using Tenfold.Core.Runs;
using Tenfold.Core.Store;

namespace Tenfold.Bench;

/// <summary>
/// AWS's double as a process of its own, with Tenfold's stack. It prints its endpoint, then answers each line of its standard input by one
/// line, until the input ends.
/// </summary>
internal sealed class AwsServer(AwsDouble aws, IStore store)
{
    private const int WritesAtOnce = 16;

    private readonly ConcurrentDictionary<string, DateTimeOffset> _seen = new(StringComparer.Ordinal);

    public static async Task RunAsync(string s3, string bucket, string scratch, bool isImagined)
    {
        using var aws = new AwsDouble(new AwsDoubleOptions
        {
            S3Endpoint = s3,
            RunsProcesses = !isImagined,
            Grace = TimeSpan.FromSeconds(5),
            MachineEnvironment = new Dictionary<string, string> { ["TENFOLD_SCRATCH"] = scratch },
        });
        TenfoldStack.Add(aws, bucket, maxVcpus: 4096);
        using var store = S3Store.Open($"s3://{bucket}/tenfold", new S3Options { Endpoint = s3 });
        var server = new AwsServer(aws, store);
        using var ending = new CancellationTokenSource();
        var watch = server.NoteMachinesAsync(ending.Token);
        Console.WriteLine(aws.Endpoint);
        while (Console.ReadLine() is { } line) Console.WriteLine(await server.AnswerAsync(line));
        await ending.CancelAsync();
        await watch;
    }

    private async Task<string> AnswerAsync(string line)
    {
        var calls = aws.Calls.All.Where(call => call.Service is not ("s3" or "sts")).ToList();
        switch (line.Split(' '))
        {
            case ["calls"]:
                return $"{calls.Count} {calls.Count(call => call.Error is not null)}";
            case ["log"]:
                return string.Join(", ", calls.CountBy(call => call.Operation).Select(pair => $"{pair.Value} {pair.Key}"));
            case ["clear"]:
                aws.Calls.Clear();
                return "cleared";
            case ["started", var group, var runs]:
                await ReportAsync(group, int.Parse(runs));
                return "reported";
            case ["machine"]:
                return $"{_seen.Values.Max().ToUnixTimeMilliseconds() / 1000.0}";
            case ["left"]:
                return $"{LiveJobs() + LiveMachines() + LiveTrainings() + aws.Ec2.VolumeIds.Count}";
            default:
                return $"unknown: {line}";
        }
    }

    // What the agents of imagined jobs would report when they start.
    private Task ReportAsync(string group, int runs)
    {
        var reports = new AttemptReports(store);
        var now = TimeProvider.System.GetUtcNow();
        var report = new AttemptReport { State = AttemptState.Running, StartedAt = now, Host = "h", Process = 1 };
        return Parallel.ForEachAsync(
            Enumerable.Range(1, runs), new ParallelOptions { MaxDegreeOfParallelism = WritesAtOnce },
            async (i, token) => await reports.WriteAsync(RunNames.Attempt(RunNames.Run(group, i), 1), report, token));
    }

    private int LiveJobs() => aws.Batch.JobIds.Count(id => aws.Batch.StatusOf(id) is not ("SUCCEEDED" or "FAILED"));

    private int LiveMachines() => aws.Ec2.InstanceIds.Count(id => aws.Ec2.StateOf(id) is not "terminated");

    private int LiveTrainings() =>
        aws.SageMaker.Names.Count(name => aws.SageMaker.StatusOf(name).Status is not ("Completed" or "Failed" or "Stopped"));

    // When each machine was launched.
    private async Task NoteMachinesAsync(CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(5), TimeProvider.System);
        try
        {
            while (await timer.WaitForNextTickAsync(cancellationToken))
            {
                foreach (var id in aws.Ec2.InstanceIds) _seen.TryAdd(id, TimeProvider.System.GetUtcNow());
            }
        }
        catch (OperationCanceledException)
        {
        }
    }
}
