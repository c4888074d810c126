using System.Text.Json;
using Tenfold.Aws.Batch;
using Tenfold.Aws.Double;
using Tenfold.Aws.Double.Faults;
using Tenfold.Aws.Tests.Double;
using Tenfold.Core.Attempts;
using Tenfold.Core.Hosts;
using Tenfold.Core.Reasons;
using Tenfold.Core.Runs;
using Tenfold.Core.Store;
using Tenfold.Core.Targets;

namespace Tenfold.Aws.Tests.Batch;

public sealed class A_deleted_stack_ends_its_runs : IDisposable
{
    private readonly AwsDouble _aws = new(new AwsDoubleOptions { RunsProcesses = false });
    private readonly TemporaryFolder _folder = new();
    private readonly ShiftedClock _time = new();

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

    // A controller lives for months and resolves a target once.
    [Fact]
    public async Task A_stack_that_is_made_again_ends_nothing_more()
    {
        var target = (await OpenAsync("123456789012")).ShouldNotBeNull();
        (await FactAsync(target)).ShouldBe("stack-deleted");
        TenfoldStack.Add(_aws, "bucket");
        (await FactAsync(target)).ShouldBeNull();
        (await target.ListAsync("ledger", default)).ShouldBeEmpty();
        _aws.Calls.Count("batch", "ListJobs").ShouldBePositive("the queues of the new stack are listed");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_stack_that_is_deleted_later_is_noticed_in_minutes_or_when_its_queue_is_missing(bool waits)
    {
        TenfoldStack.Add(_aws, "bucket");
        var target = (await OpenAsync("123456789012")).ShouldNotBeNull();
        (await FactAsync(target)).ShouldBeNull();
        _aws.Stacks.RemoveByHand("tenfold");
        await Eventually.ShouldBeAsync(() => _aws.Stacks.StatusOf("tenfold") is null or "DELETE_COMPLETE", "the stack is deleted");
        if (waits) _time.Shift = TimeSpan.FromMinutes(11);
        else
        {
            _aws.Faults.Add("batch", "ListJobs", Fault.Answers(400, "ClientException", "JobQueue tenfold-on-demand does not exist."));
            await Should.ThrowAsync<TargetException>(() => target.ListAsync("ledger", default));
        }

        (await FactAsync(target)).ShouldBe("stack-deleted");
    }

    [Fact]
    public async Task A_queue_of_the_users_own_outlives_the_stack()
    {
        _aws.Batch.AddComputeEnvironment("own");
        _aws.Batch.AddQueue("own", "own");
        await Should.ThrowAsync<TargetException>(() => OpenAsync("123456789012", """{ "stack": "tenfold", "queue": "own" }""", "own"));
        TenfoldStack.Add(_aws, "bucket");
        var target = (await OpenAsync("123456789012", """{ "stack": "tenfold", "queue": "own" }""", "own")).ShouldNotBeNull();
        (await FactAsync(target)).ShouldBeNull();
    }

    private static async Task<string?> FactAsync(ITarget target) =>
        ((await target.ObserveAsync(["k7m2xqab-1-1"], default)).ShouldHaveSingleItem().Reason as Reason.OfBackend)?.Fact;

    private Task<ITarget?> OpenAsync(string account, string options = "{}", string queue = "stack:tenfold") =>
        new BatchKind(
            null!, new UserSession { User = "ada", Machine = "laptop" }, _ => null, _folder["prices.json"], _time,
            BatchFixture.OptionsOf(_aws)).OpenAsync(
            new TargetSpec("batch", $"{account}/eu-west-1/{queue}", JsonDocument.Parse(options).RootElement),
            new FolderStore(_folder["store"]), default);
}
