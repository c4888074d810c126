using System.Text.Json;
using Tenfold.Aws.Batch;
using Tenfold.Aws.Double;
using Tenfold.Aws.Tests.Double;
using Tenfold.Core.Attempts;
using Tenfold.Core.Hosts;
using Tenfold.Core.Runs;
using Tenfold.Core.Store;
using Tenfold.Core.Targets;

namespace Tenfold.Aws.Tests.Batch;

public sealed class A_deleted_stack_ends_its_runs : IDisposable
{
    private readonly AwsDouble _aws = new(new AwsDoubleOptions { RunsProcesses = false });
    private readonly TemporaryFolder _folder = new();

    public void Dispose()
    {
        _folder.Dispose();
        _aws.Dispose();
    }

    [Fact]
    public async Task With_what_happened_and_what_to_do()
    {
        var target = (await OpenAsync("123456789012")).ShouldNotBeNull();
        var state = (await target.ObserveAsync(["k7m2xqab-1-1"], default)).ShouldHaveSingleItem();
        (state.Kind, state.End).ShouldBe((BackendKind.Gone, Ending.NotStarted));
        $"{state.Reason}".ShouldContain("the stack 'tenfold' in eu-west-1 was deleted");
        await target.StopAsync(["k7m2xqab-1-1"], default);
        (await target.ListAsync("ledger", default)).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_stack_of_another_account_is_left_alone() => (await OpenAsync("999999999999")).ShouldBeNull();

    [Fact]
    public async Task A_stack_that_can_not_be_used_at_the_moment_ends_nothing()
    {
        TenfoldStack.Add(_aws, "bucket");
        _aws.Stacks.SetStatus("tenfold", "DELETE_FAILED");
        await Should.ThrowAsync<TargetException>(() => OpenAsync("123456789012"));
    }

    private Task<ITarget?> OpenAsync(string account) =>
        new BatchKind(
            null!, new UserSession { User = "ada", Machine = "laptop" }, _ => null, _folder["prices.json"], TimeProvider.System,
            BatchFixture.OptionsOf(_aws)).OpenAsync(
            new TargetSpec("batch", $"{account}/eu-west-1/stack:tenfold", JsonDocument.Parse("{}").RootElement),
            new FolderStore(_folder["store"]), default);
}
