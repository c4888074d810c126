using Tenfold.Agent.Tests.Nodes;
using Tenfold.Core.Attempts;

namespace Tenfold.Agent.Tests.Running;

/// <summary>
/// Every report has the id of the ledger that handed its attempt over: by it cleaning up tells its own files from others'.
/// </summary>
public sealed class A_report_names_its_ledger : IDisposable
{
    private readonly Machine _machine = new();

    public void Dispose() => _machine.Dispose();

    [Theory]
    [InlineData("true")]
    [InlineData("exit 3")]
    public async Task A_report_of_this_machines_queue_names_its_ledger(string command)
    {
        _machine.Queue.Add([await AssignAsync(command)]);
        (await _machine.ServeAsync()).ShouldBeTrue();
        (await _machine.ReportAsync()).Ledger.ShouldBe("ledgerxx");
    }

    [Fact]
    public async Task A_report_for_a_killed_agent_names_its_ledger()
    {
        _machine.Queue.Add([await AssignAsync("true")]);
        _machine.Queue.TryTake(_machine.Queue.Waiting()[0]).ShouldNotBeNull();
        await new QueueLifecycle(_machine.Queue, _ => _machine.Store, TimeProvider.System).RecoverAsync(CancellationToken.None);
        (await _machine.ReportAsync()).Ledger.ShouldBe("ledgerxx");
    }

    [Theory]
    [InlineData("true")]
    [InlineData("exit 3")]
    public async Task A_report_of_a_backends_machine_names_its_ledger_from_the_start(string command)
    {
        var first = _machine.Folder["first"];
        var state = _machine.Folder[$"store/{AttemptKeys.State(_machine.Attempt())}"];
        var assignment = await Node.SubmitAsync(_machine.Store, await AssignAsync($"cp {state} {first}; {command}"));
        using var node = new Node(_machine.Store);
        (await node.RunAsync(assignment.Attempt)).ShouldBeTrue();
        (await _machine.ReportAsync()).Ledger.ShouldBe("ledgerxx");
        File.ReadAllText(first).ShouldContain("ledgerxx");
    }

    [Fact]
    public async Task A_report_of_an_older_version_names_no_ledger()
    {
        _machine.Queue.Add([await AssignAsync("true") with { Ledger = "" }]);
        (await _machine.ServeAsync()).ShouldBeTrue();
        (await _machine.ReportAsync()).Ledger.ShouldBeNull();
    }

    private async Task<Assignment> AssignAsync(string command) =>
        _machine.Assign(await _machine.SpecAsync(command))[0] with { Ledger = "ledgerxx" };
}
