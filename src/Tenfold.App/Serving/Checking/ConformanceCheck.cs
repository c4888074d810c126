using Tenfold.App.Serving.Replicas;
using Tenfold.Core.Platform;

namespace Tenfold.App.Serving.Checking;

/// <summary>Tests a service against the container contract (docs/contracts.md): starts it, sends it requests, and stops it.</summary>
/// <param name="options">What it is checked with.</param>
/// <param name="time">The clock.</param>
/// <param name="progress">Called with each result as it comes; null for nothing.</param>
public sealed class ConformanceCheck(ConformanceOptions options, TimeProvider time, Action<RuleResult>? progress)
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(10), LongestPause = TimeSpan.FromMilliseconds(250),
        PingTimeout = TimeSpan.FromSeconds(2), Settle = TimeSpan.FromMilliseconds(300);

    private readonly List<RuleResult> _results = [];

    /// <summary>Starts a service, tests every rule, and stops it. None of its processes is left.</summary>
    /// <param name="version">The service.</param>
    /// <param name="owner">This process, which owns the service's processes.</param>
    /// <param name="cancellationToken">Stops the check, and the service with it.</param>
    /// <returns>A result for every rule, in order.</returns>
    public async Task<IReadOnlyList<RuleResult>> RunAsync(
        ServedVersion version, ReplicaOwner owner, CancellationToken cancellationToken)
    {
        var log = new ReplicaLog(Path.Combine(version.Logs, "check.log"), new ReplicaOptions().MaxLogBytes);
        if (ServiceProcess.Start(version, owner, $"{Guid.NewGuid():N}", log, out var fault) is not { } service)
        {
            Fail(ContractRule.Starts, $"{fault}");
            return SkipRest("it did not start");
        }

        try
        {
            if (!await BecomesReadyAsync(service, cancellationToken)) return SkipRest("it is not ready");
            using var check = new ServiceCheck(service.Endpoint, options, time, Report);
            await check.CheckLoadedAsync(cancellationToken);
            await check.RunAsync(cancellationToken);
            await CheckOwnTestAsync(version, owner, service.Endpoint, cancellationToken);
            if (service.Process.Ended.IsCompleted) return SkipRest($"{await service.DescribeEndAsync(wasReady: true)}");
            await CheckStopAsync(service, check.Sample, cancellationToken);
            return SkipRest("it was not tested");
        }
        finally
        {
            await service.KillAsync();
        }
    }

    /// <summary>Tests a service that runs already. Its start and its stop are not tested.</summary>
    /// <param name="service">Its address.</param>
    /// <param name="cancellationToken">Stops the check.</param>
    /// <returns>A result for every rule, in order.</returns>
    public async Task<IReadOnlyList<RuleResult>> RunAsync(Uri service, CancellationToken cancellationToken)
    {
        const string running = "it was running already";
        Skip(ContractRule.Starts, running);
        var ping = await PingProbe.AskAsync(service, PingTimeout, time, cancellationToken);
        if (ping.Kind != PingKind.Ready)
        {
            Fail(ContractRule.Ready, $"GET /ping got {ping.Words}");
            return SkipRest("it is not ready");
        }

        Pass(ContractRule.Ready, "GET /ping got status 200");
        Skip(ContractRule.ReadyOnlyOnceLoaded, running);
        using var check = new ServiceCheck(service, options, time, Report);
        await check.RunAsync(cancellationToken);
        if (options.Test is null) Skip(ContractRule.PassesOwnTest, "the project has none");
        return SkipRest("it is not stopped");
    }

    private async Task<bool> BecomesReadyAsync(ServiceProcess service, CancellationToken cancellationToken)
    {
        var (since, pause) = (time.GetTimestamp(), FirstPause);
        while (true)
        {
            var ping = await PingProbe.AskAsync(service.Endpoint, PingTimeout, time, cancellationToken);
            if (service.Process.Ended.IsCompleted)
            {
                Fail(ContractRule.Starts, $"{await service.DescribeEndAsync(wasReady: false)}");
                return false;
            }

            var taken = time.GetElapsedTime(since);
            if (ping.Kind == PingKind.Ready)
            {
                Pass(ContractRule.Starts, $"it listens on {service.Endpoint.Authority}");
                Pass(ContractRule.Ready, $"after {taken.TotalSeconds:0.0} s");
                return true;
            }

            if (taken > options.StartTimeout)
            {
                Pass(ContractRule.Starts, "its process runs");
                Fail(ContractRule.Ready, $"{new ReplicaFault.NotReady(options.StartTimeout, ping.Words, service.LastLines)}");
                return false;
            }

            await Task.WhenAny(service.Process.Ended, Task.Delay(pause, time, cancellationToken));
            pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
        }
    }

    private async Task CheckOwnTestAsync(
        ServedVersion version, ReplicaOwner owner, Uri endpoint, CancellationToken cancellationToken)
    {
        if (options.Test is not { } test)
        {
            Skip(ContractRule.PassesOwnTest, "the project has none");
            return;
        }

        var log = new ReplicaLog(Path.Combine(version.Logs, "test.log"), new ReplicaOptions().MaxLogBytes);
        if (log.Create() is { } fault)
        {
            Fail(ContractRule.PassesOwnTest, fault);
            return;
        }

        var since = log.Length;
        var variables = new Dictionary<string, string>(version.Variables)
        {
            ["TENFOLD_URL"] = endpoint.AbsoluteUri.TrimEnd('/'),
            [ReplicaOwner.OwnerMarker] = owner.Id,
        };
        var start = new ProcessStart
        {
            Program = "/bin/sh",
            Arguments = ["-c", test],
            Environment = variables,
            Folder = version.Folder,
            OutputFile = log.Path,
        };
        var container = $"tenfold-{Guid.NewGuid():N}";
        if (version.Container is { } image)
        {
            owner.Containers.Add(container, image);
            start = image.Wrap(start, container, owner.Folder);
        }

        var process = ChildProcess.Start(start, time);
        owner.Guard.Add(process.Id);
        await Task.WhenAny(process.Ended, Task.Delay(options.TestTimeout, time, cancellationToken));
        var isLate = !process.Ended.IsCompleted;
        process.Kill();
        var end = await process.Ended;
        if (version.Container is not null) await owner.Containers.RemoveAsync(container);
        owner.Guard.Remove(process.Id);
        if (end.ExitCode == 0 && !isLate) Pass(ContractRule.PassesOwnTest, "exit code 0");
        else
            Fail(
                ContractRule.PassesOwnTest,
                $"`{test}` {(isLate ? "did not end in time" : $"ended with exit code {end.ExitCode}")}:\n{log.LastLines(since)}");
    }

    // A request whose last byte is sent only after SIGTERM is in flight for certain.
    private async Task CheckStopAsync(ServiceProcess service, ReadOnlyMemory<byte> sample, CancellationToken cancellationToken)
    {
        using var request = await HalfSentRequest.SendAsync(service.Endpoint, sample, cancellationToken);
        await Task.Delay(Settle, time, cancellationToken);
        service.Terminate();
        var since = time.GetTimestamp();
        await Task.Delay(Settle, time, cancellationToken);
        var ping = await PingProbe.AskAsync(service.Endpoint, PingTimeout, time, cancellationToken);
        if (ping.Kind == PingKind.Ready)
            Fail(ContractRule.FailsPingWhenStopped, "GET /ping still got status 200: answer it with 503 once SIGTERM has come");
        else Pass(ContractRule.FailsPingWhenStopped, $"GET /ping got {ping.Words}");
        var answer = request is null
            ? new ServiceAnswer(null, "it could not be connected to")
            : await request.FinishAsync(options.DrainTimeout, time, cancellationToken);
        if (answer.IsFailure)
            Fail(
                ContractRule.FinishesInFlight,
                $"a request that was in flight at SIGTERM got {answer.Words}: finish such requests before the process ends");
        else Pass(ContractRule.FinishesInFlight, $"a request that was in flight at SIGTERM got {answer.Words}");
        var left = options.DrainTimeout - time.GetElapsedTime(since);
        if (!await service.WaitForEndAsync(left > TimeSpan.Zero ? left : TimeSpan.Zero))
            Fail(ContractRule.Ends, "it was killed, because it ran on: end the process when nothing is in flight any more");
        else if (service.FindMarked() is { Count: > 0 } marked)
            Fail(ContractRule.Ends, $"it left {marked.Count} of its processes behind: end them too");
        else Pass(ContractRule.Ends, $"after {time.GetElapsedTime(since).TotalSeconds:0.0} s");
    }

    private IReadOnlyList<RuleResult> SkipRest(string why)
    {
        foreach (var rule in Enum.GetValues<ContractRule>())
            if (!_results.Exists(result => result.Rule == rule)) Skip(rule, why);
        return [.. _results.OrderBy(result => result.Rule)];
    }

    private void Pass(ContractRule rule, string detail) => Report(new RuleResult(rule, RuleVerdict.Passed, detail));

    private void Fail(ContractRule rule, string detail) => Report(new RuleResult(rule, RuleVerdict.Failed, detail));

    private void Skip(ContractRule rule, string why) => Report(new RuleResult(rule, RuleVerdict.Skipped, why));

    private void Report(RuleResult result)
    {
        _results.Add(result);
        progress?.Invoke(result);
    }
}
