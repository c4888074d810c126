using System.Security.Cryptography;
using System.Text.Json;
using Tenfold.Core.Attempts;
using Tenfold.Core.Platform;
using Tenfold.Core.Runs;

namespace Tenfold.Agent.Tests.Nodes;

public sealed class An_attempt_runs_once : IDisposable
{
    private readonly Machine _machine = new();

    public void Dispose() => _machine.Dispose();

    [Fact]
    public async Task One_of_many_agents_runs_the_attempt()
    {
        var assignment = await SubmitAsync($"echo ran >> {_machine.Folder["ran"]}; sleep 1");
        var nodes = Enumerable.Range(0, 20).Select(i => new Node(_machine.Store) { Host = { Job = $"Batch {i}" } }).ToList();
        try
        {
            (await Task.WhenAll(nodes.Select(node => Task.Run(() => node.RunAsync(assignment.Attempt)))))
                .ShouldAllBe(isReported => isReported);
            File.ReadAllLines(_machine.Folder["ran"]).ShouldBe(["ran"]);
            nodes.Count(node => node.Said.Any(line => line.Contains("this job exits") || line.Contains("has ended already"))).ShouldBe(19);
            (await _machine.ReportAsync()).State.ShouldBe(AttemptState.Succeeded);
        }
        finally
        {
            nodes.ForEach(node => node.Dispose());
        }
    }

    [Theory]
    [InlineData("0", false)]
    [InlineData("own", true)]
    public async Task An_assignment_that_somebody_changed_is_not_carried_out(string sha256, bool isOwn)
    {
        var assignment = await SubmitAsync("echo started");
        var json = (await _machine.Store.ReadAsync(AttemptKeys.Assignment(assignment.Attempt), CancellationToken.None))!;
        using var node = new Node(_machine.Store);
        var expected = sha256 == "own" ? Convert.ToHexStringLower(SHA256.HashData(json)) : new string(sha256[0], 64);
        (await node.RunCheckedAsync(assignment.Attempt, expected)).ShouldBe(isOwn);
        node.Said.Any(line => line.Contains("another program has changed it")).ShouldBe(!isOwn);
        (await _machine.Store.ExistsAsync(AttemptKeys.Claim(assignment.Attempt), CancellationToken.None)).ShouldBe(isOwn);
    }

    [Fact]
    public async Task An_ended_attempt_is_left_alone()
    {
        var assignment = await SubmitAsync("echo started");
        await _machine.Reports.WriteAsync(
            assignment.Attempt, new AttemptReport { State = AttemptState.Cancelled, Ending = Ending.Cancelled }, CancellationToken.None);
        using var node = new Node(_machine.Store);
        (await node.RunAsync(assignment.Attempt)).ShouldBeTrue();
        (await _machine.ReportAsync()).State.ShouldBe(AttemptState.Cancelled);
        (await _machine.PrintedAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task An_attempt_that_was_cancelled_while_it_waited_is_not_started()
    {
        var assignment = await SubmitAsync("echo started");
        await _machine.StopAsync();
        using var node = new Node(_machine.Store);
        (await node.RunAsync(assignment.Attempt)).ShouldBeTrue();
        var report = await _machine.ReportAsync();
        (report.State, report.Ending, report.IsRetried).ShouldBe((AttemptState.Cancelled, Ending.Cancelled, false));
        (await _machine.PrintedAsync()).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("Batch 42", 0, "Batch 42", 1, true)]
    [InlineData("Batch 42", 1, "Batch 42", 1, false)]
    [InlineData("Batch 41", 0, "Batch 42", 1, false)]
    [InlineData(null, 0, "Batch 42", 1, false)]
    public async Task A_restarted_job_reports_the_first_try_as_lost_and_does_not_run_it_again(
        string? job, int restarts, string ourJob, int ourRestarts, bool isLost)
    {
        var assignment = await SubmitAsync("echo started");
        await ClaimAsync(
            new AttemptClaim
            {
                Token = "other",
                Host = "elsewhere",
                Process = 1,
                Job = job,
                Restarts = restarts,
                At = DateTimeOffset.UnixEpoch
            });
        using var node = new Node(_machine.Store) { Host = { Job = ourJob, Restarts = ourRestarts } };
        (await node.RunAsync(assignment.Attempt)).ShouldBeTrue();
        (await _machine.PrintedAsync()).ShouldBeEmpty();
        if (!isLost)
        {
            _machine.Report().ShouldBeNull();
            node.Said.ShouldContain(line => line.Contains("on elsewhere"));
            return;
        }

        var report = await _machine.ReportAsync();
        (report.State, report.Ending, report.IsRetried).ShouldBe((AttemptState.Lost, Ending.Lost, true));
    }

    [Fact]
    public async Task A_claim_of_a_dead_process_of_this_machine_is_a_lost_attempt()
    {
        var assignment = await SubmitAsync("echo started");
        var gone = ChildProcess.Start(
            new ProcessStart { Program = "/bin/true", Environment = new Dictionary<string, string>() }, TimeProvider.System);
        await gone.Ended;
        await ClaimAsync(
            new AttemptClaim
            {
                Token = "other",
                Host = Environment.MachineName,
                Process = gone.Id,
                ProcessStart = 1,
                Machine = ProcessTable.Machine,
                At = DateTimeOffset.UnixEpoch
            });
        using var node = new Node(_machine.Store);
        (await node.RunAsync(assignment.Attempt)).ShouldBeTrue();
        (await _machine.ReportAsync()).State.ShouldBe(AttemptState.Lost);
        (await _machine.PrintedAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_missing_assignment_is_reported_and_the_agent_fails()
    {
        using var node = new Node(_machine.Store);
        (await node.RunAsync("nothing0-1-1")).ShouldBeFalse();
        node.Said.ShouldHaveSingleItem().ShouldContain("has no attempts/nothing0-1-1/assignment.json");
    }

    private Task ClaimAsync(AttemptClaim claim) =>
        _machine.Store.WriteAsync(
            AttemptKeys.Claim(_machine.Attempt()), JsonSerializer.SerializeToUtf8Bytes(claim, AttemptJson.Default.AttemptClaim),
            CancellationToken.None);

    private async Task<Assignment> SubmitAsync(string command) =>
        await Node.SubmitAsync(_machine.Store, _machine.Assign(await _machine.SpecAsync(command))[0]);
}
