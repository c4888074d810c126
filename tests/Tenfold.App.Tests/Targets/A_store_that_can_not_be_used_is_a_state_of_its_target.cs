using Tenfold.App.Targets;

namespace Tenfold.App.Tests.Targets;

public sealed class A_store_that_can_not_be_used_is_a_state_of_its_target : IDisposable
{
    private readonly Workspace _workspace = new();

    public void Dispose() => _workspace.Dispose();

    // Whoever wrote the project names the store; this session has no region and no credentials of AWS.
    [Fact]
    public async Task This_machine_is_listed_with_the_reason()
    {
        _workspace.Configure("store: s3://bucket/x");
        var listed = (await new TargetLister(_workspace.Services).ListAsync(_workspace.Project, CancellationToken.None)).Value();
        var local = listed.ShouldHaveSingleItem();
        (local.Name, local.Kind).ShouldBe(("local", "local"));
        local.State.ShouldBeOfType<TargetState.Unreachable>();
        local.Note.ShouldContain("s3://bucket/x");
    }
}
