using System.Security.Cryptography;
using System.Text.Json;
using Tenfold.Core.Attempts;
using Tenfold.Core.Runs;

namespace Tenfold.Agent.Tests.Nodes;

public sealed class A_job_runs_further_attempts : IDisposable
{
    private readonly Machine _machine = new();

    public void Dispose() => _machine.Dispose();

    private string Trace => _machine.Folder["ran"];

    private string[] Ran => File.Exists(Trace) ? File.ReadAllLines(Trace) : [];

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    public async Task A_job_with_a_short_attempt_runs_the_others_from_the_last_each_by_its_own_assignment(int exitCode)
    {
        var attempts = await SubmitAsync($"echo $TENFOLD_ATTEMPT $TENFOLD_SEED >> {Trace}; exit {exitCode}", 5);
        var cancelled = new List<string>();
        using var node = new Node(_machine.Store) { Host = { Job = "Batch 42" } };
        (await RunAsync(node, attempts[1], attempts, cancel: some => cancelled.AddRange(some))).ShouldBeTrue();
        Ran.ShouldBe([$"{attempts[1]} 1002", $"{attempts[4]} 1005", $"{attempts[3]} 1004", $"{attempts[2]} 1003", $"{attempts[0]} 1001"]);
        cancelled.ShouldBe([attempts[4], attempts[3], attempts[2], attempts[0]]);
        foreach (var attempt in attempts)
        {
            (await _machine.ReportAsync(attempt)).ExitCode.ShouldBe(exitCode);
            var claim =
                JsonSerializer.Deserialize(
                    File.ReadAllBytes(_machine.Folder[$"store/{AttemptKeys.Claim(attempt)}"]), AttemptJson.Default.AttemptClaim)
                        .ShouldNotBeNull();
            (claim.Job, claim.HostAttempt).ShouldBe(("Batch 42", attempt == attempts[1] ? null : attempts[1]));
        }

        Directory.GetDirectories(node.Folder["home/work/"] + Environment.MachineName).ShouldBeEmpty();
    }

    [Fact]
    public async Task Concurrent_jobs_run_each_attempt_exactly_once()
    {
        var attempts = await SubmitAsync($"echo $TENFOLD_ATTEMPT >> {Trace}", 60);
        var nodes = Enumerable.Range(0, 8).Select(i => new Node(_machine.Store) { Host = { Job = $"Batch {i}" } }).ToList();
        (await Task.WhenAll(nodes.Select((node, i) => Task.Run(() => RunAsync(node, attempts[i], attempts)))))
            .ShouldAllBe(isReported => isReported);
        Ran.Distinct().Count().ShouldBe(Ran.Length);
        // Some may be left to the backend; that is no more than a few.
        Ran.Length.ShouldBeGreaterThan(50);
        foreach (var attempt in Ran) (await _machine.ReportAsync(attempt)).State.ShouldBe(AttemptState.Succeeded);
        nodes.ForEach(node => node.Dispose());
    }

    // Whoever can write to the store could else choose what a job executes.
    [Fact]
    public async Task A_sibling_runs_only_with_the_digest_that_travelled_with_the_job()
    {
        var attempts = await SubmitAsync($"echo $TENFOLD_ATTEMPT >> {Trace}", 4);
        using var node = new Node(_machine.Store) { Host = { Siblings = attempts } };
        var agent = new JobAgent(node.Settings, attempts[0])
        {
            SharingTime = Eventually.Deadline,
            AssignmentSha256 = DigestOf(attempts[0]),
            SiblingSha256 = new Dictionary<string, string> { [attempts[2]] = new('0', 64), [attempts[3]] = DigestOf(attempts[3]) },
        };
        (await agent.RunAsync(CancellationToken.None)).ShouldBeFalse();
        Ran.ShouldBe([attempts[0], attempts[3]]);

        string DigestOf(string attempt) => Convert.ToHexStringLower(
            SHA256.HashData(File.ReadAllBytes(_machine.Folder[$"store/{AttemptKeys.Assignment(attempt)}"])));
    }

    [Fact]
    public async Task A_job_with_a_long_attempt_runs_no_other()
    {
        var attempts = await SubmitAsync($"echo $TENFOLD_ATTEMPT >> {Trace}; sleep 0.6", 3);
        using var node = new Node(_machine.Store);
        (await RunAsync(node, attempts[0], attempts, sharingTime: TimeSpan.FromSeconds(0.5))).ShouldBeTrue();
        Ran.ShouldBe([attempts[0]]);
    }

    [Theory]
    [InlineData("kill -KILL $$", Ending.Signalled, null)]
    [InlineData("sleep 600", Ending.TimeLimit, 300)]
    public async Task A_job_whose_attempt_did_not_end_by_itself_runs_no_other(string command, Ending ending, int? limitMs)
    {
        TimeSpan? limit = limitMs is { } ms ? TimeSpan.FromMilliseconds(ms) : null;
        var attempts = await SubmitAsync(
            $"echo $TENFOLD_ATTEMPT >> {Trace}; {command}", 3,
            spec => spec with { Resources = new ResourceSpec { MaxRuntime = limit } });
        using var node = new Node(_machine.Store);
        (await RunAsync(node, attempts[0], attempts)).ShouldBeTrue();
        (await _machine.ReportAsync(attempts[0])).Ending.ShouldBe(ending);
        // The limit may pass before the command has begun.
        Ran.ShouldBeSubsetOf([attempts[0]]);
    }

    [Fact]
    public async Task A_job_whose_machine_could_not_start_the_attempt_runs_no_other()
    {
        var attempts = await SubmitAsync("true", 3, spec => spec with { Secrets = ["NOT_HERE"] });
        using var node = new Node(_machine.Store);
        (await RunAsync(node, attempts[0], attempts)).ShouldBeTrue();
        (await _machine.ReportAsync(attempts[0])).Ending.ShouldBe(Ending.NotStarted);
        _machine.Report(attempts[2]).ShouldBeNull();
    }

    [Fact]
    public async Task A_preempted_job_runs_no_other()
    {
        var attempts = await SubmitAsync($"echo $TENFOLD_ATTEMPT >> {Trace}; [ $TENFOLD_SEED = 1001 ] || sleep 600", 4);
        using var node = new Node(_machine.Store);
        using var taken = new CancellationTokenSource();
        var run = RunAsync(node, attempts[0], attempts, preempted: taken.Token);
        await Eventually.ShouldBeAsync(() => Ran.Length == 2, "the second is under way");
        await taken.CancelAsync();
        (await run).ShouldBeTrue();
        (await _machine.ReportAsync(attempts[3])).State.ShouldBe(AttemptState.Lost);
        Ran.ShouldBe([attempts[0], attempts[3]]);
    }

    [Fact]
    public async Task A_job_whose_attempt_is_claimed_elsewhere_runs_no_other()
    {
        var attempts = await SubmitAsync($"echo $TENFOLD_ATTEMPT >> {Trace}", 3);
        using var first = new Node(_machine.Store);
        using var second = new Node(_machine.Store);
        (await RunAsync(first, attempts[0], [attempts[0], attempts[1]])).ShouldBeTrue();
        (await RunAsync(second, attempts[1], attempts)).ShouldBeTrue();
        Ran.ShouldBe([attempts[0], attempts[1]]);
    }

    [Fact]
    public async Task An_attempt_that_was_cancelled_while_it_waited_ends_as_cancelled_and_the_next_one_runs()
    {
        var attempts = await SubmitAsync($"echo $TENFOLD_ATTEMPT >> {Trace}", 3);
        await _machine.StopAsync(attempts[2]);
        using var node = new Node(_machine.Store);
        (await RunAsync(node, attempts[0], attempts)).ShouldBeTrue();
        (await _machine.ReportAsync(attempts[2])).State.ShouldBe(AttemptState.Cancelled);
        Ran.ShouldBe([attempts[0], attempts[1]]);
    }

    [Fact]
    public async Task A_backend_that_cannot_cancel_the_other_jobs_does_no_harm()
    {
        var attempts = await SubmitAsync($"echo $TENFOLD_ATTEMPT >> {Trace}", 3);
        using var node = new Node(_machine.Store);
        (await RunAsync(node, attempts[0], attempts, cancel: _ => throw new InvalidOperationException("scancel is gone"))).ShouldBeTrue();
        Ran.Length.ShouldBe(3);
    }

    [Theory]
    [InlineData(1000, 999)]
    [InlineData(1000, 300)]
    [InlineData(1000, 1)]
    [InlineData(100_000, 5)]
    [InlineData(3, 0)]
    public async Task Unclaimed_attempts_are_found_with_few_requests(int count, int claimedFrom)
    {
        string[] attempts = [.. Enumerable.Range(0, count).Select(i => $"a-{i}-1")];
        // What has begun at the front is claimed too.
        var looks = 0;
        var unclaimed = new UnclaimedSearch(attempts, (name, _) =>
        {
            looks++;
            var index = int.Parse(name.Split('-')[1]);
            return Task.FromResult(index >= claimedFrom || index == 0);
        });
        var found = await unclaimed.FindNextAsync(CancellationToken.None);
        // A narrow rest may be missed: it is begun at the front anyway.
        if (claimedFrom > 5) found.ShouldBe(attempts[claimedFrom - 1]);
        else if (found is not null) int.Parse(found.Split('-')[1]).ShouldBeInRange(1, claimedFrom - 1);
        looks.ShouldBeLessThan(50);
    }

    private Task<bool> RunAsync(
        Node node, string attempt, IReadOnlyList<string> submission, TimeSpan? sharingTime = null,
        Action<IReadOnlyList<string>>? cancel = null,
        CancellationToken preempted = default)
    {
        node.Host.Siblings = submission;
        if (cancel is not null) node.Host.Cancel = cancel;
        return new JobAgent(node.Settings, attempt) { SharingTime = sharingTime ?? Eventually.Deadline }
            .RunAsync(preempted).WaitAsync(Eventually.Deadline, CancellationToken.None);
    }

    private async Task<string[]> SubmitAsync(string command, int repeat, Func<WorkSpec, WorkSpec>? with = null)
    {
        var spec = await _machine.SpecAsync(command);
        var assignments = _machine.Assign(with is null ? spec : with(spec), repeat);
        foreach (var assignment in assignments) await Node.SubmitAsync(_machine.Store, assignment);
        return [.. assignments.Select(assignment => assignment.Attempt)];
    }
}
