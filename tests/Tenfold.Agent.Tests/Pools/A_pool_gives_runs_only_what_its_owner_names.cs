using Tenfold.Core.Runs;

namespace Tenfold.Agent.Tests.Pools;

public sealed class A_pool_gives_runs_only_what_its_owner_names : IDisposable
{
    private readonly Machine _machine = new();

    public void Dispose() => _machine.Dispose();

    [Fact]
    public async Task A_run_gets_no_variable_that_only_the_agent_should_have()
    {
        await using var member = new PoolMember(
            _machine.Store, "ws1", ("GITHUB_TOKEN", "hush"), ("HF_TOKEN", "hush"), ("AWS_SECRET_ACCESS_KEY", "hush"), ("LANG", "C.UTF-8"),
            ("HF_HOME", "/cache"), ("https_proxy", "http://proxy"))
        {
            Options = new Agent.Pools.PoolOptions(PoolMember.Pool) { Secrets = ["HF_TOKEN"], Variables = ["HF_HOME"] },
        }.Start();
        var printed = await RunAsync("env");
        printed.ShouldNotContain(line => line.Contains("hush"));
        printed.ShouldContain("LANG=C.UTF-8");
        printed.ShouldContain("HF_HOME=/cache");
        printed.ShouldContain("https_proxy=http://proxy");
    }

    [Fact]
    public async Task A_run_gets_the_secrets_that_it_names_and_the_owner_allows()
    {
        await using var member = new PoolMember(_machine.Store, "ws1", ("HF_TOKEN", "hush"), ("OTHER_TOKEN", "quiet"))
        {
            Options = new Agent.Pools.PoolOptions(PoolMember.Pool) { Secrets = ["HF_TOKEN"] },
        }.Start();
        (await RunAsync("echo ${#HF_TOKEN} ${#OTHER_TOKEN}", "HF_TOKEN")).ShouldBe(["4 0"]);
    }

    [Fact]
    public async Task A_run_waits_while_no_machine_has_its_secret()
    {
        var waiting = _machine.Assign(await _machine.SpecAsync("true") with { Secrets = ["HF_TOKEN"] })[0];
        await PoolMember.SubmitAsync(_machine.Store, waiting);
        await using var member = new PoolMember(_machine.Store, "ws1", ("HF_TOKEN", "hush")).Start();
        var since = TimeProvider.System.GetTimestamp();
        while ((await member.RecordAsync())?.MissingSecrets is not ["HF_TOKEN"])
        {
            TimeProvider.System.GetElapsedTime(since).ShouldBeLessThan(Eventually.Deadline);
            await Task.Delay(10, TestContext.Current.CancellationToken);
        }

        (await RunAsync("echo other", group: "otherxxx")).ShouldBe(["other"]);
        _machine.Report(waiting.Attempt).ShouldBeNull();
    }

    private async Task<IReadOnlyList<string>> RunAsync(string command, string? secret = null, string? group = null)
    {
        var spec = await _machine.SpecAsync(command) with { Secrets = secret is null ? [] : [secret] };
        var assignment = _machine.Assign(spec, group: group)[0];
        await PoolMember.SubmitAsync(_machine.Store, assignment);
        await Eventually.ShouldBeAsync(() => _machine.Report(assignment.Attempt)?.State.IsFinal() == true, "the run has ended");
        (await _machine.ReportAsync(assignment.Attempt)).State.ShouldBe(AttemptState.Succeeded);
        return await _machine.PrintedAsync(attempt: assignment.Attempt);
    }
}
